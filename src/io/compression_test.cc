#include "io/compression.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

#include "base/text.h"

namespace weft::io {
namespace {

// printf 'hello\nhello\n' | gzip -n9 | xxd -p
const char* const kHelloGzip = "1f8b0800000000000203cb48cdc9c9e7ca009300770cc72f0c000000";

std::string Bytes(const char* hex) { return *FromHex(hex); }

std::string Gzip(const std::string& plain) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, plain.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string Zstd(const std::string& plain) {
    std::string out(ZSTD_compressBound(plain.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3));
    return out;
}

TEST(Compression, GunzipsOneMemberAndSeveral) {
    const std::string one = Bytes(kHelloGzip);
    EXPECT_EQ(Gunzip(one, 1000).value(), "hello\nhello\n");
    EXPECT_EQ(Gunzip(one + one, 1000).value(), "hello\nhello\nhello\nhello\n");
    EXPECT_EQ(Gunzip(Gzip(""), 0).value(), "");
}

TEST(Compression, UnzstdsOneFrameAndSeveral) {
    const std::string one = Zstd("hello\n"), two = Zstd("you\n");
    EXPECT_EQ(Unzstd(one, 1000).value(), "hello\n");
    EXPECT_EQ(Unzstd(one + two, 1000).value(), "hello\nyou\n");
    EXPECT_EQ(Unzstd(Zstd(""), 0).value(), "");
}

TEST(Compression, LongBodiesComeWhole) {
    std::string plain;
    for (int i = 0; i < 200'000; ++i) plain += std::to_string(i * 7919ll % 1'000'003) + "\n";
    EXPECT_EQ(Gunzip(Gzip(plain), plain.size()).value(), plain);
    EXPECT_EQ(Unzstd(Zstd(plain), plain.size()).value(), plain);
}

TEST(Compression, ABombStopsAtTheBound) {
    const std::string zeros(50'000'000, '\0');
    EXPECT_EQ(Gunzip(Gzip(zeros), 1'000'000).error().code, Code::kLimit);
    EXPECT_EQ(Unzstd(Zstd(zeros), 1'000'000).error().code, Code::kLimit);
    EXPECT_EQ(Gunzip(Bytes(kHelloGzip), 11).error().code, Code::kLimit);
    EXPECT_EQ(Gunzip(Bytes(kHelloGzip), 12).value().size(), 12u);
}

TEST(Compression, CutOffAtEveryByteIsRefused) {
    const std::string gzip = Bytes(kHelloGzip), zstd = Zstd("hello\nhello\n");
    for (size_t i = 0; i < gzip.size(); ++i) {
        const auto got = Gunzip(gzip.substr(0, i), 1000);
        ASSERT_FALSE(got) << i;
        EXPECT_EQ(got.error().code, Code::kInvalid) << i;
    }
    for (size_t i = 0; i < zstd.size(); ++i) {
        const auto got = Unzstd(zstd.substr(0, i), 1000);
        ASSERT_FALSE(got) << i;
        EXPECT_EQ(got.error().code, Code::kInvalid) << i;
    }
}

TEST(Compression, WhatFollowsTheEndIsRefused) {
    for (const char* junk : {"x", "\n", "\x1f", "{\"a\": 1}"}) {
        const auto gzip = Gunzip(Bytes(kHelloGzip) + junk, 1000);
        ASSERT_FALSE(gzip) << junk;
        EXPECT_EQ(gzip.error().code, Code::kInvalid) << junk;
        const auto zstd = Unzstd(Zstd("hello") + junk, 1000);
        ASSERT_FALSE(zstd) << junk;
        EXPECT_EQ(zstd.error().code, Code::kInvalid) << junk;
    }
}

TEST(Compression, ADamagedBodyIsRefused) {
    std::string gzip = Bytes(kHelloGzip);
    gzip[gzip.size() - 6] ^= 1;  // Its CRC.
    EXPECT_EQ(Gunzip(gzip, 1000).error().code, Code::kInvalid);
    EXPECT_EQ(Unzstd("plain text", 1000).error().code, Code::kInvalid);
    EXPECT_EQ(Gunzip("plain text", 1000).error().code, Code::kInvalid);
}

}  // namespace
}  // namespace weft::io
