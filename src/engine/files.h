// The file system that DuckDB sees in a worker: descriptors that the node passed, under names that
// mean nothing.
//
//   weft://t/<scan>/<index>            a file of a table scan, opened by the node when it is first
//   read weft://in/<scan>/<index>[.gz]      a file of an input port weft-out://<index> a file that
//   a job writes, front to back weft-out://new/<name>              the same, asked for when DuckDB
//   opens it: COPY into many files weft-out://data                    bytes that leave as they are
//   written
// A scan keeps few descriptors: they are asked for in batches ahead and the least recently used are
// closed. THREAD: any.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "duckdb.hpp"
#include "duckdb/common/file_system.hpp"
#include "engine/worker_internal.h"

namespace weft::engine {

class PassedFiles : public duckdb::FileSystem {
  public:
    void SetControl(Control* control) { control_ = control; }

    // Registers the files of an opened scan; path i is PathOf(scan, i). Read until Close.
    void Add(uint64_t token, Control::OpenedScan opened, std::string folder, std::string ending);
    void Close(uint64_t scan);
    static std::string PathOf(std::string_view folder, uint64_t scan, size_t index,
                              std::string_view ending = {});

    std::string AddOutput(uint32_t index, io::Descriptor file);
    static constexpr const char* kNewFolder = "weft-out://new";
    // The output that a file below weft-out://new became.
    std::optional<uint32_t> OutputIndex(const std::string& path);
    // A path whose bytes go to `sink` in order; when it says false the writer fails.
    using Sink = std::function<bool(std::string_view)>;
    std::string AddSink(Sink sink);
    void CloseOutputs();

    // ---- duckdb::FileSystem
    duckdb::unique_ptr<duckdb::FileHandle> OpenFile(
        const duckdb::string& path, duckdb::FileOpenFlags flags,
        duckdb::optional_ptr<duckdb::FileOpener> opener) override;
    void Read(duckdb::FileHandle& handle, void* buffer, int64_t size, duckdb::idx_t at) override;
    int64_t Read(duckdb::FileHandle& handle, void* buffer, int64_t size) override;
    void Write(duckdb::FileHandle& handle, void* buffer, int64_t size, duckdb::idx_t at) override;
    int64_t Write(duckdb::FileHandle& handle, void* buffer, int64_t size) override;
    int64_t GetFileSize(duckdb::FileHandle& handle) override;
    duckdb::timestamp_t GetLastModifiedTime(duckdb::FileHandle& handle) override;
    duckdb::FileType GetFileType(duckdb::FileHandle& handle) override;
    void FileSync(duckdb::FileHandle& handle) override;
    void Truncate(duckdb::FileHandle& handle, int64_t size) override;
    bool DirectoryExists(const duckdb::string& path,
                         duckdb::optional_ptr<duckdb::FileOpener> opener) override;
    void CreateDirectory(const duckdb::string& path,
                         duckdb::optional_ptr<duckdb::FileOpener> opener) override;
    bool FileExists(const duckdb::string& path,
                    duckdb::optional_ptr<duckdb::FileOpener> opener) override;
    bool TryRemoveFile(const duckdb::string& path,
                       duckdb::optional_ptr<duckdb::FileOpener> opener) override;
    duckdb::vector<duckdb::OpenFileInfo> Glob(const duckdb::string& path,
                                              duckdb::FileOpener* opener) override;
    bool CanHandleFile(const duckdb::string& path) override;
    void Seek(duckdb::FileHandle& handle, duckdb::idx_t at) override;
    duckdb::idx_t SeekPosition(duckdb::FileHandle& handle) override;
    void Reset(duckdb::FileHandle& handle) override;
    bool CanSeek() override { return true; }
    bool OnDiskFile(duckdb::FileHandle&) override { return true; }
    std::string GetName() const override { return "weft"; }

  protected:
    // Folders look empty: COPY asks before it writes into one.
    bool ListFilesExtended(const duckdb::string&, const std::function<void(duckdb::OpenFileInfo&)>&,
                           duckdb::optional_ptr<duckdb::FileOpener>) override {
        return true;
    }
    bool SupportsListFilesExtended() const override { return true; }

  private:
    using Shared = std::shared_ptr<const io::Descriptor>;
    struct Scan {
        uint64_t token = 0;
        ScanFiles files;
        std::string folder, ending;
        std::map<uint32_t, Shared> open;       // By index.
        std::map<uint32_t, uint64_t> used_at;  // Clock of the last read.
    };
    struct Place {
        uint64_t scan = 0;
        uint32_t index = 0;
    };
    // The file that a path names, if a scan registered it under exactly this path.
    bool Find(const std::string& path, Place& place, uint64_t& size_bytes);
    Shared Use(Place place);

    std::mutex lock_;
    std::map<uint64_t, Scan> scans_;
    std::map<std::string, Shared> outputs_;
    std::map<std::string, uint32_t> new_outputs_;  // Index by path below weft-out://new.
    Sink sink_;
    size_t open_count_ = 0;
    uint64_t clock_ = 0;
    Control* control_ = nullptr;
};

}  // namespace weft::engine
