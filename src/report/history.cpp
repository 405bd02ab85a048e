// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/history.hpp"

#include <algorithm>
#include <string_view>

#include "aion/base/ascii.hpp"

namespace aion::report {
namespace {

using policy::Examination;
using policy::ExaminedVersion;

bool contains(std::string_view text, std::string_view part) {
    const auto alike = [](char a, char b) { return ascii_lower(a) == ascii_lower(b); };
    return !std::ranges::search(text, part, alike).empty() || part.empty();
}

bool is_wanted(const ExaminedVersion& version, const HistoryQuery& query) {
    return (query.authors.empty() ||
            std::ranges::find(query.authors, version.author) != query.authors.end()) &&
           (!query.since || version.timestamp >= *query.since) &&
           (!query.until || version.timestamp <= *query.until) &&
           contains(version.message, query.grep);
}

// From the newest on, which are those that a limit keeps.
template <class Visit>
std::uint64_t newest_first(const Examination& file, const HistoryQuery& query, Visit visit) {
    std::uint64_t count = 0;
    for (std::uint64_t i = file.version_count(); i > 0 && count < query.limit; --i) {
        const ExaminedVersion version = file.version(i - 1);
        if (!is_wanted(version, query)) {
            continue;
        }
        ++count;
        if (!visit(version)) {
            break;
        }
    }
    return count;
}

// The index of the oldest of the newest that are wanted.
std::uint64_t oldest_kept(const Examination& file, const HistoryQuery& query) {
    const std::uint64_t total = file.version_count();
    if (!query.is_filter()) {
        return total - std::min(total, query.limit);
    }
    std::uint64_t oldest = total;
    newest_first(file, query, [&](const ExaminedVersion& version) {
        oldest = version.position - 1;
        return true;
    });
    return oldest;
}

std::uint64_t oldest_first(const Examination& file, const HistoryQuery& query,
                           const std::function<bool(const ExaminedVersion&)>& visit) {
    std::uint64_t count = 0;
    const bool is_limited = query.limit < file.version_count();
    for (std::uint64_t i = is_limited ? oldest_kept(file, query) : 0; i < file.version_count();
         ++i) {
        const ExaminedVersion version = file.version(i);
        if (!is_wanted(version, query)) {
            continue;
        }
        ++count;
        if (!visit(version)) {
            break;
        }
    }
    return count;
}

}  // namespace

bool HistoryQuery::is_filter() const noexcept {
    return !authors.empty() || since || until || !grep.empty();
}

std::uint64_t visit_history(const Examination& file, const HistoryQuery& query,
                            const std::function<bool(const ExaminedVersion&)>& visit) {
    return query.reverse ? oldest_first(file, query, visit) : newest_first(file, query, visit);
}

}  // namespace aion::report
