// Cuts a stream of records into parts at their borders, for `weft push`: JSON Lines, CSV (each part
// repeats the header line) and JSON arrays (each part is an array again).
//
// Looks no further into a record than its end needs; whether it is well-formed is the node's
// question. Memory: one part and one record. THREAD: one user at a time; pure.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weft::app {

enum class RecordForm : uint8_t { kLines, kCsv, kArray };

class RecordParts {
  public:
    struct Part {
        std::string text;
        uint64_t count = 0;  // Records in it.
    };
    RecordParts(RecordForm form, uint64_t part_bytes_max)
        : form_(form), bytes_max_(part_bytes_max) {}

    // FAILS: kInvalid (no array), kLimit (a record without end).
    Result<> Feed(std::string_view piece);
    // Nothing more comes. FAILS: kInvalid for an array that does not end.
    Result<> End();
    // What is there becomes a part, though there would be room.
    void Flush();

    bool HasPart() const { return !ready_.empty(); }
    Part TakePart();  // REQUIRES: HasPart().

  private:
    Result<> FeedArray(char c);
    bool EndsRecord(char c);
    void EndRecord();

    const RecordForm form_;
    const uint64_t bytes_max_;
    std::deque<Part> ready_;
    Part part_;
    std::string record_;  // Begun.
    std::string header_;  // CSV.
    bool has_header_ = false;
    bool quoted_ = false;   // Inside a quoted field or a JSON string.
    bool escaped_ = false;  // Behind a backslash of a JSON string.
    uint32_t depth_ = 0;    // Of brackets; 0: before the array.
    bool closed_ = false;   // Behind the array.
};

}  // namespace weft::app
