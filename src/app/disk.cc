#include "app/disk.h"

#include <charconv>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"

namespace weft::app {
namespace {

constexpr uint64_t kGiB = 1ull << 30;
constexpr Threshold kWarn{5 * kGiB, 10, false};
constexpr Threshold kStop{1 * kGiB, 5, false};

// The defaults are whichever is less: a small disk would else be read-only from the start.
uint64_t BytesOf(const Threshold& chosen, const Threshold& otherwise, uint64_t total) {
    const auto share = [&](double percent) {
        return static_cast<uint64_t>(static_cast<double>(total) * percent / 100);
    };
    if (!chosen.is_set) return std::min(otherwise.bytes, share(otherwise.percent));
    return chosen.percent > 0 ? share(chosen.percent) : chosen.bytes;
}

Error ReadOnlyError(const gateway::Operations::Space& space) {
    return {Code::kUnavailable,
            fmt::format("the node is read-only: its disk has {} left, and nothing was stored",
                        HumanBytes(space.free_bytes)),
            {},
            "53100",
            "free space on it (`weft du` shows what takes it); it goes on by itself then"};
}

class WatchedDisk : public Disk {
  public:
    WatchedDisk(meta::Store& store, std::string data, DiskOptions options)
        : store_(store), data_(std::move(data)), options_(options) {}
    ~WatchedDisk() override { store_.Refuse(std::nullopt); }
    Result<> Start() {
        CHECK_OK(Look());
        thread_ = std::jthread([this](std::stop_token stop) { Loop(stop); });
        return {};
    }
    gateway::Operations::Space space() const override {
        const std::scoped_lock lock(mutex_);
        return space_;
    }

  private:
    void Loop(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            {
                std::unique_lock lock(sleep_);
                wake_.wait_for(lock, stop, std::chrono::milliseconds(options_.every_ms),
                               [] { return false; });
            }
            if (stop.stop_requested()) return;
            if (const auto looked = Look(); !looked) LogWarn("disk", "{}", looked.error().message);
        }
    }

    Result<> Look() {
        const DiskSize size = TRY(SizeOfDisk(data_));
        const auto before = space();
        const auto now = JudgeSpace(options_, size.free_bytes, size.total_bytes, before.read_only);
        {
            const std::scoped_lock lock(mutex_);
            space_ = now;
        }
        // Again each time: the message says how much is left.
        if (now.read_only)
            store_.Refuse(ReadOnlyError(now));
        else if (before.read_only)
            store_.Refuse(std::nullopt);
        if (now.read_only != before.read_only) {
            if (now.read_only)
                LogError("disk",
                         "{} free of {}: read-only from here. Pushes, applies, runs and uploads "
                         "are refused",
                         HumanBytes(now.free_bytes), HumanBytes(now.total_bytes));
            else
                LogInfo("disk", "{} free again: no longer read-only", HumanBytes(now.free_bytes));
        } else if (now.low != before.low) {
            if (now.low)
                LogWarn("disk", "{} free of {}: make room", HumanBytes(now.free_bytes),
                        HumanBytes(now.total_bytes));
            else
                LogInfo("disk", "{} free again", HumanBytes(now.free_bytes));
        }
        return {};
    }

    meta::Store& store_;
    const std::string data_;
    const DiskOptions options_;
    mutable std::mutex mutex_;
    gateway::Operations::Space space_;  // Guarded by mutex_.
    std::mutex sleep_;
    std::condition_variable_any wake_;
    std::jthread thread_;  // Last: joins first.
};

}  // namespace

Result<uint64_t> ParseBytes(std::string_view text) {
    const auto bad = [&] {
        return Fail(Code::kInvalid, "`" + std::string(text) + "` is not a size",
                    "as 512M, 5G or 1073741824");
    };
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || !(number >= 0)) return bad();
    std::string unit =
        ToLower(std::string_view(end, static_cast<size_t>(text.data() + text.size() - end)));
    if (unit.ends_with("ib"))
        unit.resize(unit.size() - 2);
    else if (unit.size() == 2 && unit.ends_with("b"))
        unit.resize(1);
    size_t power = 0;
    if (!unit.empty() && unit != "b") {
        const size_t found = std::string_view("kmgt").find(unit);
        if (unit.size() != 1 || found == std::string_view::npos) return bad();
        power = found + 1;
    }
    for (size_t i = 0; i < power; ++i) number *= 1024;
    if (number > 1e18) return bad();
    return static_cast<uint64_t>(number);
}

Result<Threshold> ParseThreshold(std::string_view text) {
    Threshold threshold;
    threshold.is_set = true;
    if (!text.ends_with('%')) {
        threshold.bytes = TRY(ParseBytes(text));
        return threshold;
    }
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size() - 1, threshold.percent);
    if (error != std::errc() || end != text.data() + text.size() - 1 ||
        !(threshold.percent > 0 && threshold.percent <= 100))
        return Fail(Code::kInvalid, "`" + std::string(text) + "` is not a share of the disk",
                    "as 10%, or a size as 5G");
    return threshold;
}

Result<DiskSize> SizeOfDisk(const std::string& path) {
    std::error_code failed;
    const auto space = std::filesystem::space(path, failed);
    if (failed)
        return Fail(Code::kUnavailable,
                    "the free space of " + path + " is unknown: " + failed.message());
    return DiskSize{space.available, space.capacity};
}

gateway::Operations::Space JudgeSpace(const DiskOptions& options, uint64_t free_bytes,
                                      uint64_t total_bytes, bool was_read_only) {
    const uint64_t warn = BytesOf(options.warn, kWarn, total_bytes);
    const uint64_t stop = BytesOf(options.stop, kStop, total_bytes);
    gateway::Operations::Space space;
    space.free_bytes = free_bytes;
    space.total_bytes = total_bytes;
    space.read_only = free_bytes < (was_read_only ? stop + stop / 10 : stop);
    space.low = space.read_only || free_bytes < warn;
    return space;
}

Result<std::unique_ptr<Disk>> Disk::Watch(meta::Store& store, std::string data,
                                          DiskOptions options) {
    auto disk = std::make_unique<WatchedDisk>(store, std::move(data), options);
    CHECK_OK(disk->Start());
    return disk;
}

}  // namespace weft::app
