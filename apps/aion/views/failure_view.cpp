// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/failure_view.hpp"

#include <fmt/format.h>

#include <optional>

#include "aion/base/twins.hpp"

namespace aion::cli {
namespace {

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

void write(DocumentWriter& out, const Failure& failure) {
    out.begin_object().key("error");
    write_error(out, failure);
    out.end_object();
}

void write_error(DocumentWriter& out, const Failure& failure) {
    out.begin_object().member("code", name_of(failure.cause.code()));
    if (const std::string_view detail = failure.cause.detail(); !detail.empty()) {
        out.member("detail", detail);
    }
    out.member("message", fmt::format("{}", fmt::join(failure.messages, ": ")));
    Twins twins(out);
    twins.path_unless_empty(failure.path);
    out.member("remedy", unless_empty(failure.remedy));
    twins.end_object();
}

}  // namespace aion::cli
