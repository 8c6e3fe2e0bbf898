R"weft(
-- name: pg_catalog.pg_namespace
SELECT oid::UINTEGER AS oid, name AS nspname, 10::UINTEGER AS nspowner, NULL::VARCHAR[] AS nspacl FROM weft.mesh.pg_namespaces
WHERE name NOT IN ('pg_catalog', 'information_schema', 'public')
UNION ALL SELECT * FROM (VALUES (11::UINTEGER, 'pg_catalog', 10::UINTEGER, NULL::VARCHAR[]), (2200, 'public', 10, NULL), (13183, 'information_schema', 10, NULL))

-- name: pg_catalog.weft_class
-- Every relation with the parts of pg_class that differ: tables, their primary key indexes, and the catalogue itself.
SELECT r.oid::UINTEGER AS oid, r.name AS relname, r.namespace_oid::UINTEGER AS relnamespace, r.kind AS relkind,
       coalesce(r.row_count, -1)::FLOAT AS reltuples, (SELECT count(*) FROM weft.mesh.pg_columns c WHERE c.relation_oid = r.oid)::SMALLINT AS relnatts,
       EXISTS (SELECT 1 FROM weft.mesh.pg_columns c WHERE c.relation_oid = r.oid AND c.primary_key) AS relhasindex
FROM weft.mesh.pg_relations r
UNION ALL
SELECT (r.oid + 1073741824)::UINTEGER, r.name || '_pkey', r.namespace_oid::UINTEGER, 'i', coalesce(r.row_count, -1)::FLOAT,
       (SELECT count(*) FROM weft.mesh.pg_columns c WHERE c.relation_oid = r.oid AND c.primary_key)::SMALLINT, false
FROM weft.mesh.pg_relations r WHERE r.oid IN (SELECT relation_oid FROM weft.mesh.pg_columns WHERE primary_key)
UNION ALL
SELECT f[1]::UINTEGER, f[2], f[3]::UINTEGER, f[4], 0::FLOAT, 0::SMALLINT, false
FROM (SELECT string_split(unnest(string_split('1259|pg_class|11|r,1249|pg_attribute|11|r,1247|pg_type|11|r,1255|pg_proc|11|r,2615|pg_namespace|11|r,1262|pg_database|11|r,2606|pg_constraint|11|r,2610|pg_index|11|r,2604|pg_attrdef|11|r,2609|pg_description|11|r,2396|pg_shdescription|11|r,1260|pg_authid|11|r,1213|pg_tablespace|11|r,2601|pg_am|11|r,2608|pg_depend|11|r,3501|pg_enum|11|r,12001|pg_roles|11|v,12002|pg_user|11|v,12003|pg_tables|11|v,12004|pg_views|11|v,12005|pg_settings|11|v,13100|tables|13183|v,13101|columns|13183|v,13102|schemata|13183|v,13103|views|13183|v,13104|table_constraints|13183|v,13105|key_column_usage|13183|v', ',')), '|') AS f)

-- name: pg_catalog.pg_class
SELECT oid, relname, relnamespace, 0::UINTEGER AS reltype, 0::UINTEGER AS reloftype, 10::UINTEGER AS relowner,
       (CASE relkind WHEN 'r' THEN 2 WHEN 'i' THEN 403 ELSE 0 END)::UINTEGER AS relam, oid AS relfilenode, 0::UINTEGER AS reltablespace,
       greatest(0, reltuples / 100)::INTEGER AS relpages, reltuples, 0::INTEGER AS relallvisible, 0::UINTEGER AS reltoastrelid, relhasindex,
       false AS relisshared, 'p' AS relpersistence, relkind, relnatts, 0::SMALLINT AS relchecks, false AS relhasrules,
       false AS relhastriggers, false AS relhassubclass, false AS relrowsecurity, false AS relforcerowsecurity, true AS relispopulated,
       'd' AS relreplident, false AS relispartition, 0::UINTEGER AS relrewrite, 0::UINTEGER AS relfrozenxid, 0::UINTEGER AS relminmxid,
       NULL::VARCHAR[] AS relacl, NULL::VARCHAR[] AS reloptions, NULL::VARCHAR AS relpartbound
FROM weft.pg_catalog.weft_class

