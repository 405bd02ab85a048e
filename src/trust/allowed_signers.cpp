// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/allowed_signers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <span>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/base64.hpp"
#include "aion/base/utf8.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/trust/registry_chain.hpp"
#include "aion/trust/registry_record.hpp"

namespace aion::trust {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view key_type = "ssh-ed25519";
constexpr std::string_view unnamed = "author-";
// RFC 8709 section 4: the type and the key, each behind its length in four bytes.
constexpr std::array<std::uint8_t, 19> key_begin = {
    0, 0, 0, 11, 's', 's', 'h', '-', 'e', 'd', '2', '5', '5', '1', '9', 0, 0, 0, 32};
constexpr auto other_key_types = std::to_array<std::string_view>(
    {"ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
     "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"});

// Why a line is left out; nothing if it is not.
using Problem = std::optional<std::string>;

std::string_view without_blanks(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

// A part of a line as it is shown, not all of it if it is long.
std::string shown(std::string_view part) {
    constexpr std::size_t most = 60;
    std::size_t size = 0;
    while (size < part.size()) {
        const std::size_t next = size + first_character(part.substr(size)).length;
        if (next > most) {
            return escape_controls(part.substr(0, size)) + "…";
        }
        size = next;
    }
    return escape_controls(part);
}

// Cuts what stands before the first of `ends` outside of quotation marks off the front of `text`,
// with what it ends at. Nothing if quotation marks are left open.
std::optional<std::string_view> take_until(std::string_view& text, std::string_view ends) {
    bool is_quoted = false;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if (text[at] == '\\' && text.substr(at + 1).starts_with('"')) {
            ++at;
        } else if (text[at] == '"') {
            is_quoted = !is_quoted;
        } else if (!is_quoted && ends.contains(text[at])) {
            break;
        }
    }
    if (is_quoted) {
        return std::nullopt;
    }
    const std::string_view taken = text.substr(0, at);
    text.remove_prefix(std::min(text.size(), at + 1));
    return taken;
}

std::optional<std::string_view> take_word(std::string_view& line) {
    const auto word = take_until(line, blanks);
    line = without_blanks(line);
    return word;
}

std::vector<std::string_view> parts_of(std::string_view list) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t comma = list.find(',');
        parts.push_back(list.substr(0, comma));
        if (comma == std::string_view::npos) {
            return parts;
        }
        list.remove_prefix(comma + 1);
    }
}

// ssh_config(5), PATTERNS.
bool matches(std::string_view pattern, std::string_view text) {
    std::size_t at = 0;
    std::size_t in_text = 0;
    std::optional<std::size_t> behind_star;
    std::size_t retry = 0;
    while (in_text < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            behind_star = ++at;
            retry = in_text;
        } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[in_text])) {
            ++at;
            ++in_text;
        } else if (behind_star) {
            at = *behind_star;
            in_text = ++retry;
        } else {
            return false;
        }
    }
    return pattern.substr(at).find_first_not_of('*') == std::string_view::npos;
}

bool is_in_list(std::string_view text, std::string_view patterns) {
    bool is_in = false;
    for (const std::string_view pattern : parts_of(patterns)) {
        if (pattern.starts_with('!')) {
            if (matches(pattern.substr(1), text)) {
                return false;
            }
        } else {
            is_in = is_in || matches(pattern, text);
        }
    }
    return is_in;
}

bool is_pattern(std::string_view principal) {
    return principal.starts_with('!') || principal.find_first_of("*?") != std::string_view::npos;
}

bool is_key_type(std::string_view word) {
    return word == key_type || std::ranges::find(other_key_types, word) != other_key_types.end() ||
           word.ends_with("-cert-v01@openssh.com");
}

std::optional<std::uint64_t> decimal(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [behind, fault] = std::from_chars(text.data(), end, number);
    if (fault != std::errc() || behind != end || std::to_string(number) != text) {
        return std::nullopt;
    }
    return number;
}

