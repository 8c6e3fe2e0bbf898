// Waiting for runs to end, with a line of progress for each. Used by `weft apply --wait` and `weft run --wait`.
#pragma once

#include <string>
#include <vector>

#include "app/client.h"

namespace weft::app {

// Asks until every run has ended; --timeout bounds it. The records in the order of the ids. FAILS: kUnavailable
// (time is up), and what the node answers.
Result<std::vector<Json>> WaitForRuns(Shell& shell, Client& client, const std::vector<std::string>& runs);

// "sales.orders: run 12 succeeded, 5 rows in 35 ms" or why it failed.
std::string DescribeRun(const Json& run);
bool HasSucceeded(const Json& run);

}  // namespace weft::app
