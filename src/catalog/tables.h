// The tables behind output ports: resolve-and-decide for every access path, planning of scans,
// commits, care.
//
// `Resolve` is the only place where a name becomes a relation; every reader's worker gets its
// relations from here.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/protocol.h"
#include "engine/relation.h"
#include "govern/principal.h"
#include "io/descriptor.h"
#include "meta/store.h"
#include "model/port_name.h"
#include "model/product.h"

namespace weft::iceberg {
class Cache;  // Users of this header need not see the table format.
}

namespace weft::catalog {

// One table at one version of its data, as one principal may see it: a snapshot, and for a port fed
// by events the tail after it. Pins the files until it is destroyed.
struct Scannable {
    meta::Port port;           // As of the state snapshot.
    int64_t snapshot_id = 0;   // Of the table; 0: none yet, only a tail.
    int64_t data_version = 0;  // meta::Port::DataVersion, or the older one that was asked for.
    std::shared_ptr<const void> pin;  // Keeps the files from being deleted.
};

struct Resolved {
    engine::Relation relation;       // token is left 0: the session sets it.
    std::optional<Scannable> table;  // Absent for blocks and empty tables.
    std::string full_name;           // "sales.orders", for audit and history.
};

// The port that an unpinned name means: the newest major that has published data, else the newest;
// a pinned name means its major. Null when there is none. (A product whose new major has not run
// yet still answers with the old.)
const meta::Port* FindPublished(const meta::State& state, const model::PortName& name);

class Tables {  // THREAD: any.
  public:
    struct Parts {
        meta::Store& store;
        const Clock& clock;
        std::string folder;  // <data>/tables
    };
    static Result<std::unique_ptr<Tables>> Make(Parts parts);
    virtual ~Tables() = default;

    // Name -> product, port, version, snapshot -> decision -> relation. FAILS: kNotFound (42P01),
    // kDenied (42501). `data_version` (meta::Port::DataVersion) 0: the newest. An older position of
    // a port fed by events is a filter on the newest files: records are only ever added. Domain
    // `mesh` answers system relations for this principal.
    virtual Result<Resolved> Resolve(const std::shared_ptr<const meta::State>& state,
                                     const govern::Principal& who, const engine::RelationName& name,
                                     int64_t data_version) = 0;

    // The files that a scan must read, pruned by bounds, with absolute paths beside.
    struct Plan {
        engine::ScanFiles files;
        std::vector<std::string> paths;
    };
    virtual Result<Plan> PlanScan(const Scannable& table, const engine::Open& open) = 0;
    virtual Result<io::Descriptor> OpenFile(const Scannable& table, const std::string& path) = 0;

    // For writers (staging.h, care.h). A pin keeps every file of a table's folder that was there
    // when it was made from being swept.
    virtual std::shared_ptr<const void> Pin(const std::string& table_uuid) = 0;
    virtual bool IsPinned(const std::string& table_uuid) const = 0;
    // When the oldest pin of the table was made, and a time to compare with: a count that grows
    // with each pin. No pin: the present count. (A file seen unreferenced before the oldest pin is
    // held by nobody.)
    virtual uint64_t OldestPin(const std::string& table_uuid) const = 0;
    virtual uint64_t PinCount() const = 0;
    virtual iceberg::Cache& cache() = 0;
    virtual const std::string& folder() const = 0;
};

}  // namespace weft::catalog
