// Feeds hostile text to the YAML reader and the parser of product files. Invariants: no crash, a
// product exactly when no finding is an error, and findings inside the text.
// Built with -DWEFT_PLANT_BUG it must fail within seconds: that proves the target can find one.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/folder.h"
#include "model/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const weft::model::ProductFolder folder{"f", {{"product.yaml", text}}};
    const weft::model::Parsed parsed = weft::model::ParseProduct(folder);
    if (parsed.product.has_value() == weft::model::HasErrors(parsed.findings)) std::abort();
    for (const weft::Finding& finding : parsed.findings) {
        if (finding.line > size + 2) std::abort();
        if (weft::model::FormatFinding(finding, folder).empty()) std::abort();
    }
    const std::string scalar = "k: " + weft::model::YamlScalar(text.substr(0, 200)) + "\n";
    const weft::model::YamlText read = weft::model::ReadYaml(scalar, "f");
    if (read.root && read.root->Find("k")->text != text.substr(0, 200)) std::abort();
#ifdef WEFT_PLANT_BUG
    const weft::model::YamlText root = weft::model::ReadYaml(text, "f");
    if (root.root && root.root->kind == weft::model::Yaml::Kind::kList &&
        root.root->items.size() > 2) {
        std::abort();
    }
#endif
    return 0;
}
