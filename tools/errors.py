#!/usr/bin/env python3
"""errors.py [--check]: writes docs/errors.md from src/model/finding_ids.cc, or says whether it is what it would write."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
AREAS = {"10": "Files and YAML", "11": "Form", "12": "Columns", "13": "Versions", "14": "Ports", "15": "Times and promises",
         "16": "Grants", "17": "Contract files and tests"}


def join_literals(text):
    """Adjacent C++ string literals as one text."""
    parts = re.findall(r'"((?:\\.|[^"\\])*)"', text)
    return "".join(parts).replace('\\"', '"').replace("\\\\", "\\")


def read_ids(source):
    table = re.search(r"kIds\[\] = \{(.*?)\n\};", source, re.S)[1]
    rows = re.findall(r'\{\s*("[EW]\d{4}")\s*,\s*((?:"(?:\\.|[^"\\])*"\s*)+),\s*((?:"(?:\\.|[^"\\])*"\s*)+)\}', table)
    return [tuple(map(join_literals, row)) for row in rows]


def render(rows):
    out = ["# Findings", "",
           "What `weft validate`, `plan` and `apply` say about product files; `weft explain E1207` prints one of them. An id",
           "with E refuses the product, one with W does not. Made from `src/model/finding_ids.cc` by `tools/errors.py`.", ""]
    for area, title in AREAS.items():
        found = [row for row in rows if row[0][1:3] == area]
        if found:
            out += [f"## {title}", "", "| id | what | more |", "|---|---|---|"]
            out += [f"| {i} | {t} | {text.replace('|', chr(92) + '|')} |" for i, t, text in found] + [""]
    unknown = [row[0] for row in rows if row[0][1:3] not in AREAS]
    if unknown:
        sys.exit(f"errors.py: no area for {', '.join(unknown)}: add it to AREAS")
    return "\n".join(out).rstrip("\n") + "\n"


def main():
    source = (ROOT / "src/model/finding_ids.cc").read_text()
    rows = read_ids(source)
    if len(rows) != len(re.findall(r'\{"[EW]\d{4}"', source)):
        sys.exit("errors.py: finding_ids.cc has rows that it cannot read")
    page = ROOT / "docs/errors.md"
    if "--check" not in sys.argv:
        page.write_text(render(rows))
    elif page.read_text() != render(rows):
        sys.exit("docs/errors.md is not what finding_ids.cc says: run tools/errors.py")


if __name__ == "__main__":
    main()
