// Little-endian integers and length-prefixed texts, written to and bounded read from bytes on disk.
// Used by the formats of this folder. Pure. THREAD: any.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace weft::ingest {

template <class T>
void Put(std::string& out, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);  // Weft runs on little-endian machines only.
    out.append(bytes, sizeof value);
}

inline void PutText(std::string& out, std::string_view text) {
    Put(out, static_cast<uint32_t>(text.size()));
    out.append(text);
}

// After a read behind the end everything is zero and empty, and ok() is false for good.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : left_(bytes) {}

    template <class T>
    T Get() {
        T value{};
        const std::string_view bytes = Take(sizeof value);
        if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }
    std::string_view Take(uint64_t count) {
#ifdef WEFT_PLANT_BUG  // The fuzzers must find what the other line prevents.
        if (count > left_.size() && count > 4096) ok_ = false;
#else
        if (count > left_.size()) ok_ = false;
#endif
        if (!ok_) return {};
        const std::string_view taken(left_.data(), count);
        left_ = std::string_view(left_.data() + count, left_.size() - count);
        return taken;
    }
    std::string_view Text() { return Take(Get<uint32_t>()); }
    std::string_view Rest() { return Take(left_.size()); }
    uint64_t left() const { return left_.size(); }
    bool ok() const { return ok_; }

  private:
    std::string_view left_;
    bool ok_ = true;
};

}  // namespace weft::ingest
