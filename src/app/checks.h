// What can be wrong with a node's own data, one line each with what to do: for `weft doctor`, over
// HTTP from a running node and from the folder of a stopped one. Reads only. THREAD: any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "gateway/operations.h"
#include "iceberg/cache.h"
#include "ingest/ingest.h"
#include "meta/state.h"

namespace weft::app {

struct Check {
    enum class State : uint8_t { kOk, kWarn, kFail };
    std::string name;
    State state = State::kOk;
    std::string found;
    std::string help = {};
};

Json ToJson(const Check& check);
Check CheckOf(const Json& json);

// Every table's documents, and its files by name and size: some of each table, with `deep` all.
Check CheckTables(const meta::State& state, iceberg::Cache& cache, bool deep);
// Checked records that lie beside the tables.
Check CheckTails(const meta::State& state);
// The node can write where it must.
Check CheckFolders(const std::string& data);
// Every segment of the log: `deep` reads all bytes.
Check CheckLog(const std::string& data, bool deep);
// Streams whose records are not taken into tables.
Check CheckStreams(const std::vector<ingest::Ingest::Lag>& lags);
// Times in the state or in received records that lie in the future: the clock was set back.
Check CheckTimes(const meta::State& state, iceberg::Cache& cache, Timestamp now);
Check CheckSpace(const gateway::Operations::Space& space);
Check CheckCertificate(const std::string& path, Timestamp now);

// Of the folder of a stopped node: its lock, its state, and all of the above. Copies the state to
// look at it.
std::vector<Check> CheckStopped(const std::string& data, bool deep, Timestamp now);

}  // namespace weft::app
