// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/pin_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/trust/registry_chain.hpp"
#include "base/try.hpp"

namespace aion::policy {

namespace {

std::unexpected<Error> conflict(std::string why) {
    return fail(
        error_because(ErrorCode::conflict, std::move(why)).with_detail(contradiction_detail));
}

bool is_exempt(const AskedRegistry& registry, const std::optional<Pin>& pin) {
    return pin && pin->exempt && pin->registry == registry.fingerprint();
}

bool leads_back_in_chain(const AskedRegistry& registry, const RegistryStanding& standing) {
    return standing.newest && registry.newest() && !registry.continues(*standing.newest);
}

// Of a registry with a chain that does not have `accepted`.
std::string how_it_leads_back(const AskedRegistry& registry, const ChainPoint& accepted) {
    const ChainPoint newest = registry.newest().value_or(ChainPoint{});
    if (newest.root != accepted.root) {
        return fmt::format("the registry's chain begins with record {}, accepted before was {}",
                           to_hex(newest.root), to_hex(accepted.root));
    }
    if (const auto actual = registry.hash_of(accepted.number)) {
        return fmt::format("record {} of the registry is {}, accepted before was {}",
                           accepted.number, to_hex(*actual), to_hex(accepted.hash));
    }
    return fmt::format("the registry ends at record {}, record {} was accepted before",
                       newest.number, accepted.number);
}

}  // namespace

std::string pinned_name(const std::filesystem::path& base, const std::filesystem::path& path) {
    if (path.empty()) {
        return {};
    }
    const std::string whole = (base / path).string();
    std::string name;
    for (std::size_t begin = 0; begin < whole.size();) {
        const std::size_t end = std::min(whole.find('/', begin), whole.size());
        const std::string_view part = std::string_view(whole).substr(begin, end - begin);
        if (!part.empty() && part != ".") {
            if (!name.empty() || whole.front() == '/') {
                name += '/';
            }
            name += part;
        }
        begin = end + 1;
    }
    // Also by way of `..`: rather a name too few than the same for two files.
    const std::string shortest = std::filesystem::path(name).lexically_normal().string();
    for (const std::string_view folder : {"/dev/", "/proc/"}) {
        if (name.starts_with(folder) || shortest.starts_with(folder)) {
            return {};
        }
    }
    return name;
}

Result<> contradiction(const PinnedState& state, FileId file_id, const VersionHashes& hash_of) {
    if (state.named && *state.named != file_id) {
        return conflict(fmt::format("file {} is pinned under the name of file {}",
                                    to_string(*state.named), to_string(file_id)));
    }
    if (state.pin && hash_of(state.pin->version) != state.pin->head) {
        return conflict(
            fmt::format("version {} of file {} is pinned as {}, which is not in this "
                        "history",
                        state.pin->version.value, to_string(file_id), to_hex(state.pin->head)));
    }
    if (state.registry_is_older()) {
        return conflict(fmt::format("file {} was found VALID under a registry that leads back: {}",
                                    to_string(file_id), state.older_because));
    }
    return {};
}

AskedRegistry::AskedRegistry(const trust::Registry& registry)
    : fingerprint_(registry.fingerprint()) {
    if (const auto* const chain = registry.chain()) {
        records_ = chain->hashes();
    }
}

std::optional<ChainPoint> AskedRegistry::newest() const {
    if (records_.empty()) {
        return std::nullopt;
    }
    return ChainPoint{
        .root = records_.front(), .number = records_.size() - 1, .hash = records_.back()};
}

std::optional<Hash> AskedRegistry::hash_of(std::uint64_t number) const {
    return number < records_.size() ? std::optional(records_[number]) : std::nullopt;
}

std::string why_older(const AskedRegistry& registry, const RegistryStanding& standing,
                      const std::optional<Pin>& pin) {
    if (is_exempt(registry, pin)) {
        return {};
    }
    if (leads_back_in_chain(registry, standing)) {
        return how_it_leads_back(registry, *standing.newest);
    }
    if (standing.is_superseded) {
        return "the registry was superseded by another, under which files were judged since";
    }
    if (!pin || !pin->held()) {
        return {};  // Also from a registry without a chain to one that has one.
    }
    const ChainPoint& held = *pin->held();
    const auto newest = registry.newest();
    if (!newest) {
        return fmt::format(
            "the registry has no chain of records, record {} of one was accepted before",
            held.number);
    }
    // A chain that goes on from all that was accepted of it may leave an exception behind.
    const bool is_known_chain = standing.newest && newest->root == held.root;
    return is_known_chain || registry.continues(held) ? std::string()
                                                      : how_it_leads_back(registry, held);
}

bool is_exception(const AskedRegistry& registry, const RegistryStanding& standing,
                  const std::optional<Pin>& pin) {
    return is_exempt(registry, pin) || standing.is_superseded ||
           leads_back_in_chain(registry, standing) || (pin && pin->held() && !registry.newest());
}

void set_exempt(Pin& pin, bool is_exempt, const std::optional<Pin>& before) {
    pin.exempt = is_exempt;
    pin.left = is_exempt && before ? before->held() : std::nullopt;
}

Pin pin_of(const Sighting& seen, const AskedRegistry& registry) {
    return {.file_id = seen.file_id,
            .version = seen.version,
            .head = seen.head,
            .registry = registry.fingerprint(),
            .chain = registry.newest(),
            .name = seen.name,
            .first_seen = seen.time,
            .last_seen = seen.time};
}

PinnedState PinMemory::state_of(FileId file_id, std::string_view name,
                                const AskedRegistry& registry) const {
    PinnedState state;
    if (const auto found = pins_.find(file_id); found != pins_.end()) {
        state.pin = found->second;
    }
    state.older_because = why_older(registry, standing_of(registry), state.pin);
    if (const auto found = names_.find(name); found != names_.end()) {
        state.named = found->second;
    }
    return state;
}

RegistryStanding PinMemory::standing_of(const AskedRegistry& registry) const {
    RegistryStanding standing{.is_superseded = superseded_.contains(registry.fingerprint()),
                              .newest = {}};
    if (const auto newest = registry.newest()) {
        if (const auto found = chains_.find(newest->root); found != chains_.end()) {
            standing.newest = found->second;
        }
    }
    return standing;
}

// What it means for registries, and for `pin`, that this is pinned under this one from now on. To
// be called before it is; a lack of memory changes nothing that matters.
void PinMemory::move_on(Pin& pin, const AskedRegistry& registry, const std::optional<Pin>& before) {
    const RegistryStanding standing = standing_of(registry);
    const bool is_alone = is_exception(registry, standing, before);
    set_exempt(pin, is_alone, before);
    if (is_alone) {
        const bool is_known = std::ranges::any_of(pins_, [&](const auto& known) {
            return known.second.registry == registry.fingerprint();
        });
        if (!is_known) {
            superseded_.insert(registry.fingerprint());
        }
        return;
    }
    const auto newest = registry.newest();
    if (newest && (!standing.newest || standing.newest->number < newest->number)) {
        chains_.insert_or_assign(newest->root, *newest);
    }
    // Of one under which the file was an exception, its going on says nothing.
    if (before && !before->exempt && before->registry != registry.fingerprint()) {
        superseded_.insert(before->registry);
    }
}

// What needs memory comes first, so that a lack of it changes nothing.
void PinMemory::put(Pin pin) {
    const FileId id = pin.file_id;
    decltype(names_) name;
    if (!pin.name.empty()) {
        name.emplace(pin.name, id);
    }
    const auto [place, is_new] = pins_.try_emplace(id);
    if (!is_new) {
        pin.first_seen = place->second.first_seen;
        if (pin.name.empty()) {
            pin.name = std::move(place->second.name);
        }
    }
    place->second = std::move(pin);
    if (!name.empty()) {
        const auto known = names_.insert(name.extract(name.begin()));
        known.position->second = id;
    }
}

Result<PinnedState> PinMemory::find(FileId file_id, std::string_view name,
                                    const AskedRegistry& registry) {
    const std::scoped_lock lock(mutex_);
    return state_of(file_id, name, registry);
}

Result<> PinMemory::record(const Sighting& seen, const AskedRegistry& registry,
                           const VersionHashes& hash_of) {
    const std::scoped_lock lock(mutex_);
    const PinnedState state = state_of(seen.file_id, seen.name, registry);
    AION_TRY(contradiction(state, seen.file_id, hash_of));
    Pin pin = pin_of(seen, registry);
    move_on(pin, registry, state.pin);
    put(std::move(pin));
    return {};
}

Result<> PinMemory::accept(const Sighting& seen, const AskedRegistry& registry,
                           std::string_view reason) {
    const std::scoped_lock lock(mutex_);
    PinDecision decision{.kind = PinDecision::Kind::accept,
                         .time = seen.time,
                         .before = state_of(seen.file_id, {}, registry).pin,
                         .after = pin_of(seen, registry),
                         .reason = std::string(reason)};
    decisions_.reserve(decisions_.size() + 1);
    move_on(*decision.after, registry, decision.before);
    put(*decision.after);
    const Pin& after = pins_.at(seen.file_id);
    decision.after->first_seen = after.first_seen;
    decision.after->name = after.name;
    decisions_.push_back(std::move(decision));
    return {};
}

Result<> PinMemory::withdrawn(FileId file_id, const AskedRegistry& registry) {
    const std::scoped_lock lock(mutex_);
    const PinnedState state = state_of(file_id, {}, registry);
    if (state.pin && state.pin->registry != registry.fingerprint() && !state.registry_is_older()) {
        Pin moved = *state.pin;
        move_on(moved, registry, state.pin);
        moved.registry = registry.fingerprint();
        moved.chain = registry.newest();
        pins_.at(file_id) = std::move(moved);
    }
    return {};
}

Result<bool> PinMemory::forget(FileId file_id, Timestamp now, std::string_view reason) {
    const std::scoped_lock lock(mutex_);
    const auto found = pins_.find(file_id);
    if (found == pins_.end()) {
        return false;
    }
    decisions_.push_back({.kind = PinDecision::Kind::forget,
                          .time = now,
                          .before = found->second,
                          .after = std::nullopt,
                          .reason = std::string(reason)});
    pins_.erase(found);
    std::erase_if(names_, [&](const auto& name) { return name.second == file_id; });
    return true;
}

Result<> PinMemory::for_each(const std::function<void(const Pin&)>& visit) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [id, pin] : pins_) {
        visit(pin);
    }
    return {};
}

Result<> PinMemory::for_each_decision(const std::function<void(const PinDecision&)>& visit) {
    const std::scoped_lock lock(mutex_);
    for (const PinDecision& decision : decisions_) {
        visit(decision);
    }
    return {};
}

}  // namespace aion::policy
