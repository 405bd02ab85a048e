// SPDX-License-Identifier: MIT OR Apache-2.0
// What the services of a log answer alike.
#pragma once

#include <string>
#include <utility>

#include "aion/supply/http_service.hpp"

namespace aion::tlog {

/// 405: `method` is what a request has to be made with.
[[nodiscard]] inline supply::ServedAnswer only_by(std::string method) {
    constexpr int wrong_method = 405;
    auto answer = supply::line_of_text(wrong_method, "ask by " + method);
    answer.headers.push_back({"Allow", std::move(method)});
    return answer;
}

}  // namespace aion::tlog
