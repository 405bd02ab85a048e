// SPDX-License-Identifier: MIT OR Apache-2.0
// What can happen in a history.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "proof/history.hpp"
#include "support/world.hpp"

namespace aion::proof {

using model::Key;
using policy::test::ScriptedSigner;

namespace {

constexpr int steps_per_history = 30;
constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t day_one = 1'700'000'000 * second;
constexpr Key most_keys = 7;  ///< Keys 1 to 7; the last two are masters.
constexpr Key usual_master = 6;

}  // namespace

std::string History::run() {
    file_.clock = day_one;
    env_.set_now(Timestamp{file_.clock});
    if (one_in(2)) {
        begin_chain();
    }
    while (now_.model.epochs(authors[0]) == 0 || now_.model.epochs(authors[1]) == 0) {
        register_author();
    }
    create();
    for (int i = 0; i < steps_per_history && difference_.empty(); ++i) {
        step();
        same_state();
    }
    return difference_;
}

void History::step() {
    using Step = void (History::*)();
    static constexpr auto steps = std::to_array<Step>(
        {&History::commit, &History::commit, &History::commit, &History::commit, &History::commit,
         &History::commit, &History::commit, &History::session, &History::session,
         &History::register_author, &History::rotate, &History::rotate, &History::end_epoch,
         &History::end_epoch, &History::move_clock, &History::move_clock, &History::lose_power});
    (this->*steps.at(below(steps.size())))();
    if (now_.model.chain && one_in(4)) {
        say_something();
    }
    // A file that the registry no longer accepts goes nowhere.
    const bool stuck = file_.verdict(now_.model).first_refused != 0;
    if (one_in(stuck ? 3 : 25)) {
        create();
    }
}

std::uint64_t History::any_author() {
    return authors.at(below(authors.size()));
}

Key History::any_key() {
    return static_cast<Key>(1 + below(most_keys));
}

// At or beside the version that is next, or where a window begins or ends.
std::uint64_t History::interesting_version() {
    const auto edges = now_.model.edges();
    const bool at_edge = !edges.empty() && one_in(3);
    const std::uint64_t base =
        at_edge ? edges[below(edges.size())] : file_.versions().size() + below(5);
    const std::uint64_t beside = base + (base > UINT64_MAX - 2 ? 0 : below(3));
    return one_in(40) ? UINT64_MAX : beside - std::min<std::uint64_t>(beside, below(2));
}

// Most often what the registry allows; else anything may be wrong with it.
model::Request History::any_request(std::uint64_t number) {
    model::Request request;
    model::Version& version = request.version;
    version.author = any_author();
    const auto right = now_.model.key_at(version.author, number, file_.history());
    version.key = right && !one_in(8) ? *right : any_key();
    version.payload = one_in(6) ? "" : fmt::format("payload {}\n", ++counter_);
    static const std::vector<std::string> messages = {"", "changed", "Grüße, 世界",
                                                      std::string(3, '\0')};
    version.message = messages[below(messages.size())];
    if (one_in(20)) {
        version.message = "\xC3(";
        request.message_is_text = false;
    }
    if (one_in(6)) {
        const std::uint64_t last = file_.exists() ? file_.versions().back().time : file_.clock;
        request.explicit_time = one_in(3) ? last - std::min<std::uint64_t>(last, below(2)) : last;
    }
    if (one_in(20)) {
        request.signer_failure =
            one_in(2) ? ErrorCode::signing_failed : ErrorCode::invalid_signature;
    }
    return request;
}

namespace {

ScriptedSigner signer_for(const model::Request& request) {
    ScriptedSigner signer(secret_of(request.version.key));
    if (request.signer_failure == ErrorCode::signing_failed) {
        signer.failure = error_because(ErrorCode::signing_failed, "token removed");
    } else if (request.signer_failure) {
        signer.answer = Signature();
    }
    return signer;
}

std::optional<Timestamp> time_in(const model::Request& request) {
    return request.explicit_time ? std::optional(Timestamp{*request.explicit_time}) : std::nullopt;
}

std::string text_of(const model::Request& request) {
    return fmt::format("by {} with key {}, time {}{}{}", request.version.author,
                       request.version.key,
                       request.explicit_time ? std::to_string(*request.explicit_time) : "now",
                       request.message_is_text ? "" : ", bad message",
                       request.signer_failure ? ", bad signer" : "");
}

}  // namespace

void History::create() {
    const model::Request request = any_request(1);
    const bool replace = !one_in(3);
    tell(fmt::format("create {}{}", text_of(request), replace ? ", replacing" : ""));
    auto signer = signer_for(request);
    policy::CreateOptions options;
    options.replace_existing = replace;
    const auto made =
        policy::create(env_, path_,
                       {as_bytes(request.version.payload), AuthorId{request.version.author},
                        request.version.message, time_in(request)},
                       signer, options);
    same_refusal(made, file_.create(request, replace));
    same_receipt(made, request);
    if (made) {
        heads_ = {made->version_hash};
    }
}

void History::commit() {
    model::Request request = any_request(file_.versions().size() + 1);
    request.force = one_in(30);
    auto signer = signer_for(request);
    policy::CommitOptions options;
    options.authorization =
        request.force ? policy::Authorization::not_checked : policy::Authorization::required;
    options.verify.key_cache = one_in(2) ? &key_cache_ : nullptr;
    options.verify.history_cache = one_in(2) ? &history_cache_ : nullptr;
    const bool ruled_out = pin_something(options.verify.pins);
    tell(fmt::format("commit {}{}{}", text_of(request), request.force ? ", forced" : "",
                     ruled_out ? ", another file pinned" : ""));
    const auto made =
        policy::commit(env_, path_,
                       {as_bytes(request.version.payload), AuthorId{request.version.author},
                        request.version.message, time_in(request)},
                       signer, now_.real, options);
    const auto closed = file_.closed(now_.model, ruled_out);
    same_refusal(made, closed.empty() ? file_.append(request, now_.model) : closed);
    same_receipt(made, request);
    if (made) {
        heads_.push_back(made->version_hash);
    }
}

// Whether what was pinned rules the file out.
bool History::pin_something(policy::Pins& pins) {
    bool ruled_out = false;
    if (one_in(4)) {
        const std::uint64_t least = interesting_version();
        pins.min_version = VersionNumber{least};
        ruled_out = file_.versions().size() < least;
    }
    if (one_in(4) && !heads_.empty()) {
        const std::size_t which = heads_.size() - 1 - (one_in(3) ? below(heads_.size()) : 0);
        pins.head = heads_[which];
        ruled_out = ruled_out || which + 1 != heads_.size();
    }
    return ruled_out;
}

// A session of some versions, which another writer may forestall.
void History::session() {
    tell("session");
    auto session = policy::CommitSession::open(env_, path_, now_.real);
    const auto closed = file_.closed(now_.model, false);
    same_refusal(session, closed);
    if (!session || !closed.empty()) {
        return;
    }
    model::File draft = file_;
    std::vector<Hash> heads = heads_;
    for (std::uint64_t i = below(6); i > 0 && difference_.empty(); --i) {
        std::swap(draft, file_);  // The request is for what the session has.
        const model::Request request = any_request(file_.versions().size() + 1);
        tell("  add " + text_of(request));
        auto signer = signer_for(request);
        const auto added =
            session->add({as_bytes(request.version.payload), AuthorId{request.version.author},
                          request.version.message, time_in(request)},
                         signer);
        same_refusal(added, file_.append(request, now_.model));
        same_receipt(added, request);
        std::swap(draft, file_);
        if (added) {
            heads.push_back(added->version_hash);
        }
    }
    const std::size_t before = file_.versions().size();
    if (one_in(4)) {
        commit();
    }
    const bool forestalled = file_.versions().size() != before;
    const bool pending = draft.versions().size() != before;
    const auto saved = session->save();
    tell(fmt::format("  save of {} versions", draft.versions().size() - before));
    same_refusal(saved,
                 forestalled && pending ? model::Refusals{ErrorCode::conflict} : model::Refusals());
    if (!forestalled) {
        file_ = draft;
        heads_ = heads;
    }
}

void History::register_author() {
    if (now_.model.chain && !one_in(20)) {
        say_registration();
    } else {
        pin();
    }
}

void History::end_epoch() {
    if (now_.model.chain && !one_in(20)) {
        say_something();
    } else {
        revoke();
    }
}

void History::pin() {
    const std::uint64_t author = any_author();
    const Key master = one_in(10) ? static_cast<Key>(usual_master + 1) : usual_master;
    const Key key = one_in(15) ? model::no_key : static_cast<Key>(1 + below(3));
    tell(fmt::format("pin {} with key {}", author, key));
    if (one_in(3)) {
        earlier_.push_back(now_);
    }
    const auto got = now_.real.pin(AuthorId{author}, public_of(master), public_of(key));
    const auto expected = now_.model.pin(author, master, key);
    same_refusal(got, expected.refusals);
    if (got && (*got == trust::Applied::changed) != expected.changed) {
        differ("pin: changed and already");
    }
}

void History::rotate() {
    if (now_.model.chain && !one_in(20)) {
        say_rotation();
        return;
    }
    model::Rotation r;
    r.author = any_author();
    const auto epochs = static_cast<std::uint32_t>(now_.model.epochs(r.author));
    r.from_epoch = epochs == 0 || one_in(6) ? static_cast<std::uint32_t>(below(3)) : epochs - 1;
    r.to_epoch = one_in(10) ? static_cast<std::uint32_t>(below(4)) : r.from_epoch + 1;
    r.key = one_in(20) ? model::no_key : any_key();
    r.from_version = interesting_version();
    r.signed_by = one_in(8) ? any_key() : usual_master;
    tell(fmt::format("rotate {} from epoch {} to {}, key {}, from version {}, signed by {}",
                     r.author, r.from_epoch, r.to_epoch, r.key, r.from_version, r.signed_by));
    auto master = secret_of(r.signed_by);
    const auto record = trust::sign(trust::RotationRecord{AuthorId{r.author},
                                                          Epoch{r.from_epoch},
                                                          Epoch{r.to_epoch},
                                                          public_of(r.key),
                                                          VersionNumber{r.from_version},
                                                          {}},
                                    master);
    const int times = one_in(4) ? 2 : 1;
    for (int i = 0; i < times; ++i) {
        apply(*record, now_.model.apply(r));
    }
}

void History::revoke() {
    model::Revocation r;
    r.author = any_author();
    const std::size_t epochs = now_.model.epochs(r.author);
    r.epoch = static_cast<std::uint32_t>(below(epochs + (one_in(6) ? 1 : 0) + 1));
    r.epoch = epochs != 0 && !one_in(6) ? r.epoch % static_cast<std::uint32_t>(epochs) : r.epoch;
    r.reason = std::array<std::uint16_t, 4>{1, 2, 3, 255}.at(below(4));
    r.from_version = interesting_version();
    r.signed_by = one_in(8) ? any_key() : usual_master;
    tell(fmt::format("revoke epoch {} of {} from version {}, signed by {}", r.epoch, r.author,
                     r.from_version, r.signed_by));
    auto master = secret_of(r.signed_by);
    const auto record =
        trust::sign(trust::RevocationRecord{AuthorId{r.author},
                                            Epoch{r.epoch},
                                            static_cast<trust::RevocationReason>(r.reason),
                                            VersionNumber{r.from_version},
                                            {}},
                    master);
    const int times = one_in(4) ? 2 : 1;
    for (int i = 0; i < times; ++i) {
        apply(*record, now_.model.apply(r));
    }
}

void History::apply(const trust::SignedRecord& record, const model::Applied& expected) {
    const trust::Registry before = now_.real;
    const auto got = now_.real.apply(record);
    same_refusal(got, expected.refusals);
    if (got && (*got == trust::Applied::changed) != expected.changed) {
        differ("record: changed and already");
    }
    if ((now_.real == before) == expected.changed) {
        differ("a record that was refused or known changed the registry, or the other way round");
    }
    // What is trusted must survive being written down.
    const auto reloaded = trust::Registry::from_json(now_.real.to_json());
    if (!reloaded || *reloaded != now_.real) {
        differ("the registry does not load again as it was");
    }
    if (expected.changed && one_in(2)) {
        earlier_.push_back(now_);
    }
}

void History::move_clock() {
    static constexpr auto jumps = std::to_array<std::uint64_t>(
        {1, second, 59 * second, 60 * second, 61 * second, 86'400 * second});
    const std::uint64_t jump = jumps.at(below(jumps.size()));
    if (one_in(30)) {
        file_.clock = one_in(2) ? 0 : UINT64_MAX;
    } else if (one_in(2)) {
        file_.clock -= std::min(jump, file_.clock);
    } else {
        file_.clock += std::min(jump, UINT64_MAX - file_.clock);
    }
    tell(fmt::format("clock {}", file_.clock));
    env_.set_now(Timestamp{file_.clock});
}

// Whatever was accepted was durable when it was.
void History::lose_power() {
    tell("power cut");
    env_.cut_power({.seed = below(1000), .keep_some = one_in(2)});
    may_have_leftover_ = true;
}

}  // namespace aion::proof
