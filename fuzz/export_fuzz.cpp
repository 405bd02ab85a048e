// SPDX-License-Identifier: MIT OR Apache-2.0
// Any text as an export: it is refused with its place, or read; and compared with a genuine file.
// Any bytes as a file: what is exported of it, VALID or not, is read back and agrees with it.
//
// Input: a byte (bit 0: the rest is a file; bits 1 and 2: fuzz::Repair), the rest.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "aion/base/json_writer.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/base/yaml_writer.hpp"
#include "aion/policy/commit.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/export.hpp"
#include "aion/report/export_check.hpp"
#include "support/repair.hpp"
#include "support/require.hpp"
#include "support/world.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program
using fuzz::require;
using policy::Examination;
using report::ExportFormat;

constexpr std::array formats = {ExportFormat::json, ExportFormat::yaml, ExportFormat::csv};
constexpr report::ReadOptions limits{
    .max_size = std::size_t{1} << 20U, .max_values = 10'000, .max_depth = 16};

Examination examined(ByteView bytes) {
    policy::ExamineOptions how;
    how.digests = true;
    auto file = policy::examine(bytes, fuzz::registry(), fuzz::now, how);
    require(file.has_value());
    return *std::move(file);
}

const Examination& genuine() {
    static const Examination file = [] {
        MemoryEnv env;
        env.set_now(fuzz::now);
        require(policy::create(env, "file.aion", {as_bytes("rules"), fuzz::author, "Genesis"},
                               fuzz::author_key())
                    .has_value());
        return examined(*env.get("file.aion"));
    }();
    return file;
}

std::string exported(const Examination& file, ExportFormat format, bool like_reference) {
    std::string text;
    report::Export what{.file = &file, .run = {}};
    what.like_reference = like_reference;
    if (format == ExportFormat::csv) {
        report::write_csv([&text](std::string_view piece) { text += piece; }, what);
    } else if (format == ExportFormat::yaml) {
        YamlWriter out(text, like_reference ? YamlStyle::reference : YamlStyle::unambiguous);
        report::write(out, what);
    } else {
        JsonWriter out(text, like_reference ? JsonStyle::reference : JsonStyle::pretty);
        report::write(out, what);
    }
    return text;
}

void read(std::string_view text) {
    for (const ExportFormat format : formats) {
        const auto history = report::import_export(text, format, limits);
        if (!history) {
            require(!history.error().detail().empty() && !history.error().message().empty());
        }
        const auto check = report::check_export(text, format, genuine(), {}, limits);
        if (!check) {
            require(!check.error().detail().empty());
        } else {
            require(check->agrees() == check->differences.empty());
        }
    }
}

// Of what is small enough to be read back within the limits.
void export_and_read(ByteView bytes) {
    const Examination file = examined(bytes);
    if (file.version_count() > 100 || file.report().findings.size() > 100) {
        return;
    }
    const bool can = report::exports_like_reference(file).has_value();
    for (const ExportFormat format : formats) {
        const std::string text = exported(file, format, false);
        const auto check = report::check_export(text, format, file, {});
        require(check && check->agrees() && check->is_ours);
        if (format != ExportFormat::csv) {
            const auto history = report::import_export(text, format);
            require(history && history->was_valid == file.report().is_valid() &&
                    history->versions.size() == file.version_count() &&
                    history->signatures.size() == file.signature_count());
        }
        if (can) {
            const auto theirs =
                report::check_export(exported(file, format, true), format, file, {});
            require(theirs && theirs->agrees() && !theirs->is_ours);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const ByteView rest = ByteView(data, size).subspan(1);
    if ((data[0] & 1U) == 0) {
        read(as_text(rest));
        return 0;
    }
    Bytes file(rest.begin(), rest.end());
    fuzz::repair(file, static_cast<fuzz::Repair>(static_cast<unsigned>(data[0]) >> 1U & 3U));
    export_and_read(file);
    return 0;
}
