// A bounded reader of YAML: every node with its place in the file, so that each later finding can
// point at it. Used by folder.h and contract files. yaml-cpp is seen by yaml.cc only.
//
// Refused, each with a finding: more than 1 MiB, more than 64 levels or 100,000 nodes (limits.h),
// anchors, aliases, merge keys, tags, duplicate keys, several documents, text that is not UTF-8.
// THREAD: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weft::model {

struct Yaml {
    enum class Kind : uint8_t { kNull, kText, kList, kMap };
    Kind kind = Kind::kNull;
    std::string text;         // kText: without quotes, escapes resolved.
    bool quoted = false;      // kText: quoted or a block; a plain `12` is not.
    uint32_t line = 0;        // 1-based.
    uint32_t column = 0;      // 1-based, in bytes.
    uint32_t length = 1;      // Bytes to underline.
    std::vector<Yaml> keys;   // kMap only, beside `items`: texts, each once.
    std::vector<Yaml> items;  // kMap: values; kList: members.

    const Yaml* Find(std::string_view key) const;  // kMap: the value; null: absent.
};

struct YamlText {
    std::optional<Yaml> root;       // Present exactly when there is no finding.
    std::vector<Finding> findings;  // All errors.
};

// `file` is what findings name.
YamlText ReadYaml(std::string_view text, const std::string& file);

// One scalar that reads back as exactly `text`, on one line, quoted when it must be. For drafts.
std::string YamlScalar(std::string_view text);

}  // namespace weft::model
