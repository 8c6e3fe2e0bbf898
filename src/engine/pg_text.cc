#include "engine/pg_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace weft::engine {
namespace {

constexpr int64_t kDayUs = 86'400'000'000;

char* Digits2(char* p, unsigned value) {
    p[0] = static_cast<char>('0' + value / 10);
    p[1] = static_cast<char>('0' + value % 10);
    return p + 2;
}

char* Put(char* p, std::string_view text) {
    std::memcpy(p, text.data(), text.size());
    return p + text.size();
}

struct Civil {
    int64_t year;
    unsigned month;
    unsigned day;
};

Civil FromDays(int64_t days) {  // Proleptic Gregorian.
    const int64_t z = days + 719'468;
    const int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
    const auto doe = static_cast<unsigned>(z - era * 146'097);
    const unsigned yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
    const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const unsigned mp = (5 * doy + 2) / 153;
    const unsigned month = mp < 10 ? mp + 3 : mp - 9;
    return {static_cast<int64_t>(yoe) + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1};
}

// The date without its era; the caller adds " BC" behind the time when `bc`.
char* PutCivil(char* p, int64_t days, bool& bc) {
    const Civil civil = FromDays(days);
    bc = civil.year <= 0;
    const auto year = static_cast<uint64_t>(bc ? 1 - civil.year : civil.year);
    if (year < 10'000) {
        p = Digits2(p, static_cast<unsigned>(year / 100));
        p = Digits2(p, static_cast<unsigned>(year % 100));
    } else {
        p = std::to_chars(p, p + 20, year).ptr;
    }
    *p++ = '-';
    p = Digits2(p, civil.month);
    *p++ = '-';
    return Digits2(p, civil.day);
}

char* PutFraction(char* p, uint64_t us) {  // ".789", trailing zeros cut; nothing for 0.
    if (us == 0) return p;
    *p++ = '.';
    for (uint64_t unit = 100'000; us > 0; unit /= 10) {
        *p++ = static_cast<char>('0' + us / unit);
        us %= unit;
    }
    return p;
}

// The digits of `value` are shortest; their layout is PostgreSQL's, which differs from C's at the borders.
template <class F>
char* PutShortest(char* p, F value, int exponent_max) {
    if (std::isnan(value)) return Put(p, "NaN");
    if (std::signbit(value)) {
        *p++ = '-';
        value = -value;
    }
    if (std::isinf(value)) {
        return Put(p, "Infinity");
    }
    if (value == 0) return Put(p, "0");
    char text[64];
    char* const end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    char* const mark = static_cast<char*>(std::memchr(text, 'e', static_cast<size_t>(end - text)));
    int exponent = 0;
    std::from_chars(mark + (mark[1] == '+' ? 2 : 1), end, exponent);
    char digits[40] = {};
    size_t count = 0;
    for (const char* c = text; c < mark; ++c)
        if (*c != '.') digits[count++] = *c;
    if (exponent < -4 || exponent >= exponent_max) {
        *p++ = digits[0];
        if (count > 1) {
            *p++ = '.';
            p = Put(p, {digits + 1, count - 1});
        }
        *p++ = 'e';
        *p++ = exponent < 0 ? '-' : '+';
        const auto size = static_cast<unsigned>(std::abs(exponent));
        return size < 100 ? Digits2(p, size) : std::to_chars(p, p + 4, size).ptr;
    }
    if (exponent < 0) {
        p = Put(p, "0.");
        for (int i = -1; i > exponent; --i) *p++ = '0';
        return Put(p, {digits, count});
    }
    const auto whole = static_cast<size_t>(exponent) + 1;
    for (size_t i = 0; i < whole; ++i) *p++ = i < count ? digits[i] : '0';
    if (count > whole) {
        *p++ = '.';
        p = Put(p, {digits + whole, count - whole});
    }
    return p;
}

}  // namespace

char* PgWriteInt(char* p, int64_t value) { return std::to_chars(p, p + 24, value).ptr; }

char* PgWriteUnsigned(char* p, unsigned __int128 value) {
    char digits[40] = {};
    size_t count = 0;
    do {
        digits[count++] = static_cast<char>('0' + static_cast<unsigned>(value % 10));
        value /= 10;
    } while (value > 0);
    while (count > 0) *p++ = digits[--count];
    return p;
}

char* PgWriteDecimal(char* p, __int128 value, unsigned scale) {
    if (value < 0) *p++ = '-';
    auto size = value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
    char digits[80];
    size_t count = 0;
    if (size <= UINT64_MAX) {  // The usual case, without 128-bit division.
        auto small = static_cast<uint64_t>(size);
        for (; small > 0; small /= 10) digits[count++] = static_cast<char>('0' + small % 10);
    } else {
        for (; size > 0; size /= 10) digits[count++] = static_cast<char>('0' + static_cast<unsigned>(size % 10));
    }
    while (count <= scale) digits[count++] = '0';
    while (count > scale) *p++ = digits[--count];
    if (scale == 0) return p;
    *p++ = '.';
    while (count > 0) *p++ = digits[--count];
    return p;
}

char* PgWriteDouble(char* p, double value) { return PutShortest(p, value, 15); }
char* PgWriteFloat(char* p, float value) { return PutShortest(p, value, 6); }

char* PgWriteDate(char* p, int32_t days) {
    if (days == INT32_MAX) return Put(p, "infinity");
    if (days == -INT32_MAX || days == INT32_MIN) return Put(p, "-infinity");
    bool bc = false;
    p = PutCivil(p, days, bc);
    return bc ? Put(p, " BC") : p;
}

char* PgWriteTime(char* p, int64_t us) {
    const auto total = static_cast<uint64_t>(us);
    const uint64_t seconds = total / 1'000'000;
    p = Digits2(p, static_cast<unsigned>(seconds / 3600));
    *p++ = ':';
    p = Digits2(p, static_cast<unsigned>(seconds / 60 % 60));
    *p++ = ':';
    p = Digits2(p, static_cast<unsigned>(seconds % 60));
    return PutFraction(p, total % 1'000'000);
}

char* PgWriteOffset(char* p, int32_t seconds) {
    *p++ = seconds < 0 ? '-' : '+';
    const auto size = static_cast<unsigned>(std::abs(seconds));
    p = Digits2(p, size / 3600);
    if (size % 3600 == 0) return p;
    *p++ = ':';
    p = Digits2(p, size / 60 % 60);
    if (size % 60 == 0) return p;
    *p++ = ':';
    return Digits2(p, size % 60);
}

static char* PutTimestamp(char* p, int64_t us, bool& bc) {
    int64_t days = us / kDayUs;
    int64_t rest = us % kDayUs;
    if (rest < 0) {
        rest += kDayUs;
        --days;
    }
    p = PutCivil(p, days, bc);
    *p++ = ' ';
    return PgWriteTime(p, rest);
}

char* PgWriteTimestamp(char* p, int64_t us) {
    bool bc = false;
    p = PutTimestamp(p, us, bc);
    return bc ? Put(p, " BC") : p;
}

char* PgWriteTimestampTz(char* p, int64_t local_us, int32_t offset_seconds) {
    bool bc = false;
    p = PutTimestamp(p, local_us, bc);
    p = PgWriteOffset(p, offset_seconds);
    return bc ? Put(p, " BC") : p;
}

// A port of PostgreSQL's EncodeInterval for IntervalStyle 'postgres': the sign of a field decides the next one's "+".
char* PgWriteInterval(char* p, int32_t months, int32_t days, int64_t us) {
    bool first = true;
    bool before_negative = false;
    const auto part = [&](int64_t value, std::string_view unit) {
        if (value == 0) return;
        if (!first) *p++ = ' ';
        if (before_negative && value > 0) *p++ = '+';
        p = PgWriteInt(p, value);
        *p++ = ' ';
        p = Put(p, unit);
        if (value != 1) *p++ = 's';
        before_negative = value < 0;
        first = false;
    };
    part(months / 12, "year");
    part(months % 12, "mon");
    part(days, "day");
    if (!first && us == 0) return p;
    if (!first) *p++ = ' ';
    if (us < 0) {
        *p++ = '-';
    } else if (before_negative) {
        *p++ = '+';
    }
    const uint64_t size = us < 0 ? -static_cast<uint64_t>(us) : static_cast<uint64_t>(us);
    const uint64_t seconds = size / 1'000'000;
    const uint64_t hours = seconds / 3600;
    p = hours < 10 ? Digits2(p, static_cast<unsigned>(hours)) : std::to_chars(p, p + 20, hours).ptr;
    *p++ = ':';
    p = Digits2(p, static_cast<unsigned>(seconds / 60 % 60));
    *p++ = ':';
    p = Digits2(p, static_cast<unsigned>(seconds % 60));
    return PutFraction(p, size % 1'000'000);
}

char* PgWriteUuid(char* p, uint64_t upper, uint64_t lower) {
    static constexpr char kHex[] = "0123456789abcdef";
    for (int i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) *p++ = '-';
        const uint64_t half = i < 16 ? upper : lower;
        *p++ = kHex[(half >> (60 - 4 * (i % 16))) & 15];
    }
    return p;
}

void PgAppendElement(std::string& out, std::string_view text) {
    bool quote = text.empty() || (text.size() == 4 && ToLower(text) == "null");
    for (const char c : text) {
        if (quote) break;
        quote = c == '"' || c == '\\' || c == '{' || c == '}' || c == ',' || c == ' ' || (c >= '\t' && c <= '\r');
    }
    if (!quote) {
        out.append(text);
        return;
    }
    out.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    out.push_back('"');
}

std::string PgBytea(std::string_view bytes) { return "\\x" + Hex(bytes); }

}  // namespace weft::engine
