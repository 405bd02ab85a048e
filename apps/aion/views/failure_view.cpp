// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/failure_view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/twins.hpp"

namespace aion::cli {
namespace {

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

/// All in one line. A message that is a sentence, as some of the reference's are, loses its full
/// stop where another follows.
std::string in_one_line(const std::vector<std::string>& messages) {
    std::string line;
    for (const std::string& message : messages) {
        if (!line.empty()) {
            if (line.ends_with('.')) {
                line.pop_back();
            }
            line += ": ";
        }
        line += message;
    }
    return line;
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
    out.member("message", in_one_line(failure.messages));
    Twins twins(out);
    twins.path_unless_empty(failure.path);
    out.member("remedy", unless_empty(failure.remedy));
    twins.end_object();
}

}  // namespace aion::cli
