// SPDX-License-Identifier: MIT OR Apache-2.0
// Pins in memory whose calls fail when the test says so, or are preceded by what it says.
#pragma once

#include <functional>

#include "aion/policy/pin_store.hpp"
#include "base/try.hpp"

namespace aion::policy::test {

class FailingPins : public PinStore {
  public:
    /// Asked before each `find`, `record` and `withdrawn`; `index` counts them from 0.
    std::function<Result<>(int index)> before_call = nullptr;
    int calls = 0;

    /// What is remembered, without faults.
    PinMemory memory;

    [[nodiscard]] Result<PinnedState> find(FileId file_id, std::string_view name,
                                           const AskedRegistry& registry) override {
        AION_TRY(next_call());
        return memory.find(file_id, name, registry);
    }

    [[nodiscard]] Result<> record(const Sighting& seen, const AskedRegistry& registry,
                                  const VersionHashes& hash_of) override {
        AION_TRY(next_call());
        return memory.record(seen, registry, hash_of);
    }

    [[nodiscard]] Result<> accept(const Sighting& seen, const AskedRegistry& registry,
                                  std::string_view reason) override {
        return memory.accept(seen, registry, reason);
    }

    [[nodiscard]] Result<> withdrawn(FileId file_id, const AskedRegistry& registry) override {
        AION_TRY(next_call());
        return memory.withdrawn(file_id, registry);
    }

    [[nodiscard]] Result<bool> forget(FileId file_id, Timestamp now,
                                      std::string_view reason) override {
        return memory.forget(file_id, now, reason);
    }

    [[nodiscard]] Result<> for_each(const std::function<void(const Pin&)>& visit) override {
        return memory.for_each(visit);
    }

    [[nodiscard]] Result<> for_each_decision(
        const std::function<void(const PinDecision&)>& visit) override {
        return memory.for_each_decision(visit);
    }

  private:
    Result<> next_call() {
        const int index = calls++;
        return before_call ? before_call(index) : Result<>();
    }
};

}  // namespace aion::policy::test