// What one line says. Its texts borrow from the line.
struct RawLine {
    std::string_view principals;
    std::string_view options;
    std::string_view type;
    std::string_view key;
    std::string_view comment;
};

Problem find_bad_character(std::string_view line) {
    if (const auto fault = find_utf8_fault(line)) {
        return describe(*fault);
    }
    const auto is_control = [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
    };
    if (std::ranges::any_of(line, is_control)) {
        return "it has control characters";
    }
    return std::nullopt;
}

Problem split(std::string_view line, RawLine& raw) {
    const auto principals = take_word(line);
    const auto second = take_word(line);
    if (!principals || !second) {
        return "a quotation mark is left open";
    }
    raw.principals = *principals;
    if (raw.principals.size() >= 2 && raw.principals.starts_with('"') &&
        raw.principals.ends_with('"')) {
        raw.principals = raw.principals.substr(1, raw.principals.size() - 2);
    }
    raw.type = *second;
    if (!is_key_type(*second)) {
        raw.options = *second;
        raw.type = line.substr(0, line.find_first_of(blanks));
        line = without_blanks(line.substr(raw.type.size()));
    }
    if (raw.type.empty()) {
        return "there is no key";
    }
    raw.key = line.substr(0, line.find_first_of(blanks));
    raw.comment = without_blanks(line.substr(raw.key.size()));
    return std::nullopt;
}

Problem check_option(std::string_view option, bool any_namespace) {
    const std::size_t equals = option.find('=');
    const std::string name = ascii_lowered(std::string(option.substr(0, equals)));
    if (name == "cert-authority" && equals == std::string_view::npos) {
        return "it is an authority for certificates, which no registry knows";
    }
    if (name != "namespaces" && name != "valid-after" && name != "valid-before") {
        return "unknown option " + shown(option);
    }
    std::string_view value =
        equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
    if (value.size() < 2 || !value.starts_with('"') || !value.ends_with('"')) {
        return fmt::format("option {} needs a value in quotation marks", name);
    }
    value = value.substr(1, value.size() - 2);
    if (value.contains('"')) {
        return fmt::format("option {} has a quotation mark in its value", name);
    }
    if (name != "namespaces") {
        return fmt::format("{} {}: a registry counts versions, never dates", name, shown(value));
    }
    if (!any_namespace && !is_in_list(signer_namespace, value)) {
        return fmt::format("it is for namespaces {} only, not for {}", shown(value),
                           signer_namespace);
    }
    return std::nullopt;
}

Problem check_options(std::string_view options, bool any_namespace) {
    if (options.ends_with(',')) {
        return "there is no option behind a comma";
    }
    bool has_one = false;
    while (!options.empty()) {
        const auto option = take_until(options, ",");
        if (!option) {
            return "a quotation mark is left open";
        }
        if (auto problem = check_option(*option, any_namespace)) {
            return problem;
        }
        // No other is read.
        if (std::exchange(has_one, true)) {
            return "option namespaces is there twice";
        }
    }
    return std::nullopt;
}

Problem read_key(const RawLine& raw, PublicKey& key) {
    if (raw.type != key_type) {
        return fmt::format("keys of type {} cannot sign versions, {} can", shown(raw.type),
                           key_type);
    }
    const auto blob = from_base64(raw.key);
    if (!blob || to_base64(*blob) != raw.key ||
        blob->size() != key_begin.size() + PublicKey::size ||
        !std::ranges::equal(ByteView(*blob).first(key_begin.size()), key_begin)) {
        return fmt::format("what stands behind {} is no such key", key_type);
    }
    key = *PublicKey::from(ByteView(*blob).subspan(key_begin.size()));
    if (!crypto::is_valid_public_key(key)) {
        return "its key is no sound Ed25519 key";
    }
    return std::nullopt;
}

