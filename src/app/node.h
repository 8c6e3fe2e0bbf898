// The wiring of a node: opens its folder, makes every part once, in order, and stops them in reverse order.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/disk.h"
#include "base/result.h"
#include "catalog/care.h"
#include "ingest/ingest.h"
#include "pipeline/runner.h"
#include "query/session.h"

namespace weft::app {

struct NodeOptions {
    std::string data;                       // Absolute.
    std::string http = "127.0.0.1:8080";    // "" = none. Port 0: any free one.
    std::string postgres = "127.0.0.1:5433";
    std::vector<std::string> allow_files;   // Folders beneath which product files may name input files.
    std::string tls_certificate;            // PEM paths; needed for anything but loopback.
    std::string tls_key;
    std::vector<std::string> hosts;         // Names in Host headers that are accepted beside loopback's.
    bool insecure_workers = false;
    uint32_t workers_max = 64;
    query::QueryLimits limits;
    pipeline::RunnerOptions runs;
    catalog::CareOptions care;
    ingest::IngestOptions ingest;
    DiskOptions disk;
};

// `weft serve`: runs until SIGTERM or SIGINT, then drains. Writes <data>/run/addresses.json when ready for work and
// <data>/run/admin.token at first start. FAILS: whatever keeps the node from starting, in one sentence.
Result<> Serve(const NodeOptions& options);

// `weft admin reset-token`: a new token for the user `admin`, into <data>/run/admin.token. The node must be stopped:
// it holds the lock on its folder. Returns the path.
Result<std::string> ResetAdminToken(const std::string& data);

}  // namespace weft::app
