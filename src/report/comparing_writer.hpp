// SPDX-License-Identifier: MIT OR Apache-2.0
// A document that is compared with a tree instead of being written: so whatever a writer says is
// compared, and no second tree is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/report/export_check.hpp"
#include "base/value.hpp"

namespace aion::report {

/// What is said of each place is compared with what the tree has there. The tree must outlive it.
class ComparingWriter final : public DocumentWriter {
  public:
    using Differ = std::function<void(ExportDifference)>;

    /// `ignored`: places that may differ, with all that is in them. `numbers_are_text`: a plain
    /// scalar of YAML that reads as a number may have been meant as a text.
    ComparingWriter(const Value& stated, std::vector<std::string> ignored, bool numbers_are_text,
                    Differ differ)
        : root_(stated),
          ignored_(std::move(ignored)),
          numbers_are_text_(numbers_are_text),
          differ_(std::move(differ)) {}

    DocumentWriter& begin_object() override { return begin(Value::Kind::object); }

    DocumentWriter& end_object() override;

    DocumentWriter& begin_array() override { return begin(Value::Kind::list); }

    DocumentWriter& end_array() override;
    DocumentWriter& begin_variant(std::string_view kind) override;
    DocumentWriter& end_variant() override;
    DocumentWriter& key(std::string_view name) override;
    DocumentWriter& text(std::string_view text) override;
    DocumentWriter& number(std::uint64_t number) override;
    DocumentWriter& signed_number(std::int64_t number) override;
    DocumentWriter& boolean(bool truth) override;
    DocumentWriter& null() override;

    void flush() override {}

  private:
    struct Level {
        const Value* stated = nullptr;  ///< Nullptr: nothing in it is compared any more.
        bool is_object = false;
        std::size_t next = 0;          ///< Of a list: the item that comes.
        std::size_t place_length = 0;  ///< Of the place of the container.
        std::vector<bool> seen;        ///< Of an object: which members were compared.
    };

    /// The value that stands where the next one belongs, with `place_` set to it; nullptr if that
    /// place is not compared, or nothing is there, which is told then as different from `found`.
    const Value* take(std::string_view found);
    const Value* stated_member();
    void leave();
    DocumentWriter& begin(Value::Kind kind);
    DocumentWriter& scalar(Value::Kind kind, std::string_view found);
    void differ(std::optional<std::string> stated, std::optional<std::string> found);
    [[nodiscard]] bool is_ignored(std::string_view place) const;

    const Value& root_;
    std::vector<std::string> ignored_;
    bool numbers_are_text_;
    Differ differ_;
    std::vector<Level> levels_;
    std::string place_;
    std::string key_;
};

/// A value in a few words for a person.
[[nodiscard]] std::string in_words(const Value& value);

}  // namespace aion::report
