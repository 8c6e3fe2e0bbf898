// Rows as JSON Lines, a JSON array or CSV, for HTTP and the command line. Column-wise, without a
// boxed value per cell.
//
// Used by statement_run.cc. What the texts look like (docs: results):
//   numbers     as JSON numbers, decimals and 128-bit integers in plain notation; NaN and
//   infinities as strings times       ISO 8601: 2013-01-31, 05:15:00, 2013-01-31T05:15:00.5…;
//   timestamptz in UTC with Z; infinity as it is blob        base64; uuid, enum, interval and
//   everything else as DuckDB's text nested      list as array, struct as object, map as an object
//   with its keys as texts; in CSV as quoted JSON null        null; in CSV an empty field, where an
//   empty text is ""
// CSV is RFC 4180 with CRLF and a header. Names of a result that come twice are kept as they are.
// THREAD: one.
#pragma once

#include <string>
#include <vector>

#include "duckdb.hpp"
#include "engine/protocol.h"

namespace weft::engine {

class TextFormat {
  public:
    // REQUIRES: kJsonLines, kJson or kCsv.
    TextFormat(Format format, const std::vector<std::string>& names,
               const duckdb::vector<duckdb::LogicalType>& types);

    void Begin(std::string& out) const;
    // FAILS (DuckDB's exceptions): a cast to text; inside Engine::Call only.
    void Rows(duckdb::ClientContext& client, duckdb::DataChunk& rows, std::string& out);
    void End(std::string& out) const;

    // Every Rows ends at a border where a reader could stop.
    bool whole() const { return format_ != Format::kJson; }

  private:
    Format format_;
    std::vector<std::string>
        heads_;  // What stands before each value: `{"a":`, `,"b":`; in CSV "" and ",".
    std::string header_;
    duckdb::vector<duckdb::LogicalType> types_;
    bool first_ = true;
};

}  // namespace weft::engine