Problem read_name(std::string_view principal, AllowedSigner& signer) {
    if (principal.starts_with(unnamed)) {
        if (const auto number = decimal(principal.substr(unnamed.size()))) {
            signer.author = AuthorId{*number};
            return std::nullopt;
        }
    }
    if (const auto checked = check_author_name(principal); !checked) {
        return fmt::format("its principal could be no author's name: {}",
                           shown(checked.error().messages().back()));
    }
    signer.name = principal;
    return std::nullopt;
}

class SignersReader {
  public:
    explicit SignersReader(const ReadSignersOptions& options) : options_(options) {}

    Result<AllowedSigners> read(std::string_view text) {
        if (text.size() > max_signers_size) {
            return fail(error_because(ErrorCode::resource_exhausted,
                                      fmt::format("allowed signers of {} bytes, more than {}",
                                                  text.size(), max_signers_size)));
        }
        text = without_byte_order_mark(text);
        std::size_t used = 0;
        for (line_ = 1; !text.empty(); ++line_) {
            const std::size_t end = text.find('\n');
            std::string_view line = text.substr(0, end);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
            if (line.ends_with('\r')) {
                line.remove_suffix(1);
            }
            line = without_blanks(line);
            if (line.empty() || line.starts_with('#')) {
                continue;
            }
            if (++used > max_signers_lines) {
                return fail(error_because(
                    ErrorCode::resource_exhausted,
                    fmt::format("more than {} lines of allowed signers", max_signers_lines)));
            }
            if (auto problem = add(line)) {
                out_.remarks.push_back(
                    {.line = line_, .is_left_out = true, .message = *std::move(problem)});
            }
        }
        return std::move(out_);
    }

  private:
    Problem add(std::string_view line) {
        RawLine raw;
        AllowedSigner signer{
            .line = line_, .name = "", .author = std::nullopt, .key = {}, .contact = ""};
        if (auto problem = find_bad_character(line)) {
            return problem;
        }
        if (auto problem = split(line, raw)) {
            return problem;
        }
        const auto principals = parts_of(raw.principals);
        const auto pattern = std::ranges::find_if(principals, is_pattern);
        if (pattern != principals.end()) {
            return fmt::format("principal {} is a pattern, not somebody", shown(*pattern));
        }
        if (auto problem = check_options(raw.options, options_.any_namespace)) {
            return problem;
        }
        if (auto problem = read_key(raw, signer.key)) {
            return problem;
        }
        if (auto problem = read_name(principals.front(), signer)) {
            return problem;
        }
        if (auto problem = check_is_new(principals.front(), signer.key)) {
            return problem;
        }
        take_contact(raw.comment, std::span(principals).subspan(1), signer);
        out_.signers.push_back(std::move(signer));
        return std::nullopt;
    }

    Problem check_is_new(std::string_view principal, const PublicKey& key) {
        std::string name = ascii_lowered(std::string(principal));
        if (const auto known = lines_by_name_.find(name); known != lines_by_name_.end()) {
            return fmt::format("{} has the key of line {}, and an author has one at a time",
                               shown(principal), known->second);
        }
        if (const auto known = lines_by_key_.find(key); known != lines_by_key_.end()) {
            return fmt::format("line {} has its key", known->second);
        }
        lines_by_name_.emplace(std::move(name), line_);
        lines_by_key_.emplace(key, line_);
        return std::nullopt;
    }

    void take_contact(std::string_view comment, std::span<const std::string_view> others,
                      AllowedSigner& signer) {
        const std::string further = fmt::format("{}", fmt::join(others, ", "));
        const std::string contact = comment.empty() ? further : std::string(comment);
        if (!comment.empty() && !others.empty()) {
            note(fmt::format("of its principals the first is its name; not taken over: {}",
                             shown(further)));
        }
        const RegistryRecord probe{
            .number = 0,
            .previous = {},
            .time = {},
            .reason = "",
            .facts = AuthorRenaming{.author = AuthorId{0}, .name = "", .contact = contact},
            .signatures = {}};
        if (const auto checked = check_form(probe); !checked) {
            note(fmt::format("not taken over as its contact: {}",
                             shown(checked.error().messages().back())));
            return;
        }
        signer.contact = contact;
    }

