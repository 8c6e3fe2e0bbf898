// Admission: how many statements may run, in all and per principal. A statement waits its turn, bounded in time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"

namespace weft::query {

class Slots {  // THREAD: any.
public:
    Slots(uint32_t slots_max, uint32_t per_principal_max)
        : slots_max_(slots_max), per_principal_max_(per_principal_max) {}

    // One place, given back when it is destroyed.
    class Slot {  // OWNS: one place in `slots`.
    public:
        Slot() = default;
        Slot(Slots* slots, std::string principal) : slots_(slots), principal_(std::move(principal)) {}
        Slot(Slot&& other) noexcept
            : slots_(std::exchange(other.slots_, nullptr)), principal_(std::move(other.principal_)) {}
        Slot& operator=(Slot&& other) noexcept;
        ~Slot() { Release(); }
        void Release();

    private:
        Slots* slots_ = nullptr;
        std::string principal_;
    };

    // FAILS: kLimit (53300) when none is free within `wait_ms_max`, or when the node is draining.
    Result<Slot> Take(const std::string& principal, uint32_t wait_ms_max);
    void Close();                    // Every Take fails from now on.
    uint32_t taken() const;

private:
    const uint32_t slots_max_;
    const uint32_t per_principal_max_;
    mutable std::mutex mutex_;
    std::condition_variable freed_;
    uint32_t taken_ = 0;                         // Guarded by mutex_.
    std::map<std::string, uint32_t> by_principal_;  // Guarded by mutex_.
    bool closed_ = false;                        // Guarded by mutex_.
};

}  // namespace weft::query
