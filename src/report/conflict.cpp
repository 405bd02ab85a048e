// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/conflict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/hex.hpp"
#include "base/names.hpp"

namespace aion::report {
namespace {

using policy::Examination;

struct StrategyRow {
    MergeStrategy value;
    std::string_view name;
    std::string_view text;
};

constexpr NameTable strategies(std::to_array<StrategyRow>({
    {MergeStrategy::KeepLocal, "KeepLocal", "Keep local"},
    {MergeStrategy::KeepRemote, "KeepRemote", "Keep remote"},
    {MergeStrategy::KeepNewest, "KeepNewest", "Keep newest"},
    {MergeStrategy::Manual, "Manual", "Manual merge required"},
    {MergeStrategy::Append, "Append", "Append remote versions"},
}));

VersionNumber number_at(const Examination& file, std::uint64_t count) {
    return count == 0 ? VersionNumber{0} : VersionNumber{file.version_record(count - 1).number};
}

VersionNumber last_number(const Examination& file) {
    return number_at(file, file.version_count());
}

std::string sixteen_digits(std::uint64_t id) {
    return fmt::format("{:016x}", id);
}

std::optional<ConflictReport> of_ids(const Examination& local, const Examination& remote,
                                     const Comparison& compared) {
    if (compared.same_file_id) {
        return std::nullopt;
    }
    const auto id_of = [](const Examination& file) {
        return file.header() == nullptr ? "empty" : sixteen_digits(file.header()->file_id);
    };
    return ConflictReport{.type = ContentMismatch{.version = {0},
                                                  .local_hash = id_of(local),
                                                  .remote_hash = id_of(remote)},
                          .local_version_count = local.version_count(),
                          .remote_version_count = remote.version_count(),
                          .suggested_strategy = MergeStrategy::Manual};
}

std::optional<VersionGap> gap_in(const Examination& file) {
    if (file.report().state(policy::Gate::chain) == policy::GateState::passed) {
        return std::nullopt;
    }
    for (std::uint64_t i = 0; i < file.version_count(); ++i) {
        const VersionNumber number{file.version_record(i).number};
        if (number.value != i + 1) {
            return VersionGap{.expected = {i + 1}, .found = number};
        }
    }
    return std::nullopt;
}

bool same_rules(const Examination& local, std::uint64_t i, const Examination& remote,
                std::uint64_t j) {
    return local.version_record(i).rules_hash == remote.version_record(j).rules_hash;
}

std::string last_rules(const Examination& file) {
    if (file.version_count() == 0) {
        return "empty";
    }
    return to_hex(file.version_record(file.version_count() - 1).rules_hash).substr(0, 16);
}

}  // namespace

std::string describe(const ConflictType& type) {
    struct Words {
        std::string operator()(const Divergent& of) const {
            return fmt::format("Divergent histories from version {}: local={}, remote={}",
                               of.common_ancestor.value, of.local_version.value,
                               of.remote_version.value);
        }

        std::string operator()(const ContentMismatch& of) const {
            return fmt::format("Content mismatch at version {}: local={}, remote={}",
                               of.version.value, of.local_hash, of.remote_hash);
        }

        std::string operator()(const VersionGap& of) const {
            return fmt::format("Version gap: expected {}, found {}", of.expected.value,
                               of.found.value);
        }

        std::string operator()(const NoConflict& /*none*/) const { return "No conflict"; }

        std::string operator()(const NotJudged& of) const {
            if (!of.local_is_valid && !of.remote_is_valid) {
                return "Not judged: both are INVALID";
            }
            return fmt::format("Not judged: {} is INVALID", of.local_is_valid ? "remote" : "local");
        }
    };

    return visit(Words{}, type);
}

void write(DocumentWriter& out, const ConflictType& type) {
    struct Members {
        DocumentWriter& out;

        void operator()(const Divergent& of) const {
            out.begin_variant("Divergent")
                .member("common_ancestor", of.common_ancestor)
                .member("local_version", of.local_version)
                .member("remote_version", of.remote_version)
                .end_variant();
        }

        void operator()(const ContentMismatch& of) const {
            out.begin_variant("ContentMismatch")
                .member("version", of.version)
                .member("local_hash", of.local_hash)
                .member("remote_hash", of.remote_hash)
                .end_variant();
        }

        void operator()(const VersionGap& of) const {
            out.begin_variant("VersionGap")
                .member("expected", of.expected)
                .member("found", of.found)
                .end_variant();
        }

        void operator()(const NoConflict& /*none*/) const { out.text("None"); }

        void operator()(const NotJudged& of) const {
            out.begin_variant("NotJudged")
                .member("local_is_valid", of.local_is_valid)
                .member("remote_is_valid", of.remote_is_valid)
                .end_variant();
        }
    };

    visit(Members{out}, type);
}

std::string_view name_of(MergeStrategy strategy) noexcept {
    return strategies.name(strategy);
}

std::string_view describe(MergeStrategy strategy) noexcept {
    const StrategyRow* const row = strategies.find(strategy);
    return row == nullptr ? "unknown" : row->text;
}

ConflictReport detect_conflict(const Examination& local, const Examination& remote,
                               const Comparison& compared) {
    if (auto ids = of_ids(local, remote, compared)) {
        return *std::move(ids);
    }
    ConflictReport report{.type = NoConflict{},
                          .local_version_count = local.version_count(),
                          .remote_version_count = remote.version_count(),
                          .suggested_strategy = MergeStrategy::KeepLocal};
    auto gap = gap_in(local);
    if (!gap) {
        gap = gap_in(remote);
    }
    if (gap) {
        report.type = *gap;
        report.suggested_strategy = MergeStrategy::Manual;
    } else if (compared.a_added() > 0 && compared.b_added() > 0) {
        report.type = Divergent{.common_ancestor = number_at(local, compared.shared),
                                .local_version = last_number(local),
                                .remote_version = last_number(remote)};
        report.suggested_strategy = MergeStrategy::Manual;
    } else if (!local.report().is_valid() || !remote.report().is_valid()) {
        report.type = NotJudged{.local_is_valid = local.report().is_valid(),
                                .remote_is_valid = remote.report().is_valid()};
        report.suggested_strategy = MergeStrategy::Manual;
    } else if (compared.b_added() > 0) {
        report.suggested_strategy = MergeStrategy::KeepRemote;
    }
    return report;
}

ConflictReport detect_like_reference(const Examination& local, const Examination& remote,
                                     const Comparison& compared) {
    if (auto ids = of_ids(local, remote, compared)) {
        return *std::move(ids);
    }
    const std::uint64_t locals = local.version_count();
    const std::uint64_t remotes = remote.version_count();
    ConflictReport report{.type = NoConflict{},
                          .local_version_count = locals,
                          .remote_version_count = remotes,
                          .suggested_strategy = MergeStrategy::KeepLocal};
    if (locals == remotes) {
        if (locals > 0 && !same_rules(local, locals - 1, remote, remotes - 1)) {
            report.type = ContentMismatch{.version = last_number(local),
                                          .local_hash = last_rules(local),
                                          .remote_hash = last_rules(remote)};
            report.suggested_strategy = MergeStrategy::Manual;
        }
        return report;
    }
    // The same version hash means the same rules hash.
    std::uint64_t same = compared.shared;
    const std::uint64_t shorter = std::min(locals, remotes);
    while (same < shorter && same_rules(local, same, remote, same)) {
        ++same;
    }
    if (same < shorter) {
        report.type = Divergent{.common_ancestor = number_at(local, same),
                                .local_version = last_number(local),
                                .remote_version = last_number(remote)};
        report.suggested_strategy = MergeStrategy::Manual;
    } else if (locals < remotes) {
        report.suggested_strategy = MergeStrategy::KeepRemote;
    }
    return report;
}

}  // namespace aion::report
