#include "engine/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "engine/raise.h"

namespace weft::engine {
namespace {

constexpr size_t kAhead = 32;     // Descriptors asked for at once.
constexpr size_t kOpenMax = 256;  // Of the 512 that RLIMIT_NOFILE gives.
constexpr std::string_view kOut = "weft-out://";
constexpr std::string_view kIn = "weft://";
constexpr std::string_view kData = "weft-out://data";

struct Handle : duckdb::FileHandle {
    Handle(duckdb::FileSystem& files, const duckdb::string& path, duckdb::FileOpenFlags flags)
        : FileHandle(files, path, flags) {}
    void Close() override {}
    uint64_t scan = 0;
    uint32_t index = 0;
    uint64_t size = 0;
    duckdb::idx_t at = 0;
    std::shared_ptr<const io::Descriptor> output;
    const PassedFiles::Sink* sink = nullptr;
};

Handle& Of(duckdb::FileHandle& handle) { return static_cast<Handle&>(handle); }

// "weft://t/12/3.gz" -> 12, 3. The rest is compared as a whole by the caller.
bool Numbers(std::string_view path, uint64_t& scan, uint32_t& index) {
    if (!path.starts_with(kIn)) return false;
    path.remove_prefix(kIn.size());
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) return false;
    const char* end = path.data() + path.size();
    const auto first = std::from_chars(path.data() + slash + 1, end, scan);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '/') return false;
    return std::from_chars(first.ptr + 1, end, index).ec == std::errc();
}

}  // namespace

std::string PassedFiles::PathOf(std::string_view folder, uint64_t scan, size_t index,
                                std::string_view ending) {
    return fmt::format("{}{}/{}/{}{}", kIn, folder, scan, index, ending);
}

void PassedFiles::Add(uint64_t token, Control::OpenedScan opened, std::string folder,
                      std::string ending) {
    const std::lock_guard guard(lock_);
    auto& scan = scans_[opened.scan];
    scan.token = token;
    scan.files = std::move(opened.files);
    scan.folder = std::move(folder);
    scan.ending = std::move(ending);
}

void PassedFiles::Close(uint64_t scan) {
    const std::lock_guard guard(lock_);
    const auto found = scans_.find(scan);
    if (found == scans_.end()) return;
    open_count_ -= found->second.open.size();
    scans_.erase(found);
}

std::string PassedFiles::AddOutput(uint32_t index, io::Descriptor file) {
    auto path = fmt::format("{}{}", kOut, index);
    const std::lock_guard guard(lock_);
    outputs_[path] = std::make_shared<const io::Descriptor>(std::move(file));
    return path;
}

std::optional<uint32_t> PassedFiles::OutputIndex(const std::string& path) {
    const std::lock_guard guard(lock_);
    const auto found = new_outputs_.find(path);
    return found == new_outputs_.end() ? std::nullopt : std::optional(found->second);
}

std::string PassedFiles::AddSink(Sink sink) {
    sink_ = std::move(sink);
    return std::string(kData);
}

void PassedFiles::CloseOutputs() {
    const std::lock_guard guard(lock_);
    outputs_.clear();
    new_outputs_.clear();
    sink_ = nullptr;
}

bool PassedFiles::Find(const std::string& path, Place& place, uint64_t& size_bytes) {
    const std::lock_guard guard(lock_);
    if (!Numbers(path, place.scan, place.index)) return false;
    const auto found = scans_.find(place.scan);
    if (found == scans_.end() || place.index >= found->second.files.files.size()) return false;
    const auto& scan = found->second;
    if (path != PathOf(scan.folder, place.scan, place.index, scan.ending)) return false;
    size_bytes = scan.files.files[place.index].size_bytes;
    return true;
}