-- name: pg_catalog.weft_column
-- Columns with PostgreSQL's type beside DuckDB's.
SELECT c.relation_oid::UINTEGER AS attrelid, c.name AS attname, c.position::SMALLINT AS attnum, lower(c.data_type) AS duck, c.required OR c.primary_key AS attnotnull,
       c.primary_key, c.comment, pg__weft_type(lower(c.data_type))::UINTEGER AS atttypid,
       CASE WHEN lower(c.data_type) LIKE 'decimal(%' THEN
         (regexp_extract(lower(c.data_type), '\((\d+)', 1)::INTEGER * 65536 + coalesce(try_cast(regexp_extract(lower(c.data_type), ',\s*(\d+)', 1) AS INTEGER), 0) + 4)
       ELSE -1 END::INTEGER AS atttypmod
FROM weft.mesh.pg_columns c

-- name: pg_catalog.pg_attribute
SELECT a.attrelid, a.attname, a.atttypid, coalesce(t.typlen, -1)::SMALLINT AS attlen, a.attnum, (-1)::INTEGER AS attcacheoff, a.atttypmod,
       (CASE WHEN t.typcategory = 'A' THEN 1 ELSE 0 END)::SMALLINT AS attndims, coalesce(t.typbyval, false) AS attbyval, coalesce(t.typalign, 'i') AS attalign,
       coalesce(t.typstorage, 'x') AS attstorage, '' AS attcompression, a.attnotnull, false AS atthasdef, false AS atthasmissing, '' AS attidentity, '' AS attgenerated,
       false AS attisdropped, true AS attislocal, 0::SMALLINT AS attinhcount, (-1)::SMALLINT AS attstattarget, coalesce(t.typcollation, 0)::UINTEGER AS attcollation,
       NULL::VARCHAR[] AS attacl, NULL::VARCHAR[] AS attoptions, NULL::VARCHAR[] AS attfdwoptions, NULL::VARCHAR AS attmissingval
FROM (SELECT attrelid, attname, atttypid, attnum, atttypmod, attnotnull FROM weft.pg_catalog.weft_column
      UNION ALL
      SELECT (attrelid + 1073741824)::UINTEGER, attname, atttypid, row_number() OVER (PARTITION BY attrelid ORDER BY attnum)::SMALLINT, atttypmod, false
      FROM weft.pg_catalog.weft_column WHERE primary_key) a
LEFT JOIN weft.pg_catalog.pg_type t ON t.oid = a.atttypid

-- name: pg_catalog.pg_database
SELECT 16384::UINTEGER AS oid, 'weft' AS datname, 10::UINTEGER AS datdba, 6::INTEGER AS encoding, 'c' AS datlocprovider, false AS datistemplate, true AS datallowconn,
       (-1)::INTEGER AS datconnlimit, 0::UINTEGER AS datfrozenxid, 0::UINTEGER AS datminmxid, 1663::UINTEGER AS dattablespace, 'C' AS datcollate, 'C.UTF-8' AS datctype,
       NULL::VARCHAR AS daticulocale, NULL::VARCHAR AS daticurules, NULL::VARCHAR AS datcollversion, NULL::VARCHAR[] AS datacl

-- name: pg_catalog.pg_index
SELECT (attrelid + 1073741824)::UINTEGER AS indexrelid, attrelid AS indrelid, count(*)::SMALLINT AS indnatts, count(*)::SMALLINT AS indnkeyatts, true AS indisunique,
       false AS indnullsnotdistinct, true AS indisprimary, false AS indisexclusion, true AS indimmediate, false AS indisclustered, true AS indisvalid,
       false AS indcheckxmin, true AS indisready, true AS indislive, false AS indisreplident, list(attnum ORDER BY attnum) AS indkey,
       list(0::UINTEGER) AS indcollation, list(1978::UINTEGER) AS indclass, list(0::SMALLINT) AS indoption, NULL::VARCHAR AS indexprs, NULL::VARCHAR AS indpred
FROM weft.pg_catalog.weft_column WHERE primary_key GROUP BY attrelid

-- name: pg_catalog.pg_constraint
SELECT (a.attrelid + 1610612736)::UINTEGER AS oid, any_value(r.name) || '_pkey' AS conname, any_value(r.namespace_oid)::UINTEGER AS connamespace, 'p' AS contype,
       false AS condeferrable, false AS condeferred, true AS convalidated, a.attrelid AS conrelid, 0::UINTEGER AS contypid, (a.attrelid + 1073741824)::UINTEGER AS conindid,
       0::UINTEGER AS conparentid, 0::UINTEGER AS confrelid, ' ' AS confupdtype, ' ' AS confdeltype, ' ' AS confmatchtype, true AS conislocal, 0::SMALLINT AS coninhcount,
       true AS connoinherit, list(a.attnum ORDER BY a.attnum) AS conkey, NULL::SMALLINT[] AS confkey, NULL::UINTEGER[] AS conpfeqop, NULL::UINTEGER[] AS conppeqop,
       NULL::UINTEGER[] AS conffeqop, NULL::SMALLINT[] AS confdelsetcols, NULL::UINTEGER[] AS conexclop, NULL::VARCHAR AS conbin
