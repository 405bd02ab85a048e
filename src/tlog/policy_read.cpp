// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading policies (c2sp.org/tlog-policy).
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "aion/tlog/policy.hpp"
#include "base/try.hpp"
#include "tlog/note_details.hpp"
#include "tlog/text.hpp"

namespace aion::tlog {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::string_view white_space = " \t";
constexpr std::string_view nobody = "none";

Words words_of(std::string_view line) {
    Words words;
    for (;;) {
        const std::size_t begin = line.find_first_not_of(white_space);
        if (begin == std::string_view::npos) {
            return words;
        }
        line.remove_prefix(begin);
        words.push_back(line.substr(0, line.find_first_of(white_space)));
        line.remove_prefix(words.back().size());
    }
}

bool is_allowed(char c) noexcept {
    const auto octet = static_cast<unsigned char>(c);
    return octet == '\t' || (octet >= 0x20 && octet != 0x7F);
}

}  // namespace

// Reads a policy line by line; what each line finds wrong is a text.
class PolicyReader {
  public:
    Result<LogPolicy> read(std::string_view text) {
        if (text.size() > max_policy_size) {
            return fail(bad("the policy has more bytes than one may have"));
        }
        while (!text.empty()) {
            ++line_;
            const auto line = take_line(text);
            if (!line) {
                // What was cut off could have been the rest of a name.
                return fail(bad("the line has no end"));
            }
            AION_TRY(read_line(*line));
        }
        if (!has_quorum_) {
            ++line_;
            return fail(bad("a policy says its quorum"));
        }
        return std::move(policy_);
    }

  private:
    [[nodiscard]] Error bad(std::string_view why) const {
        return invalid<NoteDetail::policy_bad_line>(line_, why);
    }

    Result<> read_line(std::string_view line) {
        if (!std::ranges::all_of(line, is_allowed)) {
            return fail(bad("it has control characters"));
        }
        const Words words = words_of(line);
        if (words.empty() || words.front().starts_with('#')) {
            return {};
        }
        if (words.front() == "log") {
            return read_log(words);
        }
        if (words.front() == "witness") {
            return read_witness(words);
        }
        if (words.front() == "group") {
            return read_group(words);
        }
        if (words.front() == "quorum") {
            return read_quorum(words);
        }
        return fail(bad("expected log, witness, group, quorum or #"));
    }

    Result<> read_log(const Words& words) {
        if (words.size() < 2 || words.size() > 3) {
            return fail(bad("expected log VKEY [URL]"));
        }
        AION_TRY_ASSIGN(NoteKey key, read_key(words[1]));
        if (key.type() == NoteKeyType::ed25519_cosignature) {
            return fail(bad("the key is a witness's"));
        }
        if (policy_.logs_.size() == max_policy_names) {
            return fail(bad("too many logs"));
        }
        if (has_public_key(policy_.logs_, key)) {
            return fail(bad("a log with this key is there already"));
        }
        policy_.logs_.push_back({.key = std::move(key), .url = url_of(words, 2)});
        return {};
    }

    Result<> read_witness(const Words& words) {
        if (words.size() < 3 || words.size() > 4) {
            return fail(bad("expected witness NAME VKEY [URL]"));
        }
        AION_TRY_ASSIGN(NoteKey key, read_key(words[2]));
        if (key.type() == NoteKeyType::ed25519) {
            return fail(bad("the key is a log's, which makes no cosignatures"));
        }
        if (policy_.witnesses_.size() == max_policy_names) {
            return fail(bad("too many witnesses"));
        }
        if (has_public_key(policy_.witnesses_, key)) {
            return fail(bad("a witness with this key is there already"));
        }
        AION_TRY(define({.name = std::string(words[1]),
                         .witness = policy_.witnesses_.size(),
                         .needed = 0,
                         .members = {}}));
        policy_.witnesses_.push_back(
            {.name = std::string(words[1]), .key = std::move(key), .url = url_of(words, 3)});
        return {};
    }

    Result<> read_group(const Words& words) {
        if (words.size() < 4) {
            return fail(bad("expected group NAME K|any|all MEMBER..."));
        }
        if (++groups_ > max_policy_names) {
            return fail(bad("too many groups"));
        }
        LogPolicy::Node group{
            .name = std::string(words[1]), .witness = std::nullopt, .needed = 0, .members = {}};
        for (const std::string_view word : Words(words.begin() + 3, words.end())) {
            const auto member = find(word);
            if (!member) {
                return fail(bad("a member is no witness or group of a line before"));
            }
            // So each witness counts in one way only.
            if (!members_.insert(*member).second) {
                return fail(bad("a member is in a group already"));
            }
            group.members.push_back(*member);
        }
        const auto number = decimal(words[2]);
        if (words[2] == "any") {
            group.needed = 1;
        } else if (words[2] == "all") {
            group.needed = group.members.size();
        } else if (number && *number >= 1 && *number <= group.members.size()) {
            group.needed = *number;
        } else {
            return fail(bad("it needs any, all, or a number from 1 to that of its members"));
        }
        return define(std::move(group));
    }

    Result<> read_quorum(const Words& words) {
        if (words.size() != 2) {
            return fail(bad("expected quorum NAME|none"));
        }
        if (has_quorum_) {
            return fail(bad("the quorum is said already"));
        }
        has_quorum_ = true;
        if (words[1] == nobody) {
            return {};
        }
        policy_.quorum_ = find(words[1]);
        if (!policy_.quorum_) {
            return fail(bad("the quorum is no witness or group of a line before"));
        }
        return {};
    }

    Result<NoteKey> read_key(std::string_view text) {
        auto key = NoteKey::parse(text);
        if (!key) {
            return fail(
                bad(key.error().fields().empty() ? "no verifier key" : reason_of(key.error())));
        }
        // One line of a note could be a signature of either, so neither could be judged.
        if (!key_names_.emplace(key->name(), key->id()).second) {
            return fail(bad("a key with this name and id is there already"));
        }
        return key;
    }

    static std::string reason_of(const Error& error) {
        return std::get<std::string>(error.fields().front().value);
    }

    static std::string url_of(const Words& words, std::size_t place) {
        return words.size() > place ? std::string(words[place]) : std::string();
    }

    template <class Known>
    static bool has_public_key(const std::vector<Known>& known, const NoteKey& key) {
        return std::ranges::any_of(
            known, [&](const Known& one) { return equal(one.key.public_key(), key.public_key()); });
    }

    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
        const auto node = std::ranges::find(policy_.nodes_, name, &LogPolicy::Node::name);
        return node == policy_.nodes_.end()
                   ? std::nullopt
                   : std::optional(static_cast<std::size_t>(node - policy_.nodes_.begin()));
    }

    Result<> define(LogPolicy::Node node) {
        if (node.name == nobody || find(node.name)) {
            return fail(bad("the name is taken"));
        }
        policy_.nodes_.push_back(std::move(node));
        return {};
    }

    LogPolicy policy_;
    std::set<std::pair<std::string, std::uint32_t>> key_names_;
    std::set<std::size_t> members_;
    std::size_t groups_ = 0;
    std::size_t line_ = 0;
    bool has_quorum_ = false;
};

Result<LogPolicy> LogPolicy::parse(std::string_view text) {
    return PolicyReader().read(text);
}

}  // namespace aion::tlog
