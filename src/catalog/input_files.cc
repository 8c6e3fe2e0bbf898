#include "catalog/input_files.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/uploads.h"

namespace weft::catalog {
namespace {

bool IsBeneath(std::string_view path, std::string_view folder) {
    return path == folder ||
           (path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/');
}

// The real path of a folder; "" when it does not exist. Roots and the node's folder may be reached
// through links.
std::string RealPath(const std::string& path) {
    char buffer[PATH_MAX];
    return ::realpath(path.c_str(), buffer) ? std::string(buffer) : std::string();
}

std::string AllowedRoot(const meta::State& state, const std::string& pattern,
                        const std::string& team) {
    const std::string fixed = RootOf(pattern);
    std::string longest;
    for (const auto& entry : state.file_roots) {
        const size_t path = entry.find('/');
        if (path > 0 && entry.substr(0, path) != team + ":") continue;
        const std::string root = entry.substr(path);
        if (IsBeneath(fixed, root) && root.size() > longest.size()) longest = root;
    }
    return longest;
}

std::unexpected<Error> NotAllowed(const std::string& pattern) {
    return Fail(
        Code::kDenied,
        fmt::format("input file {} does not lie beneath a folder that this node may read", pattern),
        fmt::format("an administrator allows it: weft serve --allow-files {}", RootOf(pattern)));
}

// Hidden ones and links are not taken, as everywhere.
Result<std::vector<InputFile>> FindUploaded(const model::InputPort& port, const InputPlace& place) {
    const std::string folder = UploadFolder(place.data_folder, place.product, port.name);
    std::vector<InputFile> files;
    if (place.product != ProductId{} && io::Stat(folder)) {
        for (auto& name : TRY(io::Glob(folder, port.file))) {
            InputFile file{folder, std::move(name), {}};
            const auto opened = io::OpenBeneath(folder, file.relative);
            if (!opened) continue;  // Deleted since it was listed.
            file.stat = TRY(io::Stat(opened->get()));
            files.push_back(std::move(file));
        }
    }
    if (!files.empty()) return files;
    return Fail(Code::kNotFound,
                fmt::format("input port {}: no file that matches {} has been uploaded", port.name,
                            port.file),
                fmt::format("weft upload DOMAIN.PRODUCT {} FILE", port.name));
}

}  // namespace

bool AwaitsUpload(const meta::State& state, const model::Product& product,
                  const InputPlace& place) {
    return std::ranges::any_of(product.input_ports, [&](const model::InputPort& input) {
        if (!input.uploaded) return false;
        const auto files = FindInputFiles(state, input, place);
        return !files && files.error().code == Code::kNotFound;
    });
}

Result<std::string> AbsolutePattern(const model::InputPort& port, const InputPlace& place) {
    if (port.uploaded)
        return UploadFolder(place.data_folder, place.product, port.name) + "/" + port.file;
    const std::string joined =
        port.file.starts_with('/') ? port.file : place.folder + "/" + port.file;
    if (!joined.starts_with('/')) {
        return Fail(
            Code::kInvalid,
            fmt::format(
                "input port {}: {} is relative, and where the product folder lies is not known",
                port.name, port.file),
            "write an absolute path");
    }
    std::string clean = std::filesystem::path(joined).lexically_normal().string();
    if (clean.find("/../") != std::string::npos || clean.ends_with("/.."))
        return Fail(Code::kInvalid, fmt::format("input port {}: {} climbs above the root folder",
                                                port.name, port.file));
    return clean;
}

std::string RootOf(const std::string& pattern) {
    const size_t wildcard = pattern.find_first_of("*?");
    const size_t slash = pattern.rfind('/', wildcard);
    return slash == 0 ? "/" : pattern.substr(0, slash);
}

bool IsAllowed(const meta::State& state, const std::string& pattern, const std::string& team) {
    return !AllowedRoot(state, pattern, team).empty();
}

Result<std::vector<InputFile>> FindInputFiles(const meta::State& state,
                                              const model::InputPort& port,
                                              const InputPlace& place) {
    if (port.uploaded) return FindUploaded(port, place);
    const std::string pattern = TRY(AbsolutePattern(port, place));
    const std::string root = AllowedRoot(state, pattern, place.team);
    if (root.empty()) return NotAllowed(pattern);
    const std::string relative = pattern.substr(root == "/" ? 1 : root.size() + 1);
    std::vector<std::string> names;
    if (relative.find_first_of("*?") == std::string::npos) {
        names.push_back(relative);
    } else {
        names = TRY(io::Glob(root, relative));
    }
    const std::string own = RealPath(place.data_folder);
    const std::string real_root = RealPath(root);
    std::vector<InputFile> files;
    for (auto& name : names) {
        InputFile file{root, std::move(name), {}};
        if (!own.empty() && IsBeneath(real_root + "/" + file.relative, own)) {
            return Fail(Code::kDenied,
                        fmt::format("input port {}: {} lies in the node's own folder", port.name,
                                    file.Path()));
        }
        const auto opened = io::OpenBeneath(root, file.relative);
        if (!opened) {
            auto error = opened.error();
            error.message = fmt::format("input port {}: {}", port.name, error.message);
            return std::unexpected(std::move(error));
        }
        file.stat = TRY(io::Stat(opened->get()));
        files.push_back(std::move(file));
    }
    if (files.empty())
        return Fail(Code::kNotFound,
                    fmt::format("input port {}: no file matches {}", port.name, pattern));
    return files;
}

Result<io::Descriptor> OpenInputFile(const InputFile& file) {
    auto opened = TRY(io::OpenBeneath(file.root, file.relative));
    if (TRY(io::Stat(opened.get())) != file.stat)
        return Fail(Code::kConflict, fmt::format("{} changed while it was being read", file.Path()),
                    "the run is tried again");
    return opened;
}

Result<> CheckUnchanged(const InputFile& file) {
    CHECK_OK(OpenInputFile(file));
    return {};
}

}  // namespace weft::catalog
