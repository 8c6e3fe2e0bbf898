#include "model/version.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/text.h"

namespace weft::model {
namespace {

constexpr uint32_t kPartMax = 999'999;

bool ReadPart(const std::string& text, uint32_t& part) {
    if (text.empty() || text.size() > 6 || (text.size() > 1 && text[0] == '0')) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
    return error == std::errc() && end == text.data() + text.size() && part <= kPartMax;
}

}  // namespace

Result<Version> ParseVersion(std::string_view text) {
    Version version;
    if (text.size() <= 20) {
        const auto parts = Split(text, '.');
        if (parts.size() == 3 && ReadPart(parts[0], version.major) &&
            ReadPart(parts[1], version.minor) && ReadPart(parts[2], version.patch)) {
            return version;
        }
    }
    return Fail(Code::kInvalid, "a version is three numbers, as 1.4.2");
}

std::string ToString(const Version& version) {
    return fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
}

Version Next(const Version& version, Bump bump) {
    switch (bump) {
        case Bump::kMajor:
            return {version.major + 1, 0, 0};
        case Bump::kMinor:
            return {version.major, version.minor + 1, 0};
        case Bump::kPatch:
            return {version.major, version.minor, version.patch + 1};
        case Bump::kNone:
            break;
    }
    return version;
}

std::string ToString(Bump bump) {
    static constexpr std::array kNames{"none", "patch", "minor", "major"};
    return kNames[static_cast<size_t>(bump)];
}

}  // namespace weft::model
