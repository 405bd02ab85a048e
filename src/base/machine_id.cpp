// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/machine_id.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"

namespace aion {
namespace {

/// `value` if it is UTF-8.
std::optional<std::string> text_of(const std::optional<std::string>& value) {
    return value && !find_utf8_fault(*value) ? value : std::nullopt;
}

MachineId user_at_host(const MachineFacts& facts) {
    MachineId id;
    id.source = MachineId::Source::user_at_host;
    id.user = text_of(facts.user).value_or(text_of(facts.username).value_or("aion-user"));
    id.host = to_valid_utf8(facts.host.value_or("localhost"));
    id.text = id.user + "@" + id.host;
    return id;
}

}  // namespace

bool MachineId::is_lasting() const {
    std::array<std::uint8_t, 16> bytes{};
    return source == Source::user_at_host ||
           (from_hex_into(text, bytes) &&
            std::ranges::any_of(bytes, [](std::uint8_t byte) { return byte != 0; }));
}

Error unreadable_machine_id(const Error& cause) {
    const std::string what = "/etc/machine-id cannot be read, and stored keys are bound to it";
    if (cause.os_error() != 0) {
        return error_because(ErrorCode::invalid_private_key, what).caused_by_os(cause.os_error());
    }
    return error_because(ErrorCode::invalid_private_key, what + ": " + cause.message());
}

Result<MachineId> machine_id_from(const MachineFacts& facts) {
    if (!facts.machine_id_file) {
        return user_at_host(facts);
    }
    if (const auto fault = find_utf8_fault(*facts.machine_id_file)) {
        return fail(
            unreadable_machine_id(error_because(ErrorCode::invalid_utf8, describe(*fault))));
    }
    std::string id{trim_white_space(*facts.machine_id_file)};
    if (id.empty()) {
        return fail(
            error_because(ErrorCode::invalid_private_key,
                          "/etc/machine-id is empty, so stored keys would be protected by nothing; "
                          "fill it with `systemd-machine-id-setup` (as root) and try again"));
    }
    return MachineId{.text = std::move(id), .source = MachineId::Source::file};
}

}  // namespace aion
