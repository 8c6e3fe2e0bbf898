#include "model/finding_ids.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace weft::model {
namespace {

constexpr FindingId kIds[] = {
    {"E1001", "not valid YAML",
     "The file breaks the grammar of YAML at the place shown. Most often it is the indentation, a "
     "missing space after a colon, or a text with `: ` or ` #` in it that needs quotes."},
    {"E1002", "file too large",
     "A file of a product folder may have at most 1 MiB. Data does not "
     "belong into the folder: name it as an input port."},
    {"E1003", "nested too deep, or a key that is no text",
     "Product files nest at most 64 levels, and every key is a text. Nothing in Weft needs more."},
    {"E1004", "too many values", "A file may hold at most 100,000 values."},
    {"E1005", "anchors and aliases",
     "`&name` and `*name` are refused: a few lines of them can stand for billions of values. "
     "Write the value out where it is needed."},
    {"E1006", "tags", "`!name` before a value is refused: types follow from the contract."},
    {"E1007", "merge keys", "`<<:` is refused, as anchors and aliases are."},
    {"E1008", "duplicate key",
     "A map holds each key once. Which of two values is meant cannot be known."},
    {"E1009", "not UTF-8 text", "Product files are UTF-8 without NUL bytes."},
    {"E1010", "several documents", "One file holds one document; `---` may stand only at its top."},
    {"E1011", "no product.yaml", "A product is a folder with a file product.yaml."},
    {"E1012", "folder refused",
     "A folder holds at most 256 files with 8 MiB together, and their paths stay inside it."},
    {"E1013", "empty product.yaml", "Begin with `weft init DOMAIN.PRODUCT --from FILE`."},
    {"E1101", "unknown key",
     "Only known keys are read, so that a typing error is not silently a missing rule. The "
     "message lists the keys that are known at this place and the nearest one."},
    {"E1102", "missing key", "This key is needed; the message shows an example."},
    {"E1103", "wrong kind of value",
     "A text, list or map stands where another of these is expected."},
    {"E1104", "unknown apiVersion", "This program reads `apiVersion: weft/v1`."},
    {"E1105", "unknown kind", "A product file has `kind: DataProduct`."},
    {"E1106", "not a valid name",
     "Names of domains, products and ports begin with a lower-case letter and go on with "
     "lower-case letters, digits and single underscores, at most 63 together: so they are the "
     "same in SQL, URLs and file names."},
    {"E1107", "reserved name",
     "Domains `mesh main temp system memory public information_schema` and everything that begins "
     "with `pg_` belong to the node; ports `rejected stats schemata files` and `v1`, `v2` … have "
     "a meaning of their own in addresses."},
    {"E1108", "not a version", "A version is three numbers: breaking.compatible.fix, as 1.4.2."},
    {"E1109", "not one of the known values", "The message lists the values that are known."},
    {"E1110", "not a number or not true or false", "The message says what is expected."},
    {"E1111", "said twice", "Two members have one name, or two keys mean the same."},
    {"E1112", "too many or too long", "The message names the limit."},
    {"E1201", "unknown type",
     "Types are DuckDB's, as far as an Iceberg table can store them: boolean, integer, bigint, "
     "real, double, decimal(p,s), date, time, timestamp, timestamptz, varchar, uuid, blob, and of "
     "these type[], struct(name type, …), map(type, type)."},
    {"E1202", "not a column name",
     "A column's name has 1 to 255 bytes of UTF-8 and no control characters."},
    {"E1203", "columns that differ only in case",
     "SQL ignores the case of names, so two such columns could not be told apart."},
    {"E1205", "unknown mask",
     "Masks are the nine actions of Iceberg's read restrictions, so that every engine that reads "
     "the table can apply them."},
    {"E1206", "not a reference",
     "A column refers to another as domain.product.column or "
     "domain.product.port.column."},
    {"E1207", "column is not produced by the query",
     "The contract declares a column that the port's SQL does not return. Rename it in the SQL "
     "(`AS`), or correct the contract."},
    {"E1208", "rule does not fit the type",
     "Bounds are for numbers, dates and times; `pattern`, `minLength` and `maxLength` for texts; "
     "bounds and values are literals of the column's type."},
    {"E1209", "rule that nothing satisfies", "The bounds contradict each other."},
    {"E1210", "mask does not fit the type",
     "Masks keep the type: texts can be shown in part or hashed, dates truncated; "
     "replace-with-null and mask-to-fixed-value fit every type."},
    {"E1211", "wrong `was`",
     "`was: old_name` renames a column that is no longer there. It cannot name one that is."},
    {"E1301", "breaking change without a new major version",
     "Readers of the port would fail or get something else. Write the next major version: the old "
     "one stays readable under its pinned name while readers move."},
    {"E1302", "breaking change without consent",
     "The version says that the change is breaking. Apply it with --allow-breaking after looking "
     "at `weft plan`."},
    {"E1303", "changed contract under the same version",
     "A version is a promise: what it promised yesterday it promises today. Write the version "
     "that the message names."},
    {"E1304", "version goes back", "A version below the applied one is never published again."},
    {"E1401", "input port without one source",
     "An input port takes data from exactly one of `file`, `product` and `events: push`."},
    {"E1402", "source not supported yet",
     "This node reads files of its machine, pushed events and other products."},
    {"E1403", "unknown format",
     "Write `format: csv`, `jsonl` or `parquet` when the file's name "
     "does not say it."},
    {"E1404", "SQL file not found",
     "A value of `sql` that ends in .sql names a file of the folder, as models/orders.sql."},
    {"E1405", "port without SQL",
     "A port without `sql` passes the product's only input on as it is. With none or several "
     "inputs, say which rows: one SELECT statement."},
    {"E1406", "`incremental` not understood",
     "`{by: COLUMN, lateness: 10 minutes}` and `{merge: KEY}` for a port with sql, `files` for a port "
     "that takes files as they arrive. Without it each run replaces the whole output."},
    {"E1407", "not a port",
     "Another product's port is domain.product or domain.product.port, "
     "with @1 for one major version."},
    {"E1408", "product reads from itself", "A product cannot be its own input."},
    {"E1409", "unknown input in `schedule`", "`on change of` lists names of input ports."},
    {"E1410", "key without meaning here",
     "The key belongs to another kind of source and would do nothing."},
    {"E1411", "not a delimiter", "Fields are separated by one character; `tab` stands for itself."},
    {"E1412", "events without a contract",
     "A port that takes pushed events needs `columns`, each with a type: there is no file to look at."},
    {"E1413", "column of the node's own",
     "`received_at` and `_position` are added to every port of pushed events by the node."},
    {"E1414", "events that nothing takes",
     "An input port with `events: push` feeds an output port without `sql`: the only one, or the one "
     "of its name."},
    {"E1415", "two writers of dead letters",
     "Dead letters of events are kept one by one, those of a run replace the run's before: a product "
     "has one kind or the other."},
    {"E1501", "schedule not understood",
     "`every 15 minutes`, `every day`, a cron line of five fields in UTC, `on change`, `on change "
     "of a, b`, `none`."},
    {"E1502", "guarantee not understood",
     "freshness, retention, latency, frequency and the times to react are durations (30 minutes, "
     "3 years); completeness, availability and errorRate are percentages (99.5 %)."},
    {"E1503", "not a time zone", "UTC, or a name as Europe/Berlin."},
    {"E1504", "badRows not understood", "A whole number of records, or a percentage as 0.1 %."},
    {"E1505", "cron line in another time zone", "Cron lines are read in UTC so far."},
    {"E1601", "nobody to grant to",
     "A grant is for a person (ana), a team (team:x), a product (product:finance.revenue) or "
     "everyone who can log in."},
    {"E1602", "grant for an unknown port", "A grant names output ports of its product."},
    {"E1603", "not a date", "A grant ends with a day (2027-12-31) or at a time in RFC 3339."},
    {"E1701", "contract files are not read yet",
     "A file in contracts/ would be a promise that nobody checks, so it is refused. Write the "
     "contract as `columns:` in product.yaml."},
    {"E2001", "product described twice",
     "Two folders of one plan describe the same product. Which of them is meant cannot be known."},
    {"E2002", "input product not found",
     "An input port names a product that does not exist on this node, is not part of this plan, or "
     "that you may not know of. Apply the two together, or ask for discovery."},
    {"E2004", "products read each other in a circle",
     "A product can be computed only after what it reads. Follow the names of the message and take "
     "one of the readings out."},
    {"E2005", "output port without a source",
     "An output port takes its rows from `sql`, or from the product's only input port."},
    {"E2006", "output port that could mean several inputs",
     "With more than one input port, say which rows are meant: sql: SELECT * FROM one_of_them."},
    {"E2008", "column without a contract",
     "The query yields a column that the contract does not name. What is not promised is not "
     "published: add it to `columns`, or leave it out of the query."},
    {"E2009", "query does not work",
     "The port's SQL was tried against its inputs and the engine refused it. The message is the "
     "engine's; names are those of the input ports and of products that you may read."},
    {"E2010", "input file outside of its place",
     "A file is named by an absolute path, or relative to the product folder. It may not lead out "
     "by `..` or by links, nor into the node's own data folder."},
    {"E2011", "folder that the node may not read",
     "A node reads input files only beneath folders that an administrator has allowed: with `weft "
     "serve --allow-files DIR`, or by applying the product on the node's machine."},
    {"E2013", "input cannot be read as the contract says",
     "The input was looked at to find out its columns, and that failed. The message is the "
     "reader's."},
    {"E2014", "`merge` without the key in the events",
     "`incremental: {merge: KEY}` computes the rows of those keys anew that occur in new records. So the query must "
     "read a product fed by events, and its events must have columns of these names."},
    {"E2015", "`by` a column that has no ranges",
     "`incremental: {by: COLUMN}` computes the newest range of a column anew: of a date, a timestamp, or a whole "
     "number. `lateness` is a length of time, so it goes with a date or timestamp only."},
    {"E2020", "breaking change without consent",
     "Readers of the product would fail or get something else. `weft plan` lists the columns; "
     "--allow-breaking says that this is meant. Without a new major version it is refused all the "
     "same (E1301)."},
    {"W1001", "a TODO is left", "Somebody meant to write more here."},
    {"W1101", "file without meaning", "The file is kept with the product but nothing reads it."},
    {"W1501", "unknown guarantee",
     "The promise is shown to readers as it is written; its state stays unknown."},
    {"W1702", "tests are not run yet", "Files in tests/ are kept with the product."},
    {"W2003", "no grant on an input of another domain",
     "The product reads from another domain as itself, not as you, and nobody has let it: its runs "
     "will fail. The owners of the input run the command of the message."},
    {"W2007", "input file is not there yet",
     "The contract is complete, so the product can be applied; its first run will look again."},
};

}  // namespace

std::span<const FindingId> FindingIds() { return kIds; }

const FindingId* FindFindingId(std::string_view id) {
    std::string upper(id.substr(0, 8));
    if (!upper.empty() && upper[0] >= 'a' && upper[0] <= 'z') {
        upper[0] = static_cast<char>(upper[0] - 'a' + 'A');
    }
    const auto* found = std::ranges::find(kIds, std::string_view(upper), &FindingId::id);
    return found == std::end(kIds) ? nullptr : found;
}

}  // namespace weft::model
