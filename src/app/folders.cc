#include "app/folders.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <unistd.h>

#include "base/limits.h"
#include "io/descriptor.h"
#include "io/files.h"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProductFile = "product.yaml";
constexpr size_t kFoldersMax = 10'000;
constexpr size_t kEntriesMax = 1'000'000;
constexpr int kDepthMax = 32;

// At most one byte more than a product file may have: the model says then what is wrong with it.
Result<std::string> ReadStart(const std::string& path) {
    const io::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return Fail(Code::kInvalid, "cannot read " + path + ": " + std::strerror(errno));
    std::string text(kLimits.product_file_bytes_max + 1, '\0');
    size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return Fail(Code::kInvalid, "cannot read " + path + ": " + std::strerror(errno));
        if (got == 0) break;
        size += static_cast<size_t>(got);
    }
    text.resize(size);
    return text;
}

// The files that Weft reads, of the folder itself and of the few folders that have a meaning.
Result<LocalFolder> ReadFolder(const fs::path& folder) {
    LocalFolder out;
    out.folder.path = folder.string();
    out.absolute = fs::absolute(folder).lexically_normal().string();
    if (out.absolute.size() > 1 && out.absolute.ends_with('/')) out.absolute.pop_back();
    std::vector<std::string> found{std::string(kProductFile)};
    for (const char* name : {"README.md"})
        if (fs::is_regular_file(folder / name)) found.emplace_back(name);
    for (const char* part : {"contracts", "models", "queries", "tests"}) {
        if (!fs::is_directory(fs::symlink_status(folder / part))) continue;
        for (const auto& name : TRY(io::ListDirectory((fs::path(out.absolute) / part).string()))) {
            const std::string relative = std::string(part) + "/" + name;
            if (model::IsProductFile(relative)) found.push_back(relative);
        }
    }
    if (found.size() > kLimits.product_files_max + 1) found.resize(kLimits.product_files_max + 1);
    for (const auto& name : found) out.folder.files[name] = TRY(ReadStart((folder / name).string()));
    return out;
}

class Search {
public:
    // Depth first with a bound; a product folder is not searched further.
    Result<> Visit(const fs::path& folder, int depth) {
        std::error_code failed;
        if (fs::is_regular_file(folder / kProductFile, failed)) {
            if (found_.size() >= kFoldersMax) return Fail(Code::kLimit, "more than 10,000 product folders");
            found_.insert(folder);
            return {};
        }
        if (depth >= kDepthMax) return {};
        for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
            if (++entries_ > kEntriesMax) return Fail(Code::kLimit, "too many files below " + folder.string());
            if (it->path().filename().string().starts_with('.')) continue;
            if (it->symlink_status(failed).type() == fs::file_type::directory) CHECK_OK(Visit(it->path(), depth + 1));
        }
        return {};
    }
    const std::set<fs::path>& found() const { return found_; }

private:
    std::set<fs::path> found_;
    size_t entries_ = 0;
};

Result<> Add(Search& search, const std::string& path) {
    std::error_code failed;
    fs::path place = fs::path(path).lexically_normal();
    const auto status = fs::status(place, failed);
    if (!fs::exists(status)) return Fail(Code::kInvalid, path + " does not exist");
    if (!fs::is_directory(status)) {
        if (place.filename() != kProductFile)
            return Fail(Code::kInvalid, path + " is not a product folder", "a product is a folder with a product.yaml");
        place = place.parent_path();
    }
    if (place.filename().empty() && place.has_parent_path()) place = place.parent_path();
    if (place.empty()) place = ".";
    const size_t before = search.found().size();
    CHECK_OK(search.Visit(place, 0));
    if (search.found().size() == before && !search.found().contains(place))
        return Fail(Code::kInvalid, "there is no product.yaml in " + path,
                    "begin with: weft init DOMAIN.PRODUCT --from FILE");
    return {};
}

}  // namespace

Result<std::vector<LocalFolder>> ReadFolders(const std::vector<std::string>& paths) {
    Search search;
    for (const auto& path : paths) CHECK_OK(Add(search, path));
    std::vector<LocalFolder> folders;
    std::set<std::string> seen;
    for (const auto& folder : search.found()) {
        auto read = TRY(ReadFolder(folder));
        if (seen.insert(read.absolute).second) folders.push_back(std::move(read));
    }
    return folders;
}

std::string ShowFinding(const Finding& finding, const std::vector<LocalFolder>& folders) {
    for (const auto& local : folders) {
        const bool absolute = finding.file.starts_with(local.absolute + "/");
        const std::string given = local.folder.path == "." ? "" : local.folder.path + "/";
        if (!absolute && !finding.file.starts_with(given)) continue;
        Finding shown = finding;
        if (absolute) shown.file = given + finding.file.substr(local.absolute.size() + 1);
        return model::FormatFinding(shown, local.folder);
    }
    return model::FormatFinding(finding, {});
}

}  // namespace weft::app
