// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON as the reference writes it: keys in the order given, indented by two spaces a level, no
// newline at the end. For numbers and for text that needs no escaping, which is all that
// registries and records hold. Builds no tree: a tree's destruction may want memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace aion::json {

class Writer {
  public:
    Writer& begin_object() { return begin('{'); }

    Writer& end_object() { return end('}'); }

    Writer& begin_array() { return begin('['); }

    Writer& end_array() { return end(']'); }

    /// The next value's name.
    Writer& key(std::string_view name);
    Writer& value(std::uint64_t number);
    Writer& value(std::string_view text);

    template <class T>
    Writer& member(std::string_view name, T what) {
        return key(name).value(what);
    }

    [[nodiscard]] std::string take() && { return std::move(text_); }

  private:
    Writer& begin(char bracket);
    Writer& end(char bracket);
    /// What comes before a value or a name: a comma after another, a line of its own.
    void separate();

    std::string text_;
    unsigned depth_ = 0;
    bool is_first_ = true;
    bool has_key_ = false;
};

}  // namespace aion::json
