// Retention by age, `guarantees: {retention: 90 days}` on a port fed by events: data files whose
// newest record is older go, whole, by an ordinary commit. A file that holds one younger record
// stays, so rows may live longer by what table care has merged together; none goes early. The dead
// letters of the product follow the longest retention of its ports. Called by care; `weft show`
// asks what was done. THREAD: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tables.h"
#include "meta/store.h"

namespace weft::catalog {

// Of the port in the contract that is applied now; absent: kept for good.
std::optional<int64_t> RetentionOf(const meta::State& state, const meta::Port& port);

struct TooOld {
    std::vector<std::string> paths;
    uint64_t rows = 0;
};
// Files of the current snapshot with nothing in them that is younger than the retention. None
// without one.
Result<TooOld> FindTooOld(Tables& tables, const meta::State& state, const meta::Port& port,
                          Timestamp now);

// Removes them. True: there were some. FAILS: kConflict when somebody published meanwhile (nothing
// happened).
Result<bool> RemoveTooOld(meta::Store& store, Tables& tables, const meta::Port& port,
                          Timestamp now);

// What retention has done to a table, out of its properties; absent: nothing yet.
struct Retired {
    uint64_t rows = 0;  // Ever.
    uint64_t files = 0;
    Timestamp last;
};
Result<std::optional<Retired>> FindRetired(Tables& tables, const meta::Port& port);

}  // namespace weft::catalog
