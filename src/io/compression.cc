#include "io/compression.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace weft::io {
namespace {

constexpr size_t kBufferBytes = 128u << 10;
constexpr size_t kInputBytesMax = 1u << 30;  // Of one call: zlib counts in 32 bits.
constexpr int kZstdWindowLogMax = 23;

std::unexpected<Error> Bad(std::string_view what, size_t position, std::string_view why) {
    return Fail(Code::kInvalid, fmt::format("the {} body is {} at byte {}", what, why, position));
}

std::unexpected<Error> TooLong(std::string_view what, uint64_t bytes_max) {
    return Fail(Code::kLimit,
                fmt::format("the {} body inflates to more than {} bytes", what, bytes_max),
                "send it in smaller parts");
}

struct Inflater {  // OWNS: the state of zlib.
    z_stream stream{};
    bool ready = inflateInit2(&stream, MAX_WBITS + 16) == Z_OK;  // +16: gzip and nothing else.
    Inflater() = default;
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() {
        if (ready) inflateEnd(&stream);
    }
};

}  // namespace

Result<std::string> Gunzip(std::string_view bytes, uint64_t bytes_max) {
    Inflater inflater;
    if (!inflater.ready) return Fail(Code::kUnavailable, "zlib has no memory");
    z_stream& stream = inflater.stream;
    std::vector<Bytef> buffer(kBufferBytes);
    std::string out;
    size_t position = 0;
    bool ended = false;  // A member has ended and nothing of the next was read.
    while (position < bytes.size() || !ended) {
        if (ended && inflateReset(&stream) != Z_OK) return Bad("gzip", position, "damaged");
        const size_t given = std::min(bytes.size() - position, kInputBytesMax);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + position));
        stream.avail_in = static_cast<uInt>(given);
        stream.next_out = buffer.data();
        stream.avail_out = static_cast<uInt>(buffer.size());
        const int state = inflate(&stream, Z_NO_FLUSH);
        position += given - stream.avail_in;
        const size_t made = buffer.size() - stream.avail_out;
        if (made > bytes_max - out.size()) return TooLong("gzip", bytes_max);
        out.append(reinterpret_cast<const char*>(buffer.data()), made);
        ended = state == Z_STREAM_END;
        if (state == Z_MEM_ERROR) return Fail(Code::kUnavailable, "zlib has no memory");
        if (!ended && state != Z_OK) {
            return Bad("gzip", position, position == bytes.size() ? "cut off" : "damaged");
        }
    }
    return out;
}

Result<std::string> Unzstd(std::string_view bytes, uint64_t bytes_max) {
    const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> reader(ZSTD_createDCtx(),
                                                                    ZSTD_freeDCtx);
    if (!reader || ZSTD_isError(ZSTD_DCtx_setParameter(reader.get(), ZSTD_d_windowLogMax,
                                                       kZstdWindowLogMax))) {
        return Fail(Code::kUnavailable, "zstd has no memory");
    }
    std::vector<char> buffer(kBufferBytes);
    std::string out;
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    size_t left = 1;  // 0: a frame has ended and all of it was given.
    while (in.pos < in.size || left != 0) {
        ZSTD_outBuffer made{buffer.data(), buffer.size(), 0};
        const size_t before = in.pos;
        left = ZSTD_decompressStream(reader.get(), &made, &in);
        if (ZSTD_isError(left)) return Bad("zstd", in.pos, "damaged");
        if (made.pos > bytes_max - out.size()) return TooLong("zstd", bytes_max);
        out.append(buffer.data(), made.pos);
        if (left != 0 && in.pos == before && made.pos == 0) return Bad("zstd", in.pos, "cut off");
    }
    return out;
}

}  // namespace weft::io
