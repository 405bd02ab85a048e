// SPDX-License-Identifier: MIT OR Apache-2.0
// A page of ours, read more strictly than any browser does: well-formed XML of the elements and
// attributes that pages are made of, and nothing else.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/utf8.hpp"

namespace aion::test {

struct XmlElement {
    std::string name;
    std::map<std::string, std::string> attributes;  ///< Entities replaced.
    std::string text;                               ///< Its own and that of what it contains.
    std::size_t parent = 0;                         ///< Index; the root is its own.

    [[nodiscard]] std::string attribute(const std::string& wanted) const {
        const auto found = attributes.find(wanted);
        return found == attributes.end() ? std::string() : found->second;
    }
};

class XmlPage {
  public:
    explicit XmlPage(std::string_view page) : rest_(page) {
        constexpr std::string_view head = "<!DOCTYPE html>\n";
        if (const auto fault = find_utf8_fault(page)) {
            complain(describe(*fault));
        }
        if (!rest_.starts_with(head)) {
            complain("no document type");
        }
        rest_.remove_prefix(std::min(head.size(), rest_.size()));
        while (!rest_.empty() && fault_.empty()) {
            rest_.starts_with('<') ? read_tag() : read_text();
        }
        if (fault_.empty() && !open_.empty()) {
            complain("not closed: " + elements[open_.back()].name);
        }
        check_references();
    }

    /// What is wrong with it, or nothing.
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

    std::vector<XmlElement> elements;  ///< In the order of their beginnings.

    /// Those of that name and, unless it is empty, with that class among theirs.
    [[nodiscard]] std::vector<const XmlElement*> all(std::string_view name,
                                                     std::string_view css = {}) const {
        std::vector<const XmlElement*> found;
        for (const XmlElement& element : elements) {
            const std::string classes = " " + element.attribute("class") + " ";
            const bool has_class =
                css.empty() || classes.find(" " + std::string(css) + " ") != std::string::npos;
            if (element.name == name && has_class) {
                found.push_back(&element);
            }
        }
        return found;
    }

    /// The element with that id, or nullptr.
    [[nodiscard]] const XmlElement* with_id(std::string_view id) const {
        const auto found = std::ranges::find_if(
            elements, [&](const XmlElement& element) { return element.attribute("id") == id; });
        return found == elements.end() ? nullptr : &*found;
    }

  private:
    void complain(const std::string& what) {
        if (fault_.empty()) {
            fault_ = what + " before: " + std::string(rest_.substr(0, 60));
        }
    }

    static bool is_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
    }

    std::string take_name() {
        std::size_t length = 0;
        while (length < rest_.size() && is_name(rest_[length])) {
            ++length;
        }
        std::string name(rest_.substr(0, length));
        rest_.remove_prefix(length);
        if (name.empty()) {
            complain("no name");
        }
        return name;
    }

    bool take(std::string_view expected) {
        if (!rest_.starts_with(expected)) {
            return false;
        }
        rest_.remove_prefix(expected.size());
        return true;
    }

    // Escaped as `html_text` does it, with nothing that a reader does not see but line ends.
    std::string decode(std::string_view raw, bool is_style) {
        std::string text;
        while (!raw.empty()) {
            const Utf8Character next = first_character(raw);
            const std::string_view character = raw.substr(0, next.length);
            if (character == "&") {
                const auto end = raw.find(';');
                const auto found = entities().find(raw.substr(0, end));
                if (end == std::string_view::npos || found == entities().end()) {
                    complain("no entity of ours: " + std::string(raw.substr(0, 12)));
                    return text;
                }
                text += found->second;
                raw.remove_prefix(end + 1);
                continue;
            }
            const bool is_unseen_here = !next.point ||
                                        (*next.point != U'\n' && is_unseen(*next.point)) ||
                                        *next.point == 0xfffe || *next.point == 0xffff;
            if (is_unseen_here || character == "<" || (character == ">" && !is_style)) {
                complain("a character that may not stand here: " + escape_controls(character));
            }
            text += character;
            raw.remove_prefix(next.length);
        }
        return text;
    }

    static const std::map<std::string_view, std::string_view>& entities() {
        static const std::map<std::string_view, std::string_view> all{
            {"&amp", "&"}, {"&lt", "<"}, {"&gt", ">"}, {"&quot", "\""}, {"&#39", "'"}};
        return all;
    }

