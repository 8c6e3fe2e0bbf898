#include "iceberg/location.h"

#include <fmt/format.h>

namespace weft::iceberg {

std::string ToUri(std::string_view path) { return fmt::format("file://{}", path); }

Result<std::string> FromUri(std::string_view uri) {
    std::string_view path = uri;
    if (path.starts_with("file:///")) {
        path.remove_prefix(7);
    } else if (path.starts_with("file:/") && !path.starts_with("file://")) {
        path.remove_prefix(5);
    } else if (path.find("://") != std::string_view::npos) {
        return Fail(Code::kInvalid, "tables outside local folders are not supported");
    }
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    if (path.size() < 2 || path.size() > 4096 || path.front() != '/') {
        return Fail(Code::kCorrupt, "a table path is not absolute, or too long");
    }
    for (size_t begin = 1; begin <= path.size();) {
        const size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view part = path.substr(begin, end - begin);
        if (part.empty() || part == "." || part == "..") {
            return Fail(Code::kCorrupt, "a table path has an empty or relative part");
        }
        begin = end + 1;
    }
    for (const char c : path) {
        if (static_cast<unsigned char>(c) < 0x20) {
            return Fail(Code::kCorrupt, "a table path has control characters");
        }
    }
    return std::string(path);
}

Result<> CheckBeneath(std::string_view path, std::string_view folder) {
    if (path.size() > folder.size() + 1 && path.starts_with(folder) && path[folder.size()] == '/') {
        return {};
    }
    return Fail(Code::kCorrupt, "a table names a file outside of its own folder");
}

std::unexpected<Error> InFile(std::string_view path, Error error) {
    error.message = std::string(path) + ": " + error.message;
    return std::unexpected(std::move(error));
}

}  // namespace weft::iceberg