PassedFiles::Shared PassedFiles::Use(Place place) {
    const std::lock_guard guard(lock_);
    const auto found = scans_.find(place.scan);
    if (found == scans_.end())
        RaiseInDuck(duckdb::ExceptionType::IO, "the scan of a relation has ended");
    auto& scan = found->second;
    scan.used_at[place.index] = ++clock_;
    if (const auto open = scan.open.find(place.index); open != scan.open.end()) return open->second;

    NeedFiles need{scan.token, place.scan, {}};
    for (uint32_t i = place.index; i < scan.files.files.size() && need.indices.size() < kAhead;
         ++i) {
        if (!scan.open.contains(i)) need.indices.push_back(i);
    }
    // Make room first: the least recently used of this scan go, whoever reads one just now keeps
    // his reference.
    while (open_count_ + need.indices.size() > kOpenMax && !scan.open.empty()) {
        const auto oldest = std::ranges::min_element(
            scan.open, {}, [&](const auto& item) { return scan.used_at[item.first]; });
        scan.open.erase(oldest);
        --open_count_;
    }
    if (open_count_ + need.indices.size() > kOpenMax) need.indices.resize(1);
    auto files = control_->AskFiles(need);
    if (!files) RaiseInDuck(duckdb::ExceptionType::IO, files.error().message);
    for (size_t i = 0; i < need.indices.size(); ++i) {
        scan.open[need.indices[i]] = std::make_shared<const io::Descriptor>(std::move((*files)[i]));
        scan.used_at[need.indices[i]] = clock_;
    }
    open_count_ += need.indices.size();
    return scan.open[place.index];
}

duckdb::unique_ptr<duckdb::FileHandle> PassedFiles::OpenFile(
    const duckdb::string& path, duckdb::FileOpenFlags flags,
    duckdb::optional_ptr<duckdb::FileOpener>) {
    auto handle = duckdb::make_uniq<Handle>(*this, path, flags);
    if (path == kData && sink_ && flags.OpenForWriting()) {
        handle->sink = &sink_;
        return handle;
    }
    if (path.starts_with(kOut)) {
        const std::lock_guard guard(lock_);
        if (path.starts_with(std::string(kNewFolder) + "/") && flags.OpenForWriting() &&
            !outputs_.contains(path)) {
            auto output = control_->AskOutput(false);
            if (!output) RaiseInDuck(duckdb::ExceptionType::IO, output.error().message);
            new_outputs_[path] = output->index;
            outputs_[path] = std::make_shared<const io::Descriptor>(std::move(output->file));
        }
        const auto found = outputs_.find(path);
        if (found == outputs_.end() || !flags.OpenForWriting())
            RaiseInDuck(duckdb::ExceptionType::IO, "no such output file");
        handle->output = found->second;
        return handle;
    }
    Place place;
    if (flags.OpenForWriting() || !Find(path, place, handle->size)) {
        if (flags.ReturnNullIfNotExists()) return nullptr;
        RaiseInDuck(duckdb::ExceptionType::IO, "no such file of a relation");
    }
    handle->scan = place.scan;
    handle->index = place.index;
    return handle;
}

void PassedFiles::Read(duckdb::FileHandle& handle, void* buffer, int64_t size, duckdb::idx_t at) {
    const auto& file = Of(handle);
    const auto descriptor = Use({file.scan, file.index});
    auto* to = static_cast<char*>(buffer);
    while (size > 0) {
        const ssize_t got =
            ::pread(descriptor->get(), to, static_cast<size_t>(size), static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0)
            RaiseInDuck(duckdb::ExceptionType::IO, "a data file is shorter than the table says");
        to += got;
        size -= got;
        at += static_cast<duckdb::idx_t>(got);
    }
}

int64_t PassedFiles::Read(duckdb::FileHandle& handle, void* buffer, int64_t size) {
    auto& file = Of(handle);
    const int64_t left = file.size > file.at ? static_cast<int64_t>(file.size - file.at) : 0;
    size = std::min(size, left);
    Read(handle, buffer, size, file.at);
    file.at += static_cast<duckdb::idx_t>(size);
    return size;
}

