// Values as PostgreSQL 15 prints them: dates, times, intervals, floats, decimals, UUIDs. Output functions only.
//
// Used by pg_encode on the hot path: every function writes at `p` and returns the new end; kPgTextMax bytes are
// always enough. Pure; nothing here knows DuckDB. THREAD: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weft::engine {

inline constexpr size_t kPgTextMax = 128;  // No fixed-size value needs more.

char* PgWriteInt(char* p, int64_t value);
char* PgWriteDecimal(char* p, __int128 value, unsigned scale);      // 12.30
char* PgWriteUnsigned(char* p, unsigned __int128 value);
char* PgWriteDouble(char* p, double value);                         // Shortest that reads back; 1e+15, Infinity, NaN.
char* PgWriteFloat(char* p, float value);
char* PgWriteDate(char* p, int32_t days);                           // Days since 1970; infinities at the ends.
char* PgWriteTime(char* p, int64_t us);                             // 04:05:06.789
char* PgWriteOffset(char* p, int32_t seconds);                      // +02, +05:30, +00:53:28
char* PgWriteTimestamp(char* p, int64_t us);                        // Microseconds since 1970; no infinities.
char* PgWriteTimestampTz(char* p, int64_t local_us, int32_t offset_seconds);
char* PgWriteInterval(char* p, int32_t months, int32_t days, int64_t us);
char* PgWriteUuid(char* p, uint64_t upper, uint64_t lower);

// One array element, quoted when it must be. {a,"b c",NULL}
void PgAppendElement(std::string& out, std::string_view text);
std::string PgBytea(std::string_view bytes);  // \x0aff

}  // namespace weft::engine
