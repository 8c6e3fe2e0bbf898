R"weft(
-- Made by tools/pg_catalog.py: do not edit.
-- name: information_schema._pg_foreign_data_wrappers
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "fdwowner", NULL::VARCHAR[] AS "fdwoptions", NULL::VARCHAR AS "foreign_data_wrapper_catalog", NULL::VARCHAR AS "foreign_data_wrapper_name", NULL::VARCHAR AS "authorization_identifier", NULL::VARCHAR AS "foreign_data_wrapper_language" WHERE false

-- name: information_schema._pg_foreign_servers
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR[] AS "srvoptions", NULL::VARCHAR AS "foreign_server_catalog", NULL::VARCHAR AS "foreign_server_name", NULL::VARCHAR AS "foreign_data_wrapper_catalog", NULL::VARCHAR AS "foreign_data_wrapper_name", NULL::VARCHAR AS "foreign_server_type", NULL::VARCHAR AS "foreign_server_version", NULL::VARCHAR AS "authorization_identifier" WHERE false

-- name: information_schema._pg_foreign_table_columns
SELECT NULL::VARCHAR AS "nspname", NULL::VARCHAR AS "relname", NULL::VARCHAR AS "attname", NULL::VARCHAR[] AS "attfdwoptions" WHERE false

-- name: information_schema._pg_foreign_tables
SELECT NULL::VARCHAR AS "foreign_table_catalog", NULL::VARCHAR AS "foreign_table_schema", NULL::VARCHAR AS "foreign_table_name", NULL::VARCHAR[] AS "ftoptions", NULL::VARCHAR AS "foreign_server_catalog", NULL::VARCHAR AS "foreign_server_name", NULL::VARCHAR AS "authorization_identifier" WHERE false

-- name: information_schema._pg_user_mappings
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR[] AS "umoptions", NULL::UINTEGER AS "umuser", NULL::VARCHAR AS "authorization_identifier", NULL::VARCHAR AS "foreign_server_catalog", NULL::VARCHAR AS "foreign_server_name", NULL::VARCHAR AS "srvowner" WHERE false

-- name: information_schema.administrable_role_authorizations
SELECT NULL::VARCHAR AS "grantee", NULL::VARCHAR AS "role_name", NULL::VARCHAR AS "is_grantable" WHERE false

-- name: information_schema.attributes
SELECT NULL::VARCHAR AS "udt_catalog", NULL::VARCHAR AS "udt_schema", NULL::VARCHAR AS "udt_name", NULL::VARCHAR AS "attribute_name", NULL::INTEGER AS "ordinal_position", NULL::VARCHAR AS "attribute_default", NULL::VARCHAR AS "is_nullable", NULL::VARCHAR AS "data_type", NULL::INTEGER AS "character_maximum_length", NULL::INTEGER AS "character_octet_length", NULL::VARCHAR AS "character_set_catalog", NULL::VARCHAR AS "character_set_schema", NULL::VARCHAR AS "character_set_name", NULL::VARCHAR AS "collation_catalog", NULL::VARCHAR AS "collation_schema", NULL::VARCHAR AS "collation_name", NULL::INTEGER AS "numeric_precision", NULL::INTEGER AS "numeric_precision_radix", NULL::INTEGER AS "numeric_scale", NULL::INTEGER AS "datetime_precision", NULL::VARCHAR AS "interval_type", NULL::INTEGER AS "interval_precision", NULL::VARCHAR AS "attribute_udt_catalog", NULL::VARCHAR AS "attribute_udt_schema", NULL::VARCHAR AS "attribute_udt_name", NULL::VARCHAR AS "scope_catalog", NULL::VARCHAR AS "scope_schema", NULL::VARCHAR AS "scope_name", NULL::INTEGER AS "maximum_cardinality", NULL::VARCHAR AS "dtd_identifier", NULL::VARCHAR AS "is_derived_reference_attribute" WHERE false

-- name: information_schema.check_constraint_routine_usage
SELECT NULL::VARCHAR AS "constraint_catalog", NULL::VARCHAR AS "constraint_schema", NULL::VARCHAR AS "constraint_name", NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name" WHERE false

-- name: information_schema.check_constraints
SELECT NULL::VARCHAR AS "constraint_catalog", NULL::VARCHAR AS "constraint_schema", NULL::VARCHAR AS "constraint_name", NULL::VARCHAR AS "check_clause" WHERE false

-- name: information_schema.collation_character_set_applicability
SELECT NULL::VARCHAR AS "collation_catalog", NULL::VARCHAR AS "collation_schema", NULL::VARCHAR AS "collation_name", NULL::VARCHAR AS "character_set_catalog", NULL::VARCHAR AS "character_set_schema", NULL::VARCHAR AS "character_set_name" WHERE false

-- name: information_schema.collations
SELECT NULL::VARCHAR AS "collation_catalog", NULL::VARCHAR AS "collation_schema", NULL::VARCHAR AS "collation_name", NULL::VARCHAR AS "pad_attribute" WHERE false

-- name: information_schema.column_column_usage
SELECT NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name", NULL::VARCHAR AS "column_name", NULL::VARCHAR AS "dependent_column" WHERE false

-- name: information_schema.column_domain_usage
SELECT NULL::VARCHAR AS "domain_catalog", NULL::VARCHAR AS "domain_schema", NULL::VARCHAR AS "domain_name", NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name", NULL::VARCHAR AS "column_name" WHERE false

-- name: information_schema.column_options
SELECT NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name", NULL::VARCHAR AS "column_name", NULL::VARCHAR AS "option_name", NULL::VARCHAR AS "option_value" WHERE false

-- name: information_schema.column_udt_usage
SELECT NULL::VARCHAR AS "udt_catalog", NULL::VARCHAR AS "udt_schema", NULL::VARCHAR AS "udt_name", NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name", NULL::VARCHAR AS "column_name" WHERE false

-- name: information_schema.constraint_table_usage
SELECT NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name", NULL::VARCHAR AS "constraint_catalog", NULL::VARCHAR AS "constraint_schema", NULL::VARCHAR AS "constraint_name" WHERE false

-- name: information_schema.data_type_privileges
SELECT NULL::VARCHAR AS "object_catalog", NULL::VARCHAR AS "object_schema", NULL::VARCHAR AS "object_name", NULL::VARCHAR AS "object_type", NULL::VARCHAR AS "dtd_identifier" WHERE false

-- name: information_schema.domain_constraints
SELECT NULL::VARCHAR AS "constraint_catalog", NULL::VARCHAR AS "constraint_schema", NULL::VARCHAR AS "constraint_name", NULL::VARCHAR AS "domain_catalog", NULL::VARCHAR AS "domain_schema", NULL::VARCHAR AS "domain_name", NULL::VARCHAR AS "is_deferrable", NULL::VARCHAR AS "initially_deferred" WHERE false

-- name: information_schema.domain_udt_usage
SELECT NULL::VARCHAR AS "udt_catalog", NULL::VARCHAR AS "udt_schema", NULL::VARCHAR AS "udt_name", NULL::VARCHAR AS "domain_catalog", NULL::VARCHAR AS "domain_schema", NULL::VARCHAR AS "domain_name" WHERE false

-- name: information_schema.domains
SELECT NULL::VARCHAR AS "domain_catalog", NULL::VARCHAR AS "domain_schema", NULL::VARCHAR AS "domain_name", NULL::VARCHAR AS "data_type", NULL::INTEGER AS "character_maximum_length", NULL::INTEGER AS "character_octet_length", NULL::VARCHAR AS "character_set_catalog", NULL::VARCHAR AS "character_set_schema", NULL::VARCHAR AS "character_set_name", NULL::VARCHAR AS "collation_catalog", NULL::VARCHAR AS "collation_schema", NULL::VARCHAR AS "collation_name", NULL::INTEGER AS "numeric_precision", NULL::INTEGER AS "numeric_precision_radix", NULL::INTEGER AS "numeric_scale", NULL::INTEGER AS "datetime_precision", NULL::VARCHAR AS "interval_type", NULL::INTEGER AS "interval_precision", NULL::VARCHAR AS "domain_default", NULL::VARCHAR AS "udt_catalog", NULL::VARCHAR AS "udt_schema", NULL::VARCHAR AS "udt_name", NULL::VARCHAR AS "scope_catalog", NULL::VARCHAR AS "scope_schema", NULL::VARCHAR AS "scope_name", NULL::INTEGER AS "maximum_cardinality", NULL::VARCHAR AS "dtd_identifier" WHERE false

-- name: information_schema.element_types
SELECT NULL::VARCHAR AS "object_catalog", NULL::VARCHAR AS "object_schema", NULL::VARCHAR AS "object_name", NULL::VARCHAR AS "object_type", NULL::VARCHAR AS "collection_type_identifier", NULL::VARCHAR AS "data_type", NULL::INTEGER AS "character_maximum_length", NULL::INTEGER AS "character_octet_length", NULL::VARCHAR AS "character_set_catalog", NULL::VARCHAR AS "character_set_schema", NULL::VARCHAR AS "character_set_name", NULL::VARCHAR AS "collation_catalog", NULL::VARCHAR AS "collation_schema", NULL::VARCHAR AS "collation_name", NULL::INTEGER AS "numeric_precision", NULL::INTEGER AS "numeric_precision_radix", NULL::INTEGER AS "numeric_scale", NULL::INTEGER AS "datetime_precision", NULL::VARCHAR AS "interval_type", NULL::INTEGER AS "interval_precision", NULL::VARCHAR AS "domain_default", NULL::VARCHAR AS "udt_catalog", NULL::VARCHAR AS "udt_schema", NULL::VARCHAR AS "udt_name", NULL::VARCHAR AS "scope_catalog", NULL::VARCHAR AS "scope_schema", NULL::VARCHAR AS "scope_name", NULL::INTEGER AS "maximum_cardinality", NULL::VARCHAR AS "dtd_identifier" WHERE false

-- name: information_schema.foreign_data_wrapper_options
SELECT NULL::VARCHAR AS "foreign_data_wrapper_catalog", NULL::VARCHAR AS "foreign_data_wrapper_name", NULL::VARCHAR AS "option_name", NULL::VARCHAR AS "option_value" WHERE false

-- name: information_schema.foreign_data_wrappers
SELECT NULL::VARCHAR AS "foreign_data_wrapper_catalog", NULL::VARCHAR AS "foreign_data_wrapper_name", NULL::VARCHAR AS "authorization_identifier", NULL::VARCHAR AS "library_name", NULL::VARCHAR AS "foreign_data_wrapper_language" WHERE false

-- name: information_schema.foreign_server_options
SELECT NULL::VARCHAR AS "foreign_server_catalog", NULL::VARCHAR AS "foreign_server_name", NULL::VARCHAR AS "option_name", NULL::VARCHAR AS "option_value" WHERE false

-- name: information_schema.foreign_servers
SELECT NULL::VARCHAR AS "foreign_server_catalog", NULL::VARCHAR AS "foreign_server_name", NULL::VARCHAR AS "foreign_data_wrapper_catalog", NULL::VARCHAR AS "foreign_data_wrapper_name", NULL::VARCHAR AS "foreign_server_type", NULL::VARCHAR AS "foreign_server_version", NULL::VARCHAR AS "authorization_identifier" WHERE false

-- name: information_schema.foreign_table_options
SELECT NULL::VARCHAR AS "foreign_table_catalog", NULL::VARCHAR AS "foreign_table_schema", NULL::VARCHAR AS "foreign_table_name", NULL::VARCHAR AS "option_name", NULL::VARCHAR AS "option_value" WHERE false

-- name: information_schema.foreign_tables
SELECT NULL::VARCHAR AS "foreign_table_catalog", NULL::VARCHAR AS "foreign_table_schema", NULL::VARCHAR AS "foreign_table_name", NULL::VARCHAR AS "foreign_server_catalog", NULL::VARCHAR AS "foreign_server_name" WHERE false

-- name: information_schema.parameters
SELECT NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name", NULL::INTEGER AS "ordinal_position", NULL::VARCHAR AS "parameter_mode", NULL::VARCHAR AS "is_result", NULL::VARCHAR AS "as_locator", NULL::VARCHAR AS "parameter_name", NULL::VARCHAR AS "data_type", NULL::INTEGER AS "character_maximum_length", NULL::INTEGER AS "character_octet_length", NULL::VARCHAR AS "character_set_catalog", NULL::VARCHAR AS "character_set_schema", NULL::VARCHAR AS "character_set_name", NULL::VARCHAR AS "collation_catalog", NULL::VARCHAR AS "collation_schema", NULL::VARCHAR AS "collation_name", NULL::INTEGER AS "numeric_precision", NULL::INTEGER AS "numeric_precision_radix", NULL::INTEGER AS "numeric_scale", NULL::INTEGER AS "datetime_precision", NULL::VARCHAR AS "interval_type", NULL::INTEGER AS "interval_precision", NULL::VARCHAR AS "udt_catalog", NULL::VARCHAR AS "udt_schema", NULL::VARCHAR AS "udt_name", NULL::VARCHAR AS "scope_catalog", NULL::VARCHAR AS "scope_schema", NULL::VARCHAR AS "scope_name", NULL::INTEGER AS "maximum_cardinality", NULL::VARCHAR AS "dtd_identifier", NULL::VARCHAR AS "parameter_default" WHERE false

-- name: information_schema.referential_constraints
SELECT NULL::VARCHAR AS "constraint_catalog", NULL::VARCHAR AS "constraint_schema", NULL::VARCHAR AS "constraint_name", NULL::VARCHAR AS "unique_constraint_catalog", NULL::VARCHAR AS "unique_constraint_schema", NULL::VARCHAR AS "unique_constraint_name", NULL::VARCHAR AS "match_option", NULL::VARCHAR AS "update_rule", NULL::VARCHAR AS "delete_rule" WHERE false

-- name: information_schema.role_column_grants
SELECT NULL::VARCHAR AS "grantor", NULL::VARCHAR AS "grantee", NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name", NULL::VARCHAR AS "column_name", NULL::VARCHAR AS "privilege_type", NULL::VARCHAR AS "is_grantable" WHERE false

-- name: information_schema.role_routine_grants
SELECT NULL::VARCHAR AS "grantor", NULL::VARCHAR AS "grantee", NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name", NULL::VARCHAR AS "routine_catalog", NULL::VARCHAR AS "routine_schema", NULL::VARCHAR AS "routine_name", NULL::VARCHAR AS "privilege_type", NULL::VARCHAR AS "is_grantable" WHERE false

-- name: information_schema.role_udt_grants
SELECT NULL::VARCHAR AS "grantor", NULL::VARCHAR AS "grantee", NULL::VARCHAR AS "udt_catalog", NULL::VARCHAR AS "udt_schema", NULL::VARCHAR AS "udt_name", NULL::VARCHAR AS "privilege_type", NULL::VARCHAR AS "is_grantable" WHERE false

-- name: information_schema.role_usage_grants
SELECT NULL::VARCHAR AS "grantor", NULL::VARCHAR AS "grantee", NULL::VARCHAR AS "object_catalog", NULL::VARCHAR AS "object_schema", NULL::VARCHAR AS "object_name", NULL::VARCHAR AS "object_type", NULL::VARCHAR AS "privilege_type", NULL::VARCHAR AS "is_grantable" WHERE false

-- name: information_schema.routine_column_usage
SELECT NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name", NULL::VARCHAR AS "routine_catalog", NULL::VARCHAR AS "routine_schema", NULL::VARCHAR AS "routine_name", NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name", NULL::VARCHAR AS "column_name" WHERE false

-- name: information_schema.routine_privileges
SELECT NULL::VARCHAR AS "grantor", NULL::VARCHAR AS "grantee", NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name", NULL::VARCHAR AS "routine_catalog", NULL::VARCHAR AS "routine_schema", NULL::VARCHAR AS "routine_name", NULL::VARCHAR AS "privilege_type", NULL::VARCHAR AS "is_grantable" WHERE false

-- name: information_schema.routine_routine_usage
SELECT NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name", NULL::VARCHAR AS "routine_catalog", NULL::VARCHAR AS "routine_schema", NULL::VARCHAR AS "routine_name" WHERE false

-- name: information_schema.routine_sequence_usage
SELECT NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name", NULL::VARCHAR AS "routine_catalog", NULL::VARCHAR AS "routine_schema", NULL::VARCHAR AS "routine_name", NULL::VARCHAR AS "sequence_catalog", NULL::VARCHAR AS "sequence_schema", NULL::VARCHAR AS "sequence_name" WHERE false

