// SPDX-License-Identifier: MIT OR Apache-2.0
// The words of JSON (RFC 8259), one after the other, without a copy of any but those that must be
// decoded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aion::json {

enum class Token : std::uint8_t {
    true_literal,
    false_literal,
    null_literal,
    string,
    number,
    begin_array,
    end_array,
    begin_object,
    end_object,
    colon,
    comma,
    end,    ///< Nothing is left.
    fault,  ///< None of these: see `Lexer::fault`.
};

/// Strings with escapes are decoded: they are put behind each other, each behind its size in the
/// bytes of a `DecodedSize`.
using DecodedSize = std::uint32_t;

class Lexer {
  public:
    /// `text`: valid UTF-8 without NUL, of fewer than 2^31 bytes. Decoded strings are appended to
    /// `decoded`. Both are borrowed.
    Lexer(std::string_view text, std::string& decoded) : text_(text), decoded_(decoded) {}

    Token next();

    /// Offset of the token's first byte.
    [[nodiscard]] std::size_t start() const noexcept { return start_; }

    /// How many bytes were read to know the token, those before it included: of a fault, with the
    /// byte that should not be there, which may be one more than there are.
    [[nodiscard]] std::size_t read() const noexcept { return at_; }

    /// Whether the token is a string that was decoded, and where in `decoded` it begins then.
    [[nodiscard]] bool was_decoded() const noexcept { return was_decoded_; }

    [[nodiscard]] std::size_t decoded_at() const noexcept { return decoded_at_; }

    /// Bytes that the string just read says.
    [[nodiscard]] std::size_t string_size() const noexcept { return string_size_; }

    /// Whether the number just read is too large for a double.
    [[nodiscard]] bool is_beyond_a_double() const noexcept;

    /// What is wrong where `next` returned `fault`.
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

  private:
    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    Token refuse(std::string why);
    Token literal(std::string_view word, Token token);
    Token number();
    Token string();
    Token decoded_string(std::size_t plain);
    bool escape();
    bool unicode_escape();
    bool four_digits(std::uint32_t& value);
    void skip_digits() noexcept;

    std::string_view text_;
    std::string& decoded_;
    std::size_t at_ = 0;
    std::size_t start_ = 0;
    std::size_t decoded_at_ = 0;
    std::size_t string_size_ = 0;
    bool was_decoded_ = false;
    std::string fault_;
};

}  // namespace aion::json
