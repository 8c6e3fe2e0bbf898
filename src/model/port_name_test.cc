#include "model/port_name.h"

#include <gtest/gtest.h>

#include "model/version.h"

namespace weft::model {
namespace {

TEST(PortName, TableNamesReadBackAsTheyAreWritten) {
    const std::vector<std::pair<std::string, PortName>> cases{
        {"orders", {"sales", "orders", "default", {}}},
        {"orders__items", {"sales", "orders", "items", {}}},
        {"orders__v1", {"sales", "orders", "default", 1}},
        {"orders__items__v12", {"sales", "orders", "items", 12}},
        {"orders__rejected", {"sales", "orders", "rejected", {}}}};
    for (const auto& [table, name] : cases) {
        EXPECT_EQ(ParseTableName("sales", table), name) << table;
        EXPECT_EQ(TableName(name), table);
    }
    EXPECT_EQ(ParseTableName("Sales", "ORDERS__V1"), (PortName{"sales", "orders", "default", 1}));
}

TEST(PortName, OtherTableNamesAreRefused) {
    for (const auto* table : {"", "__v1", "orders__", "orders__v1__items", "orders__items__x",
                              "orders__v01", "orders__v9999999", "a.b", "orders____v1"}) {
        EXPECT_FALSE(ParseTableName("sales", table)) << table;
    }
    EXPECT_FALSE(ParseTableName("1", "orders"));
    EXPECT_FALSE(ParseTableName("sales", std::string(10'000, 'a')));
}

TEST(PortName, ReferencesAndAddressesNameAPort) {
    EXPECT_EQ(ParsePortReference("crm.customers"), (PortName{"crm", "customers", "default", {}}));
    EXPECT_EQ(ParsePortReference("crm.customers.vip@2"), (PortName{"crm", "customers", "vip", 2}));
    EXPECT_EQ(ParsePortReference("weft://sales/orders/items@1"),
              (PortName{"sales", "orders", "items", 1}));
    EXPECT_EQ(ToString(PortName{"crm", "customers", "vip", 2}), "crm.customers.vip@2");
    for (const auto* text : {"customers", "a.b.c.d", "crm.customers@", "crm.customers@v1", "a.B",
                             "crm.customers.v1", "", "weft://a"}) {
        EXPECT_FALSE(ParsePortReference(text)) << text;
    }
}

TEST(PortName, ReservedNames) {
    EXPECT_TRUE(IsReservedDomain("mesh"));
    EXPECT_TRUE(IsReservedDomain("pg_catalog"));
    EXPECT_FALSE(IsReservedDomain("sales"));
    EXPECT_TRUE(IsReservedPort("rejected"));
    EXPECT_FALSE(IsReservedPort("default"));
    EXPECT_TRUE(IsVersionLike("v12"));
    EXPECT_FALSE(IsVersionLike("v"));
    EXPECT_FALSE(IsVersionLike("vip"));
}

TEST(Version, HasThreeNumbersAndAnOrder) {
    EXPECT_EQ(ParseVersion("1.4.2"), (Version{1, 4, 2}));
    EXPECT_LT(ParseVersion("1.9.0").value(), ParseVersion("1.10.0").value());
    for (const auto* text : {"", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.x", "v1.0.0", "1.-1.0",
                             "1.0.1000000", "1. 0.0"}) {
        EXPECT_FALSE(ParseVersion(text)) << text;
    }
    EXPECT_EQ(ToString(Next({1, 4, 2}, Bump::kMinor)), "1.5.0");
    EXPECT_EQ(ToString(Next({1, 4, 2}, Bump::kMajor)), "2.0.0");
    EXPECT_EQ(ToString(Next({1, 4, 2}, Bump::kPatch)), "1.4.3");
}

}  // namespace
}  // namespace weft::model
