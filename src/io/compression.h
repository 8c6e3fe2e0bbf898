// Bodies of requests that arrive compressed (Content-Encoding: gzip, zstd): whole in, whole out.
// The bound is checked while inflating, so that a bomb costs no more than `bytes_max` and a buffer.
// The only door to zlib (but Avro's blocks) and to libzstd. THREAD: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weft::io {

// One or more members (gzip) or frames (zstd), and nothing behind them; a zstd window above 8 MiB
// is refused, as RFC 9659 allows. FAILS: kInvalid for bytes that are none, damaged, cut off or
// followed by others; kLimit when more than `bytes_max` would come out.
Result<std::string> Gunzip(std::string_view bytes, uint64_t bytes_max);
Result<std::string> Unzstd(std::string_view bytes, uint64_t bytes_max);

}  // namespace weft::io
