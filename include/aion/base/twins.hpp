// SPDX-License-Identifier: MIT OR Apache-2.0
// Members of documents that say the same again for readers that cannot take the first
// (docs/cli.md#documents).
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/base/ids.hpp"

namespace aion {

/// Writes members of one object and keeps their twins for its end, so that new keys follow the old:
/// `NAME_text` for a number, since a JavaScript number has 53 bits, `NAME_rfc3339` beside that for
/// a time, and `NAME_bytes` in hex for a path that is not UTF-8. Names must outlive it.
class Twins {
  public:
    explicit Twins(DocumentWriter& out) noexcept : out_(out) {}

    Twins& number(std::string_view name, std::integral auto value) {
        out_.member(name, value);
        return add(name, "_text", std::to_string(value));
    }

    template <class Rep, class Purpose>
    Twins& number(std::string_view name, Id<Rep, Purpose> id) {
        return number(name, id.value);
    }

    /// Null where there is none, and so is its twin.
    template <class T>
    Twins& number(std::string_view name, const std::optional<T>& value) {
        if (value) {
            return number(name, *value);
        }
        out_.member(name, nullptr);
        return add(name, "_text", std::nullopt);
    }

    Twins& time(std::string_view name, Timestamp time);

    /// A path, or anything else that is text by custom only.
    Twins& path(std::string_view name, std::string_view path);
    /// The same, null if it is empty.
    Twins& path_unless_empty(std::string_view name, std::string_view path);

    /// The member `path`.
    Twins& path(std::string_view path) { return this->path("path", path); }

    /// The same, null if it is empty.
    Twins& path_unless_empty(std::string_view path) { return path_unless_empty("path", path); }

    /// The twins so far. What follows in the object is the caller's.
    void write();

    /// The twins, and the end of the object.
    void end_object() {
        write();
        out_.end_object();
    }

  private:
    struct Member {
        std::string_view name;
        std::string_view ending;
        std::optional<std::string> value;
    };

    Twins& add(std::string_view name, std::string_view ending, std::optional<std::string> value) {
        later_.push_back({name, ending, std::move(value)});
        return *this;
    }

    DocumentWriter& out_;
    std::vector<Member> later_;
};

}  // namespace aion
