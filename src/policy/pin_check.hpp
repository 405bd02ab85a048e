// SPDX-License-Identifier: MIT OR Apache-2.0
// Holding a verdict against what a store of pins remembers, and telling the store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aion/policy/verify.hpp"
#include "policy/evaluate.hpp"

namespace aion::policy {

/// The name by which `options.pin_store` knows the file at `path`, if there is a store.
[[nodiscard]] std::string pinned_name(const VerifyOptions& options,
                                      const std::filesystem::path& path);

/// Borrow what they are made of.
[[nodiscard]] VersionHashes hashes_of(const Subject& subject);
[[nodiscard]] VersionHashes hashes_of(const HistoryFacts& history);

/// What a store is asked about one file.
struct PinQuestion {
    std::string_view name;   ///< Empty for a file in memory.
    AskedRegistry registry;  ///< By which it was judged.
    Timestamp now;
    PinUse use = PinUse::record;
};

/// If `report` says VALID, asks `store`: what contradicts becomes findings of the pin gate, else
/// the file is recorded, if it is to be and was judged strictly. To be called when the verdict is
/// final but for this, and before anybody hears of it.
/// Errors: those of the store. There is no verdict then.
[[nodiscard]] Result<> ask_pins(PinStore& store, const PinQuestion& question,
                                const VersionHashes& hash_of, VerificationReport& report);

/// The same where `options` has a store, which also hears of what is `withdrawn`.
[[nodiscard]] Result<> ask_pins(const VerifyOptions& options, std::string_view name,
                                const trust::Registry& registry, Timestamp now,
                                const Subject& subject, Evaluated& evaluated);

/// The same of a report that tells its history, if it is VALID.
[[nodiscard]] Result<> ask_pins(const VerifyOptions& options, std::string_view name,
                                const trust::Registry& registry, Timestamp now,
                                VerificationReport& report);

/// Tells the store, if there is one that is to record, that the file of `report` is
/// `Evaluated::is_withdrawn`. Part of the above; to be called beside the last, which does not know.
/// Errors: those of the store. There is no verdict then.
[[nodiscard]] Result<> tell_withdrawn(const VerifyOptions& options, const trust::Registry& registry,
                                      const VerificationReport& report);

/// Makes a store that failed a finding, for who must have a verdict.
void tell_of_failure(const Error& error, VerificationReport& report);

/// A new head that is to be recorded once its file is in place. What needs memory, as far as it is
/// ours, is made before.
class NewPin {
  public:
    NewPin(PinStore& store, Sighting seen, const AskedRegistry& registry, VersionHashes hash_of)
        : store_(&store),
          seen_(std::move(seen)),
          registry_(registry),
          hash_of_(std::move(hash_of)) {}

    /// What went wrong, if anything did: the file is what it is all the same.
    [[nodiscard]] std::optional<Error> record() noexcept;

  private:
    PinStore* store_;
    Sighting seen_;
    AskedRegistry registry_;
    VersionHashes hash_of_;
    Error no_memory_ = error_because(ErrorCode::resource_exhausted, "memory");
};

/// While it lives, a store of pins need not write each; null for none.
class Recording {
  public:
    explicit Recording(PinStore* store) : store_(store) {
        if (store_ != nullptr) {
            store_->begin_many();
        }
    }

    ~Recording() {
        if (store_ != nullptr) {
            // Something was thrown, which is told instead.
            [[maybe_unused]] const Result<> ended = store_->end_many();
        }
    }

    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;
    Recording(Recording&&) = delete;
    Recording& operator=(Recording&&) = delete;

    /// Errors: those of `PinStore::end_many`.
    [[nodiscard]] Result<> end() {
        PinStore* const store = std::exchange(store_, nullptr);
        return store == nullptr ? Result<>() : store->end_many();
    }

  private:
    PinStore* store_;
};

}  // namespace aion::policy
