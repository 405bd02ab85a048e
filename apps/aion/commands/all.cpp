// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/all.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace aion::cli {

// Each is a function of some file in this folder.
Declare declare_init;
Declare declare_commit;
Declare declare_verify;
Declare declare_show;
Declare declare_log;
Declare declare_history;
Declare declare_audit;
Declare declare_why;
Declare declare_attest;
Declare declare_diff;
Declare declare_archive;
Declare declare_report;
Declare declare_export;
Declare declare_evidence;
Declare declare_repair;
Declare declare_key;
Declare declare_registry;
Declare declare_pins;
Declare declare_manifest;
Declare declare_dsse;
Declare declare_slsa;
Declare declare_model;
Declare declare_aibom;
Declare declare_jcs;
Declare declare_oci;
Declare declare_tlog;
Declare declare_release;
Declare declare_receipt;
Declare declare_hardware;
Declare declare_hybrid;
Declare declare_completion;
Declare declare_man;
Declare declare_help;

namespace {

struct Entry {
    std::string_view word;
    Declare* declare;
    bool is_alone;  // it needs no other command to be there
};

constexpr auto entries = std::to_array<Entry>({
    {"init", declare_init, true},
    {"commit", declare_commit, true},
    {"verify", declare_verify, true},
    {"show", declare_show, true},
    {"log", declare_log, true},
    {"history", declare_history, true},
    {"audit", declare_audit, true},
    {"why", declare_why, true},
    {"attest", declare_attest, true},
    {"diff", declare_diff, true},
    {"archive", declare_archive, true},
    {"report", declare_report, true},
    {"export", declare_export, true},
    {"evidence", declare_evidence, true},
    {"repair", declare_repair, true},
    {"key", declare_key, true},
    {"registry", declare_registry, true},
    {"pins", declare_pins, true},
    {"manifest", declare_manifest, true},
    {"dsse", declare_dsse, true},
    {"slsa", declare_slsa, true},
    {"model", declare_model, true},
    {"aibom", declare_aibom, true},
    {"jcs", declare_jcs, true},
    {"oci", declare_oci, true},
    {"tlog", declare_tlog, true},
    {"release", declare_release, true},
    {"receipt", declare_receipt, true},
    {"hardware", declare_hardware, true},
    {"hybrid", declare_hybrid, true},
    {"completion", declare_completion, false},
    {"man", declare_man, false},
    {"help", declare_help, false},  // last: it explains what was declared before
});

// Behind a command no word means another one, but for `aion key help list`.
const Entry* only_one_needed(std::span<const std::string> arguments) {
    if (arguments.empty() || std::ranges::find(arguments, "help") != arguments.end()) {
        return nullptr;
    }
    const auto* const found = std::ranges::find(entries, arguments.front(), &Entry::word);
    return found != entries.end() && found->is_alone ? found : nullptr;
}

}  // namespace

void declare_commands(CommandTable& table) {
    const Declared root{table, table.root()};
    for (const Entry& entry : entries) {
        entry.declare(root);
    }
}

void declare_commands_for(CommandTable& table, std::span<const std::string> arguments) {
    const Entry* const one = only_one_needed(arguments);
    if (one == nullptr) {
        declare_commands(table);
        return;
    }
    one->declare({table, table.root()});
}

}  // namespace aion::cli
