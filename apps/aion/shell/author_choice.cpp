// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/author_choice.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

#include "aion/base/similar.hpp"
#include "aion/trust/registry_chain.hpp"
#include "aion/trust/registry_record.hpp"
#include "shell/decimal.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

// `alice (1001)`, if the registry has a name that `typed` was probably meant to be.
std::optional<std::string> similar_author(const trust::RegistryChain& chain,
                                          std::string_view typed) {
    std::vector<std::string_view> names;
    for (const auto& [id, author] : chain.authors()) {
        if (is_similar(typed, author.name)) {
            names.emplace_back(author.name);
        }
    }
    const auto found = most_similar(typed, names);
    const auto author = found ? chain.author_named(*found) : std::nullopt;
    return author ? std::optional(fmt::format("{} ({})", *found, to_string(*author)))
                  : std::nullopt;
}

std::unexpected<Failure> no_such_name(const std::string& name, const trust::Registry& registry) {
    const trust::RegistryChain* const chain = registry.chain();
    if (chain == nullptr) {
        return fail_with(
            fmt::format("No author is called '{}': the registry has no names", name),
            "Give the author's id, or make a registry with names: aion registry init --help");
    }
    const auto similar = similar_author(*chain, name);
    return fail_with(fmt::format("No author of the registry is called '{}'", name),
                     similar ? "Did you mean " + *similar + "?" : "");
}

}  // namespace

std::expected<AuthorChoice, std::string_view> parse_author(std::string_view text) {
    const auto number = parse_decimal(text, UINT64_MAX);
    if (number) {
        return AuthorId{*number};
    }
    if (!trust::check_author_name(text)) {
        return std::unexpected(number.error());
    }
    return std::string(text);
}

std::string to_text(const AuthorChoice& choice) {
    const auto* const id = std::get_if<AuthorId>(&choice);
    return id != nullptr ? to_string(*id) : std::get<std::string>(choice);
}

Outcome<AuthorId> resolve_author(const AuthorChoice& choice, const trust::Registry& registry) {
    if (const auto* const id = std::get_if<AuthorId>(&choice)) {
        return *id;
    }
    const auto& name = std::get<std::string>(choice);
    const auto found = registry.author_named(name);
    return found ? Outcome<AuthorId>(*found) : no_such_name(name, registry);
}

Outcome<AuthorId> resolve_author(const AuthorChoice& choice) {
    if (const auto* const id = std::get_if<AuthorId>(&choice)) {
        return *id;
    }
    return fail_with(
        fmt::format("No author is known by the name '{}', as no registry was named",
                    std::get<std::string>(choice)),
        "Give the author's id, or a registry that has the name: --registry FILE or AION_REGISTRY");
}

Outcome<std::vector<AuthorId>> resolve_authors(std::span<const AuthorChoice> choices,
                                               const trust::Registry& registry) {
    std::vector<AuthorId> authors;
    authors.reserve(choices.size());
    for (const AuthorChoice& choice : choices) {
        CLI_TRY_ASSIGN(const AuthorId author, resolve_author(choice, registry));
        authors.push_back(author);
    }
    return authors;
}

}  // namespace aion::cli
