// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/compliance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "aion/base/counted.hpp"
#include "aion/base/time_text.hpp"
#include "base/names.hpp"
#include "report/statements.hpp"
#include "report/words.hpp"

namespace aion::report {

namespace {

struct FrameworkRow {
    Framework value;
    std::string_view name;
    std::string_view display;
};

constexpr NameTable frameworks(std::to_array<FrameworkRow>({
    {Framework::sox, "sox", "SOX"},
    {Framework::hipaa, "hipaa", "HIPAA"},
    {Framework::gdpr, "gdpr", "GDPR"},
    {Framework::generic, "generic", "Generic Audit"},
}));

constexpr NameTable standings(std::to_array<Named<Standing>>({
    {Standing::text, "text"},
    {Standing::holds, "holds"},
    {Standing::fails, "fails"},
    {Standing::unknown, "unknown"},
}));

using policy::Examination;
using policy::Gate;
using policy::GateState;
using policy::VerificationReport;

// What follows from the checks of one file.
class FileTeller final : public Teller {
  public:
    explicit FileTeller(const Examination& file)
        : file_(file), report_(file.report()), asserts_(asserts(report_)) {}

    void open(std::vector<Statement>& into) const override {
        if (asserts_) {
            return;
        }
        if (report_.is_valid()) {
            add(into, Standing::unknown,
                "By the rules of the reference profile, which let pass what is not genuine, the "
                "file is VALID. Nothing can be concluded from that, and nothing is asserted here.",
                "profile");
            return;
        }
        add(into, Standing::fails,
            "The file is INVALID. Nothing can be concluded from it, and nothing is asserted here.",
            "verdict");
    }

    void tell(const Item& item, std::vector<Statement>& into) const override {
        switch (item.kind) {
            case Item::Kind::gate:
                tell_gate(item, into);
                break;
            case Item::Kind::file_id:
                tell_file_id(item, into);
                break;
            case Item::Kind::extent:
                tell_extent(into);
                break;
            case Item::Kind::completeness:
                tell_completeness(item, into);
                break;
            case Item::Kind::last:
                tell_last(into);
                break;
            case Item::Kind::signatures:
                tell_signatures(into);
                break;
            case Item::Kind::entries:
                tell_entries(into);
                break;
            case Item::Kind::events:
                tell_events(into);
                break;
            case Item::Kind::times:
                tell_times(into);
                break;
            case Item::Kind::verdict:
                tell_verdict(into);
                break;
            case Item::Kind::conclusion:
                tell_conclusion(item, into);
                break;
            case Item::Kind::open:
                tell_open(into);
                break;
            case Item::Kind::remark:
                break;
        }
    }

  private:
    static void add(std::vector<Statement>& into, Standing standing, std::string text,
                    std::string basis = {}) {
        into.push_back({standing, std::move(text), std::move(basis)});
    }

    // Something that holds of a VALID file, and else is only what the file says.
    void add_if_valid(std::vector<Statement>& into, const std::string& clause,
                      std::string basis) const {
        if (asserts_) {
            add(into, Standing::holds, sentence({}, clause), std::move(basis));
        } else {
            add(into, Standing::text, sentence("The file says, unproven", clause));
        }
    }

    void tell_gate(const Item& item, std::vector<Statement>& into) const {
        const GateWords& words = words_of(item.gate);
        const GateState state = report_.state(item.gate);
        std::string basis = basis_of(item.gate);
        if (!report_.asked(item.gate)) {
            const std::string_view why = item.gate == Gate::pin
                                             ? "nothing was pinned, so it was not checked"
                                             : "the profile did not ask";
            add(into, Standing::unknown,
                sentence(item.label, fmt::format("{} {}", why, words.whether)), std::move(basis));
        } else if (state == GateState::failed) {
            add(into, Standing::fails,
                sentence(item.label, fmt::format("{}. {}", words.fails, found(item.gate))),
                std::move(basis));
        } else if (state == GateState::skipped) {
            add(into, Standing::unknown,
                sentence(item.label,
                         fmt::format("as what it takes could not be located, it is not known {}",
                                     words.whether)),
                std::move(basis));
        } else if (asserts_) {
            add(into, Standing::holds, sentence(item.label, words.holds), std::move(basis));
        } else {
            add(into, Standing::text,
                sentence(item.label, fmt::format("the gate {} passed, which alone proves nothing",
                                                 name_of(item.gate))),
                std::move(basis));
        }
    }

