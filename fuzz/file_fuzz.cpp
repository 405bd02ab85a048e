// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes as a file: parsing, verifying, looking and showing are total, and a strict VALID
// implies the reference's VALID; what is repaired is VALID. What is shown is a document that
// parses, or text that cannot drive a terminal.
//
// Input: a byte (bits 0 and 1: fuzz::Repair; 2 and 3: the form; 4 to 6: what is shown), the file.
#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "aion/aion.hpp"
#include "aion/base/base64.hpp"
#include "aion/base/utf8.hpp"
#include "aion/crypto/hash.hpp"
#include "support/cli_world.hpp"
#include "support/fuzz_input.hpp"
#include "support/repair.hpp"
#include "support/require.hpp"
#include "support/screen.hpp"
#include "support/world.hpp"
#include "views/document_writer.hpp"
#include "views/history_view.hpp"
#include "views/payload_view.hpp"
#include "views/reference_text_view.hpp"
#include "views/verdict_text_view.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program
using fuzz::is_harmless;
using fuzz::require;
using policy::VerificationReport;

// What `aion verify` and `aion show` can show of a file.
enum class Part : std::uint8_t { report, findings, history, signatures, info, rules };

struct View {
    cli::Format format;  // Text with or without colours, JSON, YAML.
    bool colored;
    Part part;
};

View view_of(std::uint8_t flags) {
    const auto form = static_cast<std::uint8_t>(flags >> 2U & 3U);
    return {form == 3 ? cli::Format::text : static_cast<cli::Format>(form), form == 3,
            static_cast<Part>((flags >> 4U & 7U) % 6U)};
}

void look_at(const format::FileView& view) {
    for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX}) {
        (void)view.version_at(index);
        (void)view.signature_at(index);
        (void)view.audit_at(index);
    }
    (void)policy::payload_unverified(view);
    const auto summary = policy::summarize(view, fuzz::registry());
    const auto history = policy::history(view);
    require(!summary || (history && history->size() == summary->versions.size()));
}

void show_report(cli::Console& console, const View& view, const VerificationReport& report) {
    const cli::VerdictView shown{.report = report,
                                 .path = "file",
                                 .verbose = view.part == Part::findings,
                                 .timings = view.format != cli::Format::text};
    if (cli::is_document(view.format)) {
        cli::print_document(console.out(), view.format, shown);
        return;
    }
    cli::write_block(console.out(), shown);
    cli::write_row(console.out(), shown, 8);
    cli::write_not_proven(console.out(), report.unauthenticated, view.colored);
    cli::write_reference_text(console.out(), shown, view.colored);
}

template <class Shown, class Items>
void show_items(cli::Console& console, const View& view, const Result<Items>& items) {
    if (items) {
        cli::present(console, view.format, Shown{*items, fuzz::registry()});
    } else {
        require(!items.error().full_message().empty());
    }
}

void show_records(cli::Console& console, const View& view, const format::FileView& file) {
    if (view.part == Part::history) {
        show_items<cli::HistoryView>(console, view, policy::history(file));
    } else if (view.part == Part::signatures) {
        show_items<cli::SignaturesView>(console, view, policy::signatures(file, fuzz::registry()));
    } else {
        show_items<cli::SummaryView>(console, view, policy::summarize(file, fuzz::registry()));
    }
}

void show_rules(cli::Console& console, const View& view, const format::FileView& file) {
    if (const auto payload = policy::payload_unverified(file)) {
        const VersionNumber version{file.header().current_version};
        cli::present(console, view.format,
                     cli::PayloadView{*payload, version, crypto::blake3(*payload), false});
    }
}

void show(cli::Console& console, const View& view, ByteView file,
          const VerificationReport& report) {
    const auto parsed = format::FileView::parse(file, format::FileView::Bounds::as_used);
    if (view.part <= Part::findings) {
        show_report(console, view, report);
    } else if (parsed && view.part == Part::rules) {
        show_rules(console, view, *parsed);
    } else if (parsed) {
        show_records(console, view, *parsed);
    }
    console.out().flush();
}

