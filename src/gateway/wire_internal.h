// One client's byte stream on one loop thread: TCP, with or without TLS; reads ahead, writes,
// deadlines.
//
// Only the .cc files that speak asio include this file (each costs many seconds to compile). A Wire
// always reads, also while an answer is on its way, so that a client that hangs up is noticed at
// once; it stops above `input_max`. THREAD: the loop that the socket belongs to, for everything
// here.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/frames.h"

namespace weft::gateway {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using SteadyTime = std::chrono::steady_clock::time_point;

class Wire;

// One thread's event loop and the wires that live on it. A sweep closes what is past its deadline:
// no timer per wire.
struct Loop {
    std::set<Wire*> wires;  // Before `io`, whose end destroys the last of them.
    bool draining = false;  // Idle connections end; running answers finish.
    asio::io_context io{1};
};

// Wakes one waiting coroutine of the same thread.
class Event {
  public:
    explicit Event(const asio::any_io_executor& executor) : timer_(executor) {}
    asio::awaitable<void> Wait();  // Until Set; at once when it was Set since the last Wait.
    void Set();

  private:
    asio::steady_timer timer_;
    bool set_ = false;
};

class Wire {
  public:
    Wire(tcp::socket socket, Loop& loop);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    // Before StartReading only. Reads exactly `bytes`, so that nothing sent before a TLS handshake
    // is ever buffered.
    asio::awaitable<bool> ReadExactly(std::string& into, size_t bytes);
    asio::awaitable<int> PeekByte();  // The next byte without taking it; -1 at the end.
    asio::awaitable<bool> Handshake(asio::ssl::context& tls);

    // From now on bytes arrive in input() by themselves and changed() is set for each change, also
    // at the end.
    void StartReading();
    asio::awaitable<void>
    StopReading();  // Closes, and returns when the reader is gone. Call before destruction.

    asio::awaitable<bool> Write(std::string_view bytes);
    asio::awaitable<bool> Write(const std::vector<std::string_view>& pieces);
    asio::awaitable<bool> WaitForInput();  // More than there was, or false at the end.
    void Consume(size_t bytes);            // Drops them from the front of input().

    void EndWriting();  // The client sees the end at once; what it still sends is read.
    void Close();
    void CloseWhenPast(SteadyTime now);
    void SetDeadline(std::chrono::seconds from_now);
    void ClearDeadline() { deadline_.reset(); }

    std::string& input() { return input_; }
    Event& changed() { return changed_; }
    bool closed() const { return closed_; }
    bool has_tls() const { return tls_.has_value(); }
    bool AlpnIs(std::string_view protocol);  // Chosen by the TLS handshake.
    std::string client() const;              // "127.0.0.1:49152"
    bool from_loopback() const;
    Loop& loop() { return loop_; }
    asio::any_io_executor executor() { return socket_.get_executor(); }

    size_t input_max = 64u << 10;
    std::function<void()>
        on_closed;      // The client is gone; called at most once, by the reader or Close.
    bool idle = false;  // Between requests: a drain may close it.

  private:
    asio::awaitable<void> Read();
    void Ended();

    Loop& loop_;
    tcp::socket socket_;
    std::optional<asio::ssl::stream<tcp::socket&>> tls_;
    std::string input_;
    Event changed_;
    Event room_;  // input() shrank below the maximum.
    Event reader_gone_;
    bool reading_ = false;
    bool closed_ = false;
    std::optional<SteadyTime> deadline_;
};

// The reading end of a worker's data channel. The descriptor is duplicated: the session keeps its
// own.
class DataChannel {
  public:
    DataChannel(const asio::any_io_executor& executor, int descriptor);

    // Whole frames' payloads; empty at the end of the batch or when the worker is gone (ended()
    // tells which). FAILS: kCorrupt when the worker broke the protocol.
    asio::awaitable<Result<>> Next(std::vector<std::string_view>& pieces);
    bool ended() const { return frames_.ended(); }
    bool at_border() const { return frames_.at_border(); }

  private:
    asio::posix::stream_descriptor descriptor_;
    FrameReader frames_;
    bool gone_ = false;
};

}  // namespace weft::gateway