-- name: information_schema.routine_table_usage
SELECT NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name", NULL::VARCHAR AS "routine_catalog", NULL::VARCHAR AS "routine_schema", NULL::VARCHAR AS "routine_name", NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name" WHERE false

-- name: information_schema.routines
SELECT NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name", NULL::VARCHAR AS "routine_catalog", NULL::VARCHAR AS "routine_schema", NULL::VARCHAR AS "routine_name", NULL::VARCHAR AS "routine_type", NULL::VARCHAR AS "module_catalog", NULL::VARCHAR AS "module_schema", NULL::VARCHAR AS "module_name", NULL::VARCHAR AS "udt_catalog", NULL::VARCHAR AS "udt_schema", NULL::VARCHAR AS "udt_name", NULL::VARCHAR AS "data_type", NULL::INTEGER AS "character_maximum_length", NULL::INTEGER AS "character_octet_length", NULL::VARCHAR AS "character_set_catalog", NULL::VARCHAR AS "character_set_schema", NULL::VARCHAR AS "character_set_name", NULL::VARCHAR AS "collation_catalog", NULL::VARCHAR AS "collation_schema", NULL::VARCHAR AS "collation_name", NULL::INTEGER AS "numeric_precision", NULL::INTEGER AS "numeric_precision_radix", NULL::INTEGER AS "numeric_scale", NULL::INTEGER AS "datetime_precision", NULL::VARCHAR AS "interval_type", NULL::INTEGER AS "interval_precision", NULL::VARCHAR AS "type_udt_catalog", NULL::VARCHAR AS "type_udt_schema", NULL::VARCHAR AS "type_udt_name", NULL::VARCHAR AS "scope_catalog", NULL::VARCHAR AS "scope_schema", NULL::VARCHAR AS "scope_name", NULL::INTEGER AS "maximum_cardinality", NULL::VARCHAR AS "dtd_identifier", NULL::VARCHAR AS "routine_body", NULL::VARCHAR AS "routine_definition", NULL::VARCHAR AS "external_name", NULL::VARCHAR AS "external_language", NULL::VARCHAR AS "parameter_style", NULL::VARCHAR AS "is_deterministic", NULL::VARCHAR AS "sql_data_access", NULL::VARCHAR AS "is_null_call", NULL::VARCHAR AS "sql_path", NULL::VARCHAR AS "schema_level_routine", NULL::INTEGER AS "max_dynamic_result_sets", NULL::VARCHAR AS "is_user_defined_cast", NULL::VARCHAR AS "is_implicitly_invocable", NULL::VARCHAR AS "security_type", NULL::VARCHAR AS "to_sql_specific_catalog", NULL::VARCHAR AS "to_sql_specific_schema", NULL::VARCHAR AS "to_sql_specific_name", NULL::VARCHAR AS "as_locator", NULL::TIMESTAMPTZ AS "created", NULL::TIMESTAMPTZ AS "last_altered", NULL::VARCHAR AS "new_savepoint_level", NULL::VARCHAR AS "is_udt_dependent", NULL::VARCHAR AS "result_cast_from_data_type", NULL::VARCHAR AS "result_cast_as_locator", NULL::INTEGER AS "result_cast_char_max_length", NULL::INTEGER AS "result_cast_char_octet_length", NULL::VARCHAR AS "result_cast_char_set_catalog", NULL::VARCHAR AS "result_cast_char_set_schema", NULL::VARCHAR AS "result_cast_char_set_name", NULL::VARCHAR AS "result_cast_collation_catalog", NULL::VARCHAR AS "result_cast_collation_schema", NULL::VARCHAR AS "result_cast_collation_name", NULL::INTEGER AS "result_cast_numeric_precision", NULL::INTEGER AS "result_cast_numeric_precision_radix", NULL::INTEGER AS "result_cast_numeric_scale", NULL::INTEGER AS "result_cast_datetime_precision", NULL::VARCHAR AS "result_cast_interval_type", NULL::INTEGER AS "result_cast_interval_precision", NULL::VARCHAR AS "result_cast_type_udt_catalog", NULL::VARCHAR AS "result_cast_type_udt_schema", NULL::VARCHAR AS "result_cast_type_udt_name", NULL::VARCHAR AS "result_cast_scope_catalog", NULL::VARCHAR AS "result_cast_scope_schema", NULL::VARCHAR AS "result_cast_scope_name", NULL::INTEGER AS "result_cast_maximum_cardinality", NULL::VARCHAR AS "result_cast_dtd_identifier" WHERE false

-- name: information_schema.sequences
SELECT NULL::VARCHAR AS "sequence_catalog", NULL::VARCHAR AS "sequence_schema", NULL::VARCHAR AS "sequence_name", NULL::VARCHAR AS "data_type", NULL::INTEGER AS "numeric_precision", NULL::INTEGER AS "numeric_precision_radix", NULL::INTEGER AS "numeric_scale", NULL::VARCHAR AS "start_value", NULL::VARCHAR AS "minimum_value", NULL::VARCHAR AS "maximum_value", NULL::VARCHAR AS "increment", NULL::VARCHAR AS "cycle_option" WHERE false

-- name: information_schema.sql_features
SELECT NULL::VARCHAR AS "feature_id", NULL::VARCHAR AS "feature_name", NULL::VARCHAR AS "sub_feature_id", NULL::VARCHAR AS "sub_feature_name", NULL::VARCHAR AS "is_supported", NULL::VARCHAR AS "is_verified_by", NULL::VARCHAR AS "comments" WHERE false

-- name: information_schema.sql_implementation_info
SELECT NULL::VARCHAR AS "implementation_info_id", NULL::VARCHAR AS "implementation_info_name", NULL::INTEGER AS "integer_value", NULL::VARCHAR AS "character_value", NULL::VARCHAR AS "comments" WHERE false

-- name: information_schema.sql_parts
SELECT NULL::VARCHAR AS "feature_id", NULL::VARCHAR AS "feature_name", NULL::VARCHAR AS "is_supported", NULL::VARCHAR AS "is_verified_by", NULL::VARCHAR AS "comments" WHERE false

-- name: information_schema.sql_sizing
SELECT NULL::INTEGER AS "sizing_id", NULL::VARCHAR AS "sizing_name", NULL::INTEGER AS "supported_value", NULL::VARCHAR AS "comments" WHERE false

-- name: information_schema.transforms
SELECT NULL::VARCHAR AS "udt_catalog", NULL::VARCHAR AS "udt_schema", NULL::VARCHAR AS "udt_name", NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name", NULL::VARCHAR AS "group_name", NULL::VARCHAR AS "transform_type" WHERE false

-- name: information_schema.triggered_update_columns
SELECT NULL::VARCHAR AS "trigger_catalog", NULL::VARCHAR AS "trigger_schema", NULL::VARCHAR AS "trigger_name", NULL::VARCHAR AS "event_object_catalog", NULL::VARCHAR AS "event_object_schema", NULL::VARCHAR AS "event_object_table", NULL::VARCHAR AS "event_object_column" WHERE false

-- name: information_schema.triggers
SELECT NULL::VARCHAR AS "trigger_catalog", NULL::VARCHAR AS "trigger_schema", NULL::VARCHAR AS "trigger_name", NULL::VARCHAR AS "event_manipulation", NULL::VARCHAR AS "event_object_catalog", NULL::VARCHAR AS "event_object_schema", NULL::VARCHAR AS "event_object_table", NULL::INTEGER AS "action_order", NULL::VARCHAR AS "action_condition", NULL::VARCHAR AS "action_statement", NULL::VARCHAR AS "action_orientation", NULL::VARCHAR AS "action_timing", NULL::VARCHAR AS "action_reference_old_table", NULL::VARCHAR AS "action_reference_new_table", NULL::VARCHAR AS "action_reference_old_row", NULL::VARCHAR AS "action_reference_new_row", NULL::TIMESTAMPTZ AS "created" WHERE false

-- name: information_schema.udt_privileges
SELECT NULL::VARCHAR AS "grantor", NULL::VARCHAR AS "grantee", NULL::VARCHAR AS "udt_catalog", NULL::VARCHAR AS "udt_schema", NULL::VARCHAR AS "udt_name", NULL::VARCHAR AS "privilege_type", NULL::VARCHAR AS "is_grantable" WHERE false

-- name: information_schema.usage_privileges
SELECT NULL::VARCHAR AS "grantor", NULL::VARCHAR AS "grantee", NULL::VARCHAR AS "object_catalog", NULL::VARCHAR AS "object_schema", NULL::VARCHAR AS "object_name", NULL::VARCHAR AS "object_type", NULL::VARCHAR AS "privilege_type", NULL::VARCHAR AS "is_grantable" WHERE false

-- name: information_schema.user_defined_types
SELECT NULL::VARCHAR AS "user_defined_type_catalog", NULL::VARCHAR AS "user_defined_type_schema", NULL::VARCHAR AS "user_defined_type_name", NULL::VARCHAR AS "user_defined_type_category", NULL::VARCHAR AS "is_instantiable", NULL::VARCHAR AS "is_final", NULL::VARCHAR AS "ordering_form", NULL::VARCHAR AS "ordering_category", NULL::VARCHAR AS "ordering_routine_catalog", NULL::VARCHAR AS "ordering_routine_schema", NULL::VARCHAR AS "ordering_routine_name", NULL::VARCHAR AS "reference_type", NULL::VARCHAR AS "data_type", NULL::INTEGER AS "character_maximum_length", NULL::INTEGER AS "character_octet_length", NULL::VARCHAR AS "character_set_catalog", NULL::VARCHAR AS "character_set_schema", NULL::VARCHAR AS "character_set_name", NULL::VARCHAR AS "collation_catalog", NULL::VARCHAR AS "collation_schema", NULL::VARCHAR AS "collation_name", NULL::INTEGER AS "numeric_precision", NULL::INTEGER AS "numeric_precision_radix", NULL::INTEGER AS "numeric_scale", NULL::INTEGER AS "datetime_precision", NULL::VARCHAR AS "interval_type", NULL::INTEGER AS "interval_precision", NULL::VARCHAR AS "source_dtd_identifier", NULL::VARCHAR AS "ref_dtd_identifier" WHERE false

-- name: information_schema.user_mapping_options
SELECT NULL::VARCHAR AS "authorization_identifier", NULL::VARCHAR AS "foreign_server_catalog", NULL::VARCHAR AS "foreign_server_name", NULL::VARCHAR AS "option_name", NULL::VARCHAR AS "option_value" WHERE false

-- name: information_schema.user_mappings
SELECT NULL::VARCHAR AS "authorization_identifier", NULL::VARCHAR AS "foreign_server_catalog", NULL::VARCHAR AS "foreign_server_name" WHERE false

-- name: information_schema.view_column_usage
SELECT NULL::VARCHAR AS "view_catalog", NULL::VARCHAR AS "view_schema", NULL::VARCHAR AS "view_name", NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name", NULL::VARCHAR AS "column_name" WHERE false

-- name: information_schema.view_routine_usage
SELECT NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name", NULL::VARCHAR AS "specific_catalog", NULL::VARCHAR AS "specific_schema", NULL::VARCHAR AS "specific_name" WHERE false

-- name: information_schema.view_table_usage
SELECT NULL::VARCHAR AS "view_catalog", NULL::VARCHAR AS "view_schema", NULL::VARCHAR AS "view_name", NULL::VARCHAR AS "table_catalog", NULL::VARCHAR AS "table_schema", NULL::VARCHAR AS "table_name" WHERE false

-- name: pg_catalog.pg_aggregate
SELECT NULL::UINTEGER AS "aggfnoid", NULL::VARCHAR AS "aggkind", NULL::SMALLINT AS "aggnumdirectargs", NULL::UINTEGER AS "aggtransfn", NULL::UINTEGER AS "aggfinalfn", NULL::UINTEGER AS "aggcombinefn", NULL::UINTEGER AS "aggserialfn", NULL::UINTEGER AS "aggdeserialfn", NULL::UINTEGER AS "aggmtransfn", NULL::UINTEGER AS "aggminvtransfn", NULL::UINTEGER AS "aggmfinalfn", NULL::BOOLEAN AS "aggfinalextra", NULL::BOOLEAN AS "aggmfinalextra", NULL::VARCHAR AS "aggfinalmodify", NULL::VARCHAR AS "aggmfinalmodify", NULL::UINTEGER AS "aggsortop", NULL::UINTEGER AS "aggtranstype", NULL::INTEGER AS "aggtransspace", NULL::UINTEGER AS "aggmtranstype", NULL::INTEGER AS "aggmtransspace", NULL::VARCHAR AS "agginitval", NULL::VARCHAR AS "aggminitval" WHERE false

