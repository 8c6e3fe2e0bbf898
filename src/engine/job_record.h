// Splits the bytes of a CSV or JSON Lines file into records, and a JSON object into its members.
// Pure; no DuckDB.
//
// Used by job_input.cc (loads) and job_profile.cc. Written for hostile files: any bytes are
// accepted, a record that cannot be split comes back with `broken` saying why, and reading goes on
// at the next line. A record never needs more than kRecordBytesMax. CSV is RFC 4180 with LF or
// CRLF, the quote " doubled inside quotes, no other escapes. Views live until the next call of
// Next.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weft::engine {

inline constexpr size_t kRecordBytesMax = 16u << 20;

struct RecordField {
    std::string_view text;
    bool quoted = false;
};

struct Record {
    uint64_t line = 0;     // Where it begins, 1-based; quoted line breaks count as lines.
    std::string_view raw;  // Without the line end.
    std::vector<RecordField> fields;  // CSV only.
    std::string broken;               // Why it is no record; empty: it is one.
};

class RecordReader {  // THREAD: one.
  public:
    // Reads up to that many bytes; 0 is the end.
    using Source = std::move_only_function<size_t(char*, size_t)>;
    enum class Kind : uint8_t { kCsv, kLines };

    RecordReader(Source source, Kind kind, char delimiter = ',')
        : source_(std::move(source)), kind_(kind), delimiter_(delimiter) {}

    bool Next(Record& record);  // False at the end. Blank lines are no records.
    uint64_t bytes_read() const { return bytes_read_; }

  private:
    enum class Scan : uint8_t { kDone, kMore, kBroken };
    Scan ScanCsv(Record& record, size_t& end, size_t& next);
    Scan ScanLine(Record& record, size_t& end, size_t& next);
    Scan ScanQuoted(size_t& at, RecordField& field);
    bool Fill();
    void TakeLine(Record& record, std::string reason);
    void Advance(size_t next);

    Source source_;
    Kind kind_;
    char delimiter_;
    std::string buffer_;
    size_t begin_ = 0;
    uint64_t line_ = 1;
    uint64_t bytes_read_ = 0;
    bool ended_ = false;
    bool started_ = false;
    bool skipping_ = false;  // Inside a line that was too long: its rest is thrown away.
    std::deque<std::string> unescaped_;  // Fields with doubled quotes; a deque keeps addresses.
};

struct JsonMember {
    std::string_view name;  // Unescaped.
    std::string_view
        value;  // Text of the value: unescaped for a string, as written for anything else.
    enum class Kind : uint8_t { kNull, kString, kOther, kNested } kind = Kind::kNull;
};

// The members of one JSON object; strings with escapes are kept in `scratch`. Values that are
// objects or arrays are skipped by bracket depth and left to DuckDB to judge. Returns why it is not
// an object; empty: it is one.
std::string SplitJson(std::string_view text, std::vector<JsonMember>& members,
                      std::deque<std::string>& scratch);

// The delimiter of , ; tab | that splits the first records of `sample` most evenly; ',' when none
// does.
char SniffDelimiter(std::string_view sample);

}  // namespace weft::engine
