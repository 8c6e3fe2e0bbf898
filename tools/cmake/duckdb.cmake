# duckdb.cmake -> imported target duckdb::duckdb, from the prefix that `./x deps` made.
# Headers and library must be one release: DuckDB's C++ interface has no stable ABI.
set(WEFT_DUCKDB_VERSION "2.0.0")
if(NOT EXISTS "${DUCKDB_ROOT}/lib/libduckdb.so" OR NOT EXISTS "${DUCKDB_ROOT}/include/duckdb.hpp")
  message(FATAL_ERROR "DuckDB ${WEFT_DUCKDB_VERSION} not found in '${DUCKDB_ROOT}': run ./x deps")
endif()
file(READ "${DUCKDB_ROOT}/share/duckdb.version" found)
string(STRIP "${found}" found)
if(NOT found STREQUAL WEFT_DUCKDB_VERSION)
  message(FATAL_ERROR "DuckDB ${found} found, ${WEFT_DUCKDB_VERSION} wanted: run ./x deps")
endif()
add_library(duckdb::duckdb SHARED IMPORTED GLOBAL)
set_target_properties(duckdb::duckdb PROPERTIES
  IMPORTED_LOCATION "${DUCKDB_ROOT}/lib/libduckdb.so"
  INTERFACE_INCLUDE_DIRECTORIES "${DUCKDB_ROOT}/include")
target_link_options(duckdb::duckdb INTERFACE "LINKER:-rpath-link,${DUCKDB_ROOT}/lib")
