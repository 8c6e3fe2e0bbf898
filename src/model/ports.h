// The input and output ports of a product file. Used by folder.cc. Pure; problems go to the report.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/fields.h"
#include "model/product.h"

namespace weft::model {

// `product` already has its domain and name. What a port says about others (an input named in
// `schedule`, the only input of a port without SQL) is checked at the end.
void ReadPorts(Report& report, const Fields& fields,
               const std::map<std::string, std::string>& files, Product& product);

}  // namespace weft::model
