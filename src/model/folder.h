// A product folder's text files become a Product, or a list of everything that is wrong with them.
// Used by the command line (validate) and by the node (plan, apply): both say exactly the same.
// The files are hostile: bounds on size, depth and count come first (base/limits.h). Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/product.h"

namespace weft::model {

struct ProductFolder {
    std::string path;                          // As the user gave it; leads the file of findings.
    std::map<std::string, std::string> files;  // Relative path, "/" between parts -> text.
};

struct Parsed {
    std::optional<Product> product;  // Present exactly when no finding is an error.
    std::vector<Finding> findings;   // All of them, by file and line.
};

Parsed ParseProduct(const ProductFolder& folder);

bool HasErrors(const std::vector<Finding>& findings);

// True for files of a folder that Weft reads: product.yaml, contracts/*.odcs.yaml, models/*.sql,
// queries/*.sql, tests/*.yaml, README.md. The command line sends these and no others.
bool IsProductFile(std::string_view relative_path);

// The form that people see, with source excerpt and caret (files: as in the folder; may be empty).
std::string FormatFinding(const Finding& finding, const ProductFolder& folder);

}  // namespace weft::model
