// What the gateway asks of the whole node (gateway/operations.h), answered with its parts. Made by
// node.cc. THREAD: any; one backup at a time.
#pragma once

#include <memory>
#include <string>

#include "app/disk.h"
#include "base/time.h"
#include "catalog/tables.h"
#include "gateway/operations.h"
#include "ingest/ingest.h"
#include "meta/history.h"
#include "meta/store.h"

namespace weft::app {

struct OperationParts {
    meta::Store& store;
    meta::History& history;
    catalog::Tables& tables;
    ingest::Ingest& ingest;
    Disk& disk;
    const Clock& clock;
    std::string data;
    std::string certificate;  // Empty: none.
};

std::unique_ptr<gateway::Operations> MakeOperations(OperationParts parts);

}  // namespace weft::app
