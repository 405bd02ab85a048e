// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/base/spool.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/utf8.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/crypto/sha256.hpp"
#include "base/try.hpp"
#include "report/evidence_check.hpp"
#include "report/tar.hpp"
#include "report/words.hpp"

namespace aion::report {

namespace {

using Append = ProducedContent::Append;

constexpr std::string_view tar_folder = "evidence/";
constexpr std::uint32_t folder_mode = 0755;
constexpr std::uint32_t text_mode = 0644;
constexpr std::uint32_t program_mode = 0755;

// A name stands twice in an archive, each with a number of as many digits as there are.
constexpr std::size_t longest_stem = 24;
static_assert(tar_folder.size() + (2 * (1 + longest_stem + 1 + 10)) + 1 <= longest_tar_name);

bool is_harmless(char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || c == '.' || c == '_' || c == '-';
}

// Letters, digits and a few signs; nothing that begins like an option or is hidden.
std::string harmless(std::string_view name) {
    std::string text(name.substr(0, longest_stem));
    std::ranges::replace_if(text, [](char c) { return !is_harmless(c); }, '_');
    return text.empty() || text.front() == '-' || text.front() == '.' ? "_" + text : text;
}

/// Lets a writer that takes text write to something that can fail. What it says behind an error is
/// dropped.
class FallibleSink {
  public:
    explicit FallibleSink(const Append& append) : append_(append) {}

    [[nodiscard]] TextSink sink() {
        return [this](std::string_view piece) {
            if (result_) {
                result_ = append_(as_bytes(piece));
            }
        };
    }

    [[nodiscard]] Result<> finish() { return std::move(result_); }

