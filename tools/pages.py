#!/usr/bin/env python3
"""pages.py [--check]: writes the pages of docs/ that are made from the source, or says whether they are what it writes.

docs/errors.md from src/model/finding_ids.cc, docs/sql.md from src/engine/lists/*.txt.
"""
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
AREAS = {"10": "Files and YAML", "11": "Form", "12": "Columns", "13": "Versions", "14": "Ports", "15": "Times and promises",
         "16": "Grants", "17": "Contract files and tests", "20": "Plan and apply"}


def join_literals(text):
    """Adjacent C++ string literals as one text."""
    parts = re.findall(r'"((?:\\.|[^"\\])*)"', text)
    return "".join(parts).replace('\\"', '"').replace("\\\\", "\\")


def read_ids(source):
    table = re.search(r"kIds\[\] = \{(.*?)\n\};", source, re.S)[1]
    rows = re.findall(r'\{\s*("[EW]\d{4}")\s*,\s*((?:"(?:\\.|[^"\\])*"\s*)+),\s*((?:"(?:\\.|[^"\\])*"\s*)+)\}', table)
    if len(rows) != len(re.findall(r'\{\s*"[EW]\d{4}"', table)):
        sys.exit("pages.py: finding_ids.cc has rows that it cannot read")
    return [tuple(map(join_literals, row)) for row in rows]


def escape(text):
    return text.replace("|", "\\|")


def errors_page():
    rows = read_ids((ROOT / "src/model/finding_ids.cc").read_text())
    out = ["# Findings", "",
           "What `weft validate`, `plan` and `apply` say about product files; `weft explain E1207` prints one of them. An id",
           "with E refuses the product, one with W does not. Made from `src/model/finding_ids.cc` by `tools/pages.py`.", ""]
    unknown = [row[0] for row in rows if row[0][1:3] not in AREAS]
    if unknown:
        sys.exit(f"pages.py: no area for {', '.join(unknown)}: add it to AREAS")
    for area, title in AREAS.items():
        found = [row for row in rows if row[0][1:3] == area]
        if found:
            out += [f"## {title}", "", "| id | what | more |", "|---|---|---|"]
            out += [f"| {i} | {t} | {escape(text)} |" for i, t, text in found] + [""]
    return "\n".join(out).rstrip("\n") + "\n"


def read_list(name):
    """(name, decision, reason) of each line."""
    text = (ROOT / "src/engine/lists" / f"{name}.txt").read_text()
    rows = [line.split("\t") for line in text.splitlines() if "\t" in line and "#" not in line.split("\t")[0][:12]]
    return [row for row in rows if len(row) == 3]


def names(rows):
    quoted = ", ".join(f"`{name}`" for name in rows)
    return textwrap.fill(quoted, 118, break_long_words=False, break_on_hyphens=False)


WRITING = """## Writing

A PostgreSQL client that may write (`weft grant web.clicks write --to NAME`) adds records to a product that is fed by
events, as a push over HTTP does; reading the table is another right.

| statement | what |
|---|---|
| `INSERT INTO web.clicks (id, page) VALUES ($1, $2), …` | also `SELECT …`; columns that are not named are null; no `RETURNING`, `ON CONFLICT`, `DEFAULT VALUES` |
| `COPY web.clicks (id, page) FROM STDIN` | text or CSV with `HEADER [MATCH] DELIMITER NULL QUOTE ESCAPE`; `\\copy` in psql; no binary format, no files of the node |

- Outside of a transaction block the records are durable when the statement is answered. Within a block they are kept, up
  to 32 MiB, and written at `COMMIT`; `ROLLBACK` and `ROLLBACK TO` drop them. A `COMMIT` that cannot write is an error and
  ends the transaction. Statements sent together (one string, or up to one Sync) are one transaction, as in PostgreSQL.
- The node takes records in requests of at most 4 MiB for one port. A request is taken whole or not at all; a larger
  transaction, or one over several ports, is several requests, and an error between two of them says how many records were
  accepted before. A `COPY` outside of a block keeps 32 MiB before it writes, and writes as it reads beyond that.
- A value that its column's type cannot hold is an error at once. A record that breaks the contract (a required column is
  null, a rule is broken) is accepted and becomes a dead letter, as with a push: look at `web.clicks__rejected`.
- `received_at` and `_position` are the node's. Records are seen by queries soon after they were accepted, not within the
  transaction that wrote them. There is no idempotency key over PostgreSQL: push over HTTP for retries that double nothing.
- `UPDATE`, `DELETE`, `MERGE` and `TRUNCATE` are refused: corrections are new records.""".split("\n")


def sql_page():
    functions = read_list("functions")
    allowed = [(name, reason) for name, decision, reason in functions if decision == "allow" and reason != "collation"]
    operators = sorted(name for name, _ in allowed if ":" not in name and not re.match(r"\w", name))
    tables = sorted(name[6:] for name, _ in allowed if name.startswith("table:"))
    scalars = sorted(name for name, _ in allowed if ":" not in name and re.match(r"\w", name))
    out = ["# SQL", "",
           "DuckDB's dialect over the relations that you may read. Everything that is not on a reviewed list is",
           "refused; the lists with their reasons are `src/engine/lists/*.txt`, and `tools/pages.py` makes this page from them.",
           "", "## Statements", "",
           "Besides these: `BEGIN COMMIT ROLLBACK SAVEPOINT DECLARE FETCH CLOSE DISCARD DEALLOCATE SET SHOW RESET` and",
           "`COPY (…) TO STDOUT`, which PostgreSQL clients use, and what adds records (Writing, below).", "", "| statement | | why |", "|---|---|---|"]
    out += [f"| {name} | {decision} | {reason} |" for name, decision, reason in read_list("statements")]
    out += ["", *WRITING]
    out += ["", "## Settings that `SET` may change", "", "| setting | what |", "|---|---|"]
    out += [f"| {name} | {reason} |" for name, decision, reason in read_list("settings") if decision == "allow"]
    out += ["", "## Table functions", "", names(tables), "", "## Operators", "", names(operators), "",
            f"## Functions ({len(scalars)})", "", names(scalars), "", "## What is refused", "",
            "| why | functions |", "|---|---|"]
    refused = {}
    for name, decision, reason in functions:
        if decision == "deny" and not name.startswith("pragma:"):
            refused.setdefault(reason, []).append(name.removeprefix("table:"))
    out += [f"| {reason} | {escape(', '.join(f'`{name}`' for name in sorted(found)))} |" for reason, found in refused.items()]
    return "\n".join(out) + "\n"


def main():
    for name, page in (("errors", errors_page()), ("sql", sql_page())):
        path = ROOT / "docs" / f"{name}.md"
        if "--check" not in sys.argv:
            path.write_text(page)
        elif path.read_text() != page:
            sys.exit(f"docs/{name}.md is not what the source says: run tools/pages.py")


if __name__ == "__main__":
    main()
