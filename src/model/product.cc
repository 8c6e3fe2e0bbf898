#include "model/product.h"

#include <algorithm>

#include "base/text.h"

namespace weft::model {

const Column* OutputPort::FindColumn(std::string_view column) const {
    const std::string wanted = ToLower(column);
    for (const Column& candidate : columns) {
        if (ToLower(candidate.name) == wanted) return &candidate;
    }
    return nullptr;
}

bool OutputPort::HasReadRules() const {
    return !rows.empty() || minimum_group > 0 ||
           std::ranges::any_of(columns, [](const Column& column) { return !column.mask.empty(); });
}

const InputPort* Product::FindInput(std::string_view input) const {
    const auto found = std::ranges::find(input_ports, input, &InputPort::name);
    return found == input_ports.end() ? nullptr : &*found;
}

const OutputPort* Product::FindOutput(std::string_view port) const {
    const auto found = std::ranges::find(output_ports, port, &OutputPort::name);
    return found == output_ports.end() ? nullptr : &*found;
}

}  // namespace weft::model
