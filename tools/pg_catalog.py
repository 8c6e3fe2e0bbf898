#!/usr/bin/env python3
"""Makes src/engine/pg_catalog/builtin.sql from a real PostgreSQL (15 or newer).

    initdb -D /tmp/pg --locale=C.UTF-8 -E UTF8 && pg_ctl -D /tmp/pg -o '-p 55432' start
    tools/pg_catalog.py 'host=127.0.0.1 port=55432 user=postgres'

Every relation of pg_catalog and information_schema becomes a view of the same columns. The rows of a few (types, their
functions, access methods) are PostgreSQL's own, as one text that the view splits: it parses in no time. All others are
empty: present, so that a driver's query runs. Relations that system.sql computes are left out. Columns that PostgreSQL
16 has beyond 15 are added here by name.
"""
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "src/engine/pg_catalog"
TYPES = {
    "oid": "UINTEGER", "xid": "UINTEGER", "cid": "UINTEGER", "regproc": "UINTEGER", "regclass": "UINTEGER", "regtype": "UINTEGER",
    "smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT", "boolean": "BOOLEAN", "real": "FLOAT",
    "double precision": "DOUBLE", "timestamp with time zone": "TIMESTAMPTZ", "interval": "INTERVAL", "bytea": "BLOB",
    "int2vector": "SMALLINT[]", "oidvector": "UINTEGER[]", "information_schema.cardinal_number": "INTEGER",
    "information_schema.time_stamp": "TIMESTAMPTZ", "numeric": "DECIMAL(38,9)",
}
ADDED_IN_16 = {"pg_auth_members": [("oid", "oid"), ("inherit_option", "boolean"), ("set_option", "boolean")]}
ROWS = {
    "pg_type": "typnamespace = 11 AND typrelid = 0 AND coalesce((SELECT e.typrelid FROM pg_type e WHERE e.oid = t.typelem), 0) = 0",
    "pg_proc": "oid IN (SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend]::oid[]) FROM pg_type WHERE typnamespace = 11 AND typrelid = 0)",
    "pg_am": "true", "pg_language": "true", "pg_tablespace": "true", "pg_range": "true",
    "pg_collation": "oid IN (100, 950, 951)",
}


def ask(dsn, sql):
    out = subprocess.run(["psql", "-d", dsn, "-AtX", "-F", "\x1f", "-R", "\x1e", "-c", sql], check=True, capture_output=True, text=True)
    body = out.stdout.rstrip("\n")
    return [line.split("\x1f") for line in body.split("\x1e")] if body else []


def duck(pg):
    if pg.endswith("[]"):
        return TYPES.get(pg[:-2], "VARCHAR") + "[]"
    return TYPES.get(pg, "VARCHAR")


def main():
    dsn = sys.argv[1]
    ours = set(re.findall(r"^-- name: (\S+)$", (FOLDER / "system.sql").read_text(), re.M))
    relations = {}
    for schema, name, column, kind in ask(dsn, """
            SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE n.nspname IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v') AND a.attnum > 0
            ORDER BY 1, 2, a.attnum"""):
        relations.setdefault((schema, name), []).append((column, kind))
    parts = ['R"weft(', "-- Made by tools/pg_catalog.py: do not edit."]
    for (schema, name), columns in sorted(relations.items()):
        full = f"{schema}.{name}"
        if full in ours or name in ("pg_hba_file_rules", "pg_ident_file_mappings", "pg_shmem_allocations"):
            continue
        if name in ROWS and schema == "pg_catalog":
            wanted = ", ".join(f"replace(({c}::{'oid::text' if k == 'regproc' else 'text'}), '|', '')" if "vector" not in k and not k.endswith("[]")
                               else f"array_to_string({c}::text[], ' ')" if k.endswith("[]") else f"({c}::text)" for c, k in columns)
            rows = ask(dsn, f"SELECT {wanted} FROM pg_catalog.{name} t WHERE {ROWS[name]} ORDER BY 1")
            text = "\n".join("|".join(cell.replace("\n", " ") for cell in row) for row in rows).replace("'", "''")
            select = []
            for i, (c, k) in enumerate(columns, 1):
                t = duck(k)
                cell = f"nullif(f[{i}], '')"
                if t.endswith("[]"):
                    cell = f"CASE WHEN f[{i}] = '' THEN NULL ELSE string_split(f[{i}], ' ') END"
                if t == "BOOLEAN":
                    cell = f"(f[{i}] IN ('t', 'true'))"
                select.append(f"{cell}::{t} AS {c}")
            body = "SELECT " + ", ".join(select) + f"\nFROM (SELECT string_split(unnest(string_split('{text}', chr(10))), '|') AS f)"
        else:
            all_columns = columns + ADDED_IN_16.get(name, [])
            body = "SELECT " + ", ".join(f'NULL::{duck(k)} AS "{c}"' for c, k in all_columns) + " WHERE false"
        parts.append(f"-- name: {full}\n{body}\n")
    parts.append(')weft"')
    (FOLDER / "builtin.sql").write_text("\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
