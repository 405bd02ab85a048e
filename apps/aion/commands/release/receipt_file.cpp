// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/release/receipt_file.hpp"

#include <fmt/format.h>

#include <utility>

#include "aion/base/files.hpp"
#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "commands/supply/json_lines.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

constexpr std::uint64_t max_receipts_size = std::uint64_t{512} << 20U;

struct NamedText {
    std::string name;
    std::string value;
};

Outcome<NamedText> split(const std::string& text, const std::string& option,
                         const std::string& value) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals + 1 == text.size()) {
        return fail_with(fmt::format("'{}' is no input", text),
                         fmt::format("Say what it is called, as in {} request={}", option, value));
    }
    return NamedText{text.substr(0, equals), text.substr(equals + 1)};
}

Outcome<Hash> hash_of_file(Context& context, const std::string& path) {
    std::unique_ptr<ReadableFile> file;
    const std::string refused = "Failed to read input: " + path;
    if (path == "-") {
        CLI_TRY_ASSIGN(file, spool_standard_input(context, "an input"));
    } else {
        auto opened = context.env.open(path, {});
        if (!opened) {
            return about_file(fail_with_cause(refused, opened.error()), path);
        }
        file = *std::move(opened);
    }
    crypto::Blake3 hash;
    const auto read =
        read_pieces(*file, 0, file->info().size, [&hash](ByteView piece) { hash.update(piece); });
    if (!read) {
        return about_file(fail_with_cause(refused, read.error()), path);
    }
    CLI_TRY(or_fail(file->check_unchanged(), refused));
    return hash.digest();
}

}  // namespace

Outcome<std::vector<release::Receipt>> receipts_in(std::string_view text, const std::string& path) {
    std::vector<release::Receipt> receipts;
    const auto take = [&receipts](std::string_view one) -> Result<> {
        auto receipt = release::receipt_from_json(one);
        if (!receipt) {
            return std::unexpected(std::move(receipt).error());
        }
        receipts.push_back(*std::move(receipt));
        return {};
    };
    if (has_more_lines(text) && release::receipt_from_json(first_line(text))) {
        CLI_TRY(each_line(text, path, "receipt", take));
        return receipts;
    }
    if (const auto taken = take(text); !taken) {
        return about_file(fail_with("Failed to read receipt: " + path, taken.error()), path);
    }
    return receipts;
}

Outcome<std::vector<release::Receipt>> read_receipts(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, path, "the receipt", "Failed to read receipt: " + path,
                              max_receipts_size));
    return receipts_in(as_text(input.bytes()), path);
}

Outcome<release::Receipt> read_receipt(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(std::vector<release::Receipt> receipts, read_receipts(context, path));
    if (receipts.size() != 1) {
        return about_file(fail_with(fmt::format("{} has {} receipts", path, receipts.size()),
                                    "Give one of its lines as a file of its own"),
                          path);
    }
    return std::move(receipts.front());
}

Outcome<release::JudgedPolicy> judge_policy(Context& context, const std::string& path,
                                            const trust::Registry& registry,
                                            const trust::LogOrder* log) {
    CLI_TRY_ASSIGN(const Input input, read_aion_file(context, path));
    policy::VerifyOptions options;
    options.log = log;
    options.events = context.events;
    auto judged = release::JudgedPolicy::judge(input.bytes(), registry, context.env.now(), options);
    if (!judged) {
        return about_file(fail_with("The policy does not count: " + path, judged.error()), path);
    }
    return *std::move(judged);
}

void input_options(Options& options, InputTexts& into) {
    options.texts(
        "--input", into.files, "NAME=FILE",
        "What was decided about: a name, and the file whose BLAKE3 digest is meant; - for "
        "standard input; may be given several times");
    options.texts("--input-digest", into.digests, "NAME=HEX",
                  "The same by its BLAKE3 digest in hex");
}

Outcome<std::vector<supply::Subject>> read_inputs(Context& context, const InputTexts& texts) {
    std::vector<supply::Subject> inputs;
    for (const std::string& text : texts.files) {
        CLI_TRY_ASSIGN(const NamedText named, split(text, "--input", "FILE"));
        CLI_TRY_ASSIGN(const Hash hash, hash_of_file(context, named.value));
        inputs.push_back(release::receipt_input(named.name, hash));
    }
    for (const std::string& text : texts.digests) {
        CLI_TRY_ASSIGN(const NamedText named, split(text, "--input-digest", "HEX"));
        CLI_TRY_ASSIGN(const Hash hash,
                       or_fail(octets_from_hex<Hash>(named.value), "'" + text + "' is no digest"));
        inputs.push_back(release::receipt_input(named.name, hash));
    }
    if (inputs.empty()) {
        return fail_with("What was decided about?",
                         "Name it with --input NAME=FILE, or --input-digest NAME=HEX");
    }
    return inputs;
}

void decision_option(Options& options, std::optional<release::Decision>& into) {
    using release::Decision;
    options
        .choice("--decision", into,
                {{"allow", std::optional(Decision::allow)},
                 {"deny", std::optional(Decision::deny)},
                 {"degraded", std::optional(Decision::degraded)},
                 {"fail_closed", std::optional(Decision::fail_closed)}},
                "DECISION", "What was decided")
        ->required();
}

}  // namespace aion::cli
