// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/json_writer.hpp"

namespace aion::json {

Writer& Writer::key(std::string_view name) {
    value(name);
    text_ += ": ";
    has_key_ = true;
    return *this;
}

Writer& Writer::value(std::uint64_t number) {
    separate();
    text_ += std::to_string(number);
    return *this;
}

Writer& Writer::value(std::string_view text) {
    separate();
    text_ += '"';
    text_ += text;
    text_ += '"';
    return *this;
}

Writer& Writer::begin(char bracket) {
    separate();
    text_ += bracket;
    ++depth_;
    is_first_ = true;
    return *this;
}

Writer& Writer::end(char bracket) {
    --depth_;
    if (!is_first_) {
        text_ += '\n';
        text_.append(std::size_t{2} * depth_, ' ');
    }
    text_ += bracket;
    is_first_ = false;
    return *this;
}

void Writer::separate() {
    if (!has_key_ && depth_ > 0) {
        text_ += is_first_ ? "\n" : ",\n";
        text_.append(std::size_t{2} * depth_, ' ');
    }
    has_key_ = false;
    is_first_ = false;
}

}  // namespace aion::json
