#include "app/operations.h"

#include <chrono>
#include <mutex>

#include "app/backup.h"
#include "app/checks.h"
#include "app/disk_use.h"
#include "base/log.h"

namespace weft::app {
namespace {

class NodeOperations : public gateway::Operations {
  public:
    explicit NodeOperations(OperationParts parts) : parts_(std::move(parts)) {}

    Result<Json> Backup(const std::string& folder) override {
        const std::unique_lock one(backing_up_, std::try_to_lock);
        if (!one) return Fail(Code::kConflict, "a backup is being made", "wait for it");
        const auto began = std::chrono::steady_clock::now();
        const auto done = TRY(CreateBackup(Source(), folder, parts_.clock));
        const auto us = std::chrono::duration_cast<std::chrono::microseconds>(
                            std::chrono::steady_clock::now() - began)
                            .count();
        LogInfo("backup", "{} of state {}: {} files, {} of them copied", folder,
                done.list.state_version, done.list.files.size(), done.copied_files);
        return Json{{"folder", folder},
                    {"time", ToRfc3339(done.list.time)},
                    {"state_version", done.list.state_version},
                    {"hash", done.list.hash},
                    {"products", done.list.products},
                    {"rows", done.list.rows},
                    {"files", done.list.files.size()},
                    {"bytes", done.list.Bytes()},
                    {"copied_files", done.copied_files},
                    {"copied_bytes", done.copied_bytes},
                    {"us", us}};
    }

    Result<Json> Disk(const meta::State& state,
                      const std::function<bool(const meta::Product&)>& may_see,
                      bool whole) override {
        DiskUseOf of;
        of.data = parts_.data;
        of.may_see = may_see;
        of.whole = whole;
        of.log_total = parts_.ingest.log().bytes();
        for (const auto& lag : parts_.ingest.Lags()) of.log_bytes[lag.product] += lag.waiting_bytes;
        Json use = TRY(DiskUse(state, of));
        const auto now = space();
        use["disk"] = {{"free_bytes", now.free_bytes},
                       {"total_bytes", now.total_bytes},
                       {"low", now.low},
                       {"read_only", now.read_only}};
        return use;
    }

    Json Checks(bool deep) override {
        const auto state = parts_.store.Snapshot();
        // Held, so that no file goes while it is looked at.
        std::vector<std::shared_ptr<const void>> pins;
        for (const auto& [id, port] : state->ports)
            pins.push_back(parts_.tables.Pin(port->table.uuid));
        auto& cache = parts_.tables.cache();
        const Timestamp now = parts_.clock.Now();
        Json list = Json::array();
        for (const auto& check :
             {CheckSpace(space()), CheckFolders(parts_.data), CheckTables(*state, cache, deep),
              CheckTails(*state), CheckStreams(parts_.ingest.Lags()), CheckLog(parts_.data, deep),
              CheckTimes(*state, cache, now), CheckCertificate(parts_.certificate, now)})
            list.push_back(ToJson(check));
        return Json{{"checks", std::move(list)}};
    }

    Space space() const override { return parts_.disk.space(); }

  private:
    BackupSource Source() {
        BackupSource source;
        source.data = parts_.data;
        source.copy_state = [this](const std::string& folder) -> Result<> {
            CHECK_OK(parts_.store.CopyTo(folder + "/weft.db"));
            return parts_.history.CopyTo(folder + "/history.db");
        };
        source.snapshot = [this] { return parts_.store.Snapshot(); };
        source.pin = [this](const std::string& uuid) { return parts_.tables.Pin(uuid); };
        source.hold_log = [this] { return parts_.ingest.log().Hold(); };
        return source;
    }

    OperationParts parts_;
    std::mutex backing_up_;
};

}  // namespace

std::unique_ptr<gateway::Operations> MakeOperations(OperationParts parts) {
    return std::make_unique<NodeOperations>(std::move(parts));
}

}  // namespace weft::app
