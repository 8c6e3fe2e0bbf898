#include "catalog/uploads.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "io/files.h"

namespace weft::catalog {
namespace {

constexpr size_t kNameBytesMax = 200;
constexpr size_t kIdBytes = 16;
constexpr size_t kNoteBytesMax = 4096;
constexpr size_t kHashPieceBytes = 1u << 20;
constexpr std::string_view kPart = ".part";
constexpr std::string_view kNote = ".json";
constexpr std::string_view kKept = "/KEPT";

bool IsLowerHex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsId(std::string_view id) { return id.size() == kIdBytes && IsLowerHex(id); }

// One path component that is neither hidden nor anything to a shell or a file system.
bool IsFileName(std::string_view name) {
    return !name.empty() && name.size() <= kNameBytesMax && name.front() != '.' &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

Result<> CheckName(std::string_view name) {
    if (IsFileName(name)) return {};
    return Fail(Code::kInvalid, "this is no name for an uploaded file",
                "1 to 200 letters, digits, dots, underscores and dashes, no dot at the start");
}

std::unexpected<Error> NoUpload() {
    return Fail(Code::kNotFound, "there is no such upload",
                "begin it again; the node forgets one that nobody continues for a day");
}

std::unexpected<Error> NoSpace(uint64_t wanted) {
    auto full = Fail(Code::kUnavailable,
                     fmt::format("the node's disk has no room for {} more", HumanBytes(wanted)),
                     "free space on the disk, then try again");
    full.error().sqlstate = kDiskFull;
    return full;
}

Json ToJson(const Upload& upload) {
    return {{"input", upload.input},
            {"name", upload.name},
            {"size", upload.size},
            {"sha256", upload.sha256}};
}

std::optional<ProductId> ParseId(std::string_view text) {
    ProductId id;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
    if (error != std::errc() || end != text.data() + text.size() || text.starts_with('0'))
        return {};
    return id;
}

}  // namespace

// Two requests for the same upload at once: the second is told to come again.
class Uploads::Busy {
  public:
    Busy(Uploads& uploads, const std::string& id) : uploads_(uploads), id_(id) {
        std::scoped_lock lock(uploads_.mutex_);
        taken_ = uploads_.busy_.insert(id_).second;
    }
    ~Busy() {
        std::scoped_lock lock(uploads_.mutex_);
        if (taken_) uploads_.busy_.erase(id_);
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    bool taken() const { return taken_; }

  private:
    Uploads& uploads_;
    const std::string id_;
    bool taken_ = false;
};

std::string UploadFolder(const std::string& data_folder, ProductId product,
                         std::string_view input) {
    return fmt::format("{}/uploads/{}/{}", data_folder, product.value, input);
}

std::string Uploads::ProductFolder(ProductId product) const {
    return fmt::format("{}/{}", folder_, product.value);
}
std::string Uploads::Unfinished(ProductId product) const {
    return ProductFolder(product) + "/.unfinished";
}

std::vector<std::string> Uploads::Ids(ProductId product) const {
    std::vector<std::string> ids;
    for (const auto& name :
         io::ListDirectory(Unfinished(product)).value_or(std::vector<std::string>{})) {
        const std::string id = name.substr(0, std::min(name.size(), kIdBytes));
        if (IsId(id) && (ids.empty() || ids.back() != id))
            ids.push_back(id);  // Sorted: .json and .part are neighbours.
    }
    return ids;
}

Result<Upload> Uploads::Read(ProductId product, const std::string& id) const {
    if (!IsId(id)) return NoUpload();
    const std::string path = Unfinished(product) + "/" + id;
    const auto text = io::ReadFile(path + std::string(kNote), kNoteBytesMax);
    if (!text && text.error().code == Code::kNotFound) return NoUpload();
    if (!text) return std::unexpected(text.error());
    const Json note = TRY(ParseJson(*text, kNoteBytesMax));
    Upload upload{id,
                  JsonString(note, "input"),
                  JsonString(note, "name"),
                  static_cast<uint64_t>(std::max<int64_t>(0, JsonInt(note, "size"))),
                  JsonString(note, "sha256"),
                  0,
                  false};
    const auto arrived = io::FileSize(path + std::string(kPart));
    if (!arrived && arrived.error().code != Code::kNotFound)
        return std::unexpected(arrived.error());
    upload.done = !arrived;
    upload.offset = upload.done ? upload.size : *arrived;
    return upload;
}

Result<Upload> Uploads::Find(ProductId product, std::string_view input,
                             const std::string& id) const {
    Upload upload = TRY(Read(product, id));
    if (upload.input != input) return NoUpload();
    return upload;
}

Result<Upload> Uploads::Begin(ProductId product, const model::InputPort& input, File file) {
    CHECK_OK(store_.CheckWritable());
    CHECK_OK(CheckName(file.name));
    if (!io::MatchesWildcard(input.file, file.name))
        return Fail(Code::kInvalid, fmt::format("input port {} takes files named {}, not {}",
                                                input.name, input.file, file.name));
    file.sha256 = ToLower(file.sha256);
    if (file.sha256.size() != 64 || !IsLowerHex(file.sha256))
        return Fail(Code::kInvalid, "`sha256` must be the file's SHA-256 as 64 hex digits");
    if (file.size > limits_.file_bytes_max) {
        auto large = Fail(Code::kLimit,
                          fmt::format("the file has {}: at most {} are taken",
                                      HumanBytes(file.size), HumanBytes(limits_.file_bytes_max)));
        large.error().sqlstate = "54000";
        return large;
    }
    std::scoped_lock lock(begin_);
    if (const auto swept = Sweep(); !swept) LogWarn("uploads", "{}", swept.error().message);
    uint64_t missing = file.size;
    uint32_t unfinished = 0;
    for (const auto& id : Ids(product)) {
        const auto other = Read(product, id);
        if (!other || other->done) continue;
        if (other->input == input.name && other->name == file.name && other->size == file.size &&
            other->sha256 == file.sha256)
            return *other;
        ++unfinished;
        missing += other->size - std::min(other->size, other->offset);
    }
    if (unfinished >= limits_.unfinished_max)
        return Fail(Code::kLimit,
                    fmt::format("{} uploads of this product are unfinished", unfinished),
                    "finish some of them, or wait until they are a day old");
    CHECK_OK(io::MakeDirectories(Unfinished(product), 0700));
    CHECK_OK(store_.CheckWritable());
    if (missing + limits_.free_bytes_min > TRY(io::FreeBytes(folder_))) return NoSpace(missing);
    const Upload upload{
        Hex(io::Random(kIdBytes / 2)), input.name, file.name, file.size, file.sha256, 0, false};
    const std::string path = Unfinished(product) + "/" + upload.id;
    CHECK_OK(io::WriteNewFile(path + std::string(kPart), "",
                              0600));  // First: a note without it says that it is done.
    CHECK_OK(io::WriteNewFile(path + std::string(kNote), DumpJson(ToJson(upload)), 0600));
    return upload;
}

Result<Upload> Uploads::Append(ProductId product, std::string_view input, const std::string& id,
                               uint64_t offset, std::string_view bytes) {
    CHECK_OK(store_.CheckWritable());
    const Busy busy(*this, id);
    if (!busy.taken())
        return Fail(Code::kConflict, "another request writes this upload",
                    "ask for its offset in a moment");
    Upload upload = TRY(Find(product, input, id));
    if (upload.done) return upload;
    if (offset != upload.offset)
        return Fail(Code::kConflict,
                    fmt::format("the upload goes on at byte {}, not at {}", upload.offset, offset));
    if (bytes.size() > upload.size - std::min(upload.size, offset))
        return Fail(
            Code::kInvalid,
            fmt::format("these are more than the {} bytes that were announced", upload.size));
    CHECK_OK(store_.CheckWritable());
    if (bytes.size() + limits_.free_bytes_min > TRY(io::FreeBytes(folder_)))
        return NoSpace(bytes.size());
    const std::string part = Unfinished(product) + "/" + id + std::string(kPart);
    {
        const auto file = TRY(io::OpenToWrite(part, 0600));
        CHECK_OK(io::WriteAt(file.get(), offset, bytes));
        CHECK_OK(io::SyncFile(file.get()));
    }
    Add(id, offset, bytes);
    upload.offset += bytes.size();
    if (upload.offset < upload.size) return upload;
    return Finish(product, std::move(upload), part);
}

// Hashing goes along with what arrives, so that the last piece of a large file need not wait for
// it. REQUIRES: busy.
void Uploads::Add(const std::string& id, uint64_t offset, std::string_view bytes) {
    Sum* sum = nullptr;
    {
        std::scoped_lock lock(mutex_);
        if (offset == 0) sums_.insert_or_assign(id, Sum{});
        const auto found = sums_.find(id);
        if (found == sums_.end() || found->second.upto != offset)
            return;  // The rest is read from the disk at the end.
        sum = &found->second;
    }
    sum->sum.Add(bytes);
    sum->upto += bytes.size();
}

Result<std::string> Uploads::Hash(const std::string& id, const std::string& part, uint64_t size) {
    Sum sum;
    {
        std::scoped_lock lock(mutex_);
        if (const auto found = sums_.find(id); found != sums_.end()) sum = std::move(found->second);
        sums_.erase(id);
    }
    const size_t slash = part.rfind('/');
    const auto file = TRY(io::OpenBeneath(part.substr(0, slash), part.substr(slash + 1)));
    while (sum.upto < size) {
        const std::string piece = TRY(io::ReadAt(file.get(), sum.upto, kHashPieceBytes));
        if (piece.empty())
            return Fail(Code::kCorrupt, "an upload is shorter than what was written to it");
        sum.sum.Add(piece);
        sum.upto += piece.size();
    }
    return Hex(sum.sum.Finish());
}

Result<Upload> Uploads::Finish(ProductId product, Upload upload, const std::string& part) {
    if (TRY(Hash(upload.id, part, upload.size)) != upload.sha256) {
        CHECK_OK(Remove(product, upload.id));
        auto wrong =
            Fail(Code::kInvalid,
                 fmt::format("{} arrived with another hash than announced; it was thrown away",
                             upload.name),
                 "upload it again; it must not change meanwhile");
        wrong.error().sqlstate = kWrongHash;
        return wrong;
    }
    {
        // After a restart nobody knows whether the last piece was synced.
        const auto file = TRY(io::OpenToWrite(part, 0600));
        CHECK_OK(io::SyncFile(file.get()));
    }
    const std::string folder = UploadFolder(data_folder_, product, upload.input);
    CHECK_OK(io::MakeDirectories(folder, 0700));
    CHECK_OK(io::Rename(part, folder + "/" + upload.name));
    upload.done = true;
    return upload;
}

// The note first: a note that is left alone would say that the file is in place. REQUIRES: busy.
Result<> Uploads::Remove(ProductId product, const std::string& id) {
    {
        std::scoped_lock lock(mutex_);
        sums_.erase(id);
    }
    for (const auto end : {kNote, kPart}) {
        const auto removed = io::RemoveFile(Unfinished(product) + "/" + id + std::string(end));
        if (!removed && removed.error().code != Code::kNotFound) return removed;
    }
    return {};
}

Result<> Uploads::Drop(ProductId product, std::string_view input, const std::string& id) {
    const Busy busy(*this, id);
    if (!busy.taken())
        return Fail(Code::kConflict, "another request writes this upload", "try again in a moment");
    CHECK_OK(Find(product, input, id));
    return Remove(product, id);
}

Result<std::vector<UploadedFile>> Uploads::Files(ProductId product, std::string_view input) const {
    const std::string folder = UploadFolder(data_folder_, product, input);
    auto names = io::ListDirectory(folder);
    if (!names && names.error().code == Code::kNotFound) return std::vector<UploadedFile>{};
    if (!names) return std::unexpected(names.error());
    std::vector<UploadedFile> files;
    for (auto& name : *names) {
        const auto stat = io::Stat(folder + "/" + name);
        if (IsFileName(name) && stat)
            files.push_back({std::move(name), stat->size, {stat->mtime_ns / 1000}});
    }
    return files;
}

Result<> Uploads::RemoveFile(ProductId product, std::string_view input, const std::string& name) {
    const std::string folder = UploadFolder(data_folder_, product, input);
    const auto none = Fail(Code::kNotFound,
                           fmt::format("input port {} has no uploaded file of this name", input));
    if (!IsFileName(name)) return none;
    const auto removed = io::RemoveFile(folder + "/" + name);
    if (!removed && removed.error().code == Code::kNotFound) return none;
    CHECK_OK(removed);
    return io::SyncDirectory(folder);
}

Result<std::string> Uploads::Keep(ProductId product, const std::string& full_name) const {
    const std::string folder = ProductFolder(product);
    if (!io::Stat(folder)) return std::string();
    CHECK_OK(io::WriteFileAtomically(folder + std::string(kKept), full_name + "\n"));
    return folder;
}

Result<> Uploads::RemoveProduct(ProductId product) {
    if (!io::Stat(folder_)) return {};
    return io::RemoveTree(folder_, std::to_string(product.value));
}

void Uploads::SweepUnfinished(ProductId product) {
    for (const auto& id : Ids(product)) {
        const std::string path = Unfinished(product) + "/" + id;
        auto stat = io::Stat(path + std::string(kPart));
        if (!stat) stat = io::Stat(path + std::string(kNote));
        if (!stat || clock_.Now().us - stat->mtime_ns / 1000 < limits_.age_us_max) continue;
        const Busy busy(*this, id);
        if (busy.taken()) (void)Remove(product, id);  // The next sweep looks again.
    }
}

Result<> Uploads::Sweep() {
    const auto names =
        io::ListDirectory(folder_);  // Before the state: a newer product is not in the list.
    if (!names && names.error().code == Code::kNotFound) return {};
    CHECK_OK(names);
    const auto state = store_.Snapshot();
    for (const auto& name : *names) {
        const auto product = ParseId(name);
        if (!product) continue;
        if (state->products.contains(*product)) {
            SweepUnfinished(*product);
        } else if (!io::Stat(ProductFolder(*product) + std::string(kKept))) {
            CHECK_OK(io::RemoveTree(folder_, name));
        }
    }
    return {};
}

}  // namespace weft::catalog