-- name: pg_catalog.pg_am
SELECT nullif(f[1], '')::UINTEGER AS oid, nullif(f[2], '')::VARCHAR AS amname, nullif(f[3], '')::UINTEGER AS amhandler, nullif(f[4], '')::VARCHAR AS amtype
FROM (SELECT string_split(unnest(string_split('2|heap|3|t
2742|gin|333|i
3580|brin|335|i
4000|spgist|334|i
403|btree|330|i
405|hash|331|i
783|gist|332|i', chr(10))), '|') AS f)

-- name: pg_catalog.pg_amop
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "amopfamily", NULL::UINTEGER AS "amoplefttype", NULL::UINTEGER AS "amoprighttype", NULL::SMALLINT AS "amopstrategy", NULL::VARCHAR AS "amoppurpose", NULL::UINTEGER AS "amopopr", NULL::UINTEGER AS "amopmethod", NULL::UINTEGER AS "amopsortfamily" WHERE false

-- name: pg_catalog.pg_amproc
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "amprocfamily", NULL::UINTEGER AS "amproclefttype", NULL::UINTEGER AS "amprocrighttype", NULL::SMALLINT AS "amprocnum", NULL::UINTEGER AS "amproc" WHERE false

-- name: pg_catalog.pg_attrdef
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "adrelid", NULL::SMALLINT AS "adnum", NULL::VARCHAR AS "adbin" WHERE false

-- name: pg_catalog.pg_auth_members
SELECT NULL::UINTEGER AS "roleid", NULL::UINTEGER AS "member", NULL::UINTEGER AS "grantor", NULL::BOOLEAN AS "admin_option", NULL::UINTEGER AS "oid", NULL::BOOLEAN AS "inherit_option", NULL::BOOLEAN AS "set_option" WHERE false

-- name: pg_catalog.pg_available_extension_versions
SELECT NULL::VARCHAR AS "name", NULL::VARCHAR AS "version", NULL::BOOLEAN AS "installed", NULL::BOOLEAN AS "superuser", NULL::BOOLEAN AS "trusted", NULL::BOOLEAN AS "relocatable", NULL::VARCHAR AS "schema", NULL::VARCHAR[] AS "requires", NULL::VARCHAR AS "comment" WHERE false

-- name: pg_catalog.pg_available_extensions
SELECT NULL::VARCHAR AS "name", NULL::VARCHAR AS "default_version", NULL::VARCHAR AS "installed_version", NULL::VARCHAR AS "comment" WHERE false

-- name: pg_catalog.pg_backend_memory_contexts
SELECT NULL::VARCHAR AS "name", NULL::VARCHAR AS "ident", NULL::VARCHAR AS "parent", NULL::INTEGER AS "level", NULL::BIGINT AS "total_bytes", NULL::BIGINT AS "total_nblocks", NULL::BIGINT AS "free_bytes", NULL::BIGINT AS "free_chunks", NULL::BIGINT AS "used_bytes" WHERE false

-- name: pg_catalog.pg_cast
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "castsource", NULL::UINTEGER AS "casttarget", NULL::UINTEGER AS "castfunc", NULL::VARCHAR AS "castcontext", NULL::VARCHAR AS "castmethod" WHERE false

-- name: pg_catalog.pg_collation
SELECT nullif(f[1], '')::UINTEGER AS oid, nullif(f[2], '')::VARCHAR AS collname, nullif(f[3], '')::UINTEGER AS collnamespace, nullif(f[4], '')::UINTEGER AS collowner, nullif(f[5], '')::VARCHAR AS collprovider, (f[6] IN ('t', 'true'))::BOOLEAN AS collisdeterministic, nullif(f[7], '')::INTEGER AS collencoding, nullif(f[8], '')::VARCHAR AS collcollate, nullif(f[9], '')::VARCHAR AS collctype, nullif(f[10], '')::VARCHAR AS colliculocale, nullif(f[11], '')::VARCHAR AS collversion
FROM (SELECT string_split(unnest(string_split('100|default|11|10|d|true|-1||||
950|C|11|10|c|true|-1|C|C||
951|POSIX|11|10|c|true|-1|POSIX|POSIX||', chr(10))), '|') AS f)

-- name: pg_catalog.pg_config
SELECT NULL::VARCHAR AS "name", NULL::VARCHAR AS "setting" WHERE false

-- name: pg_catalog.pg_conversion
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "conname", NULL::UINTEGER AS "connamespace", NULL::UINTEGER AS "conowner", NULL::INTEGER AS "conforencoding", NULL::INTEGER AS "contoencoding", NULL::UINTEGER AS "conproc", NULL::BOOLEAN AS "condefault" WHERE false

-- name: pg_catalog.pg_cursors
SELECT NULL::VARCHAR AS "name", NULL::VARCHAR AS "statement", NULL::BOOLEAN AS "is_holdable", NULL::BOOLEAN AS "is_binary", NULL::BOOLEAN AS "is_scrollable", NULL::TIMESTAMPTZ AS "creation_time" WHERE false

-- name: pg_catalog.pg_db_role_setting
SELECT NULL::UINTEGER AS "setdatabase", NULL::UINTEGER AS "setrole", NULL::VARCHAR[] AS "setconfig" WHERE false

-- name: pg_catalog.pg_default_acl
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "defaclrole", NULL::UINTEGER AS "defaclnamespace", NULL::VARCHAR AS "defaclobjtype", NULL::VARCHAR[] AS "defaclacl" WHERE false

-- name: pg_catalog.pg_depend
SELECT NULL::UINTEGER AS "classid", NULL::UINTEGER AS "objid", NULL::INTEGER AS "objsubid", NULL::UINTEGER AS "refclassid", NULL::UINTEGER AS "refobjid", NULL::INTEGER AS "refobjsubid", NULL::VARCHAR AS "deptype" WHERE false

-- name: pg_catalog.pg_enum
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "enumtypid", NULL::FLOAT AS "enumsortorder", NULL::VARCHAR AS "enumlabel" WHERE false

-- name: pg_catalog.pg_event_trigger
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "evtname", NULL::VARCHAR AS "evtevent", NULL::UINTEGER AS "evtowner", NULL::UINTEGER AS "evtfoid", NULL::VARCHAR AS "evtenabled", NULL::VARCHAR[] AS "evttags" WHERE false

-- name: pg_catalog.pg_extension
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "extname", NULL::UINTEGER AS "extowner", NULL::UINTEGER AS "extnamespace", NULL::BOOLEAN AS "extrelocatable", NULL::VARCHAR AS "extversion", NULL::UINTEGER[] AS "extconfig", NULL::VARCHAR[] AS "extcondition" WHERE false

-- name: pg_catalog.pg_file_settings
SELECT NULL::VARCHAR AS "sourcefile", NULL::INTEGER AS "sourceline", NULL::INTEGER AS "seqno", NULL::VARCHAR AS "name", NULL::VARCHAR AS "setting", NULL::BOOLEAN AS "applied", NULL::VARCHAR AS "error" WHERE false

-- name: pg_catalog.pg_foreign_data_wrapper
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "fdwname", NULL::UINTEGER AS "fdwowner", NULL::UINTEGER AS "fdwhandler", NULL::UINTEGER AS "fdwvalidator", NULL::VARCHAR[] AS "fdwacl", NULL::VARCHAR[] AS "fdwoptions" WHERE false

-- name: pg_catalog.pg_foreign_server
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "srvname", NULL::UINTEGER AS "srvowner", NULL::UINTEGER AS "srvfdw", NULL::VARCHAR AS "srvtype", NULL::VARCHAR AS "srvversion", NULL::VARCHAR[] AS "srvacl", NULL::VARCHAR[] AS "srvoptions" WHERE false

-- name: pg_catalog.pg_foreign_table
SELECT NULL::UINTEGER AS "ftrelid", NULL::UINTEGER AS "ftserver", NULL::VARCHAR[] AS "ftoptions" WHERE false

-- name: pg_catalog.pg_group
SELECT NULL::VARCHAR AS "groname", NULL::UINTEGER AS "grosysid", NULL::UINTEGER[] AS "grolist" WHERE false

-- name: pg_catalog.pg_inherits
SELECT NULL::UINTEGER AS "inhrelid", NULL::UINTEGER AS "inhparent", NULL::INTEGER AS "inhseqno", NULL::BOOLEAN AS "inhdetachpending" WHERE false

-- name: pg_catalog.pg_init_privs
SELECT NULL::UINTEGER AS "objoid", NULL::UINTEGER AS "classoid", NULL::INTEGER AS "objsubid", NULL::VARCHAR AS "privtype", NULL::VARCHAR[] AS "initprivs" WHERE false

-- name: pg_catalog.pg_language
SELECT nullif(f[1], '')::UINTEGER AS oid, nullif(f[2], '')::VARCHAR AS lanname, nullif(f[3], '')::UINTEGER AS lanowner, (f[4] IN ('t', 'true'))::BOOLEAN AS lanispl, (f[5] IN ('t', 'true'))::BOOLEAN AS lanpltrusted, nullif(f[6], '')::UINTEGER AS lanplcallfoid, nullif(f[7], '')::UINTEGER AS laninline, nullif(f[8], '')::UINTEGER AS lanvalidator, CASE WHEN f[9] = '' THEN NULL ELSE string_split(f[9], ' ') END::VARCHAR[] AS lanacl
FROM (SELECT string_split(unnest(string_split('12|internal|10|false|false|0|0|2246|
13|c|10|false|false|0|0|2247|
13563|plpgsql|10|true|true|13560|13561|13562|
14|sql|10|false|true|0|0|2248|', chr(10))), '|') AS f)

-- name: pg_catalog.pg_largeobject
SELECT NULL::UINTEGER AS "loid", NULL::INTEGER AS "pageno", NULL::BLOB AS "data" WHERE false

-- name: pg_catalog.pg_largeobject_metadata
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "lomowner", NULL::VARCHAR[] AS "lomacl" WHERE false

-- name: pg_catalog.pg_locks
SELECT NULL::VARCHAR AS "locktype", NULL::UINTEGER AS "database", NULL::UINTEGER AS "relation", NULL::INTEGER AS "page", NULL::SMALLINT AS "tuple", NULL::VARCHAR AS "virtualxid", NULL::UINTEGER AS "transactionid", NULL::UINTEGER AS "classid", NULL::UINTEGER AS "objid", NULL::SMALLINT AS "objsubid", NULL::VARCHAR AS "virtualtransaction", NULL::INTEGER AS "pid", NULL::VARCHAR AS "mode", NULL::BOOLEAN AS "granted", NULL::BOOLEAN AS "fastpath", NULL::TIMESTAMPTZ AS "waitstart" WHERE false

-- name: pg_catalog.pg_matviews
SELECT NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "matviewname", NULL::VARCHAR AS "matviewowner", NULL::VARCHAR AS "tablespace", NULL::BOOLEAN AS "hasindexes", NULL::BOOLEAN AS "ispopulated", NULL::VARCHAR AS "definition" WHERE false

-- name: pg_catalog.pg_opclass
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "opcmethod", NULL::VARCHAR AS "opcname", NULL::UINTEGER AS "opcnamespace", NULL::UINTEGER AS "opcowner", NULL::UINTEGER AS "opcfamily", NULL::UINTEGER AS "opcintype", NULL::BOOLEAN AS "opcdefault", NULL::UINTEGER AS "opckeytype" WHERE false

-- name: pg_catalog.pg_operator
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "oprname", NULL::UINTEGER AS "oprnamespace", NULL::UINTEGER AS "oprowner", NULL::VARCHAR AS "oprkind", NULL::BOOLEAN AS "oprcanmerge", NULL::BOOLEAN AS "oprcanhash", NULL::UINTEGER AS "oprleft", NULL::UINTEGER AS "oprright", NULL::UINTEGER AS "oprresult", NULL::UINTEGER AS "oprcom", NULL::UINTEGER AS "oprnegate", NULL::UINTEGER AS "oprcode", NULL::UINTEGER AS "oprrest", NULL::UINTEGER AS "oprjoin" WHERE false

-- name: pg_catalog.pg_opfamily
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "opfmethod", NULL::VARCHAR AS "opfname", NULL::UINTEGER AS "opfnamespace", NULL::UINTEGER AS "opfowner" WHERE false

-- name: pg_catalog.pg_parameter_acl
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "parname", NULL::VARCHAR[] AS "paracl" WHERE false

-- name: pg_catalog.pg_partitioned_table
SELECT NULL::UINTEGER AS "partrelid", NULL::VARCHAR AS "partstrat", NULL::SMALLINT AS "partnatts", NULL::UINTEGER AS "partdefid", NULL::SMALLINT[] AS "partattrs", NULL::UINTEGER[] AS "partclass", NULL::UINTEGER[] AS "partcollation", NULL::VARCHAR AS "partexprs" WHERE false

-- name: pg_catalog.pg_policies
SELECT NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "tablename", NULL::VARCHAR AS "policyname", NULL::VARCHAR AS "permissive", NULL::VARCHAR[] AS "roles", NULL::VARCHAR AS "cmd", NULL::VARCHAR AS "qual", NULL::VARCHAR AS "with_check" WHERE false

-- name: pg_catalog.pg_policy
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "polname", NULL::UINTEGER AS "polrelid", NULL::VARCHAR AS "polcmd", NULL::BOOLEAN AS "polpermissive", NULL::UINTEGER[] AS "polroles", NULL::VARCHAR AS "polqual", NULL::VARCHAR AS "polwithcheck" WHERE false

-- name: pg_catalog.pg_prepared_statements
SELECT NULL::VARCHAR AS "name", NULL::VARCHAR AS "statement", NULL::TIMESTAMPTZ AS "prepare_time", NULL::UINTEGER[] AS "parameter_types", NULL::BOOLEAN AS "from_sql", NULL::BIGINT AS "generic_plans", NULL::BIGINT AS "custom_plans" WHERE false

-- name: pg_catalog.pg_prepared_xacts
SELECT NULL::UINTEGER AS "transaction", NULL::VARCHAR AS "gid", NULL::TIMESTAMPTZ AS "prepared", NULL::VARCHAR AS "owner", NULL::VARCHAR AS "database" WHERE false

-- name: pg_catalog.pg_proc
SELECT nullif(f[1], '')::UINTEGER AS oid, nullif(f[2], '')::VARCHAR AS proname, nullif(f[3], '')::UINTEGER AS pronamespace, nullif(f[4], '')::UINTEGER AS proowner, nullif(f[5], '')::UINTEGER AS prolang, nullif(f[6], '')::FLOAT AS procost, nullif(f[7], '')::FLOAT AS prorows, nullif(f[8], '')::UINTEGER AS provariadic, nullif(f[9], '')::UINTEGER AS prosupport, nullif(f[10], '')::VARCHAR AS prokind, (f[11] IN ('t', 'true'))::BOOLEAN AS prosecdef, (f[12] IN ('t', 'true'))::BOOLEAN AS proleakproof, (f[13] IN ('t', 'true'))::BOOLEAN AS proisstrict, (f[14] IN ('t', 'true'))::BOOLEAN AS proretset, nullif(f[15], '')::VARCHAR AS provolatile, nullif(f[16], '')::VARCHAR AS proparallel, nullif(f[17], '')::SMALLINT AS pronargs, nullif(f[18], '')::SMALLINT AS pronargdefaults, nullif(f[19], '')::UINTEGER AS prorettype, CASE WHEN f[20] = '' THEN NULL ELSE string_split(f[20], ' ') END::UINTEGER[] AS proargtypes, CASE WHEN f[21] = '' THEN NULL ELSE string_split(f[21], ' ') END::UINTEGER[] AS proallargtypes, CASE WHEN f[22] = '' THEN NULL ELSE string_split(f[22], ' ') END::VARCHAR[] AS proargmodes, CASE WHEN f[23] = '' THEN NULL ELSE string_split(f[23], ' ') END::VARCHAR[] AS proargnames, nullif(f[24], '')::VARCHAR AS proargdefaults, CASE WHEN f[25] = '' THEN NULL ELSE string_split(f[25], ' ') END::UINTEGER[] AS protrftypes, nullif(f[26], '')::VARCHAR AS prosrc, nullif(f[27], '')::VARCHAR AS probin, nullif(f[28], '')::VARCHAR AS prosqlbody, CASE WHEN f[29] = '' THEN NULL ELSE string_split(f[29], ' ') END::VARCHAR[] AS proconfig, CASE WHEN f[30] = '' THEN NULL ELSE string_split(f[30], ' ') END::VARCHAR[] AS proacl
FROM (SELECT string_split(unnest(string_split('1031|aclitemin|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|1033|2275||||||aclitemin||||
1032|aclitemout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|1033||||||aclitemout||||
1044|bpcharin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1042|2275 26 23||||||bpcharin||||
1045|bpcharout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|1042||||||bpcharout||||
1046|varcharin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1043|2275 26 23||||||varcharin||||
1047|varcharout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|1043||||||varcharout||||
1084|date_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|1082|2275||||||date_in||||
1085|date_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|1082||||||date_out||||
109|unknownin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|705|2275||||||unknownin||||
110|unknownout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|705||||||unknownout||||
1143|time_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|1083|2275 26 23||||||time_in||||
1144|time_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|1083||||||time_out||||
1150|timestamptz_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|1184|2275 26 23||||||timestamptz_in||||
1151|timestamptz_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|1184||||||timestamptz_out||||
1160|interval_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|1186|2275 26 23||||||interval_in||||
1161|interval_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|1186||||||interval_out||||
117|point_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|600|2275||||||point_in||||
118|point_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|600||||||point_out||||
119|lseg_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|601|2275||||||lseg_in||||
120|lseg_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|601||||||lseg_out||||
121|path_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|602|2275||||||path_in||||
122|path_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|602||||||path_out||||
123|box_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|603|2275||||||box_in||||
124|box_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|603||||||box_out||||
1242|boolin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|16|2275||||||boolin||||
1243|boolout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|16||||||boolout||||
1244|byteain|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|2275||||||byteain||||
1245|charin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|18|2275||||||charin||||
1267|cidr_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|650|2275||||||cidr_in||||
1312|timestamp_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|1114|2275 26 23||||||timestamp_in||||
1313|timestamp_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|1114||||||timestamp_out||||
1350|timetz_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|1266|2275 26 23||||||timetz_in||||
1351|timetz_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|1266||||||timetz_out||||
1427|cidr_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|650||||||cidr_out||||
1450|circle_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|718|2275||||||circle_in||||
1451|circle_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|718||||||circle_out||||
1490|line_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|628|2275||||||line_in||||
1491|line_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|628||||||line_out||||
1564|bit_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1560|2275 26 23||||||bit_in||||
1565|bit_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|1560||||||bit_out||||
1579|varbit_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1562|2275 26 23||||||varbit_in||||
1580|varbit_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|1562||||||varbit_out||||
1701|numeric_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1700|2275 26 23||||||numeric_in||||
1702|numeric_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|1700||||||numeric_out||||
1798|oidin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|26|2275||||||oidin||||
1799|oidout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|26||||||oidout||||
195|pg_node_tree_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|194|2275||||||pg_node_tree_in||||
196|pg_node_tree_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|194||||||pg_node_tree_out||||
197|pg_node_tree_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|194|2281||||||pg_node_tree_recv||||
198|pg_node_tree_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|194||||||pg_node_tree_send||||
200|float4in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|700|2275||||||float4in||||
201|float4out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|700||||||float4out||||
214|float8in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|701|2275||||||float8in||||
215|float8out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|701||||||float8out||||
2212|regprocedurein|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2202|2275||||||regprocedurein||||
2213|regprocedureout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|2202||||||regprocedureout||||
2214|regoperin|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2203|2275||||||regoperin||||
2215|regoperout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|2203||||||regoperout||||
2216|regoperatorin|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2204|2275||||||regoperatorin||||
2217|regoperatorout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|2204||||||regoperatorout||||
2218|regclassin|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2205|2275||||||regclassin||||
2219|regclassout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|2205||||||regclassout||||
2220|regtypein|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2206|2275||||||regtypein||||
2221|regtypeout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|2206||||||regtypeout||||
2290|record_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|2249|2275 26 23||||||record_in||||
2291|record_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|2249||||||record_out||||
2292|cstring_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2275||||||cstring_in||||
2293|cstring_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2275||||||cstring_out||||
2294|any_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2276|2275||||||any_in||||
2295|any_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2276||||||any_out||||
2296|anyarray_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2277|2275||||||anyarray_in||||
2297|anyarray_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|2277||||||anyarray_out||||
2298|void_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2278|2275||||||void_in||||
2299|void_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2278||||||void_out||||
2300|trigger_in|11|10|12|1|0|0|0|f|false|false|false|false|i|s|1|0|2279|2275||||||trigger_in||||
2301|trigger_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2279||||||trigger_out||||
2302|language_handler_in|11|10|12|1|0|0|0|f|false|false|false|false|i|s|1|0|2280|2275||||||language_handler_in||||
2303|language_handler_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2280||||||language_handler_out||||
2304|internal_in|11|10|12|1|0|0|0|f|false|false|false|false|i|s|1|0|2281|2275||||||internal_in||||
2305|internal_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2281||||||internal_out||||
2312|anyelement_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2283|2275||||||anyelement_in||||
2313|anyelement_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2283||||||anyelement_out||||
2400|array_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|2277|2281 26 23||||||array_recv||||
2401|array_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|2277||||||array_send||||
2402|record_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|2249|2281 26 23||||||record_recv||||
2403|record_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|2249||||||record_send||||
2404|int2recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|21|2281||||||int2recv||||
2405|int2send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|21||||||int2send||||
2406|int4recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|23|2281||||||int4recv||||
2407|int4send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|23||||||int4send||||
2408|int8recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|20|2281||||||int8recv||||
2409|int8send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|20||||||int8send||||
2410|int2vectorrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|22|2281||||||int2vectorrecv||||
2411|int2vectorsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|22||||||int2vectorsend||||
2412|bytearecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|2281||||||bytearecv||||
2413|byteasend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|17||||||byteasend||||
2414|textrecv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|25|2281||||||textrecv||||
2415|textsend|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|25||||||textsend||||
2416|unknownrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|705|2281||||||unknownrecv||||
2417|unknownsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|705||||||unknownsend||||
2418|oidrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|26|2281||||||oidrecv||||
2419|oidsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|26||||||oidsend||||
2420|oidvectorrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|30|2281||||||oidvectorrecv||||
2421|oidvectorsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|30||||||oidvectorsend||||
2422|namerecv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|19|2281||||||namerecv||||
2423|namesend|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|19||||||namesend||||
2424|float4recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|700|2281||||||float4recv||||
2425|float4send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|700||||||float4send||||
2426|float8recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|701|2281||||||float8recv||||
2427|float8send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|701||||||float8send||||
2428|point_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|600|2281||||||point_recv||||
2429|point_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|600||||||point_send||||
2430|bpcharrecv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|1042|2281 26 23||||||bpcharrecv||||
2431|bpcharsend|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|1042||||||bpcharsend||||
2432|varcharrecv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|1043|2281 26 23||||||varcharrecv||||
2433|varcharsend|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|1043||||||varcharsend||||
2434|charrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|18|2281||||||charrecv||||
2435|charsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|18||||||charsend||||
2436|boolrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|16|2281||||||boolrecv||||
2437|boolsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|16||||||boolsend||||
2438|tidrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|27|2281||||||tidrecv||||
2439|tidsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|27||||||tidsend||||
2440|xidrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|28|2281||||||xidrecv||||
2441|xidsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|28||||||xidsend||||
2442|cidrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|29|2281||||||cidrecv||||
2443|cidsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|29||||||cidsend||||
2444|regprocrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|24|2281||||||regprocrecv||||
2445|regprocsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|24||||||regprocsend||||
2446|regprocedurerecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2202|2281||||||regprocedurerecv||||
2447|regproceduresend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|2202||||||regproceduresend||||
2448|regoperrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2203|2281||||||regoperrecv||||
2449|regopersend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|2203||||||regopersend||||
2450|regoperatorrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2204|2281||||||regoperatorrecv||||
2451|regoperatorsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|2204||||||regoperatorsend||||
2452|regclassrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2205|2281||||||regclassrecv||||
2453|regclasssend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|2205||||||regclasssend||||
2454|regtyperecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2206|2281||||||regtyperecv||||
2455|regtypesend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|2206||||||regtypesend||||
2456|bit_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1560|2281 26 23||||||bit_recv||||
2457|bit_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|1560||||||bit_send||||
2458|varbit_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1562|2281 26 23||||||varbit_recv||||
2459|varbit_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|1562||||||varbit_send||||
2460|numeric_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1700|2281 26 23||||||numeric_recv||||
2461|numeric_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|1700||||||numeric_send||||
2468|date_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|1082|2281||||||date_recv||||
2469|date_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|1082||||||date_send||||
2470|time_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1083|2281 26 23||||||time_recv||||
2471|time_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|1083||||||time_send||||
2472|timetz_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1266|2281 26 23||||||timetz_recv||||
2473|timetz_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|1266||||||timetz_send||||
2474|timestamp_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1114|2281 26 23||||||timestamp_recv||||
2475|timestamp_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|1114||||||timestamp_send||||
2476|timestamptz_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1184|2281 26 23||||||timestamptz_recv||||
2477|timestamptz_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|1184||||||timestamptz_send||||
2478|interval_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|3|0|1186|2281 26 23||||||interval_recv||||
2479|interval_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|1186||||||interval_send||||
2480|lseg_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|601|2281||||||lseg_recv||||
2481|lseg_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|601||||||lseg_send||||
2482|path_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|602|2281||||||path_recv||||
2483|path_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|602||||||path_send||||
2484|box_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|603|2281||||||box_recv||||
2485|box_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|603||||||box_send||||
2486|poly_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|604|2281||||||poly_recv||||
2487|poly_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|604||||||poly_send||||
2488|line_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|628|2281||||||line_recv||||
2489|line_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|628||||||line_send||||
2490|circle_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|718|2281||||||circle_recv||||
2491|circle_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|718||||||circle_send||||
2492|cash_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|790|2281||||||cash_recv||||
2493|cash_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|790||||||cash_send||||
2494|macaddr_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|829|2281||||||macaddr_recv||||
2495|macaddr_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|829||||||macaddr_send||||
2496|inet_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|869|2281||||||inet_recv||||
2497|inet_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|869||||||inet_send||||
2498|cidr_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|650|2281||||||cidr_recv||||
2499|cidr_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|650||||||cidr_send||||
2500|cstring_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|2281||||||cstring_recv||||
2501|cstring_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|2275||||||cstring_send||||
2502|anyarray_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2277|2281||||||anyarray_recv||||
2503|anyarray_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|2277||||||anyarray_send||||
267|table_am_handler_in|11|10|12|1|0|0|0|f|false|false|false|false|i|s|1|0|269|2275||||||table_am_handler_in||||
268|table_am_handler_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|269||||||table_am_handler_out||||
2777|anynonarray_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2776|2275||||||anynonarray_in||||
2778|anynonarray_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2776||||||anynonarray_out||||
2893|xml_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|142|2275||||||xml_in||||
2894|xml_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|142||||||xml_out||||
2898|xml_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|142|2281||||||xml_recv||||
2899|xml_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|142||||||xml_send||||
2939|txid_snapshot_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2970|2275||||||pg_snapshot_in||||
2940|txid_snapshot_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2970||||||pg_snapshot_out||||
2941|txid_snapshot_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2970|2281||||||pg_snapshot_recv||||
2942|txid_snapshot_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|2970||||||pg_snapshot_send||||
2952|uuid_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2950|2275||||||uuid_in||||
2953|uuid_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|2950||||||uuid_out||||
2961|uuid_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2950|2281||||||uuid_recv||||
2962|uuid_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|2950||||||uuid_send||||
31|byteaout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|17||||||byteaout||||
3116|fdw_handler_in|11|10|12|1|0|0|0|f|false|false|false|false|i|s|1|0|3115|2275||||||fdw_handler_in||||
3117|fdw_handler_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|3115||||||fdw_handler_out||||
3120|void_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2278|2281||||||void_recv||||
3121|void_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|2278||||||void_send||||
321|json_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|114|2275||||||json_in||||
322|json_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|114||||||json_out||||
3229|pg_lsn_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3220|2275||||||pg_lsn_in||||
323|json_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|114|2281||||||json_recv||||
3230|pg_lsn_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|3220||||||pg_lsn_out||||
3238|pg_lsn_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3220|2281||||||pg_lsn_recv||||
3239|pg_lsn_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|3220||||||pg_lsn_send||||
324|json_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|114||||||json_send||||
326|index_am_handler_in|11|10|12|1|0|0|0|f|false|false|false|false|i|s|1|0|325|2275||||||index_am_handler_in||||
327|index_am_handler_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|325||||||index_am_handler_out||||
33|charout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|18||||||charout||||
3311|tsm_handler_in|11|10|12|1|0|0|0|f|false|false|false|false|i|s|1|0|3310|2275||||||tsm_handler_in||||
3312|tsm_handler_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|3310||||||tsm_handler_out||||
3355|pg_ndistinct_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3361|2275||||||pg_ndistinct_in||||
3356|pg_ndistinct_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|3361||||||pg_ndistinct_out||||
3357|pg_ndistinct_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|3361|2281||||||pg_ndistinct_recv||||
3358|pg_ndistinct_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|3361||||||pg_ndistinct_send||||
34|namein|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|19|2275||||||namein||||
3404|pg_dependencies_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3402|2275||||||pg_dependencies_in||||
3405|pg_dependencies_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|3402||||||pg_dependencies_out||||
3406|pg_dependencies_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|3402|2281||||||pg_dependencies_recv||||
3407|pg_dependencies_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|3402||||||pg_dependencies_send||||
3446|macaddr8_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|774|2281||||||macaddr8_recv||||
3447|macaddr8_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|774||||||macaddr8_send||||
347|poly_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|604|2275||||||poly_in||||
348|poly_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|604||||||poly_out||||
35|nameout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|19||||||nameout||||
3504|anyenum_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3500|2275||||||anyenum_in||||
3505|anyenum_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|3500||||||anyenum_out||||
3594|event_trigger_in|11|10|12|1|0|0|0|f|false|false|false|false|i|s|1|0|3838|2275||||||event_trigger_in||||
3595|event_trigger_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|3838||||||event_trigger_out||||
3610|tsvectorin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3614|2275||||||tsvectorin||||
3611|tsvectorout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|3614||||||tsvectorout||||
3612|tsqueryin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3615|2275||||||tsqueryin||||
3613|tsqueryout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|3615||||||tsqueryout||||
3638|tsvectorsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|3614||||||tsvectorsend||||
3639|tsvectorrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3614|2281||||||tsvectorrecv||||
3640|tsquerysend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|3615||||||tsquerysend||||
3641|tsqueryrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3615|2281||||||tsqueryrecv||||
3646|gtsvectorin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3642|2275||||||gtsvectorin||||
3647|gtsvectorout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|3642||||||gtsvectorout||||
3736|regconfigin|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|3734|2275||||||regconfigin||||
3737|regconfigout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|3734||||||regconfigout||||
3738|regconfigrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3734|2281||||||regconfigrecv||||
3739|regconfigsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|3734||||||regconfigsend||||
3771|regdictionaryin|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|3769|2275||||||regdictionaryin||||
3772|regdictionaryout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|3769||||||regdictionaryout||||
3773|regdictionaryrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3769|2281||||||regdictionaryrecv||||
3774|regdictionarysend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|3769||||||regdictionarysend||||
38|int2in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|21|2275||||||int2in||||
3803|jsonb_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|3802||||||jsonb_send||||
3804|jsonb_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|3802||||||jsonb_out||||
3805|jsonb_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3802|2281||||||jsonb_recv||||
3806|jsonb_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|3802|2275||||||jsonb_in||||
3832|anyrange_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|3831|2275 26 23||||||anyrange_in||||
3833|anyrange_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|3831||||||anyrange_out||||
3834|range_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|3831|2275 26 23||||||range_in||||
3835|range_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|3831||||||range_out||||
3836|range_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|3831|2281 26 23||||||range_recv||||
3837|range_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|3831||||||range_send||||
39|int2out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|21||||||int2out||||
40|int2vectorin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|22|2275||||||int2vectorin||||
4001|jsonpath_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|4072|2275||||||jsonpath_in||||
4002|jsonpath_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|4072|2281||||||jsonpath_recv||||
4003|jsonpath_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|4072||||||jsonpath_out||||
4004|jsonpath_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|4072||||||jsonpath_send||||
4084|regnamespacein|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|4089|2275||||||regnamespacein||||
4085|regnamespaceout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|4089||||||regnamespaceout||||
4087|regnamespacerecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|4089|2281||||||regnamespacerecv||||
4088|regnamespacesend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|4089||||||regnamespacesend||||
4092|regroleout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|4096||||||regroleout||||
4094|regrolerecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|4096|2281||||||regrolerecv||||
4095|regrolesend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|4096||||||regrolesend||||
4098|regrolein|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|4096|2275||||||regrolein||||
41|int2vectorout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|22||||||int2vectorout||||
4110|macaddr8_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|774|2275||||||macaddr8_in||||
4111|macaddr8_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|774||||||macaddr8_out||||
4193|regcollationin|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|4191|2275||||||regcollationin||||
4194|regcollationout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|4191||||||regcollationout||||
4196|regcollationrecv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|4191|2281||||||regcollationrecv||||
4197|regcollationsend|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|4191||||||regcollationsend||||
42|int4in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|23|2275||||||int4in||||
4226|anycompatiblemultirange_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|4538|2275 26 23||||||anycompatiblemultirange_in||||
4227|anycompatiblemultirange_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|4538||||||anycompatiblemultirange_out||||
4229|anymultirange_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|4537|2275 26 23||||||anymultirange_in||||
4230|anymultirange_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|4537||||||anymultirange_out||||
4231|multirange_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|4537|2275 26 23||||||multirange_in||||
4232|multirange_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|4537||||||multirange_out||||
4233|multirange_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|4537|2281 26 23||||||multirange_recv||||
4234|multirange_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|4537||||||multirange_send||||
43|int4out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|23||||||int4out||||
436|macaddr_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|829|2275||||||macaddr_in||||
437|macaddr_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|829||||||macaddr_out||||
44|regprocin|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|24|2275||||||regprocin||||
45|regprocout|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|24||||||regprocout||||
4596|brin_bloom_summary_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|4600|2275||||||brin_bloom_summary_in||||
4597|brin_bloom_summary_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|4600||||||brin_bloom_summary_out||||
4598|brin_bloom_summary_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|4600|2281||||||brin_bloom_summary_recv||||
4599|brin_bloom_summary_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|4600||||||brin_bloom_summary_send||||
46|textin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|25|2275||||||textin||||
460|int8in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|20|2275||||||int8in||||
461|int8out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|20||||||int8out||||
4638|brin_minmax_multi_summary_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|4601|2275||||||brin_minmax_multi_summary_in||||
4639|brin_minmax_multi_summary_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|4601||||||brin_minmax_multi_summary_out||||
4640|brin_minmax_multi_summary_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|4601|2281||||||brin_minmax_multi_summary_recv||||
4641|brin_minmax_multi_summary_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|4601||||||brin_minmax_multi_summary_send||||
47|textout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|25||||||textout||||
48|tidin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|27|2275||||||tidin||||
49|tidout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|27||||||tidout||||
50|xidin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|28|2275||||||xidin||||
5018|pg_mcv_list_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|5017|2275||||||pg_mcv_list_in||||
5019|pg_mcv_list_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|5017||||||pg_mcv_list_out||||
5020|pg_mcv_list_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|5017|2281||||||pg_mcv_list_recv||||
5021|pg_mcv_list_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|5017||||||pg_mcv_list_send||||
5055|pg_snapshot_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|5038|2275||||||pg_snapshot_in||||
5056|pg_snapshot_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|5038||||||pg_snapshot_out||||
5057|pg_snapshot_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|5038|2281||||||pg_snapshot_recv||||
5058|pg_snapshot_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|5038||||||pg_snapshot_send||||
5070|xid8in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|5069|2275||||||xid8in||||
5081|xid8out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|5069||||||xid8out||||
5082|xid8recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|5069|2281||||||xid8recv||||
5083|xid8send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|5069||||||xid8send||||
5086|anycompatible_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|5077|2275||||||anycompatible_in||||
5087|anycompatible_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|5077||||||anycompatible_out||||
5088|anycompatiblearray_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|5078|2275||||||anycompatiblearray_in||||
5089|anycompatiblearray_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|5078||||||anycompatiblearray_out||||
5090|anycompatiblearray_recv|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|5078|2281||||||anycompatiblearray_recv||||
5091|anycompatiblearray_send|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|17|5078||||||anycompatiblearray_send||||
5092|anycompatiblenonarray_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|5079|2275||||||anycompatiblenonarray_in||||
5093|anycompatiblenonarray_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|5079||||||anycompatiblenonarray_out||||
5094|anycompatiblerange_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|5080|2275 26 23||||||anycompatiblerange_in||||
5095|anycompatiblerange_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|5080||||||anycompatiblerange_out||||
51|xidout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|28||||||xidout||||
52|cidin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|29|2275||||||cidin||||
53|cidout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|29||||||cidout||||
54|oidvectorin|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|30|2275||||||oidvectorin||||
55|oidvectorout|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|30||||||oidvectorout||||
750|array_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|3|0|2277|2275 26 23||||||array_in||||
751|array_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|2277||||||array_out||||
86|pg_ddl_command_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|32|2275||||||pg_ddl_command_in||||
87|pg_ddl_command_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|32||||||pg_ddl_command_out||||
88|pg_ddl_command_recv|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|32|2281||||||pg_ddl_command_recv||||
886|cash_in|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|790|2275||||||cash_in||||
887|cash_out|11|10|12|1|0|0|0|f|false|false|true|false|s|s|1|0|2275|790||||||cash_out||||
90|pg_ddl_command_send|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|17|32||||||pg_ddl_command_send||||
910|inet_in|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|869|2275||||||inet_in||||
911|inet_out|11|10|12|1|0|0|0|f|false|false|true|false|i|s|1|0|2275|869||||||inet_out||||', chr(10))), '|') AS f)

-- name: pg_catalog.pg_publication
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "pubname", NULL::UINTEGER AS "pubowner", NULL::BOOLEAN AS "puballtables", NULL::BOOLEAN AS "pubinsert", NULL::BOOLEAN AS "pubupdate", NULL::BOOLEAN AS "pubdelete", NULL::BOOLEAN AS "pubtruncate", NULL::BOOLEAN AS "pubviaroot" WHERE false

-- name: pg_catalog.pg_publication_namespace
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "pnpubid", NULL::UINTEGER AS "pnnspid" WHERE false

-- name: pg_catalog.pg_publication_rel
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "prpubid", NULL::UINTEGER AS "prrelid", NULL::VARCHAR AS "prqual", NULL::SMALLINT[] AS "prattrs" WHERE false

-- name: pg_catalog.pg_publication_tables
SELECT NULL::VARCHAR AS "pubname", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "tablename", NULL::VARCHAR[] AS "attnames", NULL::VARCHAR AS "rowfilter" WHERE false

-- name: pg_catalog.pg_range
SELECT nullif(f[1], '')::UINTEGER AS rngtypid, nullif(f[2], '')::UINTEGER AS rngsubtype, nullif(f[3], '')::UINTEGER AS rngmultitypid, nullif(f[4], '')::UINTEGER AS rngcollation, nullif(f[5], '')::UINTEGER AS rngsubopc, nullif(f[6], '')::UINTEGER AS rngcanonical, nullif(f[7], '')::UINTEGER AS rngsubdiff
FROM (SELECT string_split(unnest(string_split('3904|23|4451|0|1978|3914|3922
3906|1700|4532|0|3125|0|3924
3908|1114|4533|0|3128|0|3929
3910|1184|4534|0|3127|0|3930
3912|1082|4535|0|3122|3915|3925
3926|20|4536|0|3124|3928|3923', chr(10))), '|') AS f)

-- name: pg_catalog.pg_replication_origin
SELECT NULL::UINTEGER AS "roident", NULL::VARCHAR AS "roname" WHERE false

-- name: pg_catalog.pg_replication_origin_status
SELECT NULL::UINTEGER AS "local_id", NULL::VARCHAR AS "external_id", NULL::VARCHAR AS "remote_lsn", NULL::VARCHAR AS "local_lsn" WHERE false

-- name: pg_catalog.pg_replication_slots
SELECT NULL::VARCHAR AS "slot_name", NULL::VARCHAR AS "plugin", NULL::VARCHAR AS "slot_type", NULL::UINTEGER AS "datoid", NULL::VARCHAR AS "database", NULL::BOOLEAN AS "temporary", NULL::BOOLEAN AS "active", NULL::INTEGER AS "active_pid", NULL::UINTEGER AS "xmin", NULL::UINTEGER AS "catalog_xmin", NULL::VARCHAR AS "restart_lsn", NULL::VARCHAR AS "confirmed_flush_lsn", NULL::VARCHAR AS "wal_status", NULL::BIGINT AS "safe_wal_size", NULL::BOOLEAN AS "two_phase" WHERE false

-- name: pg_catalog.pg_rewrite
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "rulename", NULL::UINTEGER AS "ev_class", NULL::VARCHAR AS "ev_type", NULL::VARCHAR AS "ev_enabled", NULL::BOOLEAN AS "is_instead", NULL::VARCHAR AS "ev_qual", NULL::VARCHAR AS "ev_action" WHERE false

-- name: pg_catalog.pg_rules
SELECT NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "tablename", NULL::VARCHAR AS "rulename", NULL::VARCHAR AS "definition" WHERE false

-- name: pg_catalog.pg_seclabel
SELECT NULL::UINTEGER AS "objoid", NULL::UINTEGER AS "classoid", NULL::INTEGER AS "objsubid", NULL::VARCHAR AS "provider", NULL::VARCHAR AS "label" WHERE false

-- name: pg_catalog.pg_seclabels
SELECT NULL::UINTEGER AS "objoid", NULL::UINTEGER AS "classoid", NULL::INTEGER AS "objsubid", NULL::VARCHAR AS "objtype", NULL::UINTEGER AS "objnamespace", NULL::VARCHAR AS "objname", NULL::VARCHAR AS "provider", NULL::VARCHAR AS "label" WHERE false

-- name: pg_catalog.pg_sequence
SELECT NULL::UINTEGER AS "seqrelid", NULL::UINTEGER AS "seqtypid", NULL::BIGINT AS "seqstart", NULL::BIGINT AS "seqincrement", NULL::BIGINT AS "seqmax", NULL::BIGINT AS "seqmin", NULL::BIGINT AS "seqcache", NULL::BOOLEAN AS "seqcycle" WHERE false

-- name: pg_catalog.pg_sequences
SELECT NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "sequencename", NULL::VARCHAR AS "sequenceowner", NULL::UINTEGER AS "data_type", NULL::BIGINT AS "start_value", NULL::BIGINT AS "min_value", NULL::BIGINT AS "max_value", NULL::BIGINT AS "increment_by", NULL::BOOLEAN AS "cycle", NULL::BIGINT AS "cache_size", NULL::BIGINT AS "last_value" WHERE false

-- name: pg_catalog.pg_shdepend
SELECT NULL::UINTEGER AS "dbid", NULL::UINTEGER AS "classid", NULL::UINTEGER AS "objid", NULL::INTEGER AS "objsubid", NULL::UINTEGER AS "refclassid", NULL::UINTEGER AS "refobjid", NULL::VARCHAR AS "deptype" WHERE false

-- name: pg_catalog.pg_shdescription
SELECT NULL::UINTEGER AS "objoid", NULL::UINTEGER AS "classoid", NULL::VARCHAR AS "description" WHERE false

-- name: pg_catalog.pg_shseclabel
SELECT NULL::UINTEGER AS "objoid", NULL::UINTEGER AS "classoid", NULL::VARCHAR AS "provider", NULL::VARCHAR AS "label" WHERE false

-- name: pg_catalog.pg_stat_activity
SELECT NULL::UINTEGER AS "datid", NULL::VARCHAR AS "datname", NULL::INTEGER AS "pid", NULL::INTEGER AS "leader_pid", NULL::UINTEGER AS "usesysid", NULL::VARCHAR AS "usename", NULL::VARCHAR AS "application_name", NULL::VARCHAR AS "client_addr", NULL::VARCHAR AS "client_hostname", NULL::INTEGER AS "client_port", NULL::TIMESTAMPTZ AS "backend_start", NULL::TIMESTAMPTZ AS "xact_start", NULL::TIMESTAMPTZ AS "query_start", NULL::TIMESTAMPTZ AS "state_change", NULL::VARCHAR AS "wait_event_type", NULL::VARCHAR AS "wait_event", NULL::VARCHAR AS "state", NULL::UINTEGER AS "backend_xid", NULL::UINTEGER AS "backend_xmin", NULL::BIGINT AS "query_id", NULL::VARCHAR AS "query", NULL::VARCHAR AS "backend_type" WHERE false

-- name: pg_catalog.pg_stat_all_indexes
SELECT NULL::UINTEGER AS "relid", NULL::UINTEGER AS "indexrelid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::VARCHAR AS "indexrelname", NULL::BIGINT AS "idx_scan", NULL::BIGINT AS "idx_tup_read", NULL::BIGINT AS "idx_tup_fetch" WHERE false

-- name: pg_catalog.pg_stat_all_tables
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "seq_scan", NULL::BIGINT AS "seq_tup_read", NULL::BIGINT AS "idx_scan", NULL::BIGINT AS "idx_tup_fetch", NULL::BIGINT AS "n_tup_ins", NULL::BIGINT AS "n_tup_upd", NULL::BIGINT AS "n_tup_del", NULL::BIGINT AS "n_tup_hot_upd", NULL::BIGINT AS "n_live_tup", NULL::BIGINT AS "n_dead_tup", NULL::BIGINT AS "n_mod_since_analyze", NULL::BIGINT AS "n_ins_since_vacuum", NULL::TIMESTAMPTZ AS "last_vacuum", NULL::TIMESTAMPTZ AS "last_autovacuum", NULL::TIMESTAMPTZ AS "last_analyze", NULL::TIMESTAMPTZ AS "last_autoanalyze", NULL::BIGINT AS "vacuum_count", NULL::BIGINT AS "autovacuum_count", NULL::BIGINT AS "analyze_count", NULL::BIGINT AS "autoanalyze_count" WHERE false

-- name: pg_catalog.pg_stat_archiver
SELECT NULL::BIGINT AS "archived_count", NULL::VARCHAR AS "last_archived_wal", NULL::TIMESTAMPTZ AS "last_archived_time", NULL::BIGINT AS "failed_count", NULL::VARCHAR AS "last_failed_wal", NULL::TIMESTAMPTZ AS "last_failed_time", NULL::TIMESTAMPTZ AS "stats_reset" WHERE false

-- name: pg_catalog.pg_stat_bgwriter
SELECT NULL::BIGINT AS "checkpoints_timed", NULL::BIGINT AS "checkpoints_req", NULL::DOUBLE AS "checkpoint_write_time", NULL::DOUBLE AS "checkpoint_sync_time", NULL::BIGINT AS "buffers_checkpoint", NULL::BIGINT AS "buffers_clean", NULL::BIGINT AS "maxwritten_clean", NULL::BIGINT AS "buffers_backend", NULL::BIGINT AS "buffers_backend_fsync", NULL::BIGINT AS "buffers_alloc", NULL::TIMESTAMPTZ AS "stats_reset" WHERE false

-- name: pg_catalog.pg_stat_database
SELECT NULL::UINTEGER AS "datid", NULL::VARCHAR AS "datname", NULL::INTEGER AS "numbackends", NULL::BIGINT AS "xact_commit", NULL::BIGINT AS "xact_rollback", NULL::BIGINT AS "blks_read", NULL::BIGINT AS "blks_hit", NULL::BIGINT AS "tup_returned", NULL::BIGINT AS "tup_fetched", NULL::BIGINT AS "tup_inserted", NULL::BIGINT AS "tup_updated", NULL::BIGINT AS "tup_deleted", NULL::BIGINT AS "conflicts", NULL::BIGINT AS "temp_files", NULL::BIGINT AS "temp_bytes", NULL::BIGINT AS "deadlocks", NULL::BIGINT AS "checksum_failures", NULL::TIMESTAMPTZ AS "checksum_last_failure", NULL::DOUBLE AS "blk_read_time", NULL::DOUBLE AS "blk_write_time", NULL::DOUBLE AS "session_time", NULL::DOUBLE AS "active_time", NULL::DOUBLE AS "idle_in_transaction_time", NULL::BIGINT AS "sessions", NULL::BIGINT AS "sessions_abandoned", NULL::BIGINT AS "sessions_fatal", NULL::BIGINT AS "sessions_killed", NULL::TIMESTAMPTZ AS "stats_reset" WHERE false

-- name: pg_catalog.pg_stat_database_conflicts
SELECT NULL::UINTEGER AS "datid", NULL::VARCHAR AS "datname", NULL::BIGINT AS "confl_tablespace", NULL::BIGINT AS "confl_lock", NULL::BIGINT AS "confl_snapshot", NULL::BIGINT AS "confl_bufferpin", NULL::BIGINT AS "confl_deadlock" WHERE false

-- name: pg_catalog.pg_stat_gssapi
SELECT NULL::INTEGER AS "pid", NULL::BOOLEAN AS "gss_authenticated", NULL::VARCHAR AS "principal", NULL::BOOLEAN AS "encrypted" WHERE false

-- name: pg_catalog.pg_stat_progress_analyze
SELECT NULL::INTEGER AS "pid", NULL::UINTEGER AS "datid", NULL::VARCHAR AS "datname", NULL::UINTEGER AS "relid", NULL::VARCHAR AS "phase", NULL::BIGINT AS "sample_blks_total", NULL::BIGINT AS "sample_blks_scanned", NULL::BIGINT AS "ext_stats_total", NULL::BIGINT AS "ext_stats_computed", NULL::BIGINT AS "child_tables_total", NULL::BIGINT AS "child_tables_done", NULL::UINTEGER AS "current_child_table_relid" WHERE false

-- name: pg_catalog.pg_stat_progress_basebackup
SELECT NULL::INTEGER AS "pid", NULL::VARCHAR AS "phase", NULL::BIGINT AS "backup_total", NULL::BIGINT AS "backup_streamed", NULL::BIGINT AS "tablespaces_total", NULL::BIGINT AS "tablespaces_streamed" WHERE false

-- name: pg_catalog.pg_stat_progress_cluster
SELECT NULL::INTEGER AS "pid", NULL::UINTEGER AS "datid", NULL::VARCHAR AS "datname", NULL::UINTEGER AS "relid", NULL::VARCHAR AS "command", NULL::VARCHAR AS "phase", NULL::UINTEGER AS "cluster_index_relid", NULL::BIGINT AS "heap_tuples_scanned", NULL::BIGINT AS "heap_tuples_written", NULL::BIGINT AS "heap_blks_total", NULL::BIGINT AS "heap_blks_scanned", NULL::BIGINT AS "index_rebuild_count" WHERE false

-- name: pg_catalog.pg_stat_progress_copy
SELECT NULL::INTEGER AS "pid", NULL::UINTEGER AS "datid", NULL::VARCHAR AS "datname", NULL::UINTEGER AS "relid", NULL::VARCHAR AS "command", NULL::VARCHAR AS "type", NULL::BIGINT AS "bytes_processed", NULL::BIGINT AS "bytes_total", NULL::BIGINT AS "tuples_processed", NULL::BIGINT AS "tuples_excluded" WHERE false

-- name: pg_catalog.pg_stat_progress_create_index
SELECT NULL::INTEGER AS "pid", NULL::UINTEGER AS "datid", NULL::VARCHAR AS "datname", NULL::UINTEGER AS "relid", NULL::UINTEGER AS "index_relid", NULL::VARCHAR AS "command", NULL::VARCHAR AS "phase", NULL::BIGINT AS "lockers_total", NULL::BIGINT AS "lockers_done", NULL::BIGINT AS "current_locker_pid", NULL::BIGINT AS "blocks_total", NULL::BIGINT AS "blocks_done", NULL::BIGINT AS "tuples_total", NULL::BIGINT AS "tuples_done", NULL::BIGINT AS "partitions_total", NULL::BIGINT AS "partitions_done" WHERE false

-- name: pg_catalog.pg_stat_progress_vacuum
SELECT NULL::INTEGER AS "pid", NULL::UINTEGER AS "datid", NULL::VARCHAR AS "datname", NULL::UINTEGER AS "relid", NULL::VARCHAR AS "phase", NULL::BIGINT AS "heap_blks_total", NULL::BIGINT AS "heap_blks_scanned", NULL::BIGINT AS "heap_blks_vacuumed", NULL::BIGINT AS "index_vacuum_count", NULL::BIGINT AS "max_dead_tuples", NULL::BIGINT AS "num_dead_tuples" WHERE false

-- name: pg_catalog.pg_stat_recovery_prefetch
SELECT NULL::TIMESTAMPTZ AS "stats_reset", NULL::BIGINT AS "prefetch", NULL::BIGINT AS "hit", NULL::BIGINT AS "skip_init", NULL::BIGINT AS "skip_new", NULL::BIGINT AS "skip_fpw", NULL::BIGINT AS "skip_rep", NULL::INTEGER AS "wal_distance", NULL::INTEGER AS "block_distance", NULL::INTEGER AS "io_depth" WHERE false

-- name: pg_catalog.pg_stat_replication
SELECT NULL::INTEGER AS "pid", NULL::UINTEGER AS "usesysid", NULL::VARCHAR AS "usename", NULL::VARCHAR AS "application_name", NULL::VARCHAR AS "client_addr", NULL::VARCHAR AS "client_hostname", NULL::INTEGER AS "client_port", NULL::TIMESTAMPTZ AS "backend_start", NULL::UINTEGER AS "backend_xmin", NULL::VARCHAR AS "state", NULL::VARCHAR AS "sent_lsn", NULL::VARCHAR AS "write_lsn", NULL::VARCHAR AS "flush_lsn", NULL::VARCHAR AS "replay_lsn", NULL::INTERVAL AS "write_lag", NULL::INTERVAL AS "flush_lag", NULL::INTERVAL AS "replay_lag", NULL::INTEGER AS "sync_priority", NULL::VARCHAR AS "sync_state", NULL::TIMESTAMPTZ AS "reply_time" WHERE false

-- name: pg_catalog.pg_stat_replication_slots
SELECT NULL::VARCHAR AS "slot_name", NULL::BIGINT AS "spill_txns", NULL::BIGINT AS "spill_count", NULL::BIGINT AS "spill_bytes", NULL::BIGINT AS "stream_txns", NULL::BIGINT AS "stream_count", NULL::BIGINT AS "stream_bytes", NULL::BIGINT AS "total_txns", NULL::BIGINT AS "total_bytes", NULL::TIMESTAMPTZ AS "stats_reset" WHERE false

-- name: pg_catalog.pg_stat_slru
SELECT NULL::VARCHAR AS "name", NULL::BIGINT AS "blks_zeroed", NULL::BIGINT AS "blks_hit", NULL::BIGINT AS "blks_read", NULL::BIGINT AS "blks_written", NULL::BIGINT AS "blks_exists", NULL::BIGINT AS "flushes", NULL::BIGINT AS "truncates", NULL::TIMESTAMPTZ AS "stats_reset" WHERE false

-- name: pg_catalog.pg_stat_ssl
SELECT NULL::INTEGER AS "pid", NULL::BOOLEAN AS "ssl", NULL::VARCHAR AS "version", NULL::VARCHAR AS "cipher", NULL::INTEGER AS "bits", NULL::VARCHAR AS "client_dn", NULL::DECIMAL(38,9) AS "client_serial", NULL::VARCHAR AS "issuer_dn" WHERE false

-- name: pg_catalog.pg_stat_subscription
SELECT NULL::UINTEGER AS "subid", NULL::VARCHAR AS "subname", NULL::INTEGER AS "pid", NULL::UINTEGER AS "relid", NULL::VARCHAR AS "received_lsn", NULL::TIMESTAMPTZ AS "last_msg_send_time", NULL::TIMESTAMPTZ AS "last_msg_receipt_time", NULL::VARCHAR AS "latest_end_lsn", NULL::TIMESTAMPTZ AS "latest_end_time" WHERE false

-- name: pg_catalog.pg_stat_subscription_stats
SELECT NULL::UINTEGER AS "subid", NULL::VARCHAR AS "subname", NULL::BIGINT AS "apply_error_count", NULL::BIGINT AS "sync_error_count", NULL::TIMESTAMPTZ AS "stats_reset" WHERE false

-- name: pg_catalog.pg_stat_sys_indexes
SELECT NULL::UINTEGER AS "relid", NULL::UINTEGER AS "indexrelid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::VARCHAR AS "indexrelname", NULL::BIGINT AS "idx_scan", NULL::BIGINT AS "idx_tup_read", NULL::BIGINT AS "idx_tup_fetch" WHERE false

-- name: pg_catalog.pg_stat_sys_tables
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "seq_scan", NULL::BIGINT AS "seq_tup_read", NULL::BIGINT AS "idx_scan", NULL::BIGINT AS "idx_tup_fetch", NULL::BIGINT AS "n_tup_ins", NULL::BIGINT AS "n_tup_upd", NULL::BIGINT AS "n_tup_del", NULL::BIGINT AS "n_tup_hot_upd", NULL::BIGINT AS "n_live_tup", NULL::BIGINT AS "n_dead_tup", NULL::BIGINT AS "n_mod_since_analyze", NULL::BIGINT AS "n_ins_since_vacuum", NULL::TIMESTAMPTZ AS "last_vacuum", NULL::TIMESTAMPTZ AS "last_autovacuum", NULL::TIMESTAMPTZ AS "last_analyze", NULL::TIMESTAMPTZ AS "last_autoanalyze", NULL::BIGINT AS "vacuum_count", NULL::BIGINT AS "autovacuum_count", NULL::BIGINT AS "analyze_count", NULL::BIGINT AS "autoanalyze_count" WHERE false

-- name: pg_catalog.pg_stat_user_functions
SELECT NULL::UINTEGER AS "funcid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "funcname", NULL::BIGINT AS "calls", NULL::DOUBLE AS "total_time", NULL::DOUBLE AS "self_time" WHERE false

-- name: pg_catalog.pg_stat_user_indexes
SELECT NULL::UINTEGER AS "relid", NULL::UINTEGER AS "indexrelid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::VARCHAR AS "indexrelname", NULL::BIGINT AS "idx_scan", NULL::BIGINT AS "idx_tup_read", NULL::BIGINT AS "idx_tup_fetch" WHERE false

-- name: pg_catalog.pg_stat_wal
SELECT NULL::BIGINT AS "wal_records", NULL::BIGINT AS "wal_fpi", NULL::DECIMAL(38,9) AS "wal_bytes", NULL::BIGINT AS "wal_buffers_full", NULL::BIGINT AS "wal_write", NULL::BIGINT AS "wal_sync", NULL::DOUBLE AS "wal_write_time", NULL::DOUBLE AS "wal_sync_time", NULL::TIMESTAMPTZ AS "stats_reset" WHERE false

-- name: pg_catalog.pg_stat_wal_receiver
SELECT NULL::INTEGER AS "pid", NULL::VARCHAR AS "status", NULL::VARCHAR AS "receive_start_lsn", NULL::INTEGER AS "receive_start_tli", NULL::VARCHAR AS "written_lsn", NULL::VARCHAR AS "flushed_lsn", NULL::INTEGER AS "received_tli", NULL::TIMESTAMPTZ AS "last_msg_send_time", NULL::TIMESTAMPTZ AS "last_msg_receipt_time", NULL::VARCHAR AS "latest_end_lsn", NULL::TIMESTAMPTZ AS "latest_end_time", NULL::VARCHAR AS "slot_name", NULL::VARCHAR AS "sender_host", NULL::INTEGER AS "sender_port", NULL::VARCHAR AS "conninfo" WHERE false

-- name: pg_catalog.pg_stat_xact_all_tables
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "seq_scan", NULL::BIGINT AS "seq_tup_read", NULL::BIGINT AS "idx_scan", NULL::BIGINT AS "idx_tup_fetch", NULL::BIGINT AS "n_tup_ins", NULL::BIGINT AS "n_tup_upd", NULL::BIGINT AS "n_tup_del", NULL::BIGINT AS "n_tup_hot_upd" WHERE false

-- name: pg_catalog.pg_stat_xact_sys_tables
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "seq_scan", NULL::BIGINT AS "seq_tup_read", NULL::BIGINT AS "idx_scan", NULL::BIGINT AS "idx_tup_fetch", NULL::BIGINT AS "n_tup_ins", NULL::BIGINT AS "n_tup_upd", NULL::BIGINT AS "n_tup_del", NULL::BIGINT AS "n_tup_hot_upd" WHERE false

-- name: pg_catalog.pg_stat_xact_user_functions
SELECT NULL::UINTEGER AS "funcid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "funcname", NULL::BIGINT AS "calls", NULL::DOUBLE AS "total_time", NULL::DOUBLE AS "self_time" WHERE false

-- name: pg_catalog.pg_stat_xact_user_tables
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "seq_scan", NULL::BIGINT AS "seq_tup_read", NULL::BIGINT AS "idx_scan", NULL::BIGINT AS "idx_tup_fetch", NULL::BIGINT AS "n_tup_ins", NULL::BIGINT AS "n_tup_upd", NULL::BIGINT AS "n_tup_del", NULL::BIGINT AS "n_tup_hot_upd" WHERE false

-- name: pg_catalog.pg_statio_all_indexes
SELECT NULL::UINTEGER AS "relid", NULL::UINTEGER AS "indexrelid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::VARCHAR AS "indexrelname", NULL::BIGINT AS "idx_blks_read", NULL::BIGINT AS "idx_blks_hit" WHERE false

-- name: pg_catalog.pg_statio_all_sequences
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "blks_read", NULL::BIGINT AS "blks_hit" WHERE false

-- name: pg_catalog.pg_statio_all_tables
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "heap_blks_read", NULL::BIGINT AS "heap_blks_hit", NULL::BIGINT AS "idx_blks_read", NULL::BIGINT AS "idx_blks_hit", NULL::BIGINT AS "toast_blks_read", NULL::BIGINT AS "toast_blks_hit", NULL::BIGINT AS "tidx_blks_read", NULL::BIGINT AS "tidx_blks_hit" WHERE false

-- name: pg_catalog.pg_statio_sys_indexes
SELECT NULL::UINTEGER AS "relid", NULL::UINTEGER AS "indexrelid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::VARCHAR AS "indexrelname", NULL::BIGINT AS "idx_blks_read", NULL::BIGINT AS "idx_blks_hit" WHERE false

-- name: pg_catalog.pg_statio_sys_sequences
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "blks_read", NULL::BIGINT AS "blks_hit" WHERE false

-- name: pg_catalog.pg_statio_sys_tables
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "heap_blks_read", NULL::BIGINT AS "heap_blks_hit", NULL::BIGINT AS "idx_blks_read", NULL::BIGINT AS "idx_blks_hit", NULL::BIGINT AS "toast_blks_read", NULL::BIGINT AS "toast_blks_hit", NULL::BIGINT AS "tidx_blks_read", NULL::BIGINT AS "tidx_blks_hit" WHERE false

-- name: pg_catalog.pg_statio_user_indexes
SELECT NULL::UINTEGER AS "relid", NULL::UINTEGER AS "indexrelid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::VARCHAR AS "indexrelname", NULL::BIGINT AS "idx_blks_read", NULL::BIGINT AS "idx_blks_hit" WHERE false

-- name: pg_catalog.pg_statio_user_sequences
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "blks_read", NULL::BIGINT AS "blks_hit" WHERE false

-- name: pg_catalog.pg_statio_user_tables
SELECT NULL::UINTEGER AS "relid", NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "relname", NULL::BIGINT AS "heap_blks_read", NULL::BIGINT AS "heap_blks_hit", NULL::BIGINT AS "idx_blks_read", NULL::BIGINT AS "idx_blks_hit", NULL::BIGINT AS "toast_blks_read", NULL::BIGINT AS "toast_blks_hit", NULL::BIGINT AS "tidx_blks_read", NULL::BIGINT AS "tidx_blks_hit" WHERE false

-- name: pg_catalog.pg_statistic
SELECT NULL::UINTEGER AS "starelid", NULL::SMALLINT AS "staattnum", NULL::BOOLEAN AS "stainherit", NULL::FLOAT AS "stanullfrac", NULL::INTEGER AS "stawidth", NULL::FLOAT AS "stadistinct", NULL::SMALLINT AS "stakind1", NULL::SMALLINT AS "stakind2", NULL::SMALLINT AS "stakind3", NULL::SMALLINT AS "stakind4", NULL::SMALLINT AS "stakind5", NULL::UINTEGER AS "staop1", NULL::UINTEGER AS "staop2", NULL::UINTEGER AS "staop3", NULL::UINTEGER AS "staop4", NULL::UINTEGER AS "staop5", NULL::UINTEGER AS "stacoll1", NULL::UINTEGER AS "stacoll2", NULL::UINTEGER AS "stacoll3", NULL::UINTEGER AS "stacoll4", NULL::UINTEGER AS "stacoll5", NULL::FLOAT[] AS "stanumbers1", NULL::FLOAT[] AS "stanumbers2", NULL::FLOAT[] AS "stanumbers3", NULL::FLOAT[] AS "stanumbers4", NULL::FLOAT[] AS "stanumbers5", NULL::VARCHAR AS "stavalues1", NULL::VARCHAR AS "stavalues2", NULL::VARCHAR AS "stavalues3", NULL::VARCHAR AS "stavalues4", NULL::VARCHAR AS "stavalues5" WHERE false

-- name: pg_catalog.pg_statistic_ext
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "stxrelid", NULL::VARCHAR AS "stxname", NULL::UINTEGER AS "stxnamespace", NULL::UINTEGER AS "stxowner", NULL::INTEGER AS "stxstattarget", NULL::SMALLINT[] AS "stxkeys", NULL::VARCHAR[] AS "stxkind", NULL::VARCHAR AS "stxexprs" WHERE false

-- name: pg_catalog.pg_statistic_ext_data
SELECT NULL::UINTEGER AS "stxoid", NULL::BOOLEAN AS "stxdinherit", NULL::VARCHAR AS "stxdndistinct", NULL::VARCHAR AS "stxddependencies", NULL::VARCHAR AS "stxdmcv", NULL::VARCHAR[] AS "stxdexpr" WHERE false

-- name: pg_catalog.pg_stats
SELECT NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "tablename", NULL::VARCHAR AS "attname", NULL::BOOLEAN AS "inherited", NULL::FLOAT AS "null_frac", NULL::INTEGER AS "avg_width", NULL::FLOAT AS "n_distinct", NULL::VARCHAR AS "most_common_vals", NULL::FLOAT[] AS "most_common_freqs", NULL::VARCHAR AS "histogram_bounds", NULL::FLOAT AS "correlation", NULL::VARCHAR AS "most_common_elems", NULL::FLOAT[] AS "most_common_elem_freqs", NULL::FLOAT[] AS "elem_count_histogram" WHERE false

-- name: pg_catalog.pg_stats_ext
SELECT NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "tablename", NULL::VARCHAR AS "statistics_schemaname", NULL::VARCHAR AS "statistics_name", NULL::VARCHAR AS "statistics_owner", NULL::VARCHAR[] AS "attnames", NULL::VARCHAR[] AS "exprs", NULL::VARCHAR[] AS "kinds", NULL::BOOLEAN AS "inherited", NULL::VARCHAR AS "n_distinct", NULL::VARCHAR AS "dependencies", NULL::VARCHAR[] AS "most_common_vals", NULL::BOOLEAN[] AS "most_common_val_nulls", NULL::DOUBLE[] AS "most_common_freqs", NULL::DOUBLE[] AS "most_common_base_freqs" WHERE false

-- name: pg_catalog.pg_stats_ext_exprs
SELECT NULL::VARCHAR AS "schemaname", NULL::VARCHAR AS "tablename", NULL::VARCHAR AS "statistics_schemaname", NULL::VARCHAR AS "statistics_name", NULL::VARCHAR AS "statistics_owner", NULL::VARCHAR AS "expr", NULL::BOOLEAN AS "inherited", NULL::FLOAT AS "null_frac", NULL::INTEGER AS "avg_width", NULL::FLOAT AS "n_distinct", NULL::VARCHAR AS "most_common_vals", NULL::FLOAT[] AS "most_common_freqs", NULL::VARCHAR AS "histogram_bounds", NULL::FLOAT AS "correlation", NULL::VARCHAR AS "most_common_elems", NULL::FLOAT[] AS "most_common_elem_freqs", NULL::FLOAT[] AS "elem_count_histogram" WHERE false

-- name: pg_catalog.pg_subscription
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "subdbid", NULL::VARCHAR AS "subskiplsn", NULL::VARCHAR AS "subname", NULL::UINTEGER AS "subowner", NULL::BOOLEAN AS "subenabled", NULL::BOOLEAN AS "subbinary", NULL::BOOLEAN AS "substream", NULL::VARCHAR AS "subtwophasestate", NULL::BOOLEAN AS "subdisableonerr", NULL::VARCHAR AS "subconninfo", NULL::VARCHAR AS "subslotname", NULL::VARCHAR AS "subsynccommit", NULL::VARCHAR[] AS "subpublications" WHERE false

-- name: pg_catalog.pg_subscription_rel
SELECT NULL::UINTEGER AS "srsubid", NULL::UINTEGER AS "srrelid", NULL::VARCHAR AS "srsubstate", NULL::VARCHAR AS "srsublsn" WHERE false

-- name: pg_catalog.pg_tablespace
SELECT nullif(f[1], '')::UINTEGER AS oid, nullif(f[2], '')::VARCHAR AS spcname, nullif(f[3], '')::UINTEGER AS spcowner, CASE WHEN f[4] = '' THEN NULL ELSE string_split(f[4], ' ') END::VARCHAR[] AS spcacl, CASE WHEN f[5] = '' THEN NULL ELSE string_split(f[5], ' ') END::VARCHAR[] AS spcoptions
FROM (SELECT string_split(unnest(string_split('1663|pg_default|10||
1664|pg_global|10||', chr(10))), '|') AS f)

-- name: pg_catalog.pg_timezone_abbrevs
SELECT NULL::VARCHAR AS "abbrev", NULL::INTERVAL AS "utc_offset", NULL::BOOLEAN AS "is_dst" WHERE false

-- name: pg_catalog.pg_timezone_names
SELECT NULL::VARCHAR AS "name", NULL::VARCHAR AS "abbrev", NULL::INTERVAL AS "utc_offset", NULL::BOOLEAN AS "is_dst" WHERE false

-- name: pg_catalog.pg_transform
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "trftype", NULL::UINTEGER AS "trflang", NULL::UINTEGER AS "trffromsql", NULL::UINTEGER AS "trftosql" WHERE false

-- name: pg_catalog.pg_trigger
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "tgrelid", NULL::UINTEGER AS "tgparentid", NULL::VARCHAR AS "tgname", NULL::UINTEGER AS "tgfoid", NULL::SMALLINT AS "tgtype", NULL::VARCHAR AS "tgenabled", NULL::BOOLEAN AS "tgisinternal", NULL::UINTEGER AS "tgconstrrelid", NULL::UINTEGER AS "tgconstrindid", NULL::UINTEGER AS "tgconstraint", NULL::BOOLEAN AS "tgdeferrable", NULL::BOOLEAN AS "tginitdeferred", NULL::SMALLINT AS "tgnargs", NULL::SMALLINT[] AS "tgattr", NULL::BLOB AS "tgargs", NULL::VARCHAR AS "tgqual", NULL::VARCHAR AS "tgoldtable", NULL::VARCHAR AS "tgnewtable" WHERE false

-- name: pg_catalog.pg_ts_config
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "cfgname", NULL::UINTEGER AS "cfgnamespace", NULL::UINTEGER AS "cfgowner", NULL::UINTEGER AS "cfgparser" WHERE false

-- name: pg_catalog.pg_ts_config_map
SELECT NULL::UINTEGER AS "mapcfg", NULL::INTEGER AS "maptokentype", NULL::INTEGER AS "mapseqno", NULL::UINTEGER AS "mapdict" WHERE false

-- name: pg_catalog.pg_ts_dict
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "dictname", NULL::UINTEGER AS "dictnamespace", NULL::UINTEGER AS "dictowner", NULL::UINTEGER AS "dicttemplate", NULL::VARCHAR AS "dictinitoption" WHERE false

-- name: pg_catalog.pg_ts_parser
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "prsname", NULL::UINTEGER AS "prsnamespace", NULL::UINTEGER AS "prsstart", NULL::UINTEGER AS "prstoken", NULL::UINTEGER AS "prsend", NULL::UINTEGER AS "prsheadline", NULL::UINTEGER AS "prslextype" WHERE false

-- name: pg_catalog.pg_ts_template
SELECT NULL::UINTEGER AS "oid", NULL::VARCHAR AS "tmplname", NULL::UINTEGER AS "tmplnamespace", NULL::UINTEGER AS "tmplinit", NULL::UINTEGER AS "tmpllexize" WHERE false

-- name: pg_catalog.pg_type
SELECT nullif(f[1], '')::UINTEGER AS oid, nullif(f[2], '')::VARCHAR AS typname, nullif(f[3], '')::UINTEGER AS typnamespace, nullif(f[4], '')::UINTEGER AS typowner, nullif(f[5], '')::SMALLINT AS typlen, (f[6] IN ('t', 'true'))::BOOLEAN AS typbyval, nullif(f[7], '')::VARCHAR AS typtype, nullif(f[8], '')::VARCHAR AS typcategory, (f[9] IN ('t', 'true'))::BOOLEAN AS typispreferred, (f[10] IN ('t', 'true'))::BOOLEAN AS typisdefined, nullif(f[11], '')::VARCHAR AS typdelim, nullif(f[12], '')::UINTEGER AS typrelid, nullif(f[13], '')::UINTEGER AS typsubscript, nullif(f[14], '')::UINTEGER AS typelem, nullif(f[15], '')::UINTEGER AS typarray, nullif(f[16], '')::UINTEGER AS typinput, nullif(f[17], '')::UINTEGER AS typoutput, nullif(f[18], '')::UINTEGER AS typreceive, nullif(f[19], '')::UINTEGER AS typsend, nullif(f[20], '')::UINTEGER AS typmodin, nullif(f[21], '')::UINTEGER AS typmodout, nullif(f[22], '')::UINTEGER AS typanalyze, nullif(f[23], '')::VARCHAR AS typalign, nullif(f[24], '')::VARCHAR AS typstorage, (f[25] IN ('t', 'true'))::BOOLEAN AS typnotnull, nullif(f[26], '')::UINTEGER AS typbasetype, nullif(f[27], '')::INTEGER AS typtypmod, nullif(f[28], '')::INTEGER AS typndims, nullif(f[29], '')::UINTEGER AS typcollation, nullif(f[30], '')::VARCHAR AS typdefaultbin, nullif(f[31], '')::VARCHAR AS typdefault, CASE WHEN f[32] = '' THEN NULL ELSE string_split(f[32], ' ') END::VARCHAR[] AS typacl
FROM (SELECT string_split(unnest(string_split('1000|_bool|11|10|-1|false|b|A|false|true|,|0|6179|16|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1001|_bytea|11|10|-1|false|b|A|false|true|,|0|6179|17|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1002|_char|11|10|-1|false|b|A|false|true|,|0|6179|18|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1003|_name|11|10|-1|false|b|A|false|true|,|0|6179|19|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|950|||
1005|_int2|11|10|-1|false|b|A|false|true|,|0|6179|21|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1006|_int2vector|11|10|-1|false|b|A|false|true|,|0|6179|22|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1007|_int4|11|10|-1|false|b|A|false|true|,|0|6179|23|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1008|_regproc|11|10|-1|false|b|A|false|true|,|0|6179|24|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1009|_text|11|10|-1|false|b|A|false|true|,|0|6179|25|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|100|||
1010|_tid|11|10|-1|false|b|A|false|true|,|0|6179|27|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1011|_xid|11|10|-1|false|b|A|false|true|,|0|6179|28|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1012|_cid|11|10|-1|false|b|A|false|true|,|0|6179|29|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1013|_oidvector|11|10|-1|false|b|A|false|true|,|0|6179|30|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1014|_bpchar|11|10|-1|false|b|A|false|true|,|0|6179|1042|0|750|751|2400|2401|2913|2914|3816|i|x|false|0|-1|0|100|||
1015|_varchar|11|10|-1|false|b|A|false|true|,|0|6179|1043|0|750|751|2400|2401|2915|2916|3816|i|x|false|0|-1|0|100|||
1016|_int8|11|10|-1|false|b|A|false|true|,|0|6179|20|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
1017|_point|11|10|-1|false|b|A|false|true|,|0|6179|600|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
1018|_lseg|11|10|-1|false|b|A|false|true|,|0|6179|601|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
1019|_path|11|10|-1|false|b|A|false|true|,|0|6179|602|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
1020|_box|11|10|-1|false|b|A|false|true|;|0|6179|603|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
1021|_float4|11|10|-1|false|b|A|false|true|,|0|6179|700|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1022|_float8|11|10|-1|false|b|A|false|true|,|0|6179|701|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
1027|_polygon|11|10|-1|false|b|A|false|true|,|0|6179|604|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
1028|_oid|11|10|-1|false|b|A|false|true|,|0|6179|26|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1033|aclitem|11|10|12|false|b|U|false|true|,|0|0|0|1034|1031|1032|0|0|0|0|0|i|p|false|0|-1|0|0|||
1034|_aclitem|11|10|-1|false|b|A|false|true|,|0|6179|1033|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1040|_macaddr|11|10|-1|false|b|A|false|true|,|0|6179|829|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1041|_inet|11|10|-1|false|b|A|false|true|,|0|6179|869|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1042|bpchar|11|10|-1|false|b|S|false|true|,|0|0|0|1014|1044|1045|2430|2431|2913|2914|0|i|x|false|0|-1|0|100|||
1043|varchar|11|10|-1|false|b|S|false|true|,|0|0|0|1015|1046|1047|2432|2433|2915|2916|0|i|x|false|0|-1|0|100|||
1082|date|11|10|4|true|b|D|false|true|,|0|0|0|1182|1084|1085|2468|2469|0|0|0|i|p|false|0|-1|0|0|||
1083|time|11|10|8|true|b|D|false|true|,|0|0|0|1183|1143|1144|2470|2471|2909|2910|0|d|p|false|0|-1|0|0|||
1114|timestamp|11|10|8|true|b|D|false|true|,|0|0|0|1115|1312|1313|2474|2475|2905|2906|0|d|p|false|0|-1|0|0|||
1115|_timestamp|11|10|-1|false|b|A|false|true|,|0|6179|1114|0|750|751|2400|2401|2905|2906|3816|d|x|false|0|-1|0|0|||
114|json|11|10|-1|false|b|U|false|true|,|0|0|0|199|321|322|323|324|0|0|0|i|x|false|0|-1|0|0|||
1182|_date|11|10|-1|false|b|A|false|true|,|0|6179|1082|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1183|_time|11|10|-1|false|b|A|false|true|,|0|6179|1083|0|750|751|2400|2401|2909|2910|3816|d|x|false|0|-1|0|0|||
1184|timestamptz|11|10|8|true|b|D|true|true|,|0|0|0|1185|1150|1151|2476|2477|2907|2908|0|d|p|false|0|-1|0|0|||
1185|_timestamptz|11|10|-1|false|b|A|false|true|,|0|6179|1184|0|750|751|2400|2401|2907|2908|3816|d|x|false|0|-1|0|0|||
1186|interval|11|10|16|false|b|T|true|true|,|0|0|0|1187|1160|1161|2478|2479|2903|2904|0|d|p|false|0|-1|0|0|||
1187|_interval|11|10|-1|false|b|A|false|true|,|0|6179|1186|0|750|751|2400|2401|2903|2904|3816|d|x|false|0|-1|0|0|||
1231|_numeric|11|10|-1|false|b|A|false|true|,|0|6179|1700|0|750|751|2400|2401|2917|2918|3816|i|x|false|0|-1|0|0|||
1263|_cstring|11|10|-1|false|b|A|false|true|,|0|6179|2275|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1266|timetz|11|10|12|false|b|D|false|true|,|0|0|0|1270|1350|1351|2472|2473|2911|2912|0|d|p|false|0|-1|0|0|||
1270|_timetz|11|10|-1|false|b|A|false|true|,|0|6179|1266|0|750|751|2400|2401|2911|2912|3816|d|x|false|0|-1|0|0|||
142|xml|11|10|-1|false|b|U|false|true|,|0|0|0|143|2893|2894|2898|2899|0|0|0|i|x|false|0|-1|0|0|||
143|_xml|11|10|-1|false|b|A|false|true|,|0|6179|142|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
1560|bit|11|10|-1|false|b|V|false|true|,|0|0|0|1561|1564|1565|2456|2457|2919|2920|0|i|x|false|0|-1|0|0|||
1561|_bit|11|10|-1|false|b|A|false|true|,|0|6179|1560|0|750|751|2400|2401|2919|2920|3816|i|x|false|0|-1|0|0|||
1562|varbit|11|10|-1|false|b|V|true|true|,|0|0|0|1563|1579|1580|2458|2459|2902|2921|0|i|x|false|0|-1|0|0|||
1563|_varbit|11|10|-1|false|b|A|false|true|,|0|6179|1562|0|750|751|2400|2401|2902|2921|3816|i|x|false|0|-1|0|0|||
16|bool|11|10|1|true|b|B|true|true|,|0|0|0|1000|1242|1243|2436|2437|0|0|0|c|p|false|0|-1|0|0|||
17|bytea|11|10|-1|false|b|U|false|true|,|0|0|0|1001|1244|31|2412|2413|0|0|0|i|x|false|0|-1|0|0|||
1700|numeric|11|10|-1|false|b|N|false|true|,|0|0|0|1231|1701|1702|2460|2461|2917|2918|0|i|m|false|0|-1|0|0|||
1790|refcursor|11|10|-1|false|b|U|false|true|,|0|0|0|2201|46|47|2414|2415|0|0|0|i|x|false|0|-1|0|0|||
18|char|11|10|1|true|b|Z|false|true|,|0|0|0|1002|1245|33|2434|2435|0|0|0|c|p|false|0|-1|0|0|||
19|name|11|10|64|false|b|S|false|true|,|0|6180|18|1003|34|35|2422|2423|0|0|0|c|p|false|0|-1|0|950|||
194|pg_node_tree|11|10|-1|false|b|Z|false|true|,|0|0|0|0|195|196|197|198|0|0|0|i|x|false|0|-1|0|100|||
199|_json|11|10|-1|false|b|A|false|true|,|0|6179|114|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
20|int8|11|10|8|true|b|N|false|true|,|0|0|0|1016|460|461|2408|2409|0|0|0|d|p|false|0|-1|0|0|||
21|int2|11|10|2|true|b|N|false|true|,|0|0|0|1005|38|39|2404|2405|0|0|0|s|p|false|0|-1|0|0|||
22|int2vector|11|10|-1|false|b|A|false|true|,|0|6179|21|1006|40|41|2410|2411|0|0|0|i|p|false|0|-1|0|0|||
2201|_refcursor|11|10|-1|false|b|A|false|true|,|0|6179|1790|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
2202|regprocedure|11|10|4|true|b|N|false|true|,|0|0|0|2207|2212|2213|2446|2447|0|0|0|i|p|false|0|-1|0|0|||
2203|regoper|11|10|4|true|b|N|false|true|,|0|0|0|2208|2214|2215|2448|2449|0|0|0|i|p|false|0|-1|0|0|||
2204|regoperator|11|10|4|true|b|N|false|true|,|0|0|0|2209|2216|2217|2450|2451|0|0|0|i|p|false|0|-1|0|0|||
2205|regclass|11|10|4|true|b|N|false|true|,|0|0|0|2210|2218|2219|2452|2453|0|0|0|i|p|false|0|-1|0|0|||
2206|regtype|11|10|4|true|b|N|false|true|,|0|0|0|2211|2220|2221|2454|2455|0|0|0|i|p|false|0|-1|0|0|||
2207|_regprocedure|11|10|-1|false|b|A|false|true|,|0|6179|2202|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
2208|_regoper|11|10|-1|false|b|A|false|true|,|0|6179|2203|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
2209|_regoperator|11|10|-1|false|b|A|false|true|,|0|6179|2204|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
2210|_regclass|11|10|-1|false|b|A|false|true|,|0|6179|2205|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
2211|_regtype|11|10|-1|false|b|A|false|true|,|0|6179|2206|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
2249|record|11|10|-1|false|p|P|false|true|,|0|0|0|2287|2290|2291|2402|2403|0|0|0|d|x|false|0|-1|0|0|||
2275|cstring|11|10|-2|false|p|P|false|true|,|0|0|0|1263|2292|2293|2500|2501|0|0|0|c|p|false|0|-1|0|0|||
2276|any|11|10|4|true|p|P|false|true|,|0|0|0|0|2294|2295|0|0|0|0|0|i|p|false|0|-1|0|0|||
2277|anyarray|11|10|-1|false|p|P|false|true|,|0|0|0|0|2296|2297|2502|2503|0|0|0|d|x|false|0|-1|0|0|||
2278|void|11|10|4|true|p|P|false|true|,|0|0|0|0|2298|2299|3120|3121|0|0|0|i|p|false|0|-1|0|0|||
2279|trigger|11|10|4|true|p|P|false|true|,|0|0|0|0|2300|2301|0|0|0|0|0|i|p|false|0|-1|0|0|||
2280|language_handler|11|10|4|true|p|P|false|true|,|0|0|0|0|2302|2303|0|0|0|0|0|i|p|false|0|-1|0|0|||
2281|internal|11|10|8|true|p|P|false|true|,|0|0|0|0|2304|2305|0|0|0|0|0|d|p|false|0|-1|0|0|||
2283|anyelement|11|10|4|true|p|P|false|true|,|0|0|0|0|2312|2313|0|0|0|0|0|i|p|false|0|-1|0|0|||
2287|_record|11|10|-1|false|p|P|false|true|,|0|6179|2249|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
23|int4|11|10|4|true|b|N|false|true|,|0|0|0|1007|42|43|2406|2407|0|0|0|i|p|false|0|-1|0|0|||
24|regproc|11|10|4|true|b|N|false|true|,|0|0|0|1008|44|45|2444|2445|0|0|0|i|p|false|0|-1|0|0|||
25|text|11|10|-1|false|b|S|true|true|,|0|0|0|1009|46|47|2414|2415|0|0|0|i|x|false|0|-1|0|100|||
26|oid|11|10|4|true|b|N|true|true|,|0|0|0|1028|1798|1799|2418|2419|0|0|0|i|p|false|0|-1|0|0|||
269|table_am_handler|11|10|4|true|p|P|false|true|,|0|0|0|0|267|268|0|0|0|0|0|i|p|false|0|-1|0|0|||
27|tid|11|10|6|false|b|U|false|true|,|0|0|0|1010|48|49|2438|2439|0|0|0|s|p|false|0|-1|0|0|||
271|_xid8|11|10|-1|false|b|A|false|true|,|0|6179|5069|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
2776|anynonarray|11|10|4|true|p|P|false|true|,|0|0|0|0|2777|2778|0|0|0|0|0|i|p|false|0|-1|0|0|||
28|xid|11|10|4|true|b|U|false|true|,|0|0|0|1011|50|51|2440|2441|0|0|0|i|p|false|0|-1|0|0|||
29|cid|11|10|4|true|b|U|false|true|,|0|0|0|1012|52|53|2442|2443|0|0|0|i|p|false|0|-1|0|0|||
2949|_txid_snapshot|11|10|-1|false|b|A|false|true|,|0|6179|2970|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
2950|uuid|11|10|16|false|b|U|false|true|,|0|0|0|2951|2952|2953|2961|2962|0|0|0|c|p|false|0|-1|0|0|||
2951|_uuid|11|10|-1|false|b|A|false|true|,|0|6179|2950|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
2970|txid_snapshot|11|10|-1|false|b|U|false|true|,|0|0|0|2949|2939|2940|2941|2942|0|0|0|d|x|false|0|-1|0|0|||
30|oidvector|11|10|-1|false|b|A|false|true|,|0|6179|26|1013|54|55|2420|2421|0|0|0|i|p|false|0|-1|0|0|||
3115|fdw_handler|11|10|4|true|p|P|false|true|,|0|0|0|0|3116|3117|0|0|0|0|0|i|p|false|0|-1|0|0|||
32|pg_ddl_command|11|10|8|true|p|P|false|true|,|0|0|0|0|86|87|88|90|0|0|0|d|p|false|0|-1|0|0|||
3220|pg_lsn|11|10|8|true|b|U|false|true|,|0|0|0|3221|3229|3230|3238|3239|0|0|0|d|p|false|0|-1|0|0|||
3221|_pg_lsn|11|10|-1|false|b|A|false|true|,|0|6179|3220|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
325|index_am_handler|11|10|4|true|p|P|false|true|,|0|0|0|0|326|327|0|0|0|0|0|i|p|false|0|-1|0|0|||
3310|tsm_handler|11|10|4|true|p|P|false|true|,|0|0|0|0|3311|3312|0|0|0|0|0|i|p|false|0|-1|0|0|||
3361|pg_ndistinct|11|10|-1|false|b|Z|false|true|,|0|0|0|0|3355|3356|3357|3358|0|0|0|i|x|false|0|-1|0|100|||
3402|pg_dependencies|11|10|-1|false|b|Z|false|true|,|0|0|0|0|3404|3405|3406|3407|0|0|0|i|x|false|0|-1|0|100|||
3500|anyenum|11|10|4|true|p|P|false|true|,|0|0|0|0|3504|3505|0|0|0|0|0|i|p|false|0|-1|0|0|||
3614|tsvector|11|10|-1|false|b|U|false|true|,|0|0|0|3643|3610|3611|3639|3638|0|0|3688|i|x|false|0|-1|0|0|||
3615|tsquery|11|10|-1|false|b|U|false|true|,|0|0|0|3645|3612|3613|3641|3640|0|0|0|i|p|false|0|-1|0|0|||
3642|gtsvector|11|10|-1|false|b|U|false|true|,|0|0|0|3644|3646|3647|0|0|0|0|0|i|p|false|0|-1|0|0|||
3643|_tsvector|11|10|-1|false|b|A|false|true|,|0|6179|3614|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
3644|_gtsvector|11|10|-1|false|b|A|false|true|,|0|6179|3642|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
3645|_tsquery|11|10|-1|false|b|A|false|true|,|0|6179|3615|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
3734|regconfig|11|10|4|true|b|N|false|true|,|0|0|0|3735|3736|3737|3738|3739|0|0|0|i|p|false|0|-1|0|0|||
3735|_regconfig|11|10|-1|false|b|A|false|true|,|0|6179|3734|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
3769|regdictionary|11|10|4|true|b|N|false|true|,|0|0|0|3770|3771|3772|3773|3774|0|0|0|i|p|false|0|-1|0|0|||
3770|_regdictionary|11|10|-1|false|b|A|false|true|,|0|6179|3769|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
3802|jsonb|11|10|-1|false|b|U|false|true|,|0|6098|0|3807|3806|3804|3805|3803|0|0|0|i|x|false|0|-1|0|0|||
3807|_jsonb|11|10|-1|false|b|A|false|true|,|0|6179|3802|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
3831|anyrange|11|10|-1|false|p|P|false|true|,|0|0|0|0|3832|3833|0|0|0|0|0|d|x|false|0|-1|0|0|||
3838|event_trigger|11|10|4|true|p|P|false|true|,|0|0|0|0|3594|3595|0|0|0|0|0|i|p|false|0|-1|0|0|||
3904|int4range|11|10|-1|false|r|R|false|true|,|0|0|0|3905|3834|3835|3836|3837|0|0|3916|i|x|false|0|-1|0|0|||
3905|_int4range|11|10|-1|false|b|A|false|true|,|0|6179|3904|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
3906|numrange|11|10|-1|false|r|R|false|true|,|0|0|0|3907|3834|3835|3836|3837|0|0|3916|i|x|false|0|-1|0|0|||
3907|_numrange|11|10|-1|false|b|A|false|true|,|0|6179|3906|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
3908|tsrange|11|10|-1|false|r|R|false|true|,|0|0|0|3909|3834|3835|3836|3837|0|0|3916|d|x|false|0|-1|0|0|||
3909|_tsrange|11|10|-1|false|b|A|false|true|,|0|6179|3908|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
3910|tstzrange|11|10|-1|false|r|R|false|true|,|0|0|0|3911|3834|3835|3836|3837|0|0|3916|d|x|false|0|-1|0|0|||
3911|_tstzrange|11|10|-1|false|b|A|false|true|,|0|6179|3910|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
3912|daterange|11|10|-1|false|r|R|false|true|,|0|0|0|3913|3834|3835|3836|3837|0|0|3916|i|x|false|0|-1|0|0|||
3913|_daterange|11|10|-1|false|b|A|false|true|,|0|6179|3912|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
3926|int8range|11|10|-1|false|r|R|false|true|,|0|0|0|3927|3834|3835|3836|3837|0|0|3916|d|x|false|0|-1|0|0|||
3927|_int8range|11|10|-1|false|b|A|false|true|,|0|6179|3926|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
4072|jsonpath|11|10|-1|false|b|U|false|true|,|0|0|0|4073|4001|4003|4002|4004|0|0|0|i|x|false|0|-1|0|0|||
4073|_jsonpath|11|10|-1|false|b|A|false|true|,|0|6179|4072|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
4089|regnamespace|11|10|4|true|b|N|false|true|,|0|0|0|4090|4084|4085|4087|4088|0|0|0|i|p|false|0|-1|0|0|||
4090|_regnamespace|11|10|-1|false|b|A|false|true|,|0|6179|4089|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
4096|regrole|11|10|4|true|b|N|false|true|,|0|0|0|4097|4098|4092|4094|4095|0|0|0|i|p|false|0|-1|0|0|||
4097|_regrole|11|10|-1|false|b|A|false|true|,|0|6179|4096|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
4191|regcollation|11|10|4|true|b|N|false|true|,|0|0|0|4192|4193|4194|4196|4197|0|0|0|i|p|false|0|-1|0|0|||
4192|_regcollation|11|10|-1|false|b|A|false|true|,|0|6179|4191|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
4451|int4multirange|11|10|-1|false|m|R|false|true|,|0|0|0|6150|4231|4232|4233|4234|0|0|4242|i|x|false|0|-1|0|0|||
4532|nummultirange|11|10|-1|false|m|R|false|true|,|0|0|0|6151|4231|4232|4233|4234|0|0|4242|i|x|false|0|-1|0|0|||
4533|tsmultirange|11|10|-1|false|m|R|false|true|,|0|0|0|6152|4231|4232|4233|4234|0|0|4242|d|x|false|0|-1|0|0|||
4534|tstzmultirange|11|10|-1|false|m|R|false|true|,|0|0|0|6153|4231|4232|4233|4234|0|0|4242|d|x|false|0|-1|0|0|||
4535|datemultirange|11|10|-1|false|m|R|false|true|,|0|0|0|6155|4231|4232|4233|4234|0|0|4242|i|x|false|0|-1|0|0|||
4536|int8multirange|11|10|-1|false|m|R|false|true|,|0|0|0|6157|4231|4232|4233|4234|0|0|4242|d|x|false|0|-1|0|0|||
4537|anymultirange|11|10|-1|false|p|P|false|true|,|0|0|0|0|4229|4230|0|0|0|0|0|d|x|false|0|-1|0|0|||
4538|anycompatiblemultirange|11|10|-1|false|p|P|false|true|,|0|0|0|0|4226|4227|0|0|0|0|0|d|x|false|0|-1|0|0|||
4600|pg_brin_bloom_summary|11|10|-1|false|b|Z|false|true|,|0|0|0|0|4596|4597|4598|4599|0|0|0|i|x|false|0|-1|0|100|||
4601|pg_brin_minmax_multi_summary|11|10|-1|false|b|Z|false|true|,|0|0|0|0|4638|4639|4640|4641|0|0|0|i|x|false|0|-1|0|100|||
5017|pg_mcv_list|11|10|-1|false|b|Z|false|true|,|0|0|0|0|5018|5019|5020|5021|0|0|0|i|x|false|0|-1|0|100|||
5038|pg_snapshot|11|10|-1|false|b|U|false|true|,|0|0|0|5039|5055|5056|5057|5058|0|0|0|d|x|false|0|-1|0|0|||
5039|_pg_snapshot|11|10|-1|false|b|A|false|true|,|0|6179|5038|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
5069|xid8|11|10|8|true|b|U|false|true|,|0|0|0|271|5070|5081|5082|5083|0|0|0|d|p|false|0|-1|0|0|||
5077|anycompatible|11|10|4|true|p|P|false|true|,|0|0|0|0|5086|5087|0|0|0|0|0|i|p|false|0|-1|0|0|||
5078|anycompatiblearray|11|10|-1|false|p|P|false|true|,|0|0|0|0|5088|5089|5090|5091|0|0|0|d|x|false|0|-1|0|0|||
5079|anycompatiblenonarray|11|10|4|true|p|P|false|true|,|0|0|0|0|5092|5093|0|0|0|0|0|i|p|false|0|-1|0|0|||
5080|anycompatiblerange|11|10|-1|false|p|P|false|true|,|0|0|0|0|5094|5095|0|0|0|0|0|d|x|false|0|-1|0|0|||
600|point|11|10|16|false|b|G|false|true|,|0|6180|701|1017|117|118|2428|2429|0|0|0|d|p|false|0|-1|0|0|||
601|lseg|11|10|32|false|b|G|false|true|,|0|6180|600|1018|119|120|2480|2481|0|0|0|d|p|false|0|-1|0|0|||
602|path|11|10|-1|false|b|G|false|true|,|0|0|0|1019|121|122|2482|2483|0|0|0|d|x|false|0|-1|0|0|||
603|box|11|10|32|false|b|G|false|true|;|0|6180|600|1020|123|124|2484|2485|0|0|0|d|p|false|0|-1|0|0|||
604|polygon|11|10|-1|false|b|G|false|true|,|0|0|0|1027|347|348|2486|2487|0|0|0|d|x|false|0|-1|0|0|||
6150|_int4multirange|11|10|-1|false|b|A|false|true|,|0|6179|4451|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
6151|_nummultirange|11|10|-1|false|b|A|false|true|,|0|6179|4532|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
6152|_tsmultirange|11|10|-1|false|b|A|false|true|,|0|6179|4533|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
6153|_tstzmultirange|11|10|-1|false|b|A|false|true|,|0|6179|4534|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
6155|_datemultirange|11|10|-1|false|b|A|false|true|,|0|6179|4535|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
6157|_int8multirange|11|10|-1|false|b|A|false|true|,|0|6179|4536|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
628|line|11|10|24|false|b|G|false|true|,|0|6180|701|629|1490|1491|2488|2489|0|0|0|d|p|false|0|-1|0|0|||
629|_line|11|10|-1|false|b|A|false|true|,|0|6179|628|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
650|cidr|11|10|-1|false|b|I|false|true|,|0|0|0|651|1267|1427|2498|2499|0|0|0|i|m|false|0|-1|0|0|||
651|_cidr|11|10|-1|false|b|A|false|true|,|0|6179|650|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
700|float4|11|10|4|true|b|N|false|true|,|0|0|0|1021|200|201|2424|2425|0|0|0|i|p|false|0|-1|0|0|||
701|float8|11|10|8|true|b|N|true|true|,|0|0|0|1022|214|215|2426|2427|0|0|0|d|p|false|0|-1|0|0|||
705|unknown|11|10|-2|false|p|X|false|true|,|0|0|0|0|109|110|2416|2417|0|0|0|c|p|false|0|-1|0|0|||
718|circle|11|10|24|false|b|G|false|true|,|0|0|0|719|1450|1451|2490|2491|0|0|0|d|p|false|0|-1|0|0|||
719|_circle|11|10|-1|false|b|A|false|true|,|0|6179|718|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
774|macaddr8|11|10|8|false|b|U|false|true|,|0|0|0|775|4110|4111|3446|3447|0|0|0|i|p|false|0|-1|0|0|||
775|_macaddr8|11|10|-1|false|b|A|false|true|,|0|6179|774|0|750|751|2400|2401|0|0|3816|i|x|false|0|-1|0|0|||
790|money|11|10|8|true|b|N|false|true|,|0|0|0|791|886|887|2492|2493|0|0|0|d|p|false|0|-1|0|0|||
791|_money|11|10|-1|false|b|A|false|true|,|0|6179|790|0|750|751|2400|2401|0|0|3816|d|x|false|0|-1|0|0|||
829|macaddr|11|10|6|false|b|U|false|true|,|0|0|0|1040|436|437|2494|2495|0|0|0|i|p|false|0|-1|0|0|||
869|inet|11|10|-1|false|b|I|true|true|,|0|0|0|1041|910|911|2496|2497|0|0|0|i|m|false|0|-1|0|0|||', chr(10))), '|') AS f)

-- name: pg_catalog.pg_user_mapping
SELECT NULL::UINTEGER AS "oid", NULL::UINTEGER AS "umuser", NULL::UINTEGER AS "umserver", NULL::VARCHAR[] AS "umoptions" WHERE false

-- name: pg_catalog.pg_user_mappings
SELECT NULL::UINTEGER AS "umid", NULL::UINTEGER AS "srvid", NULL::VARCHAR AS "srvname", NULL::UINTEGER AS "umuser", NULL::VARCHAR AS "usename", NULL::VARCHAR[] AS "umoptions" WHERE false

)weft"