FROM weft.pg_catalog.weft_column a JOIN weft.mesh.pg_relations r ON r.oid = a.attrelid WHERE a.primary_key GROUP BY a.attrelid

-- name: pg_catalog.pg_description
SELECT oid::UINTEGER AS objoid, 1259::UINTEGER AS classoid, 0::INTEGER AS objsubid, comment AS description FROM weft.mesh.pg_relations WHERE comment <> ''
UNION ALL SELECT relation_oid::UINTEGER, 1259, position, comment FROM weft.mesh.pg_columns WHERE comment <> ''
UNION ALL SELECT oid::UINTEGER, 2615, 0, comment FROM weft.mesh.pg_namespaces WHERE comment <> ''

-- name: pg_catalog.pg_settings
SELECT s.name, s.setting, NULL::VARCHAR AS unit, 'Weft' AS category, s.about AS short_desc, NULL::VARCHAR AS extra_desc, 'user' AS context, 'string' AS vartype,
       'default' AS source, NULL::VARCHAR AS min_val, NULL::VARCHAR AS max_val, NULL::VARCHAR[] AS enumvals, s.setting AS boot_val, s.setting AS reset_val,
       NULL::VARCHAR AS sourcefile, NULL::INTEGER AS sourceline, false AS pending_restart
FROM (SELECT unnest(pg__weft_settings(), recursive := true)) s

-- name: pg_catalog.pg_authid
SELECT oid::UINTEGER AS oid, name AS rolname, false AS rolsuper, true AS rolinherit, false AS rolcreaterole, false AS rolcreatedb, true AS rolcanlogin,
       false AS rolreplication, false AS rolbypassrls, (-1)::INTEGER AS rolconnlimit, NULL::VARCHAR AS rolpassword, NULL::TIMESTAMPTZ AS rolvaliduntil FROM weft.mesh.pg_roles
UNION ALL SELECT 10, 'weft', false, true, false, false, false, false, false, -1, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM weft.mesh.pg_roles WHERE oid = 10 OR name = 'weft')

-- name: pg_catalog.pg_roles
SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolconnlimit, '********' AS rolpassword, rolvaliduntil, rolbypassrls,
       NULL::VARCHAR[] AS rolconfig, oid FROM weft.pg_catalog.pg_authid

-- name: pg_catalog.pg_user
SELECT rolname AS usename, oid AS usesysid, rolcreatedb AS usecreatedb, rolsuper AS usesuper, rolreplication AS userepl, rolbypassrls AS usebypassrls,
       '********' AS passwd, rolvaliduntil AS valuntil, NULL::VARCHAR[] AS useconfig FROM weft.pg_catalog.pg_authid

-- name: pg_catalog.pg_shadow
SELECT * FROM weft.pg_catalog.pg_user WHERE false

-- name: pg_catalog.pg_tables
SELECT n.nspname AS schemaname, c.relname AS tablename, 'weft' AS tableowner, NULL::VARCHAR AS tablespace, c.relhasindex AS hasindexes, false AS hasrules,
       false AS hastriggers, false AS rowsecurity FROM weft.pg_catalog.pg_class c JOIN weft.pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'

-- name: pg_catalog.pg_views
SELECT n.nspname AS schemaname, c.relname AS viewname, 'weft' AS viewowner, NULL::VARCHAR AS definition
FROM weft.pg_catalog.pg_class c JOIN weft.pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v'

-- name: pg_catalog.pg_indexes
SELECT n.nspname AS schemaname, r.relname AS tablename, c.relname AS indexname, NULL::VARCHAR AS tablespace, pg__pg_get_indexdef(c.oid) AS indexdef
FROM weft.pg_catalog.pg_index i JOIN weft.pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN weft.pg_catalog.pg_class r ON r.oid = i.indrelid
JOIN weft.pg_catalog.pg_namespace n ON n.oid = r.relnamespace

