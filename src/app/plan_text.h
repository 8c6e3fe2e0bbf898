// A plan of the API as people read it: one block per product that changes, one line per column.
#pragma once

#include <string>

#include "app/shell.h"

namespace weft::app {

// `colors_of_output`: painted for standard output, else for standard error.
std::string DescribePlan(const Shell& shell, const Json& plan, bool colors_of_output);

}  // namespace weft::app
