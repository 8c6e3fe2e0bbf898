// `grants:` of a product and of its output ports: who may read what, until when.
// Used by folder.cc and ports.cc. Pure; problems go to the report.
#pragma once

#include <string>
#include <vector>

#include "model/fields.h"
#include "model/product.h"

namespace weft::model {

// `port`: of an output port's own grants; empty at the product.
std::vector<Grant> ReadGrants(Report& report, const Fields& owner, const std::string& port);

// Ports that a grant names must exist; "rejected" always does.
void CheckGrants(Report& report, const Product& product);

}  // namespace weft::model