-- name: pg_catalog.pg_stat_user_tables
SELECT c.oid AS relid, n.nspname AS schemaname, c.relname, 0::BIGINT AS seq_scan, NULL::TIMESTAMPTZ AS last_seq_scan, 0::BIGINT AS seq_tup_read, 0::BIGINT AS idx_scan,
       NULL::TIMESTAMPTZ AS last_idx_scan, 0::BIGINT AS idx_tup_fetch, 0::BIGINT AS n_tup_ins, 0::BIGINT AS n_tup_upd, 0::BIGINT AS n_tup_del, 0::BIGINT AS n_tup_hot_upd,
       0::BIGINT AS n_tup_newpage_upd, greatest(c.reltuples, 0)::BIGINT AS n_live_tup, 0::BIGINT AS n_dead_tup, 0::BIGINT AS n_mod_since_analyze, 0::BIGINT AS n_ins_since_vacuum,
       NULL::TIMESTAMPTZ AS last_vacuum, NULL::TIMESTAMPTZ AS last_autovacuum, NULL::TIMESTAMPTZ AS last_analyze, NULL::TIMESTAMPTZ AS last_autoanalyze,
       0::BIGINT AS vacuum_count, 0::BIGINT AS autovacuum_count, 0::BIGINT AS analyze_count, 0::BIGINT AS autoanalyze_count
FROM weft.pg_catalog.pg_class c JOIN weft.pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')

-- name: information_schema.information_schema_catalog_name
SELECT 'weft' AS catalog_name

-- name: information_schema.schemata
SELECT 'weft' AS catalog_name, nspname AS schema_name, 'weft' AS schema_owner, NULL::VARCHAR AS default_character_set_catalog,
       NULL::VARCHAR AS default_character_set_schema, NULL::VARCHAR AS default_character_set_name, NULL::VARCHAR AS sql_path FROM weft.pg_catalog.pg_namespace

-- name: information_schema.tables
SELECT 'weft' AS table_catalog, n.nspname AS table_schema, c.relname AS table_name, CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'BASE TABLE' END AS table_type,
       NULL::VARCHAR AS self_referencing_column_name, NULL::VARCHAR AS reference_generation, NULL::VARCHAR AS user_defined_type_catalog,
       NULL::VARCHAR AS user_defined_type_schema, NULL::VARCHAR AS user_defined_type_name, 'NO' AS is_insertable_into, 'NO' AS is_typed, NULL::VARCHAR AS commit_action
FROM weft.pg_catalog.pg_class c JOIN weft.pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v')

