// Files that an input port names: found beneath the roots that an administrator allowed, opened
// without following links, never inside the node's own folder, and taken only while they keep
// still. Uploaded files are the exception: they lie inside it, in the input's own folder, and need
// no root.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "io/descriptor.h"
#include "io/files.h"
#include "meta/state.h"
#include "model/product.h"

namespace weft::catalog {

struct InputFile {
    std::string root;      // Allowed folder, absolute.
    std::string relative;  // Beneath it.
    io::FileStat stat;     // When it was found.
    std::string Path() const { return root + "/" + relative; }
};

struct InputPlace {           // Where the files of one input port may come from.
    std::string folder;       // Of the product: relative globs start here. Absolute.
    std::string data_folder;  // The node's own, forbidden.
    std::string team;         // Owner of the product: a root may be allowed for one team only.
    ProductId product = {};   // For uploads; 0: not applied yet, nothing was uploaded.
};

// The absolute, clean pattern of a port: folder + glob, without "." and "..". FAILS: kInvalid when
// it climbs out.
Result<std::string> AbsolutePattern(const model::InputPort& port, const InputPlace& place);
// The folder that an administrator has to allow for this pattern: everything before its first
// wildcard's component.
std::string RootOf(const std::string& pattern);
bool IsAllowed(const meta::State& state, const std::string& pattern, const std::string& team);

// Whether an input of the product waits for its first upload.
bool AwaitsUpload(const meta::State& state, const model::Product& product, const InputPlace& place);

// Sorted by path. FAILS: kDenied when no root allows it (with the command that would); kNotFound
// when nothing matches.
Result<std::vector<InputFile>> FindInputFiles(const meta::State& state,
                                              const model::InputPort& port,
                                              const InputPlace& place);
// FAILS: kConflict when the file is not the one that was found any more (another size, time or
// inode).
Result<io::Descriptor> OpenInputFile(const InputFile& file);
Result<> CheckUnchanged(const InputFile& file);

}  // namespace weft::catalog
