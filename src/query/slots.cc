#include "query/slots.h"

#include <chrono>

#include <fmt/format.h>

namespace weft::query {

Slots::Slot& Slots::Slot::operator=(Slot&& other) noexcept {
    if (this != &other) {
        Release();
        slots_ = std::exchange(other.slots_, nullptr);
        principal_ = std::move(other.principal_);
    }
    return *this;
}

void Slots::Slot::Release() {
    Slots* slots = std::exchange(slots_, nullptr);
    if (!slots) return;
    {
        std::scoped_lock lock(slots->mutex_);
        --slots->taken_;
        if (auto it = slots->by_principal_.find(principal_); --it->second == 0) slots->by_principal_.erase(it);
    }
    slots->freed_.notify_all();
}

Result<Slots::Slot> Slots::Take(const std::string& principal, uint32_t wait_ms_max) {
    std::unique_lock lock(mutex_);
    const auto free = [&] {
        const auto it = by_principal_.find(principal);
        const uint32_t own = it == by_principal_.end() ? 0 : it->second;
        return closed_ || (taken_ < slots_max_ && own < per_principal_max_);
    };
    if (!freed_.wait_for(lock, std::chrono::milliseconds(wait_ms_max), free)) {
        auto error = Fail(Code::kLimit, fmt::format("no statement slot became free within {} ms", wait_ms_max),
                          fmt::format("at most {} statements run at once, {} of one principal: `weft queries` shows "
                                      "them", slots_max_, per_principal_max_));
        error.error().sqlstate = "53300";
        return error;
    }
    if (closed_) return Fail(Code::kUnavailable, "the node is stopping");
    ++taken_;
    ++by_principal_[principal];
    return Slot(this, principal);
}

void Slots::Close() {
    {
        std::scoped_lock lock(mutex_);
        closed_ = true;
    }
    freed_.notify_all();
}

uint32_t Slots::taken() const {
    std::scoped_lock lock(mutex_);
    return taken_;
}

}  // namespace weft::query
