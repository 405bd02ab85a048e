// SPDX-License-Identifier: MIT OR Apache-2.0
// The options that state what is known from elsewhere about a file, its signers and the registry.
#pragma once

#include "shell/expectations.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// What --pins does where files are verified.
inline constexpr const char* pins_help =
    "Fail what goes back behind what was accepted before, and remember what is VALID";

/// Of the registry and of whoever signed. `author`: what the first of them is called where
/// `--author` is something else.
inline void signer_options(Options& options, PinTexts& into,
                           const std::string& author = "--author") {
    options.text("--expect-registry", into.registry, "DIGEST",
                 "Fail unless the registry is this one, or continues it: its fingerprint, or the "
                 "hash of a record of its chain");
    options.authors(author, into.authors,
                    "Fail if anybody else signed a version: ids or names, with commas between them "
                    "or the option before each; without it, any author of the registry may");
    options.text("--require", into.require, "REQUIREMENT",
                 "Fail unless so many of these signed the head, as in 'any 2 of alice,bob,carol'");
    options.text("--require-file", into.require_file, "FILE",
                 "The same as the payload of an .aion file, which must be VALID");
    options.authors("--require-file-author", into.require_file_authors,
                    "Who alone may have signed any version of that file: required with it; as "
                    "for " +
                        author);
    options.duration("--max-registry-age", into.max_registry_age, "DURATION",
                     "No verdict under a registry whose root signed nothing for so long (90d, 12h, "
                     "30m), that expired, or that proves nothing");
}

inline void pin_options(Options& options, PinTexts& into, const std::string& author = "--author") {
    options.text("--expect-file-id", into.file_id, "ID",
                 "Fail unless the file has this id (0x and 16 hex digits, or decimal)");
    options.text("--expect-head", into.head, "HASH",
                 "Fail unless the last version has this version hash (64 hex digits)");
    options.number("--min-version", into.min_version, "N",
                   "Fail unless the history reaches at least this version");
    signer_options(options, into, author);
}

}  // namespace aion::cli
