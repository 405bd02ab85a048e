// SPDX-License-Identifier: MIT OR Apache-2.0
// Parsing JSON: what of a text is where, or what is wrong with it.
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "aion/base/utf8.hpp"
#include "base/json_details.hpp"
#include "base/json_lexer.hpp"
#include "base/json_places.hpp"
#include "base/json_reader.hpp"
#include "base/names.hpp"

namespace aion::json {
namespace {

// Places are 31 bits.
constexpr std::size_t most_bytes = (std::size_t{1} << 31U) - 1;

constexpr NameTable token_names(std::to_array<Named<Token>>({
                                    {Token::true_literal, "true literal"},
                                    {Token::false_literal, "false literal"},
                                    {Token::null_literal, "null literal"},
                                    {Token::string, "string literal"},
                                    {Token::number, "number literal"},
                                    {Token::begin_array, "'['"},
                                    {Token::end_array, "']'"},
                                    {Token::begin_object, "'{'"},
                                    {Token::end_object, "'}'"},
                                    {Token::colon, "':'"},
                                    {Token::comma, "','"},
                                    {Token::end, "end of input"},
                                    {Token::fault, "fault"},
                                }),
                                Naming::other_words);

std::optional<Told> find_text_fault(std::string_view text, std::size_t max_size) {
    if (text.size() > max_size) {
        return told<JsonDetail::json_too_large>(text.size(), max_size);
    }
    if (const auto fault = find_utf8_fault(text)) {
        return told<JsonDetail::json_invalid_utf8>(describe(*fault));
    }
    if (text.starts_with("\xEF\xBB\xBF")) {
        return told<JsonDetail::json_byte_order_mark>();
    }
    if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
        return told<JsonDetail::json_nul>(line_and_column(text, nul + 1));
    }
    return std::nullopt;
}

}  // namespace

std::string line_and_column(std::string_view text, std::size_t position) {
    const std::size_t last = std::min(position, text.size());
    const std::string_view before = text.substr(0, last == 0 ? 0 : last - 1);
    const auto lines = std::ranges::count(before, '\n');
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    return "line " + std::to_string(lines + 1) + " column " +
           std::to_string(before.size() - line_start + 1);
}

// Reads token after token, and writes down where each key and value is. What is refused first is
// what stands first.
class Indexer {
  public:
    Indexer(std::string_view text, const ReadOptions& options)
        : options_(options), lexer_(text, document_.decoded_) {
        document_.text_ = text;
        // As many as an indented text mostly needs; what is not used costs nothing.
        constexpr std::size_t bytes_a_place = 12;
        document_.index_.reserve((text.size() / bytes_a_place) + bytes_a_place);
    }

    // False: see `problem`.
    bool run() {
        Token token = lexer_.next();
        while (true) {
            // A value begins with `token`.
            if (!value(token)) {
                return false;
            }
            if (is_opened_) {
                token = lexer_.next();
                if (token != closing()) {
                    if (!member(token)) {
                        return false;
                    }
                    continue;
                }
                if (!close()) {
                    return false;
                }
            }
            if (!behind_value(token)) {
                return false;
            }
            if (open_.empty()) {
                return true;
            }
        }
    }

    Told problem;

    Document take() && { return std::move(document_); }

  private:
    struct Open {
        std::uint32_t at;  // Index of the array or object.
        bool is_array;
        std::size_t elements;   // Read so far, of an array.
        std::size_t first_key;  // Of an object, in `keys_`.
    };

    struct Key {
        std::uint32_t place;  // As in the index.
        std::uint32_t size;
    };

    bool refuse(Told why) {
        problem = std::move(why);
        return false;
    }

    bool refuse_syntax(std::string_view what) {
        return refuse(
            told<JsonDetail::json_syntax>(what, line_and_column(document_.text_, lexer_.read())));
    }

    // `token` is not what `context` needs.
    bool unexpected(Token token, std::string_view context, std::string_view expected) {
        std::string what = "syntax error while parsing " + std::string(context) + " - ";
        if (token == Token::fault) {
            what += lexer_.fault();
        } else {
            what += "unexpected " + std::string(token_names.name(token)) + "; expected " +
                    std::string(expected);
        }
        return refuse_syntax(what);
    }

    bool unexpected(Token token, std::string_view context, Token expected) {
        return unexpected(token, context, token_names.name(expected));
    }

    [[nodiscard]] Token closing() const noexcept {
        return open_.back().is_array ? Token::end_array : Token::end_object;
    }

    // The value that begins with `token`, or of an array or object the beginning.
    bool value(Token token) {
        is_opened_ = false;
        switch (token) {
            case Token::begin_array:
            case Token::begin_object:
                return count() && open(token == Token::begin_array);
            case Token::number:
                if (lexer_.is_beyond_a_double()) {
                    return refuse_syntax("number is out of range");
                }
                break;
            case Token::string:
            case Token::true_literal:
            case Token::false_literal:
            case Token::null_literal:
                break;
            default:
                return unexpected(token, "value", "'[', '{', or a literal");
        }
        if (!count()) {
            return false;
        }
        note_place();
        return true;
    }

