// SPDX-License-Identifier: MIT OR Apache-2.0
// That library and model agree.
#include <fmt/format.h>

#include <algorithm>

#include "aion/format/file_view.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/policy/open_verified.hpp"
#include "aion/policy/verify.hpp"
#include "proof/history.hpp"

namespace aion::proof {

using policy::Gate;
using policy::GateState;

void History::same_error(const Error* got, const model::Refusals& expected) {
    count(got == nullptr ? "accepted" : name_of(got->code()));
    if ((got == nullptr) != expected.empty()) {
        differ(got == nullptr ? fmt::format("accepted, but had to be refused with {}",
                                            name_of(*expected.begin()))
                              : "refused: " + got->full_message());
    } else if (got != nullptr && !expected.contains(got->code())) {
        differ(fmt::format("refused with {} in place of {}", name_of(got->code()),
                           name_of(*expected.begin())));
    }
}

void History::same_receipt(const Result<policy::CommitReceipt>& got,
                           const model::Request& request) {
    if (!got || !difference_.empty()) {
        return;
    }
    const model::Version& last = file_.versions().back();
    const bool clamped = !request.explicit_time && last.time > file_.clock;
    if (got->version.value != file_.versions().size() || got->timestamp.value != last.time ||
        got->timestamp_clamped != clamped) {
        differ(fmt::format("the receipt says version {} at {}, not {} at {}", got->version.value,
                           got->timestamp.value, file_.versions().size(), last.time));
    }
    count(clamped ? "clamped" : "not clamped");
}

void History::same_state() {
    const auto content = env_.get(path_);
    if (content.has_value() != file_.exists()) {
        return differ("one has a file and the other has none");
    }
    may_have_leftover_ = may_have_leftover_ && content == content_;
    content_ = content;
    const auto is_expected = [this](const std::string& path) {
        return path == path_ ||
               (may_have_leftover_ && path.starts_with("/.policy.aion.") && path.ends_with(".tmp"));
    };
    if (!std::ranges::all_of(env_.all_paths(), is_expected)) {
        return differ("something was left beside the file");
    }
    if (!content) {
        return;
    }
    same_file_content(*content);
    if (now_.model.chain) {
        remember_points();
        same_windows();
        same_projection();
    }
    same_verdict(*content, now_);
    if (!earlier_.empty()) {
        same_verdict(*content, earlier_[below(earlier_.size())]);
    }
}

void History::same_file_content(ByteView file) {
    const auto view = format::FileView::parse(file);
    const auto told = view ? policy::history(*view) : fail(view.error());
    if (!told || told->size() != file_.versions().size()) {
        return differ("another number of versions");
    }
    for (std::size_t i = 0; i < told->size(); ++i) {
        const policy::VersionInfo& got = (*told)[i];
        const model::Version& version = file_.versions()[i];
        if (got.number.value != i + 1 || got.author.value != version.author ||
            got.timestamp.value != version.time || got.message != version.message) {
            differ(fmt::format("version {} is told otherwise", i + 1));
        }
    }
}

void History::same_verdict(ByteView file, const Registries& under) {
    policy::VerifyOptions options;
    options.key_cache = &key_cache_;
    options.history_cache = one_in(2) ? &history_cache_ : nullptr;
    const auto report = policy::verify(file, under.real, env_.now(), options);
    const model::Verdict verdict = file_.verdict(under.model);
    for (const Gate gate : policy::all_gates) {
        const bool passes = gate != Gate::signatures || verdict.first_refused == 0;
        if (report.asked(gate) && (report.state(gate) == GateState::passed) != passes) {
            differ(fmt::format("gate {}: {}", policy::name_of(gate), report.summary()));
        }
    }
    if (report.is_valid() != (verdict.first_refused == 0)) {
        differ("the verdict is not that of its gates");
    }
    count(report.is_valid() ? "VALID" : "INVALID");
    if (const auto* found = report.first(Gate::signatures)) {
        count(name_of(found->reason));
        if (found->version != VersionNumber{verdict.first_refused} ||
            found->reason != verdict.reason) {
            differ("another version is refused, or for another reason: " + report.summary());
        }
    }
    if (report.head != heads_.back()) {
        differ("another head than the receipt's");
    }
    if (report.signatures_valid != verdict.valid_signatures) {
        differ("another number of valid signatures");
    }
    count(report.temporal_warnings.empty() ? "no warning" : "warning");
    if (report.temporal_warnings.size() != file_.in_the_future()) {
        differ("other remarks about times");
    }
    same_payload(file, under, verdict);
}

void History::same_payload(ByteView file, const Registries& under, const model::Verdict& verdict) {
    const auto opened =
        policy::open_verified(file, under.real, env_.now(), {.history_cache = &history_cache_});
    same_error(opened ? nullptr : &opened.error().error,
               verdict.first_refused == 0 ? model::Refusals()
                                          : model::Refusals{ErrorCode::verdict_invalid});
    if (!opened) {
        if (!opened.error().report || opened.error().report->is_valid()) {
            differ("content was refused without the verdict that forbids it");
        }
        return;
    }
    const model::Version& last = file_.versions().back();
    if (opened->text() != last.payload || opened->author().value != last.author ||
        opened->version().value != file_.versions().size() ||
        opened->timestamp().value != last.time) {
        differ("another payload was opened");
    }
}

}  // namespace aion::proof
