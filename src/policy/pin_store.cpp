// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/pin_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/base/hex.hpp"
#include "base/try.hpp"

namespace aion::policy {

namespace {

std::unexpected<Error> conflict(std::string why) {
    return fail(
        error_because(ErrorCode::conflict, std::move(why)).with_detail(contradiction_detail));
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
    if (state.registry_is_older) {
        return conflict(fmt::format(
            "the registry under which file {} was found VALID was superseded by another",
            to_string(file_id)));
    }
    return {};
}

PinnedState PinMemory::state_of(FileId file_id, std::string_view name, const Hash& registry) const {
    PinnedState state;
    if (const auto found = pins_.find(file_id); found != pins_.end()) {
        state.pin = found->second;
    }
    state.registry_is_older =
        superseded_.contains(registry) && !(state.pin && state.pin->registry == registry);
    if (const auto found = names_.find(name); found != names_.end()) {
        state.named = found->second;
    }
    return state;
}

// Before the pin is put; a lack of memory changes nothing.
void PinMemory::supersede(FileId file_id, const Hash& registry) {
    const auto found = pins_.find(file_id);
    if (found != pins_.end() && found->second.registry != registry &&
        !superseded_.contains(registry)) {
        superseded_.insert(found->second.registry);
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

Result<PinnedState> PinMemory::find(FileId file_id, std::string_view name, const Hash& registry) {
    const std::scoped_lock lock(mutex_);
    return state_of(file_id, name, registry);
}

Result<> PinMemory::record(const Pin& pin, const VersionHashes& hash_of) {
    const std::scoped_lock lock(mutex_);
    AION_TRY(contradiction(state_of(pin.file_id, pin.name, pin.registry), pin.file_id, hash_of));
    supersede(pin.file_id, pin.registry);
    put(pin);
    return {};
}

Result<> PinMemory::accept(const Pin& pin, std::string_view reason) {
    const std::scoped_lock lock(mutex_);
    PinDecision decision{.kind = PinDecision::Kind::accept,
                         .time = pin.last_seen,
                         .before = state_of(pin.file_id, {}, pin.registry).pin,
                         .after = pin,
                         .reason = std::string(reason)};
    decisions_.reserve(decisions_.size() + 1);
    supersede(pin.file_id, pin.registry);
    put(pin);
    const Pin& after = pins_.at(pin.file_id);
    decision.after->first_seen = after.first_seen;
    decision.after->name = after.name;
    decisions_.push_back(std::move(decision));
    return {};
}

Result<> PinMemory::withdrawn(FileId file_id, const Hash& registry) {
    const std::scoped_lock lock(mutex_);
    const auto found = pins_.find(file_id);
    if (found != pins_.end() && !superseded_.contains(registry)) {
        supersede(file_id, registry);
        found->second.registry = registry;
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
