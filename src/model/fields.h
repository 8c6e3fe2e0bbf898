// Reading a YAML map whose keys are known: unknown keys, missing keys and wrong values become
// findings at their place, with the nearest key that is allowed there. Used by the parsers of
// product.yaml's parts (columns, ports, grants, folder). THREAD: one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/product.h"
#include "model/yaml.h"

namespace weft::model {

// Collects findings about one file. At most 1,000: hostile files could have a million.
class Report {
  public:
    Report(std::string file, std::vector<Finding>& findings)
        : file_(std::move(file)), findings_(findings) {}

    void Error(std::string_view id, const Position& at, std::string message,
               std::string expected = {}, std::string help = {});
    void Error(std::string_view id, const Yaml& at, std::string message, std::string expected = {},
               std::string help = {});
    void Warn(std::string_view id, const Position& at, std::string message, std::string help = {});
    Position At(const Yaml& node) const;

  private:
    void Add(Finding::Severity severity, std::string_view id, const Position& at,
             std::string message, std::string expected, std::string help);

    std::string file_;
    std::vector<Finding>& findings_;
};

// A user's text inside a message: in backticks, short, without control characters.
std::string Show(std::string_view text);
// "did you mean `x`?", or nothing.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);
// "one of: a, b, c"
std::string OneOf(const std::vector<std::string>& names);

class Fields {
  public:
    // `what` names the thing in messages: "an output port". A node that is no map is reported and
    // then read as an empty one.
    Fields(Report& report, const Yaml& node, std::string what, std::vector<std::string> keys);

    const Yaml* Find(std::string_view key) const { return node_.Find(key); }
    // The place of a key, else of the whole thing.
    Position At(std::string_view key) const;

    // A text, number or word as text; reported and empty when it is something else. A null value
    // counts as absent.
    std::string Text(std::string_view key) const;
    std::string Required(std::string_view key, std::string_view example) const;
    std::string Choice(std::string_view key, const std::vector<std::string>& names,
                       std::string otherwise) const;
    std::string Name(std::string_view key, bool required) const;  // IsName, else reported.
    bool Bool(std::string_view key, bool otherwise) const;
    std::optional<uint64_t> Count(std::string_view key, uint64_t least, uint64_t most) const;
    // A list of texts, or one text.
    std::vector<std::string> Texts(std::string_view key) const;
    // The members of a list; reported and empty when it is no list or longer than `count_max`.
    const std::vector<Yaml>& List(std::string_view key, size_t count_max) const;

    const Yaml& node() const { return node_; }
    bool is_map() const { return node_.kind == Yaml::Kind::kMap; }

  private:
    Report& report_;
    const Yaml& node_;
    std::string what_;
};

}  // namespace weft::model
