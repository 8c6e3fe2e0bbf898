#include "model/folder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "model/finding_ids.h"

namespace weft::model {
namespace {

constexpr std::string_view kHead =
    "apiVersion: weft/v1\n"
    "kind: DataProduct\n"
    "domain: sales\n"
    "name: orders\n"
    "version: 1.0.0\n"
    "team: {name: sales-data, contact: \"#sales-data\"}\n";

// As in design.md, What a team writes.
constexpr std::string_view kOrders =
    "description: Every order that a customer has placed, one row per order.\n"
    "inputPorts:\n"
    "  - {name: shop, file: \"./in/orders/*.csv\"}\n"
    "outputPorts:\n"
    "  - name: default\n"
    "    schedule: every 15 minutes\n"
    "    sql: SELECT * FROM shop\n"
    "    columns:\n"
    "      order_id:    {type: bigint, primaryKey: true}\n"
    "      customer_id: {type: bigint, required: true, references: crm.customers.customer_id}\n"
    "      email:       {type: varchar, classification: personal, mask: mask-alphanum}\n"
    "      amount:      {type: \"decimal(12,2)\", quality: {minimum: 0}}\n"
    "      ordered_at:  timestamptz\n"
    "    guarantees: {freshness: 30 minutes, completeness: 99.5 %, retention: 3 years}\n";

Parsed Parse(std::string_view rest, std::map<std::string, std::string> files = {}) {
    files["product.yaml"] = std::string(kHead) + std::string(rest);
    return ParseProduct({"orders", std::move(files)});
}

std::string Ids(const Parsed& parsed) {
    std::string ids;
    for (const Finding& finding : parsed.findings) {
        ids += finding.id + "@" + std::to_string(finding.line) + " ";
        EXPECT_NE(FindFindingId(finding.id), nullptr) << finding.id;
    }
    EXPECT_EQ(parsed.product.has_value(), !HasErrors(parsed.findings));
    return ids;
}

// Findings of one output port, whose lines begin at 10.
std::string PortIds(std::string_view port, std::map<std::string, std::string> files = {}) {
    return Ids(
        Parse("inputPorts:\n  - {name: shop, file: a.csv}\noutputPorts:\n" + std::string(port),
              std::move(files)));
}

TEST(Folder, TheExampleOfTheDesignIsRead) {
    const Parsed parsed = Parse(kOrders);
    ASSERT_EQ(Ids(parsed), "");
    const Product& product = *parsed.product;
    EXPECT_EQ(product.FullName(), "sales.orders");
    EXPECT_EQ(product.team.contact, "#sales-data");
    EXPECT_EQ(product.status, "active");
    ASSERT_EQ(product.input_ports.size(), 1u);
    EXPECT_EQ(product.input_ports[0].file, "./in/orders/*.csv");
    EXPECT_EQ(product.input_ports[0].format, InputPort::Format::kCsv);
    const OutputPort& port = product.output_ports.at(0);
    EXPECT_EQ(port.sql, "SELECT * FROM shop");
    EXPECT_EQ(port.sql_at.line, 13u);
    EXPECT_EQ(port.sql_at.column, 10u);
    EXPECT_EQ(port.schedule.every_us, 900'000'000);
    ASSERT_EQ(port.columns.size(), 5u);
    EXPECT_TRUE(port.columns[0].primary_key);
    EXPECT_EQ(port.columns[1].references,
              (ColumnReference{"crm", "customers", "default", "customer_id"}));
    EXPECT_EQ(port.columns[3].quality.minimum, "0");
    EXPECT_EQ(ToString(port.columns[4].type), "timestamptz");
    EXPECT_EQ(port.columns[2].at.line, 17u);
    EXPECT_EQ(port.guarantees.at(0).duration_us, 1'800'000'000);
    EXPECT_EQ(port.guarantees.at(1).percent, 99.5);
    EXPECT_TRUE(port.HasReadRules());
}

TEST(Folder, TheDefaultPortIsImpliedByTheOnlyInput) {
    const Parsed parsed = Parse("inputPorts:\n  - {name: a, product: crm.customers@2}\n");
    ASSERT_TRUE(parsed.product);
    ASSERT_EQ(parsed.product->output_ports.size(), 1u);
    EXPECT_EQ(parsed.product->output_ports[0].name, "default");
    EXPECT_EQ(parsed.product->input_ports[0].product.major, 2u);
    EXPECT_EQ(Ids(Parse("description: x\n")), "E1405@1 ");
}

TEST(Folder, AllProblemsAreReportedAtOnceInOrder) {
    const Parsed parsed = Parse(
        "colour: red\n"
        "visibility: secret\n"
        "inputPorts:\n"
        "  - {name: Shop, file: a.xyz}\n"
        "outputPorts:\n"
        "  - name: default\n"
        "    columns:\n"
        "      a: {type: bigitn, requird: true}\n"
        "      A: {type: varchar, mask: mask-alfanum}\n");
    EXPECT_EQ(Ids(parsed),
              "E1101@7 E1109@8 E1106@10 E1403@10 E1201@14 E1101@14 E1203@15 E1205@15 ");
    for (const Finding& finding : parsed.findings) EXPECT_EQ(finding.file, "orders/product.yaml");
    const auto unknown = std::ranges::find_if(
        parsed.findings, [](const Finding& f) { return f.id == "E1101" && f.line == 14; });
    EXPECT_EQ(unknown->column, 25u);
    EXPECT_EQ(unknown->length, 7u);
    EXPECT_EQ(unknown->help, "did you mean `required`?");
}

TEST(Folder, FindingsShowTheLineWithACaret) {
    const std::string text = std::string(kHead) + "descripton: ä\n";
    const ProductFolder folder{"orders", {{"product.yaml", text}}};
    const Parsed parsed = ParseProduct(folder);
    const auto unknown = std::ranges::find(parsed.findings, "E1101", &Finding::id);
    ASSERT_NE(unknown, parsed.findings.end());
    const std::string shown = FormatFinding(*unknown, folder);
    EXPECT_TRUE(
        shown.starts_with("error[E1101]: a product has no key `descripton`\n"
                          "  --> orders/product.yaml:7:1\n"
                          "  |\n"
                          "7 | descripton: ä\n"
                          "  | ^^^^^^^^^^ expected one of: apiVersion"))
        << shown;
    EXPECT_TRUE(shown.ends_with("help: did you mean `description`?\n")) << shown;
}

TEST(Folder, MissingKeysNameAnExample) {
    const Parsed parsed = ParseProduct({"", {{"product.yaml", "domain: sales\n"}}});
    EXPECT_EQ(Ids(parsed), "E1102@1 E1102@1 E1102@1 E1102@1 E1102@1 E1405@1 ");
    EXPECT_EQ(parsed.findings[0].file, "product.yaml");
    EXPECT_EQ(Ids(ParseProduct({"", {}})), "E1011@0 ");
    EXPECT_EQ(Ids(ParseProduct({"", {{"product.yaml", "# nothing\n"}}})), "E1013@0 ");
    EXPECT_EQ(Ids(ParseProduct({"", {{"product.yaml", "just text"}}})), "E1103@1 ");
}

TEST(Folder, ReservedNamesAreRefused) {
    const std::string text(kHead);
    const auto with = [&](std::string_view from, std::string_view to) {
        std::string changed = text + std::string(kOrders);
        changed.replace(changed.find(from), from.size(), to);
        return Ids(ParseProduct({"", {{"product.yaml", changed}}}));
    };
    EXPECT_EQ(with("domain: sales", "domain: mesh"), "E1107@3 ");
    EXPECT_EQ(with("domain: sales", "domain: pg_x"), "E1107@3 ");
    EXPECT_EQ(with("name: default", "name: rejected"), "E1107@11 ");
    EXPECT_EQ(with("name: default", "name: v1"), "E1107@11 ");
    EXPECT_EQ(with("name: default", "name: a__b"), "E1106@11 ");
    EXPECT_EQ(with("version: 1.0.0", "version: 1.0"), "E1108@5 ");
    EXPECT_EQ(with("weft/v1", "weft/v9"), "E1104@1 ");
}

TEST(Folder, SqlMayLieInAFile) {
    const Parsed parsed = Parse("outputPorts:\n  - sql: models/orders.sql\n",
                                {{"models/orders.sql", "SELECT 1 AS a"}});
    ASSERT_EQ(Ids(parsed), "");
    EXPECT_EQ(parsed.product->output_ports[0].sql, "SELECT 1 AS a");
    EXPECT_EQ(parsed.product->output_ports[0].sql_file, "models/orders.sql");
    EXPECT_EQ(parsed.product->output_ports[0].sql_at.file, "orders/models/orders.sql");
    EXPECT_EQ(PortIds("  - sql: models/order.sql\n", {{"models/orders.sql", "SELECT 1"}}),
              "E1404@10 ");
    EXPECT_EQ(PortIds("  - sql: ../../etc/x.sql\n"), "E1404@10 ");
    EXPECT_EQ(PortIds("  - sql: \" \"\n"), "E1405@10 ");
}

TEST(Folder, InputsHaveOneKnownSource) {
    const auto input = [](std::string_view text) {
        return Ids(Parse("inputPorts:\n  - " + std::string(text) + "\n"));
    };
    EXPECT_EQ(input("{name: a, file: x.tsv.gz}"), "");
    EXPECT_EQ(input("{name: a, file: x.bin, format: jsonl}"), "");
    EXPECT_EQ(input("{name: a, upload: \"*.csv\"}"), "");
    EXPECT_EQ(input("{name: a, upload: in/x.csv}"), "E1401@8 ");
    EXPECT_EQ(input("{name: a, events: push}"), "E1412@1 ");  // Its port needs columns.
    EXPECT_EQ(input("{name: a}"), "E1401@8 ");
    EXPECT_EQ(input("{name: a, file: x.csv, events: push}"), "E1401@8 ");
    EXPECT_EQ(input("{name: a, kafka: topic}"), "E1402@8 ");
    EXPECT_EQ(input("{name: a, file: \"s3://b/x.csv\"}"), "E1402@8 ");
    EXPECT_EQ(input("{name: a, product: crm}"), "E1407@8 ");
    EXPECT_EQ(input("{name: a, product: sales.orders}"), "E1408@8 ");
    EXPECT_EQ(input("{name: a, file: x.jsonl, delimiter: \";\"}"), "E1410@8 ");
    EXPECT_EQ(input("{name: a, file: x.csv, delimiter: \";;\"}"), "E1411@8 ");
    EXPECT_EQ(input("{name: a, file: x.csv, nulls: [NA, NULL]}"), "E1103@8 ");
    EXPECT_EQ(input("{name: a, file: x.csv, timezone: Mars}"), "E1503@8 ");
}

TEST(Folder, ColumnsAreCheckedAgainstTheirType) {
    const auto column = [](std::string_view text) {
        return PortIds("  - columns:\n      a: " + std::string(text) + "\n");
    };
    EXPECT_EQ(column("{type: date, quality: {minimum: 2020-01-01}}"), "");
    EXPECT_EQ(column("{type: varchar, quality: {minLength: 1, pattern: \"[a-z]+\"}}"), "");
    EXPECT_EQ(column("{type: integer, quality: {enum: [1, 2]}}"), "");
    EXPECT_EQ(column("{type: integer, quality: {enum: [1, x]}}"), "E1208@11 ");
    EXPECT_EQ(column("{type: varchar, quality: {minimum: 0}}"), "E1208@11 ");
    EXPECT_EQ(column("{type: integer, quality: {minimum: 1.5}}"), "E1208@11 ");
    EXPECT_EQ(column("{type: integer, quality: {pattern: x}}"), "E1208@11 ");
    EXPECT_EQ(column("{type: integer, quality: {minimum: 2, maximum: 1}}"), "E1209@11 ");
    EXPECT_EQ(column("{type: integer, mask: show-last-4}"), "E1210@11 ");
    EXPECT_EQ(column("{type: integer, references: crm.id}"), "E1206@11 ");
    EXPECT_EQ(column("{type: integer, was: A}"), "E1211@11 ");
    EXPECT_EQ(column("{type: integer, required: yes}"), "E1110@11 ");
    EXPECT_EQ(column("[x]"), "E1103@11 ");
    EXPECT_EQ(column("\n      \"\": integer"), "E1202@12 ");
    EXPECT_EQ(PortIds("  - columns: [a, b]\n"), "E1103@10 ");
}

TEST(Folder, PromisesAreUnderstoodOrRefused) {
    EXPECT_EQ(PortIds("  - schedule: sometimes\n"), "E1501@10 ");
    EXPECT_EQ(PortIds("  - schedule: on change of shop\n"), "");
    EXPECT_EQ(PortIds("  - schedule: on change of shp\n"), "E1409@10 ");
    EXPECT_EQ(PortIds("  - {schedule: 0 6 * * *, timezone: Europe/Berlin}\n"), "E1505@10 ");
    EXPECT_EQ(PortIds("  - guarantees: {freshness: soon, completeness: 101 %}\n"),
              "E1502@10 E1502@10 ");
    EXPECT_EQ(PortIds("  - guarantees: {fresness: 1 hour}\n"), "W1501@10 ");
    EXPECT_EQ(PortIds("  - badRows: 0.1 %\n"), "");
    EXPECT_EQ(PortIds("  - badRows: few\n"), "E1110@10 ");
    EXPECT_EQ(PortIds("  - badRows: 200 %\n"), "E1504@10 ");
    EXPECT_EQ(PortIds("  - incremental: {by: day}\n"), "E1406@10 ");
    EXPECT_EQ(PortIds("  - minimumGroup: 0\n"), "E1110@10 ");
    EXPECT_EQ(PortIds("  - name: a\n  - name: a\n"), "E1111@11 ");
}

TEST(Folder, GrantsOfProductAndPortComeTogether) {
    const Parsed parsed = Parse(
        "grants:\n"
        "  - {to: \"team:finance\", read: default, until: 2027-12-31}\n"
        "  - {to: everyone}\n"
        "inputPorts:\n  - {name: shop, file: a.csv}\n"
        "outputPorts:\n"
        "  - name: default\n    grants: [{to: ana}]\n"
        "  - name: items\n    grants: [{to: \"product:finance.revenue\"}]\n");
    ASSERT_EQ(Ids(parsed), "");
    const auto& grants = parsed.product->grants;
    ASSERT_EQ(grants.size(), 4u);
    EXPECT_EQ(grants[0].ports, std::vector<std::string>{"default"});
    EXPECT_EQ(ToRfc3339(grants[0].until.value()), "2027-12-31T23:59:59.999999Z");
    EXPECT_TRUE(grants[1].ports.empty());
    EXPECT_EQ(grants[3].ports, std::vector<std::string>{"items"});
    EXPECT_EQ(Ids(Parse("inputPorts: [{name: a, file: a.csv}]\n"
                        "grants:\n"
                        "  - {to: \"role:x\"}\n"
                        "  - {to: ana, read: [defalt]}\n"
                        "  - {to: ana, until: soon}\n"
                        "  - {read: default}\n")),
              "E1601@9 E1602@10 E1603@11 E1102@12 ");
}

TEST(Folder, NothingIsSilentlyIgnored) {
    const Parsed parsed = Parse(kOrders, {{"contracts/orders.odcs.yaml", "kind: DataContract"},
                                          {"tests/a.yaml", ""},
                                          {"notes.txt", ""},
                                          {"queries/a.sql", "SELECT 1 -- TODO"}});
    EXPECT_EQ(Ids(parsed), "E1701@0 W1101@0 W1001@1 W1702@0 ");
    EXPECT_EQ(Ids(Parse(std::string(kOrders) + "# TODO one\n# TODOS are not\n")), "W1001@21 ");
}

TEST(Folder, HostileFoldersAreRefused) {
    EXPECT_EQ(Ids(Parse(kOrders, {{"../x.sql", ""}})), "E1012@0 ");
    EXPECT_EQ(Ids(Parse(kOrders, {{"/etc/x.sql", ""}})), "E1012@0 ");
    std::map<std::string, std::string> many;
    for (size_t i = 0; i < kLimits.product_files_max; ++i) {
        many["models/" + std::to_string(i) + ".sql"] = "";
    }
    EXPECT_EQ(Ids(Parse(kOrders, many)), "E1012@0 ");
    const std::string huge(kLimits.product_file_bytes_max + 1, 'a');
    EXPECT_EQ(Ids(ParseProduct({"", {{"product.yaml", huge}}})), "E1002@0 ");
    EXPECT_EQ(Ids(Parse("tags: [&a x, *a]\n")), "E1005@7 E1005@7 ");
    std::string columns = "outputPorts:\n  - sql: SELECT 1\n    columns:\n";
    for (int i = 0; i < 3000; ++i) columns += "      c" + std::to_string(i) + ": integer\n";
    EXPECT_EQ(Ids(Parse(columns)), "E1112@9 ");
    std::string unknown;
    for (int i = 0; i < 3000; ++i) unknown += "k" + std::to_string(i) + ": x\n";
    EXPECT_LE(Parse(unknown).findings.size(), 1'000u);
    EXPECT_EQ(Ids(Parse("authoritativeDefinitions: [{type: x, url: \"javascript:1\"}]\n"
                        "inputPorts: [{name: a, file: a.csv}]\n")),
              "E1109@7 ");
}

TEST(Folder, MovingALineChangesNothing) {
    const auto a = Parse(kOrders).product;
    const auto b = Parse("# A comment.\n" + std::string(kOrders)).product;
    ASSERT_TRUE(a && b);
    EXPECT_EQ(*a, *b);
    EXPECT_NE(a->output_ports[0].at.line, b->output_ports[0].at.line);
}

}  // namespace
}  // namespace weft::model