// It parses, and the rules read the same in both languages. An exception fails the target.
void check_document(const View& view, ByteView file, const std::string& text) {
    const bool is_json = view.format == cli::Format::json;
    const auto json = is_json ? nlohmann::json::parse(text) : nlohmann::json();
    const YAML::Node yaml = is_json ? YAML::Node() : YAML::Load(text);
    require(is_json || yaml.IsDefined());
    if (view.part != Part::rules) {
        return;
    }
    const auto shown = [&](const char* key) {
        return is_json ? json.at(key).get<std::string>() : yaml[key].as<std::string>();
    };
    const auto parsed = format::FileView::parse(file, format::FileView::Bounds::as_used);
    const auto payload = policy::payload_unverified(*parsed);
    const bool is_text = !find_utf8_fault(as_text(*payload));
    require(shown("encoding") == (is_text ? "utf-8" : "base64"));
    require(shown("content") == (is_text ? as_text(*payload) : to_base64(*payload)));
}

void check_shown(const View& view, ByteView file, const VerificationReport& report) {
    static fuzz::Screen screen;
    const fuzz::PlayHost host;
    cli::Console console = screen.console(host);
    console.configure(view.colored ? cli::ColorMode::always : cli::ColorMode::never, false);
    show(console, view, file, report);
    const std::string text = screen.take_output();
    require(is_harmless(screen.take_errors(), view.colored));
    require(!find_utf8_fault(text));
    if (view.format == cli::Format::text) {
        // Rules are the operator's own text and come out byte by byte.
        require(view.part == Part::rules || is_harmless(text, view.colored));
    } else if (!text.empty()) {
        require(is_harmless(text, false));
        check_document(view, file, text);
    }
}

VerificationReport check(ByteView file) {
    policy::HistoryCache histories;
    policy::VerifyOptions options;
    options.threads = 1;
    options.history_cache = &histories;
    VerificationReport strict = policy::verify(file, fuzz::registry(), fuzz::now, options);
    // Once more, knowing the history; what is known must not change the verdict.
    const auto opened = policy::open_verified(file, fuzz::registry(), fuzz::now, options);
    require(opened.has_value() == strict.is_valid());
    require(strict.is_valid() == strict.findings.empty());
    options.profile = policy::Profile::reference;
    options.history_cache = nullptr;
    const auto reference = policy::verify(file, fuzz::registry(), fuzz::now, options);
    require(!strict.is_valid() || reference.is_valid());
    require(reference.state(policy::Gate::payload) == policy::GateState::skipped);
    options.pins.file_id = FileId{~strict.file_id.value};
    require(!policy::verify(file, fuzz::registry(), fuzz::now, options).is_valid());
    for (const auto bounds :
         {format::FileView::Bounds::every_section, format::FileView::Bounds::as_used}) {
        if (const auto view = format::FileView::parse(file, bounds)) {
            look_at(*view);
        }
    }
    return strict;
}

// What was repaired is genuine; what is genuine needs no repair; all else is refused.
void check_repair(const Bytes& file, const VerificationReport& verdict) {
    MemoryEnv env;
    env.set_now(fuzz::now);
    env.put("/file", file);
    policy::VerifyOptions options;
    options.threads = 1;
    const auto repair = policy::Repair::plan(env, "/file", fuzz::registry(), options);
    if (!repair) {
        require(!verdict.is_valid() && repair.error().code() == ErrorCode::verdict_invalid);
        return;
    }
    require(repair->before().is_valid() == verdict.is_valid());
    require(repair->changes().empty() == verdict.is_valid());
    if (verdict.is_valid()) {
        return;
    }
    Bytes repaired;
    const ProducedContent content = repair->content();
    const auto produced = content.produce(
        [&](ByteView piece) {
            repaired.insert(repaired.end(), piece.begin(), piece.end());
            return Result<>();
        },
        [] { return Result<>(); });
    require(produced && repaired.size() == content.size);
    require(policy::verify(repaired, fuzz::registry(), fuzz::now, options).is_valid());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t flags = input.byte();
    const ByteView rest = input.rest();
    Bytes file(rest.begin(), rest.end());
    fuzz::repair(file, static_cast<fuzz::Repair>(flags & 3U));
    const VerificationReport verdict = check(file);
    check_shown(view_of(flags), file, verdict);
    check_repair(file, verdict);
    return 0;
}
