// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/supply/supply.hpp"

#include <array>
#include <utility>

#include "aion/supply/aibom.hpp"
#include "shell/try.hpp"

namespace aion::cli {

std::string payload_type_of(const std::string& word) {
    static constexpr auto words = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"manifest", supply::manifest_type},
        {"statement", supply::statement_type},
        {"attestation", supply::version_attestation_type},
        {"aibom", supply::aibom_type},
    });
    for (const auto& [name, type] : words) {
        if (word == name) {
            return std::string(type);
        }
    }
    return word;
}

std::string envelope_text(const supply::Envelope& envelope, bool reference) {
    return reference ? supply::to_json(envelope, supply::EnvelopeForm::reference)
                     : supply::to_json(envelope) + "\n";
}

Outcome<Ending> write_envelope(Context& context, Output& output, const supply::Envelope& envelope,
                               bool reference) {
    CLI_TRY(
        write_output(context, output, as_bytes(envelope_text(envelope, reference)), "Envelope"));
    return Ending::success;
}

}  // namespace aion::cli