    void read_text() {
        const std::size_t length = std::min(rest_.find('<'), rest_.size());
        const bool is_style = !open_.empty() && elements[open_.back()].name == "style";
        const std::string text = decode(rest_.substr(0, length), is_style);
        if (open_.empty() && text.find_first_not_of('\n') != std::string::npos) {
            complain("text outside");
        }
        for (const std::size_t index : open_) {
            elements[index].text += text;
        }
        rest_.remove_prefix(length);
    }

    void read_tag() {
        if (take("</")) {
            const std::string name = take_name();
            if (!take(">") || open_.empty() || elements[open_.back()].name != name) {
                complain("closes what is not open: " + name);
                return;
            }
            open_.pop_back();
            return;
        }
        take("<");
        XmlElement element{.name = take_name(),
                           .attributes = {},
                           .text = {},
                           .parent = open_.empty() ? 0 : open_.back()};
        if (!known_elements().contains(element.name)) {
            complain("no element of ours: " + element.name);
        }
        while (take(" ") && !rest_.starts_with('/') && fault_.empty()) {
            read_attribute(element);
        }
        const bool is_closed = take("/");
        if (!take(">")) {
            complain("no end of a tag");
        }
        elements.push_back(std::move(element));
        if (!is_closed) {
            open_.push_back(elements.size() - 1);
        }
    }

    void read_attribute(XmlElement& element) {
        const std::string name = take_name();
        if (!take("=\"")) {
            complain("no value of " + name);
            return;
        }
        const std::size_t length = std::min(rest_.find('"'), rest_.size());
        const std::string value = decode(rest_.substr(0, length), false);
        rest_.remove_prefix(length);
        if (!take("\"") || !element.attributes.emplace(name, value).second) {
            complain("not closed, or there already: " + name);
        }
        if (!known_attributes().contains(name)) {
            complain("no attribute of ours: " + name);
        }
        if (name == "href" && !value.starts_with('#')) {
            complain("leads elsewhere: " + value);
        }
    }

    // Ids are unique, and what is referred to is there.
    void check_references() {
        std::set<std::string> ids;
        for (const XmlElement& element : elements) {
            const std::string id = element.attribute("id");
            if (!id.empty() && !ids.insert(id).second) {
                complain("twice: " + id);
            }
        }
        for (const XmlElement& element : elements) {
            std::string wanted = element.attribute("aria-labelledby");
            if (const std::string link = element.attribute("href"); !link.empty()) {
                wanted += " " + link.substr(1);
            }
            std::size_t at = 0;
            while ((at = wanted.find_first_not_of(' ', at)) != std::string::npos) {
                const std::size_t end = std::min(wanted.find(' ', at), wanted.size());
                if (!ids.contains(wanted.substr(at, end - at))) {
                    complain("nowhere: " + wanted.substr(at, end - at));
                }
                at = end;
            }
        }
    }

    static const std::set<std::string>& known_elements() {
        static const std::set<std::string> all{
            "a",     "bdi",  "body",    "br",      "caption", "circle",  "code",   "dd",
            "defs",  "desc", "details", "div",     "dl",      "dt",      "figure", "footer",
            "h1",    "h2",   "h3",      "head",    "header",  "html",    "li",     "line",
            "main",  "meta", "nav",     "p",       "path",    "pattern", "rect",   "section",
            "small", "span", "style",   "summary", "svg",     "table",   "tbody",  "td",
            "text",  "th",   "thead",   "time",    "title",   "tr",      "ul"};
        return all;
    }

    static const std::set<std::string>& known_attributes() {
        static const std::set<std::string> all{"aria-hidden",
                                               "aria-label",
                                               "aria-labelledby",
                                               "charset",
                                               "class",
                                               "content",
                                               "cx",
                                               "cy",
                                               "d",
                                               "data-label",
                                               "datetime",
                                               "fill",
                                               "height",
                                               "href",
                                               "http-equiv",
                                               "id",
                                               "lang",
                                               "name",
                                               "patternTransform",
                                               "patternUnits",
                                               "r",
                                               "role",
                                               "rx",
                                               "scope",
                                               "stroke",
                                               "stroke-linecap",
                                               "stroke-linejoin",
                                               "stroke-width",
                                               "tabindex",
                                               "text-anchor",
                                               "title",
                                               "viewBox",
                                               "width",
                                               "x",
                                               "x1",
                                               "x2",
                                               "xmlns",
                                               "y",
                                               "y1",
                                               "y2"};
        return all;
    }

    std::string_view rest_;
    std::string fault_;
    std::vector<std::size_t> open_;
};

}  // namespace aion::test
