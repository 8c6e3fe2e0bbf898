#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "gateway/wire_internal.h"

namespace weft::gateway {
namespace {

constexpr auto kQuiet =
    asio::as_tuple(asio::use_awaitable);  // Errors as values, never as exceptions.
constexpr size_t kReadBytes = 4u << 10;
constexpr size_t kReadBytesMax = 256u << 10;
constexpr size_t kTlsReadBytes = 16u << 10;

}  // namespace

asio::awaitable<void> Event::Wait() {
    while (!set_) {
        timer_.expires_at(SteadyTime::max());
        co_await timer_.async_wait(kQuiet);
    }
    set_ = false;
}

void Event::Set() {
    set_ = true;
    timer_.cancel();
}

Wire::Wire(tcp::socket socket, Loop& loop)
    : loop_(loop),
      socket_(std::move(socket)),
      changed_(socket_.get_executor()),
      room_(socket_.get_executor()),
      reader_gone_(socket_.get_executor()) {
    boost::system::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.set_option(asio::socket_base::keep_alive(true), ignored);
    socket_.non_blocking(true, ignored);  // Read() waits first and then reads without waiting.
    loop_.wires.insert(this);
}

Wire::~Wire() { loop_.wires.erase(this); }

asio::awaitable<bool> Wire::ReadExactly(std::string& into, size_t bytes) {
    into.resize(bytes);
    if (tls_) {
        auto [error, count] = co_await asio::async_read(*tls_, asio::buffer(into), kQuiet);
        co_return !error && count == bytes;
    }
    auto [error, count] = co_await asio::async_read(socket_, asio::buffer(into), kQuiet);
    co_return !error && count == bytes;
}

asio::awaitable<int> Wire::PeekByte() {
    auto [error] = co_await socket_.async_wait(tcp::socket::wait_read, kQuiet);
    char byte = 0;
    if (error || ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 1)
        co_return -1;
    co_return static_cast<uint8_t>(byte);
}

asio::awaitable<bool> Wire::Handshake(asio::ssl::context& tls) {
    tls_.emplace(socket_, tls);
    auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::server, kQuiet);
    co_return !error;
}

bool Wire::AlpnIs(std::string_view protocol) {
    if (!tls_) return false;
    const unsigned char* chosen = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(tls_->native_handle(), &chosen, &size);
    return std::string_view(reinterpret_cast<const char*>(chosen), size) == protocol;
}

void Wire::StartReading() {
    reading_ = true;
    asio::co_spawn(socket_.get_executor(), Read(), asio::detached);
}

asio::awaitable<void> Wire::StopReading() {
    Close();
    if (reading_) co_await reader_gone_.Wait();
    reading_ = false;
}

asio::awaitable<void> Wire::Read() {
    while (!closed_) {
        if (input_.size() >= input_max) {
            co_await room_.Wait();
            continue;
        }
        if (!tls_) {  // An idle connection holds no read buffer.
            auto [error] = co_await socket_.async_wait(tcp::socket::wait_read, kQuiet);
            if (error) break;
        }
        size_t count = 0;
        boost::system::error_code failed;
        if (tls_) {  // Into a buffer of its own: Consume may change input_ while this read is under
                     // way.
            std::string piece(kTlsReadBytes, '\0');
            std::tie(failed, count) = co_await tls_->async_read_some(asio::buffer(piece), kQuiet);
            input_.append(piece, 0, count);
        } else {
            const size_t before = input_.size();
            input_.resize(before + std::clamp(input_max - before, kReadBytes, kReadBytesMax));
            count = socket_.read_some(asio::buffer(input_.data() + before, input_.size() - before),
                                      failed);
            input_.resize(before + count);
            if (failed == asio::error::would_block || failed == asio::error::try_again) continue;
        }
        if (count > 0) changed_.Set();
        if (failed || count == 0) break;
    }
    Ended();
    reader_gone_.Set();
}

void Wire::Ended() {
    closed_ = true;
    if (on_closed) std::exchange(on_closed, nullptr)();
    changed_.Set();
}

void Wire::Consume(size_t bytes) {
    if (bytes == input_.size() && input_.capacity() > (64u << 10)) {
        std::string().swap(input_);
    } else {
        input_.erase(0, bytes);
    }
    if (input_.size() < input_max) room_.Set();
}

asio::awaitable<bool> Wire::WaitForInput() {
    const size_t before = input_.size();
    room_.Set();  // The caller may have raised the maximum.
    while (input_.size() == before && !closed_) co_await changed_.Wait();
    co_return input_.size() > before;
}

asio::awaitable<bool> Wire::Write(std::string_view bytes) {
    if (closed_) co_return false;
    if (tls_) {
        auto [error, count] = co_await asio::async_write(*tls_, asio::buffer(bytes), kQuiet);
        co_return !error;
    }
    auto [error, count] = co_await asio::async_write(socket_, asio::buffer(bytes), kQuiet);
    co_return !error;
}

asio::awaitable<bool> Wire::Write(const std::vector<std::string_view>& pieces) {
    if (closed_) co_return false;
    std::vector<asio::const_buffer> buffers;
    buffers.reserve(pieces.size());
    for (const auto piece : pieces) buffers.emplace_back(piece.data(), piece.size());
    if (tls_) {
        auto [error, count] = co_await asio::async_write(*tls_, buffers, kQuiet);
        co_return !error;
    }
    auto [error, count] = co_await asio::async_write(socket_, buffers, kQuiet);
    co_return !error;
}

void Wire::EndWriting() {
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Wire::Close() {
    boost::system::error_code ignored;
    // Shut down before close, so that what was written (an error, a last row) still reaches the
    // client.
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.cancel(ignored);
    if (!closed_) Ended();
    room_.Set();
}

void Wire::SetDeadline(std::chrono::seconds from_now) {
    deadline_ = std::chrono::steady_clock::now() + from_now;
}

void Wire::CloseWhenPast(SteadyTime now) {
    if ((deadline_ && now > *deadline_) || (loop_.draining && idle)) {
        deadline_.reset();
        Close();
    }
}

std::string Wire::client() const {
    boost::system::error_code error;
    const auto peer = socket_.remote_endpoint(error);
    return error ? std::string("unknown")
                 : fmt::format("{}:{}", peer.address().to_string(), peer.port());
}

bool Wire::from_loopback() const {
    boost::system::error_code error;
    const auto address = socket_.remote_endpoint(error).address();
    if (error) return false;
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback();
}

DataChannel::DataChannel(const asio::any_io_executor& executor, int descriptor)
    : descriptor_(executor) {
    const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    boost::system::error_code failed;
    if (copy >= 0) descriptor_.assign(copy, failed);
    if (copy >= 0 && failed) ::close(copy);
    gone_ = copy < 0 || static_cast<bool>(failed);
}

asio::awaitable<Result<>> DataChannel::Next(std::vector<std::string_view>& pieces) {
    pieces.clear();
    while (!gone_ && !frames_.ended()) {
        const auto space = frames_.Space();
        auto [error, count] =
            co_await descriptor_.async_read_some(asio::buffer(space.data(), space.size()), kQuiet);
        if (error || count == 0) {
            gone_ = true;
            break;
        }
        frames_.Filled(count);
        Result<> taken = frames_.Take(pieces);
        if (!taken) co_return taken;
        if (!pieces.empty()) break;
    }
    co_return Result<>{};
}

}  // namespace weft::gateway
