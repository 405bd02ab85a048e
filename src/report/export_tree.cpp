// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/export_tree.hpp"

#include <utility>

#include "aion/base/utf8.hpp"
#include "base/try.hpp"
#include "report/export_details.hpp"
#include "report/export_form.hpp"

namespace aion::report {

Result<Value> parse_export(std::string_view text, ExportFormat format, const ReadOptions& options) {
    const std::size_t yaml_size = options.max_size / 8;
    const std::size_t most = format == ExportFormat::yaml ? yaml_size : options.max_size;
    if (text.size() > most) {
        return fail(invalid<ExportDetail::export_too_large>(text.size(), most));
    }
    if (format == ExportFormat::csv) {
        return fail(invalid<ExportDetail::export_unknown_form>("a table is no history"));
    }
    const ValueLimits limits{options.max_depth, options.max_values, options.max_size, yaml_size};
    AION_TRY_ASSIGN(Value root, format == ExportFormat::json
                                    ? parse_json(without_byte_order_mark(text), limits)
                                    : parse_yaml(text, limits));
    if (root.kind != Value::Kind::object) {
        return fail(invalid<ExportDetail::export_unknown_form>("no object"));
    }
    const Value* const version = root.find("export_version");
    if (version == nullptr) {
        return fail(invalid<ExportDetail::export_unknown_form>("export_version is missing"));
    }
    if (version->kind != Value::Kind::text || version->text != "1.0") {
        return fail(invalid<ExportDetail::export_unknown_form>("export_version is not \"1.0\""));
    }
    if (const Value* const kind = root.find("aion_export")) {
        if (kind->kind != Value::Kind::number || kind->text != std::to_string(export_kind)) {
            return fail(invalid<ExportDetail::export_newer>(kind->text));
        }
    }
    return root;
}

bool is_ours(const Value& root) noexcept {
    return root.find("aion_export") != nullptr;
}

}  // namespace aion::report
