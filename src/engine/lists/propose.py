#!/usr/bin/env python3
"""Proposes lines for functions.txt: `kind name` pairs on stdin (from duckdb_functions()), list lines on stdout.

Used once per DuckDB release, on the names that engine_test reports as unreviewed; the output is read by a person
before it is committed. Table functions and pragmas are written `table:name` and `pragma:name`.

  SELECT DISTINCT CASE function_type WHEN 'table_macro' THEN 'table' WHEN 'table' THEN 'table'
         WHEN 'pragma' THEN 'pragma' ELSE 'plain' END || ' ' || function_name FROM duckdb_functions()
"""
import re
import sys

TABLE_ALLOW = {
    "range": "generator", "generate_series": "generator", "unnest": "generator", "repeat": "generator",
    "repeat_row": "generator", "json_each": "pure function of its argument", "json_tree": "pure function of its argument",
    "pg_timezone_names": "constant list of the library", "icu_calendar_names": "constant list of the library",
}
TABLE_DENY = [
    (r"^(read_|parquet_|sniff_|glob$|arrow_scan|seq_scan)", "reads files, memory or storage past the node"),
    (r"^(query|query_table|json_execute|histogram|summary)", "names relations or runs SQL dynamically"),
    (r"(logging|logs|profiling|metrics)", "logs and profiles of the process"),
    (r"(external_resource|secret|extension)", "external resources and secrets"),
    (r"^(duckdb_|pragma_)", "internals of the engine; mesh.* and pg_catalog answer instead"),
    (r"checkpoint", "changes storage"),
    (r"^test_", "test data"),
]
PLAIN_DENY = [
    (r"^(nextval|currval|setval)$", "sequences do not exist here"),
    (r"^(sleep_ms|pg_sleep)$", "holds a worker without doing anything"),
    (r"^(write_log|parse_duckdb_log_message)$", "logs of the process"),
    (r"^stats$", "statistics of columns tell about hidden rows"),
    (r"^(current_setting|getvariable|getenv)$", "settings of the process; SHOW answers for the session's own"),
    (r"^(json_serialize_|json_deserialize_|json_execute)", "parses SQL inside SQL"),
    (r"^(combine|combine_aggr|finalize|to_aggregate_state|is_histogram_other_bin)$",
     "binary aggregate states can be forged"),
    (r"^(variant_bytes_to_variant|variant_to_parquet_variant|variant_normalize|variant_comparator|variant_group_array"
     r"|variant_group_object)$", "raw bytes of an internal format"),
    (r"^(st_|vertex_)", "no column type is geometric; a large parser of bytes"),
    (r"^(vector_type|index_key|get_block_size|constant_or_null|in_search_path|invoke)$", "internals of the engine"),
    (r"^(current_query|current_query_id|current_connection_id|current_transaction_id|txid_current)$",
     "internals of the engine"),
    (r"^(pg_get_viewdef|pg_get_constraintdef)$", "reads DuckDB's own catalogue"),
]
PLAIN_BOUND = [
    (r"^__(cast|between|postfix|internal_barrier|internal_compress|internal_decompress)", "put there by the binder"),
]
PLAIN_DENY_LATE = [(r"^(__|!__)", "internals of the engine")]


def decide(kind, name):
    if kind == "pragma":
        return "deny", "PRAGMA is not a statement here"
    if kind == "table":
        if name in TABLE_ALLOW:
            return "allow", TABLE_ALLOW[name]
        for pattern, reason in TABLE_DENY:
            if re.search(pattern, name):
                return "deny", reason
        return "deny", "not reviewed: default"
    for pattern, reason in PLAIN_BOUND:
        if re.search(pattern, name):
            return "bound", reason
    for pattern, reason in PLAIN_DENY + PLAIN_DENY_LATE:
        if re.search(pattern, name):
            return "deny", reason
    if re.search(r"^(icu_)?collate_", name):
        return "allow", "collation"
    if re.search(r"^(has_|pg_|inet_|col_|obj_|shobj_|format_type|format_pg_type|map_to_pg_oid)", name):
        return "allow", "constant answer for PostgreSQL clients"
    if re.search(r"(random|uuid|setseed)", name):
        return "allow", "random, of this worker alone"
    if re.search(r"^(now|today|get_current|current_|transaction_timestamp|ago)", name):
        return "allow", "clock or name of the session"
    if name == "error":
        return "allow", "fails with the user's own text, above the barrier"
    return "allow", "pure function of its arguments"


for line in sys.stdin:
    kind, _, name = line.rstrip("\n").partition(" ")
    if not name:
        continue
    decision, reason = decide(kind, name)
    prefix = "" if kind == "plain" else kind + ":"
    print(f"{prefix}{name}\t{decision}\t{reason}")