    // `Found: …`, with the number of others.
    [[nodiscard]] std::string found(Gate gate) const {
        const policy::Finding* const first = report_.first(gate);
        if (first == nullptr) {
            return {};
        }
        const std::uint64_t others = report_.finding_counts[static_cast<std::size_t>(gate)] - 1;
        return fmt::format("Found: {} ({}){}", first->message, name_of(first->reason),
                           others == 0 ? "" : fmt::format(", and {} more", others));
    }

    [[nodiscard]] bool leaves_open(policy::Unauthenticated what) const {
        return std::ranges::find(report_.unauthenticated, what) != report_.unauthenticated.end();
    }

    void tell_file_id(const Item& item, std::vector<Statement>& into) const {
        const std::string id = to_string(report_.file_id);
        if (asserts_ && !leaves_open(policy::Unauthenticated::file_id)) {
            add(into, Standing::holds,
                sentence(item.label, fmt::format("the file is {}, as was pinned", id)),
                basis_of(Gate::pin));
            return;
        }
        const bool has_header = file_.header() != nullptr;
        add(into, Standing::text,
            sentence(item.label,
                     has_header
                         ? fmt::format("the file calls itself {}, which no signature covers", id)
                         : "the file has no readable header, and so no id"));
    }

    void tell_extent(std::vector<Statement>& into) const {
        if (file_.version_count() == 0) {
            add(into, Standing::text, "No version could be located.");
            return;
        }
        add_if_valid(into,
                     fmt::format("the file has {}", counted(file_.version_count(), "version")),
                     basis_of(Gate::chain));
    }

    // A shorter history is a valid one: only a head that is known from elsewhere tells.
    void tell_completeness(const Item& item, std::vector<Statement>& into) const {
        std::string basis = basis_of(Gate::pin);
        if (asserts_ && !leaves_open(policy::Unauthenticated::history_length)) {
            add(into, Standing::holds,
                sentence(item.label,
                         "the last version is the one whose hash was pinned, so up to that one "
                         "none is missing"),
                std::move(basis));
        } else {
            add(into, Standing::unknown,
                sentence(item.label,
                         asserts_ ? "as no head was pinned, it is not known whether later versions "
                                    "were cut off"
                                  : "as the file is not proven, it is not known whether versions "
                                    "are missing"),
                std::move(basis));
        }
    }

    void tell_last(std::vector<Statement>& into) const {
        const std::uint64_t count = file_.version_count();
        if (count == 0) {
            add(into, Standing::text, "No version could be located.");
            return;
        }
        const policy::ExaminedVersion last = file_.version(count - 1);
        add_if_valid(into,
                     fmt::format("the last version here is {}, by author {}, whose clock said {}",
                                 to_string(last.number), to_string(last.author),
                                 rfc3339_seconds(last.timestamp)),
                     basis_of(Gate::signatures));
    }

    void tell_signatures(std::vector<Statement>& into) const {
        const std::uint64_t valid = report_.signatures_valid;
        const std::string versions = counted(file_.version_count(), "version");
        if (report_.state(Gate::signatures) == GateState::skipped) {
            add(into, Standing::unknown, "No signature was judged.", basis_of(Gate::signatures));
        } else if (asserts_) {
            add(into, Standing::holds,
                fmt::format("{} of {} {} a valid signature.", valid, versions,
                            valid == 1 ? "has" : "have"),
                basis_of(Gate::signatures));
        } else {
            add(into, Standing::text,
                fmt::format("The signatures of {} of {} verify, which alone proves nothing.", valid,
                            versions),
                "count of signatures");
        }
    }

