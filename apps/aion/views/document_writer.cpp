// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/document_writer.hpp"

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "aion/base/utf8.hpp"

namespace aion::cli {
namespace {

constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// True for text that every YAML 1.1 and 1.2 reader takes for a string without quotes. Anything
// else is quoted, so that `no`, `0x10` or `1e3` cannot turn into another type on the way.
bool is_plain(std::string_view text) {
    static constexpr std::array<std::string_view, 9> other_types = {
        "true", "false", "yes", "no", "on", "off", "null", "y", "n"};
    if (text.empty() || !is_letter(text.front()) || text.back() == ' ') {
        return false;
    }
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return is_letter(c) ? static_cast<char>(static_cast<unsigned char>(c) | 0x20U) : c;
    });
    return std::ranges::find(other_types, lower) == other_types.end() &&
           std::ranges::all_of(text, [](char c) {
               return is_letter(c) || (c >= '0' && c <= '9') || c == ' ' || c == '_' || c == '/' ||
                      c == '.' || c == '-';
           });
}

void emit_yaml(YAML::Emitter& out, const Json& node);

void emit_text(YAML::Emitter& out, const std::string& text) {
    if (is_plain(text)) {
        out << text;
    } else if (std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) {
        out << YAML::SingleQuoted << text;
    } else {
        out << YAML::DoubleQuoted << text;
    }
}

void emit_members(YAML::Emitter& out, const Json& object) {
    if (object.empty()) {
        out << YAML::Flow;
    }
    out << YAML::BeginMap;
    for (const auto& [key, value] : object.items()) {
        out << YAML::Key;
        emit_text(out, key);
        out << YAML::Value;
        if (key == "temporal_warnings") {
            // The reference's YAML has `- !FutureTimestamp` where its JSON has a one-key object.
            out << (value.empty() ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
            for (const Json& warning : value) {
                out << YAML::LocalTag(warning.begin().key());
                emit_members(out, warning.begin().value());
            }
            out << YAML::EndSeq;
        } else {
            emit_yaml(out, value);
        }
    }
    out << YAML::EndMap;
}

void emit_yaml(YAML::Emitter& out, const Json& node) {
    if (node.is_object()) {
        emit_members(out, node);
    } else if (node.is_array()) {
        out << (node.empty() ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
        for (const Json& item : node) {
            emit_yaml(out, item);
        }
        out << YAML::EndSeq;
    } else if (node.is_string()) {
        emit_text(out, node.get_ref<const std::string&>());
    } else if (node.is_null()) {
        out << YAML::Null;
    } else {
        // Numbers and booleans read the same in both languages.
        out << node.dump();
    }
}

}  // namespace

void print_document(Stream& out, const Json& document, Format format) {
    if (format == Format::yaml) {
        out.write(to_yaml(document));
    } else {
        out.write(document.dump(2));
    }
    out.write("\n");
}

std::string to_yaml(const Json& document) {
    YAML::Emitter out;
    out.SetNullFormat(YAML::LowerNull);
    emit_yaml(out, document);
    return out.c_str();
}

std::string utf8(std::string_view text) {
    return to_valid_utf8(text);
}

}  // namespace aion::cli
