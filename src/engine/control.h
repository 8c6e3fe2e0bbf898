// The worker's ends of both channels: questions to the node (Control), bytes for the client
// (DataOut).
//
// When the node is gone there is nobody to tell: the process ends. For files that include
// worker_internal.h.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/protocol.h"
#include "io/descriptor.h"

namespace weft::engine {

// The node answers questions of a running batch only. An open cursor computes ahead on DuckDB's
// threads, also between batches: what it asks then waits for the next one.
class Control {  // THREAD: any for the Ask calls (one round trip at a time); main for the rest.
  public:
    explicit Control(int fd) : fd_(fd) {}

    // The next Start, Pg, Statement or Job; never returns when the node is gone. Questions may be
    // asked from here to SendEnded.
    ToWorker Receive();

    // One answer per name, same order. Splits into several messages above the limit of one.
    std::vector<RelationAnswer> AskNames(const std::vector<RelationName>& names);
    struct OpenedScan {
        uint64_t scan = 0;  // For AskFiles.
        ScanFiles files;
    };
    Result<OpenedScan> AskOpen(const Open& open);
    Result<std::vector<io::Descriptor>> AskFiles(const NeedFiles& need);
    struct Output {
        uint32_t index = 0;
        io::Descriptor file;
    };
    Result<Output> AskOutput(bool rejected);  // FAILS: kDenied when the node refuses.
    // FAILS: as the node says. REQUIRES: lines of at most kLimits.pg_message_bytes_max.
    Result<std::vector<OutputColumn>> AskWrite(const Write& write);

    void SendReady();
    void SendHead(const Head& head);
    void SendEnded(const Ended& ended);  // Then DataOut::End.

  private:
    std::unique_lock<std::mutex> InBatch();  // Waits for one.
    ToWorker RoundTrip(const FromWorker& question, std::vector<io::Descriptor>* files);
    std::mutex lock_;
    std::condition_variable begun_;
    bool in_batch_ = true;
    int fd_;
    uint64_t scans_ = 0;
};

class DataOut {  // Frames on the data channel. THREAD: main. Blocks when the reader is slow: that
                 // is the back-pressure.
  public:
    explicit DataOut(int fd) : fd_(fd) {}

    void Begin(uint64_t result_bytes_max);  // A new batch; 0: no limit.
    // `whole`: the bytes appended so far end at a message border. FAILS: kLimit (54000) when the
    // result is too large; what was appended before stays valid.
    Result<> Append(std::string_view bytes, bool whole = true);
    void Force(std::string_view
                   bytes);  // Not counted: errors, ReadyForQuery. REQUIRES: at a message border.
    void Flush();
    void End();  // Flush, then the closing frame.
    uint64_t bytes() const { return bytes_; }

  private:
    void Send(char type, std::string_view body);
    std::string buffer_;
    size_t border_ = 0;
    uint64_t bytes_ = 0;
    uint64_t bytes_max_ = 0;
    int fd_;
};

}  // namespace weft::engine
