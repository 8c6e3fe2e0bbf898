// COPY data of any kind: cut into pieces or whole, the same rows come out. With -DWEFT_PLANT_BUG a
// check at the border of two pieces is left out, and this target must find it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/pg_copy_rows.h"

namespace {

using namespace weft::engine;

// Every row as text that tells nulls, borders and failures apart.
std::string Rows(const PgCopyOptions& options, std::string_view data, size_t piece) {
    PgCopyRows rows(options);
    PgCopyRows::Fields fields;
    std::string out;
    for (size_t at = 0;; at += piece) {
        if (at < data.size())
            rows.Feed(data.substr(at, piece));
        else
            rows.End();
        while (true) {
            const auto more = rows.Next(fields);
            if (!more) return out + "!" + more.error().sqlstate;
            if (!*more) break;
            out += std::to_string(rows.line());
            for (const auto& field : fields) out += field ? "|" + std::string(*field) : "|\xff";
            out += '\n';
        }
        if (at >= data.size()) return out;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    PgCopyOptions options;
    if (data[0] & 1) {
        options.format = PgCopyOptions::Format::kCsv;
        options.delimiter = ',';
        options.null_text.clear();
        if (data[0] & 2) options.escape = '\\';
    }
    const std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
    if (Rows(options, rest, rest.size() + 1) != Rows(options, rest, 1u + data[1] % 16))
        std::abort();
    return 0;
}
