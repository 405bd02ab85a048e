// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/model_view.hpp"

#include <fmt/format.h>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "views/envelope_view.hpp"
#include "views/manifest_view.hpp"

namespace aion::cli {
namespace {

using supply::ModelResource;
using supply::ModelSerialization;
using supply::ModelStatement;

std::string count_text(const ModelStatement& statement) {
    return counted(statement.file_count(), "file", Digits::grouped);
}

std::string method_text(const ModelSerialization& how) {
    std::string text(supply::name_of(how.hash));
    if (how.shard_size) {
        text += fmt::format(" of shards of {}", counted(*how.shard_size, "byte", Digits::grouped));
    }
    return text;
}

std::string key_text(const crypto::EcPublicKey& key) {
    return fmt::format("{} {}", name_of(key.curve()), key.fingerprint());
}

void write_key(DocumentWriter& out, const crypto::EcPublicKey& key) {
    out.key("key").begin_object().member("curve", name_of(key.curve()));
    out.member("fingerprint", key.fingerprint()).end_object();
}

void write_statement(DocumentWriter& out, Twins& twins, const ModelStatement& statement) {
    const ModelSerialization& how = statement.serialization();
    out.member("name", statement.name()).member("root", to_hex(statement.root()));
    out.member("method", how.shard_size ? "shards" : "files");
    out.member("hash_type", supply::name_of(how.hash));
    twins.number("shard_size", how.shard_size);
    out.member("allow_symlinks", how.allow_symlinks).key("ignore_paths").begin_array();
    for (const std::string& path : how.ignored) {
        out.value(path);
    }
    out.end_array();
    twins.number("file_count", statement.file_count());
}

}  // namespace

void write_text(Console& console, const ModelSignedView& view) {
    console.success("Signature written to: " + shown(view.path));
    console.out().write(fmt::format(
        "  {}, {}, by {}\n  Root: {}\n  Signed by: {}\n", count_text(view.statement),
        counted(view.size, "byte", Digits::grouped), method_text(view.statement.serialization()),
        to_hex(view.statement.root()), key_text(view.key)));
}

void write(DocumentWriter& out, const ModelSignedView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path).path("model", view.model);
    write_statement(out, twins, view.statement);
    twins.number("size", view.size);
    write_key(out, view.key);
    twins.end_object();
}

void write_text(Console& console, const ModelSignatureView& view) {
    const ModelStatement& statement = view.statement;
    Stream& out = console.out();
    out.write(fmt::format("{}: {} of {}, by {}\n  Root: {}\n  Claims to be signed by: {}\n",
                          shown(view.path), count_text(statement), shown(statement.name()),
                          method_text(statement.serialization()), to_hex(statement.root()),
                          view.key_hint.empty() ? "(no hint)" : shown(view.key_hint)));
    for (const std::string& path : statement.serialization().ignored) {
        out.write("  Without: " + shown(path) + "\n");
    }
    for (const ModelResource& resource : statement.resources()) {
        const std::string range =
            resource.end == 0 ? "" : fmt::format("  {} to {}", resource.begin, resource.end);
        out.write(fmt::format("{}  {}{}\n", to_hex(resource.digest), shown(resource.name), range));
    }
    console.hint("Nothing was verified: `aion model verify` does");
}

void write(DocumentWriter& out, const ModelSignatureView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.member("key_hint", view.key_hint);
    write_statement(out, twins, view.statement);
    const bool has_shards = view.statement.serialization().shard_size.has_value();
    out.key("resources").begin_array();
    for (const ModelResource& resource : view.statement.resources()) {
        Twins own(out);
        out.begin_object().member("name", resource.name);
        if (has_shards) {
            own.number("begin", resource.begin).number("end", resource.end);
        }
        out.member("digest", to_hex(resource.digest));
        own.end_object();
    }
    out.end_array();
    twins.end_object();
}

void write_text(Console& console, const ModelVerdictView& view) {
    if (console.is_quiet()) {
        return;
    }
    Stream& out = console.out();
    const std::string word = verdict_word(out, view.is_valid());
    if (!view.check) {
        out.write(fmt::format("{}  {}: {}; no file was looked at\n", word, shown(view.path),
                              view.reason));
        return;
    }
    const std::string whose = "signed by the key " + key_text(view.key);
    if (view.is_valid()) {
        out.write(fmt::format("{}  {}: {} in {}, {}\n", word, shown(view.path),
                              count_text(*view.statement), shown(view.model), whose));
    } else {
        const std::size_t count = view.check->rows.size();
        out.write(fmt::format("{}  {}: {} in {} {} not as {}\n", word, shown(view.path),
                              counted(count, "file", Digits::grouped), shown(view.model),
                              count == 1 ? "is" : "are", whose));
        write_differences(out, view.check->rows, "not signed");
    }
    if (view.check->unsigned_files > 0) {
        out.write(fmt::format("  passed over: {} that nobody signed\n",
                              counted(view.check->unsigned_files, "file", Digits::grouped)));
    }
}

void write(DocumentWriter& out, const ModelVerdictView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path).path("model", view.model);
    out.member("is_valid", view.is_valid()).member("reason", view.reason);
    write_key(out, view.key);
    if (view.statement && view.check) {
        write_statement(out, twins, *view.statement);
        twins.number("same", view.check->same)
            .number("unsigned_files", view.check->unsigned_files)
            .number("hashed_bytes", view.check->hashed_bytes);
        write_differences(out, view.check->rows);
    }
    twins.end_object();
}

}  // namespace aion::cli
