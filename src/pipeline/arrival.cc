#include "pipeline/arrival.h"

#include <algorithm>

#include <fmt/format.h>

namespace weft::pipeline {

std::vector<catalog::InputFile> ArrivedFiles(const std::vector<catalog::InputFile>& found,
                                             const TakenFiles& taken, Timestamp now,
                                             int64_t still_us) {
    std::vector<catalog::InputFile> arrived;
    for (const auto& file : found) {
        const int64_t age_us = now.us - file.stat.mtime_ns / 1'000;
        if (age_us > -still_us && age_us < still_us) continue;
        const auto before = taken.find(file.Path());
        const bool known = before != taken.end() && before->second.size == file.stat.size &&
                           before->second.mtime_ns == file.stat.mtime_ns;
        if (!known) arrived.push_back(file);
    }
    std::ranges::stable_sort(arrived, {}, [](const auto& file) { return file.stat.mtime_ns; });
    return arrived;
}

std::string ArrivedText(const std::vector<catalog::InputFile>& arrived) {
    std::string text;
    for (const auto& file : arrived)
        text += fmt::format("{} {} {}\n", file.Path(), file.stat.size, file.stat.mtime_ns);
    return text;
}

}  // namespace weft::pipeline
