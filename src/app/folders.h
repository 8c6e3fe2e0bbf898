// Product folders on this machine: what `weft validate|plan|apply PATH…` send. A path is a product folder, its
// product.yaml, or a tree of product folders. Used by cli_products.cc. THREAD: the main one only.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/folder.h"

namespace weft::app {

struct LocalFolder {
    model::ProductFolder folder;   // `path` as the user gave it: what findings show.
    std::string absolute;          // What the node is told.
};

// All product folders below the paths, each once, by path. Links are not followed, hidden folders are skipped.
// FAILS: kInvalid naming the path that does not exist or holds no product.yaml; kLimit.
Result<std::vector<LocalFolder>> ReadFolders(const std::vector<std::string>& paths);

// A finding about a file by its absolute path, as the user knows it, with the excerpt of its folder.
std::string ShowFinding(const Finding& finding, const std::vector<LocalFolder>& folders);

}  // namespace weft::app
