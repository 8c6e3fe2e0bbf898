#include "app/profiler.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "engine/pool.h"
#include "io/files.h"

namespace weft::app {
namespace {

namespace fs = std::filesystem;
using engine::FileRelation;

constexpr std::string_view kInput = "input";
constexpr uint64_t kTimeMs = 3'600'000;
constexpr uint64_t kMemoryBytes = 2ull << 30;

struct FileForm {
    std::string_view suffix;
    FileRelation::Format format;
    std::string_view delimiter;  // Empty: found by looking.
};
constexpr std::array kForms{
    FileForm{".csv", FileRelation::Format::kCsv, ""},          FileForm{".tsv", FileRelation::Format::kCsv, "\t"},
    FileForm{".txt", FileRelation::Format::kCsv, ""},          FileForm{".jsonl", FileRelation::Format::kJsonLines, ""},
    FileForm{".ndjson", FileRelation::Format::kJsonLines, ""}, FileForm{".json", FileRelation::Format::kJsonLines, ""},
    FileForm{".parquet", FileRelation::Format::kParquet, ""},
};

Result<FileRelation> FormOf(const std::string& path) {
    FileRelation relation;
    std::string name = ToLower(path);
    relation.gzip = name.ends_with(".gz");
    if (relation.gzip) name.resize(name.size() - 3);
    for (const auto& form : kForms) {
        if (!name.ends_with(form.suffix)) continue;
        relation.format = form.format;
        relation.delimiter = form.delimiter;
        relation.names = {path};
        return relation;
    }
    return Fail(Code::kInvalid, "the form of " + path + " is not known by its name",
                "one of .csv .tsv .jsonl .ndjson .parquet, and the texts also with .gz");
}

// Answers the worker's questions: there is one file, and here it is.
class OneFile : public engine::Host {
public:
    OneFile(FileRelation relation, io::Descriptor file, uint64_t size)
        : relation_(std::move(relation)), file_(std::move(file)), size_(size) {}

    std::vector<engine::RelationAnswer> OnNames(const std::vector<engine::RelationName>& names) override {
        std::vector<engine::RelationAnswer> answers;
        for (const auto& name : names) {
            if (name.domain.empty() && name.table == kInput) {
                answers.push_back({name, engine::Relation{1, relation_}});
            } else {
                answers.push_back({name, Fail(Code::kNotFound, "there is nothing but the file")});
            }
        }
        return answers;
    }
    Result<engine::ScanFiles> OnOpen(const engine::Open&) override {
        engine::ScanFiles files;
        files.files.push_back({size_, 0});
        return files;
    }
    Result<std::vector<io::Descriptor>> OnNeedFiles(const engine::NeedFiles& need) override {
        std::vector<io::Descriptor> opened;
        for (const uint32_t index : need.indices) {
            if (index != 0) return Fail(Code::kCorrupt, "no such file in the scan");
            // A descriptor of its own each time: they would share the position otherwise.
            const std::string path = "/proc/self/fd/" + std::to_string(file_.get());
            io::Descriptor again(open(path.c_str(), O_RDONLY | O_CLOEXEC));
            if (!again) return Fail(Code::kUnavailable, std::string("the file is gone: ") + std::strerror(errno));
            opened.push_back(std::move(again));
        }
        return opened;
    }

private:
    FileRelation relation_;
    io::Descriptor file_;
    uint64_t size_;
};

// The worker's words for forms are its own.
Result<model::Profile> ProfileOf(const std::string& extra, const FileRelation& relation, const std::string& path) {
    Json json = TRY(ParseJson(extra, 256u << 20));
    json["file"] = path;
    if (JsonString(json, "format") == "json") json["format"] = "jsonl";
    if (JsonString(json, "delimiter").empty()) json["delimiter"] = ",";
    json["gzip"] = relation.gzip;
    return model::ParseProfile(json);
}

}  // namespace

std::string ProgramPath() {
    std::error_code failed;
    return fs::read_symlink("/proc/self/exe", failed).string();
}

Result<ScratchFolder> ScratchFolder::Make() {
    std::error_code failed;
    std::string path = (fs::temp_directory_path(failed) / "weft-XXXXXX").string();
    if (failed || !mkdtemp(path.data()))
        return Fail(Code::kUnavailable, "no folder for temporary files: " + path, "set TMPDIR to one that is writable");
    return ScratchFolder(path);
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<model::Profile> ProfileFile(const std::string& path, bool insecure) {
    FileRelation relation = TRY(FormOf(path));
    io::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return Fail(Code::kInvalid, "cannot read " + path + ": " + std::strerror(errno));
    const io::FileStat stat = TRY(io::Stat(file.get()));
    if (!fs::is_regular_file(fs::status(path))) return Fail(Code::kInvalid, path + " is not a regular file");

    const ScratchFolder scratch = TRY(ScratchFolder::Make());
    engine::PoolOptions options;
    options.program = ProgramPath();
    options.spill_dir = scratch.path();
    options.warm = 1;
    options.workers_max = 1;
    options.insecure = insecure;
    const auto pool = TRY(engine::Pool::Make(std::move(options)));
    engine::Start start;
    start.user = "init";
    start.memory_bytes = kMemoryBytes;
    start.threads = 2;
    start.insecure = insecure;
    const auto worker = TRY(pool->Take(std::move(start)));
    engine::Job job;
    job.kind = engine::Job::Kind::kProfile;
    job.inputs = {{std::string(kInput), {"", std::string(kInput)}}};
    job.limits.time_ms = kTimeMs;
    OneFile host(relation, std::move(file), stat.size);
    const auto finished = TRY(engine::RunToEnd(*worker, std::move(job), host, nullptr, 0, kTimeMs));
    if (!finished.ended.ok) return std::unexpected(finished.ended.error);
    return ProfileOf(finished.head.extra, relation, path);
}

}  // namespace weft::app