    // What follows a value, up to the first token of the next one; or the end, and nothing is open.
    bool behind_value(Token& token) {
        while (!open_.empty()) {
            ++open_.back().elements;
            token = lexer_.next();
            if (token == Token::comma) {
                token = lexer_.next();
                return member(token);
            }
            if (token != closing()) {
                return unexpected(token, open_.back().is_array ? "array" : "object", closing());
            }
            if (!close()) {
                return false;
            }
        }
        token = lexer_.next();
        return token == Token::end || unexpected(token, "value", Token::end);
    }

    // In an object the key that `token` must be, and the first token behind it.
    bool member(Token& token) {
        if (open_.back().is_array) {
            return true;
        }
        if (token != Token::string) {
            return unexpected(token, "object key", Token::string);
        }
        note_place();
        keys_.push_back(
            {document_.index_.back(), static_cast<std::uint32_t>(lexer_.string_size())});
        token = lexer_.next();
        if (token != Token::colon) {
            return unexpected(token, "object separator", Token::colon);
        }
        token = lexer_.next();
        return true;
    }

    void note_place() {
        const bool was_decoded = lexer_.was_decoded();
        const std::size_t place = was_decoded ? lexer_.decoded_at() : lexer_.start();
        document_.index_.push_back(static_cast<std::uint32_t>(place) |
                                   (was_decoded ? Document::decoded_bit : 0));
    }

    bool count() {
        if (++values_ > options_.max_values) {
            return refuse(told<JsonDetail::json_too_many_values>(options_.max_values));
        }
        return true;
    }

    bool open(bool is_array) {
        if (open_.size() >= options_.max_depth) {
            return refuse(told<JsonDetail::json_too_deep>(options_.max_depth));
        }
        open_.push_back(
            {static_cast<std::uint32_t>(document_.index_.size()), is_array, 0, keys_.size()});
        note_place();
        document_.index_.push_back(0);
        is_opened_ = true;
        return true;
    }

    bool close() {
        const Open closed = open_.back();
        document_.index_[closed.at + 1] = static_cast<std::uint32_t>(document_.index_.size());
        if (!closed.is_array) {
            const auto keys = std::span(keys_).subspan(closed.first_key);
            if (const auto duplicate = find_duplicate(keys)) {
                return refuse(told<JsonDetail::json_duplicate_key>(shown(*duplicate), location()));
            }
            keys_.resize(closed.first_key);
        }
        open_.pop_back();
        return true;
    }

    [[nodiscard]] std::string_view text_of(Key key) const noexcept {
        const bool was_decoded = (key.place & Document::decoded_bit) != 0;
        return was_decoded ? std::string_view(document_.decoded_)
                                 .substr((key.place & ~Document::decoded_bit) + sizeof(DecodedSize),
                                         key.size)
                           : document_.text_.substr(key.place + 1, key.size);
    }

    // The first in order of the alphabet that is there twice. Puts many in that order.
    [[nodiscard]] std::optional<std::string_view> find_duplicate(std::span<Key> keys) const {
        constexpr std::size_t few = 8;
        const auto text = [this](Key key) { return text_of(key); };
        if (keys.size() <= few && are_different(keys)) {
            return std::nullopt;
        }
        std::ranges::sort(keys, {}, text);
        const auto found = std::ranges::adjacent_find(keys, {}, text);
        return found == keys.end() ? std::nullopt : std::optional(text_of(*found));
    }

    [[nodiscard]] bool are_different(std::span<const Key> keys) const noexcept {
        for (std::size_t i = 1; i < keys.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (keys[i].size == keys[j].size && text_of(keys[i]) == text_of(keys[j])) {
                    return false;
                }
            }
        }
        return true;
    }

    // Where the innermost object stands.
    [[nodiscard]] std::string location() const {
        std::string path;
        for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
            if (open_[i].is_array) {
                path += "[" + std::to_string(open_[i].elements) + "]";
            } else {
                path = joined(path, text_of(keys_[open_[i + 1].first_key - 1]));
            }
        }
        return path.empty() ? path : " in " + path;
    }

    const ReadOptions& options_;
    Document document_;
    Lexer lexer_;
    std::vector<Open> open_;
    std::vector<Key> keys_;  // Of the objects that are open.
    bool is_opened_ = false;
    std::size_t values_ = 0;
};

Result<Document> parse(std::string_view text, const ReadOptions& options) {
    const auto refused = [&](const Told& problem) {
        return fail(prefixed(options.error_prefix, problem));
    };
    if (const auto fault = find_text_fault(text, std::min(options.max_size, most_bytes))) {
        return refused(*fault);
    }
    Indexer indexer(text, options);
    if (!indexer.run()) {
        return refused(indexer.problem);
    }
    return std::move(indexer).take();
}

}  // namespace aion::json
