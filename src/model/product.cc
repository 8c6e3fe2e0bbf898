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

const InputPort* Product::FedBy(const OutputPort& port) const {
    if (!port.sql.empty()) return nullptr;
    const InputPort* only = nullptr;
    size_t count = 0;
    for (const InputPort& input : input_ports) {
        if (input.kind != InputPort::Kind::kPush) continue;
        if (input.name == port.name) return &input;
        only = &input;
        ++count;
    }
    return count == 1 && input_ports.size() == 1 ? only : nullptr;
}

const OutputPort* Product::Feeds(const InputPort& input) const {
    for (const OutputPort& port : output_ports)
        if (FedBy(port) == &input) return &port;
    return nullptr;
}

}  // namespace weft::model