  private:
    const Append& append_;
    Result<> result_;
};

std::string sums_of(const std::vector<Evidence::Item>& items,
                    std::string (*digest)(const policy::FileDigests&)) {
    std::string text;
    for (const Evidence::Item& item : items) {
        text += fmt::format("{}  {}\n", digest(item.digests), item.name);
    }
    return text;
}

std::uint32_t mode_of(const Evidence::Item& item) {
    return item.runs ? program_mode : text_mode;
}

Result<> copy(ReadableFile& content, const Append& append) {
    return copy_pieces(content, 0, content.info().size, append);
}

Result<> require_empty(Directory& folder, const std::filesystem::path& path) {
    bool is_empty = true;
    AION_TRY(folder.each_entry([&](const auto&...) { is_empty = false; }));
    return is_empty ? Result<>() : fail(error_at_path(ErrorCode::file_exists, path.string()));
}

}  // namespace

Evidence::Evidence(Env& env, const trust::RegistryFile& registry, Framework framework, Run run)
    : env_(&env),
      registry_(&registry),
      framework_(framework),
      run_(std::move(run)),
      taken_{"readme.txt", "check.sh",    "registry.json", "sha256sums", "b3sums",
             "payload",    "report.html", "report.md",     "report.json"} {}

Result<policy::VerificationReport> Evidence::add(ReadableFile& file,
                                                 const std::filesystem::path& path,
                                                 const policy::VerifyOptions& options) {
    AION_TRY_ASSIGN(const auto kept, spool(*env_, file));
    policy::ExamineOptions how;
    how.verify = options;
    how.verify.pin_path = path;
    how.max_payload = UINT64_MAX;
    how.digests = true;
    AION_TRY_ASSIGN(const policy::Examination examined,
                    policy::examine(*env_, share(kept), registry_->registry, how));
    const std::string folder = name_for(path);
    AION_TRY(add_file(folder + "/" + folder, kept, examined.digests()));
    if (examined.report().is_valid() && examined.payload()) {
        AION_TRY(add_item(folder + "/payload",
                          [&](const Append& append) { return append(*examined.payload()); }));
    }
    Run run = run_;
    run.file_path = path.string();
    AION_TRY(add_reports(folder, make_report(examined, framework_, std::move(run))));
    about_.push_back(fmt::format("{}, given as {}: {}", folder, escape_controls(path.string()),
                                 escape_controls(verdict_on(examined.report()))));
    return examined.report();
}

// What was judged is kept already, and was hashed as it passed, unless nobody read all of it.
Result<> Evidence::add_file(std::string name, std::shared_ptr<ReadableFile> kept,
                            const std::optional<policy::FileDigests>& digests) {
    if (!digests) {
        return add_item(std::move(name), [&](const Append& append) { return copy(*kept, append); });
    }
    items_.push_back({std::move(name), false, std::move(kept), *digests});
    return {};
}

Result<> Evidence::add_reports(const std::string& folder, const Report& report) {
    const auto add = [&](const char* name, auto tell) {
        return add_item(folder + name, [&](const Append& append) {
            FallibleSink sink(append);
            tell(sink.sink());
            return sink.finish();
        });
    };
    AION_TRY(add("/report.html", [&](const TextSink& sink) { write_html(sink, report); }));
    AION_TRY(add("/report.md", [&](const TextSink& sink) { write_markdown(sink, report); }));
    return add("/report.json", [&](const TextSink& sink) {
        JsonWriter json(sink, JsonStyle::pretty);
        aion::report::write(json, report);
        sink("\n");
    });
}

Result<> Evidence::add_text(std::string name, std::string_view text, bool runs) {
    return add_item(
        std::move(name), [&](const Append& append) { return append(as_bytes(text)); }, runs);
}

Result<> Evidence::add_item(std::string name, const std::function<Result<>(const Append&)>& produce,
                            bool runs) {
    Spool kept(*env_);
    crypto::Blake3 blake3;
    crypto::Sha256 sha256;
    AION_TRY(produce([&](ByteView piece) {
        blake3.update(piece);
        sha256.update(piece);
        return kept.append(piece);
    }));
    items_.push_back({std::move(name), runs, kept.finish({}), {blake3.digest(), sha256.digest()}});
    return {};
}

// A folder, and the file in it, are called alike, and so never as anything that is beside either.
// Whoever unpacks it may not tell capitals from small letters.
std::string Evidence::name_for(const std::filesystem::path& path) {
    const std::string plain = path == "-" ? "standard-input" : harmless(path.filename().string());
    std::string name = plain;
    for (std::uint64_t& number = numbers_[ascii_lowered(plain)];
         !taken_.insert(ascii_lowered(name)).second;) {
        name = fmt::format("{}-{}", plain, ++number + 1);
    }
    return name;
}

Result<> Evidence::finish() {
    AION_TRY(
        add_item("registry.json", [&](const Append& append) { return append(registry_->bytes); }));
    AION_TRY(add_text("check.sh", evidence_check_script, true));
    AION_TRY(add_text("README.txt", readme()));
    const std::string sha256 =
        sums_of(items_, [](const policy::FileDigests& digests) { return to_hex(digests.sha256); });
    const std::string blake3 =
        sums_of(items_, [](const policy::FileDigests& digests) { return to_hex(digests.blake3); });
    AION_TRY(add_text("SHA256SUMS", sha256));
    return add_text("B3SUMS", blake3);
}

std::string Evidence::readme() const {
    std::string text = fmt::format(
        "Evidence on signed, versioned files (.aion), collected {} by {}.\n"
        "\n"
        "registry.json holds the keys that were trusted; its fingerprint is {}.\n"
        "Whether these are the right keys is not in here: compare them with a copy from "
        "elsewhere.\n"
        "\n"
        "To check it without aion, with openssl 3.0 or newer and b3sum:\n"
        "\n"
        "    sha256sum -c SHA256SUMS     nothing was changed since it was collected\n"
        "    sh check.sh                 hashes, signatures and payloads hold under registry.json\n"
        "\n"
        "check.sh is a text; read it first. It checks the trailing hash, the chain of versions, "
        "the\n"
        "keys and signatures, and the payload beside the file against what the last version "
        "signed.\n"
        "It does not look at what follows from these (the header's fields, the audit trail, "
        "reserved\n"
        "bytes, and that the sealed payload in the file is the one beside it), nor at the texts "
        "of\n"
        "messages, which no signature covers: aion does at all but the last.\n"
        "\n"
        "What aion said of each file:\n"
        "\n",
        rfc3339_seconds(run_.generated_at), run_.tool, to_hex(registry_->registry.fingerprint()));
    for (const std::string& about : about_) {
        text += "    " + about + "\n";
    }
    text +=
        "\n"
        "A folder has the file, the payload of its last version if the file is VALID, and a "
        "report\n"
        "as a page (report.html), as Markdown and as JSON.\n";
    return text;
}

ProducedContent Evidence::tar() const {
    std::uint64_t size = tar_end_size;
    for (const Item& item : items_) {
        const std::uint64_t length = item.content->info().size;
        size += tar_block_size + length + tar_padding(length);
    }
    const auto produce = [this](const Append& append, const ProducedContent::Ready&) -> Result<> {
        static constexpr std::array<std::uint8_t, tar_end_size> zeros{};
        for (const Item& item : items_) {
            const std::uint64_t length = item.content->info().size;
            AION_TRY(append(tar_header(std::string(tar_folder) + item.name, length, mode_of(item),
                                       run_.generated_at)));
            AION_TRY(copy(*item.content, append));
            AION_TRY(append(ByteView(zeros).first(tar_padding(length))));
        }
        return append(zeros);
    };
    return {.size = size, .produce = produce};
}

Result<> Evidence::write_folder(const std::filesystem::path& path) const {
    AION_TRY_ASSIGN(const auto top, env_->create_directories(path, folder_mode));
    AION_TRY(require_empty(*top, path));
    for (const Item& item : items_) {
        const std::filesystem::path name(item.name);
        std::shared_ptr<Directory> folder = top;
        if (name.has_parent_path()) {
            AION_TRY_ASSIGN(folder,
                            env_->create_directories(path / name.parent_path(), folder_mode));
        }
        const Place place{folder, name.filename().string(), path / name};
        WriteOptions options;
        options.mode = mode_of(item);
        AION_TRY(write_file_atomically(*env_, place, content_of(*item.content), options));
    }
    return {};
}

}  // namespace aion::report
