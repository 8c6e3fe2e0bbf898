// What type a column of texts has, judged by every value of it: the heart of `weft init --from` and
// of profiles.
//
// Fed by job_profile.cc. Pure, no DuckDB. A type is guessed only when DuckDB's cast accepts every
// value: whole numbers are bigint (decimal(38,0) beyond), numbers with the same two to four
// decimals everywhere are decimal(18,s), other numbers double; ISO 8601 dates, times and
// timestamps; true and false; UUIDs. A leading zero makes a text ("00501"). Common null markers are
// kept apart: those without which a column would parse are the markers of the file.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/data_type.h"
#include "base/json.h"

namespace weft::engine {

inline constexpr std::array<std::string_view, 12> kNullMarkers{
    "NA", "N/A", "n/a", "NULL", "null", "\\N", "-", "None", "NaN", "nan", "#N/A", "?"};

enum class Shape : uint8_t {
    kText,
    kWhole,
    kWide,
    kDecimal,
    kFloat,
    kBoolean,
    kDate,
    kTime,
    kTimestamp,
    kTimestampTz,
    kUuid,
    kCount
};
Shape ShapeOf(std::string_view text);

// Distinct values: exact up to kExactMax and while no value came twice, estimated (1 %) beyond.
class Distinct {
  public:
    void Add(uint64_t hash);
    uint64_t count() const;
    bool repeated() const { return repeated_ || given_up_; }  // Not provably unique.

  private:
    static constexpr size_t kExactMax = 1u << 16;
    static constexpr size_t kUniqueMax =
        1u << 21;  // 32 MiB of hashes: beyond, uniqueness is not claimed.
    bool Insert(uint64_t hash);
    std::vector<uint64_t> slots_;
    size_t used_ = 0;
    std::vector<uint8_t> registers_;  // HyperLogLog, 2^14 of them.
    bool repeated_ = false;
    bool given_up_ = false;
};

struct GuessedColumn {
    std::string name;
    DataType type;
    uint64_t nulls = 0;
    uint64_t distinct = 0;
    bool unique = false;      // Every value is there and none comes twice.
    std::string min, max;     // As text; empty when there is no value.
    uint64_t max_length = 0;  // Code points.
    std::vector<std::string> samples;
};

class ColumnGuess {
  public:
    // `json_string`: a string of JSON, whose digits are no number.
    void Add(std::string_view text, bool json_string = false);
    void AddNull() { ++nulls_; }
    void AddJson(const Json& value);  // Objects and arrays, judged by their parts.

    // The markers that stand between this column and a type other than text.
    std::vector<std::string> NeededMarkers() const;
    GuessedColumn Finish(const std::vector<std::string>& nulls) const;

  private:
    struct Parts;  // Of objects and arrays.
    DataType Scalar() const;
    DataType Nested(uint32_t depth) const;
    uint64_t Values() const;
    void Widen(std::string_view text, Shape shape);

    std::array<uint64_t, static_cast<size_t>(Shape::kCount)> shapes_{};
    std::map<std::string, uint64_t, std::less<>> markers_;
    uint64_t nulls_ = 0;
    uint32_t digits_ = 0;  // Most digits before the point.
    uint32_t scale_min_ = UINT32_MAX, scale_max_ = 0;
    std::string text_min_, text_max_, number_min_, number_max_;
    double low_ = 0, high_ = 0;
    bool any_text_ = false, any_number_ = false;
    uint64_t max_length_ = 0;
    Distinct distinct_;
    std::vector<std::string> samples_;
    std::unique_ptr<Parts> parts_;

  public:
    ColumnGuess();
    ColumnGuess(ColumnGuess&&) noexcept;
    ~ColumnGuess();
};

}  // namespace weft::engine
