// The names of a port: as a table in SQL and Iceberg, as a dotted reference in product files, and
// the reserved names (design.md, Names and addresses). Every access path parses names with these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weft::model {

inline constexpr std::string_view kDefaultPort = "default";

struct PortName {
    std::string domain;
    std::string product;
    std::string port = "default";
    std::optional<uint32_t> major;  // Set: pinned to this major version.
    friend bool operator==(const PortName&, const PortName&) = default;
};

// "orders", "orders__items", "orders__v1", "orders__items__v1"; any case is accepted, as in SQL.
// Reserved ports parse too ("orders__rejected"). FAILS: kInvalid.
Result<PortName> ParseTableName(std::string_view domain, std::string_view table);
// The table part: TableName({"sales", "orders", "items", 1}) == "orders__items__v1".
std::string TableName(const PortName& name);

// "sales.orders", "sales.orders.items", "sales.orders@1", "sales.orders.items@1", and the address
// "weft://sales/orders/items@1". FAILS: kInvalid.
Result<PortName> ParsePortReference(std::string_view text);
std::string ToString(const PortName& name);  // The dotted form; the port only when not default.

bool IsReservedDomain(std::string_view name);  // mesh, main, temp, …, pg_*.
bool IsReservedPort(std::string_view name);    // rejected, stats, schemata, files, changes.
bool IsVersionLike(std::string_view name);     // "v" and digits: never a port.

}  // namespace weft::model