    void tell_entries(std::vector<Statement>& into) const {
        if (file_.audit_count() == 0) {
            add(into, Standing::text, "No entry of the audit trail could be located.");
            return;
        }
        add_if_valid(into,
                     fmt::format("the audit trail has {} {}", file_.audit_count(),
                                 file_.audit_count() == 1 ? "entry" : "entries"),
                     basis_of(Gate::audit));
    }

    void tell_events(std::vector<Statement>& into) const {
        const std::uint64_t count = file_.version_count();
        if (count == 0) {
            add(into, Standing::text, "No event could be located.");
            return;
        }
        // Signed are the times that authors claimed; nobody else vouches for them.
        add_if_valid(into,
                     fmt::format("the first event here was at {}, the last at {}, by the clocks "
                                 "of those who signed",
                                 rfc3339_seconds(file_.version(0).timestamp),
                                 rfc3339_seconds(file_.version(count - 1).timestamp)),
                     basis_of(Gate::signatures));
    }

    void tell_times(std::vector<Statement>& into) const {
        const std::size_t count = report_.temporal_warnings.size();
        std::string basis = "temporal warnings";
        if (file_.version_count() == 0) {
            add(into, Standing::unknown, "No version could be located, so no time was looked at.",
                std::move(basis));
        } else if (count != 0) {
            add(into, Standing::fails,
                fmt::format("Temporal warnings: {}. Times of versions go back, or lie behind the "
                            "time of this run. That changes no verdict.",
                            count),
                std::move(basis));
        } else if (asserts_) {
            add(into, Standing::holds,
                "Temporal warnings: 0. No version is earlier than the one before, or more than a "
                "minute later than "
                "this run.",
                std::move(basis));
        } else {
            add(into, Standing::text, "Temporal warnings: 0.", std::move(basis));
        }
    }

    void tell_verdict(std::vector<Statement>& into) const {
        if (asserts_) {
            add(into, Standing::holds, "The file is VALID: every gate that was asked passed.",
                "verdict");
        } else if (!report_.is_valid()) {
            add(into, Standing::fails, sentence({}, "INVALID: " + report_.reason()), "verdict");
        }
    }

    void tell_conclusion(const Item& item, std::vector<Statement>& into) const {
        if (!asserts_ || file_.version_count() == 0) {
            return;
        }
        const policy::ExaminedVersion last = file_.version(file_.version_count() - 1);
        add(into, Standing::holds,
            sentence(item.label,
                     fmt::format("the content is the one that author {} signed as version {}{}, "
                                 "and each earlier version was signed by an author whose key the "
                                 "registry allowed for it",
                                 to_string(last.author), to_string(last.number),
                                 last.epoch == nullptr
                                     ? std::string()
                                     : " with the key of epoch " + to_string(last.epoch->epoch))),
            "verdict");
    }

    void tell_open(std::vector<Statement>& into) const {
        for (const OpenPoint& point : open_points(report_)) {
            add(into, Standing::text, sentence({}, point.explanation),
                fmt::format("unauthenticated {}", point.what));
        }
    }

    const Examination& file_;
    const VerificationReport& report_;
    bool asserts_;
};

}  // namespace

std::string_view name_of(Framework framework) noexcept {
    return frameworks.name(framework);
}

std::string_view display_name(Framework framework) noexcept {
    const FrameworkRow* const row = frameworks.find(framework);
    return row == nullptr ? "unknown" : row->display;
}

std::string_view name_of(Standing standing) noexcept {
    return standings.name(standing);
}

Report make_report(const policy::Examination& file, Framework framework, Run run) {
    return {.framework = framework,
            .title = title_of(framework),
            .run = std::move(run),
            .file = &file,
            .sections = sections_of(framework, FileTeller(file))};
}

}  // namespace aion::report