void PassedFiles::Write(duckdb::FileHandle& handle, void* buffer, int64_t size, duckdb::idx_t at) {
    if (at != Of(handle).at)
        RaiseInDuck(duckdb::ExceptionType::IO, "output files are written front to back");
    Write(handle, buffer, size);
}

int64_t PassedFiles::Write(duckdb::FileHandle& handle, void* buffer, int64_t size) {
    auto& file = Of(handle);
    if (file.sink != nullptr) {
        if (!(*file.sink)({static_cast<const char*>(buffer), static_cast<size_t>(size)}))
            RaiseInDuck(duckdb::ExceptionType::IO, "the reader of the result takes no more");
        file.at += static_cast<duckdb::idx_t>(size);
        file.size = std::max<uint64_t>(file.size, file.at);
        return size;
    }
    if (!file.output) RaiseInDuck(duckdb::ExceptionType::PERMISSION, "relations are read only");
    const auto* from = static_cast<const char*>(buffer);
    for (int64_t left = size; left > 0;) {
        const ssize_t done = ::write(file.output->get(), from, static_cast<size_t>(left));
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) RaiseInDuck(duckdb::ExceptionType::IO, "writing an output file failed");
        from += done;
        left -= done;
    }
    file.at += static_cast<duckdb::idx_t>(size);
    file.size = std::max<uint64_t>(file.size, file.at);
    return size;
}

int64_t PassedFiles::GetFileSize(duckdb::FileHandle& handle) {
    return static_cast<int64_t>(Of(handle).size);
}
duckdb::timestamp_t PassedFiles::GetLastModifiedTime(duckdb::FileHandle&) {
    return duckdb::timestamp_t(1);
}
duckdb::FileType PassedFiles::GetFileType(duckdb::FileHandle&) {
    return duckdb::FileType::FILE_TYPE_REGULAR;
}

void PassedFiles::FileSync(duckdb::FileHandle& handle) {
    // The node syncs before it commits; this only finds a full disk early.
    if (Of(handle).output && ::fdatasync(Of(handle).output->get()) != 0)
        RaiseInDuck(duckdb::ExceptionType::IO, "syncing an output file failed");
}

void PassedFiles::Truncate(duckdb::FileHandle& handle, int64_t size) {
    if (size != static_cast<int64_t>(Of(handle).at))
        RaiseInDuck(duckdb::ExceptionType::IO, "output files are written front to back");
}

bool PassedFiles::DirectoryExists(const duckdb::string& path,
                                  duckdb::optional_ptr<duckdb::FileOpener>) {
    return path == kNewFolder || path == std::string(kNewFolder) + "/";
}

void PassedFiles::CreateDirectory(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) {
}

bool PassedFiles::FileExists(const duckdb::string& path, duckdb::optional_ptr<duckdb::FileOpener>) {
    Place place;
    uint64_t size = 0;
    return Find(path, place, size);
}

bool PassedFiles::TryRemoveFile(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) {
    return false;
}

duckdb::vector<duckdb::OpenFileInfo> PassedFiles::Glob(const duckdb::string& path,
                                                       duckdb::FileOpener*) {
    duckdb::vector<duckdb::OpenFileInfo> found;
    if (FileExists(path, nullptr)) found.emplace_back(path);
    return found;
}

bool PassedFiles::CanHandleFile(const duckdb::string& path) {
    return path.starts_with(kIn) || path.starts_with(kOut);
}
void PassedFiles::Seek(duckdb::FileHandle& handle, duckdb::idx_t at) { Of(handle).at = at; }
duckdb::idx_t PassedFiles::SeekPosition(duckdb::FileHandle& handle) { return Of(handle).at; }
void PassedFiles::Reset(duckdb::FileHandle& handle) { Seek(handle, 0); }

}  // namespace weft::engine
