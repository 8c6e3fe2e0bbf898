// A look at a data file by a worker of our own, without a node: the same sandboxed reader that runs use.
// Used by `weft init`. THREAD: the main one only.
#pragma once

#include <string>

#include "base/result.h"
#include "model/profile.h"

namespace weft::app {

// Reads all rows of one file; the form follows from its name (csv, tsv, jsonl, ndjson, json, parquet, each of the
// texts also .gz). FAILS: kInvalid (form, contents), kNotFound, kUnavailable (no sandbox).
Result<model::Profile> ProfileFile(const std::string& path, bool insecure);

// $TMPDIR/weft-XXXXXX, removed with everything in it when this goes.
class ScratchFolder {
public:
    static Result<ScratchFolder> Make();
    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
    ~ScratchFolder();
    const std::string& path() const { return path_; }

private:
    explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

// The program that runs now, to start workers from.
std::string ProgramPath();

}  // namespace weft::app