    void note(std::string message) {
        out_.remarks.push_back(
            {.line = line_, .is_left_out = false, .message = std::move(message)});
    }

    ReadSignersOptions options_;
    AllowedSigners out_;
    std::size_t line_ = 0;
    // By their lower case: a registry has no two names that differ in nothing else.
    std::map<std::string, std::size_t> lines_by_name_;
    std::map<PublicKey, std::size_t> lines_by_key_;
};

// What OpenSSH would take for somebody else, or for none.
bool is_plain_principal(std::string_view name) {
    return !name.empty() && !name.starts_with('#') && !is_pattern(name);
}

std::string_view contact_of(const Registry& registry, AuthorId author) {
    return registry.chain() == nullptr
               ? std::string_view()
               : std::string_view(registry.chain()->authors().at(author).contact);
}

// Empty: it is.
std::string_view why_not_written(const Registry& registry, AuthorId author,
                                 const EpochRecord& newest) {
    const RegistryChain* const chain = registry.chain();
    const bool is_revoked = chain == nullptr
                                ? newest.revocation.has_value()
                                : chain->authors().at(author).epochs.back().reason.has_value();
    if (is_revoked) {
        return "its newest key was revoked";
    }
    if (chain != nullptr && chain->authors().at(author).scoped_by) {
        return "it may sign certain histories only";
    }
    return newest.may_sign_any() ? "" : "its newest key may sign nothing";
}

// SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 section 4), but for the key behind it.
constexpr std::array<std::uint8_t, 12> spki_begin = {0x30, 0x2A, 0x30, 0x05, 0x06, 0x03,
                                                     0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};

std::string key_blob(const PublicKey& key) {
    Bytes blob(key_begin.begin(), key_begin.end());
    blob.insert(blob.end(), key.bytes.begin(), key.bytes.end());
    return to_base64(blob);
}

}  // namespace

Result<AllowedSigners> read_allowed_signers(std::string_view text,
                                            const ReadSignersOptions& options) {
    return SignersReader(options).read(text);
}

std::string to_allowed_signers(const Registry& registry) {
    std::string text =
        "# Newest keys of a registry, which alone says what each of them may sign.\n";
    for (const auto& [id, author] : registry.authors()) {
        const std::string_view name = registry.author_name(id);
        const std::string principal =
            is_plain_principal(name) ? std::string(name) : fmt::format("{}{}", unnamed, id.value);
        const EpochRecord& newest = author.epochs.back();
        if (const auto why = why_not_written(registry, id, newest); !why.empty()) {
            text += fmt::format("# {}: {}\n", principal, why);
            continue;
        }
        const std::string_view contact = contact_of(registry, id);
        text +=
            fmt::format("{} namespaces=\"{}\" {} {}{}{}\n", principal, signer_namespace, key_type,
                        key_blob(newest.public_key), contact.empty() ? "" : " ", contact);
    }
    return text;
}

Result<std::string> to_public_key_pem(const Registry& registry, AuthorId author) {
    const Registry::Author* const known = registry.find(author);
    if (known == nullptr) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "the registry has no author " + to_string(author)));
    }
    const EpochRecord& newest = known->epochs.back();
    if (const auto why = why_not_written(registry, author, newest); !why.empty()) {
        return fail(error_because(
            ErrorCode::invalid_argument,
            fmt::format("author {} has no key for others: {}", to_string(author), why)));
    }
    Bytes der(spki_begin.begin(), spki_begin.end());
    der.insert(der.end(), newest.public_key.bytes.begin(), newest.public_key.bytes.end());
    return "-----BEGIN PUBLIC KEY-----\n" + to_base64(der) + "\n-----END PUBLIC KEY-----\n";
}

}  // namespace aion::trust