-- name: information_schema.columns
SELECT 'weft' AS table_catalog, n.nspname AS table_schema, r.name AS table_name, a.attname AS column_name, a.attnum::INTEGER AS ordinal_position,
       NULL::VARCHAR AS column_default, CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS is_nullable,
       CASE WHEN t.typcategory = 'A' THEN 'ARRAY' ELSE pg__format_type(a.atttypid, NULL) END AS data_type,
       NULL::INTEGER AS character_maximum_length, (CASE WHEN a.atttypid = 25 THEN 1073741824 END)::INTEGER AS character_octet_length,
       (CASE a.atttypid WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 WHEN 700 THEN 24 WHEN 701 THEN 53 WHEN 1700 THEN CASE WHEN a.atttypmod > 0 THEN (a.atttypmod - 4) // 65536 END END)::INTEGER AS numeric_precision,
       (CASE WHEN a.atttypid IN (20, 21, 23, 700, 701) THEN 2 WHEN a.atttypid = 1700 THEN 10 END)::INTEGER AS numeric_precision_radix,
       (CASE WHEN a.atttypid IN (20, 21, 23) THEN 0 WHEN a.atttypid = 1700 AND a.atttypmod > 0 THEN (a.atttypmod - 4) % 65536 END)::INTEGER AS numeric_scale,
       (CASE WHEN a.atttypid = 1082 THEN 0 WHEN a.atttypid IN (1083, 1114, 1184, 1186, 1266) THEN 6 END)::INTEGER AS datetime_precision,
       NULL::VARCHAR AS interval_type, NULL::INTEGER AS interval_precision, NULL::VARCHAR AS character_set_catalog, NULL::VARCHAR AS character_set_schema,
       NULL::VARCHAR AS character_set_name, NULL::VARCHAR AS collation_catalog, NULL::VARCHAR AS collation_schema, NULL::VARCHAR AS collation_name,
       NULL::VARCHAR AS domain_catalog, NULL::VARCHAR AS domain_schema, NULL::VARCHAR AS domain_name, 'weft' AS udt_catalog, 'pg_catalog' AS udt_schema, t.typname AS udt_name,
       NULL::VARCHAR AS scope_catalog, NULL::VARCHAR AS scope_schema, NULL::VARCHAR AS scope_name, NULL::INTEGER AS maximum_cardinality, a.attnum::VARCHAR AS dtd_identifier,
       'NO' AS is_self_referencing, 'NO' AS is_identity, NULL::VARCHAR AS identity_generation, NULL::VARCHAR AS identity_start, NULL::VARCHAR AS identity_increment,
       NULL::VARCHAR AS identity_maximum, NULL::VARCHAR AS identity_minimum, 'NO' AS identity_cycle, 'NEVER' AS is_generated, NULL::VARCHAR AS generation_expression,
       'NO' AS is_updatable
FROM weft.pg_catalog.weft_column a JOIN weft.mesh.pg_relations r ON r.oid = a.attrelid JOIN weft.pg_catalog.pg_namespace n ON n.oid = r.namespace_oid
LEFT JOIN weft.pg_catalog.pg_type t ON t.oid = a.atttypid

-- name: information_schema.views
SELECT 'weft' AS table_catalog, schemaname AS table_schema, viewname AS table_name, NULL::VARCHAR AS view_definition, 'NONE' AS check_option, 'NO' AS is_updatable,
       'NO' AS is_insertable_into, 'NO' AS is_trigger_updatable, 'NO' AS is_trigger_deletable, 'NO' AS is_trigger_insertable_into FROM weft.pg_catalog.pg_views

-- name: information_schema.table_constraints
SELECT 'weft' AS constraint_catalog, n.nspname AS constraint_schema, c.conname AS constraint_name, 'weft' AS table_catalog, n.nspname AS table_schema, r.name AS table_name,
       'PRIMARY KEY' AS constraint_type, 'NO' AS is_deferrable, 'NO' AS initially_deferred, 'YES' AS enforced, NULL::VARCHAR AS nulls_distinct
FROM weft.pg_catalog.pg_constraint c JOIN weft.mesh.pg_relations r ON r.oid = c.conrelid JOIN weft.pg_catalog.pg_namespace n ON n.oid = c.connamespace

-- name: information_schema.key_column_usage
SELECT 'weft' AS constraint_catalog, n.nspname AS constraint_schema, r.name || '_pkey' AS constraint_name, 'weft' AS table_catalog, n.nspname AS table_schema,
       r.name AS table_name, a.attname AS column_name, (row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum))::INTEGER AS ordinal_position,
       NULL::INTEGER AS position_in_unique_constraint
FROM weft.pg_catalog.weft_column a JOIN weft.mesh.pg_relations r ON r.oid = a.attrelid JOIN weft.pg_catalog.pg_namespace n ON n.oid = r.namespace_oid WHERE a.primary_key

-- name: information_schema.constraint_column_usage
SELECT table_catalog, table_schema, table_name, column_name, constraint_catalog, constraint_schema, constraint_name FROM weft.information_schema.key_column_usage

-- name: information_schema.table_privileges
SELECT 'weft' AS grantor, pg__current_user() AS grantee, table_catalog, table_schema, table_name, 'SELECT' AS privilege_type, 'NO' AS is_grantable, 'NO' AS with_hierarchy
FROM weft.information_schema.tables

-- name: information_schema.role_table_grants
SELECT * FROM weft.information_schema.table_privileges

-- name: information_schema.column_privileges
SELECT 'weft' AS grantor, pg__current_user() AS grantee, table_catalog, table_schema, table_name, column_name, 'SELECT' AS privilege_type, 'NO' AS is_grantable
FROM weft.information_schema.columns

-- name: information_schema.enabled_roles
SELECT pg__current_user() AS role_name

-- name: information_schema.applicable_roles
SELECT pg__current_user() AS grantee, pg__current_user() AS role_name, 'NO' AS is_grantable

-- name: information_schema.character_sets
SELECT NULL::VARCHAR AS character_set_catalog, NULL::VARCHAR AS character_set_schema, 'UTF8' AS character_set_name, 'UCS' AS character_repertoire, 'UTF8' AS form_of_use,
       'weft' AS default_collate_catalog, 'pg_catalog' AS default_collate_schema, 'C' AS default_collate_name
)weft"
