// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/compliance.hpp"

#include "base/names.hpp"

namespace aion::report {

namespace {

struct FrameworkRow {
    Framework value;
    std::string_view name;
    std::string_view display;
};

constexpr NameTable frameworks(std::to_array<FrameworkRow>({
    {Framework::sox, "sox", "SOX"},
    {Framework::hipaa, "hipaa", "HIPAA"},
    {Framework::gdpr, "gdpr", "GDPR"},
    {Framework::generic, "generic", "Generic Audit"},
}));

constexpr NameTable standings(std::to_array<Named<Standing>>({
    {Standing::text, "text"},
    {Standing::holds, "holds"},
    {Standing::fails, "fails"},
    {Standing::unknown, "unknown"},
}));

}  // namespace

std::string_view name_of(Framework framework) noexcept {
    return frameworks.name(framework);
}

std::string_view display_name(Framework framework) noexcept {
    const FrameworkRow* const row = frameworks.find(framework);
    return row == nullptr ? "unknown" : row->display;
}

std::string_view name_of(Standing standing) noexcept {
    return standings.name(standing);
}

}  // namespace aion::report
