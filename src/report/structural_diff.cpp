// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/structural_diff.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "aion/base/json_writer.hpp"
#include "aion/crypto/hash.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "base/value.hpp"
#include "base/yaml_details.hpp"
#include "report/number.hpp"
#include "report/sequence_diff.hpp"

namespace aion::report {
namespace {

constexpr NameTable forms(std::to_array<Named<DocumentForm>>({
    {DocumentForm::json, "json"},
    {DocumentForm::yaml, "yaml"},
}));

constexpr NameTable kinds(std::to_array<Named<ChangeKind>>({
    {ChangeKind::added, "added"},
    {ChangeKind::removed, "removed"},
    {ChangeKind::changed, "changed"},
}));

// --- Trees that are compared by one hash each ---------------------------------------------------

// Recursion here is as deep as the readers allow.

struct Node {
    const Value* value = nullptr;
    std::string_view key;        // Of a member.
    Hash digest;                 // Of kind and content; equal if and only if the trees are.
    std::vector<Node> children;  // Elements in order, or members by key.
};

void add(crypto::Blake3& hash, std::string_view text) {
    const std::uint64_t size = text.size();
    hash.update(as_bytes(std::to_string(size) + ":"));
    hash.update(as_bytes(text));
}

Hash digest_of(const Node& node) {
    const Value& value = *node.value;
    crypto::Blake3 hash;
    hash.update(as_bytes(std::string(1, static_cast<char>('0' + static_cast<int>(value.kind)))));
    if (value.kind == Value::Kind::boolean) {
        hash.update(as_bytes(value.truth ? "t" : "f"));
    } else if (value.kind == Value::Kind::number) {
        add(hash, canonical_number(value.text));
    } else {
        add(hash, value.text);
    }
    for (const Node& child : node.children) {
        add(hash, child.key);
        hash.update(child.digest.view());
    }
    return hash.digest();
}

Node tree_of(const Value& value, std::string_view key = {}) {  // NOLINT(misc-no-recursion): bounded
    Node node{.value = &value, .key = key, .digest = {}, .children = {}};
    node.children.reserve(value.items.size() + value.members.size());
    for (const Value& item : value.items) {
        node.children.push_back(tree_of(item));
    }
    for (const auto& [name, member] : value.members) {
        node.children.push_back(tree_of(member, name));
    }
    if (value.kind == Value::Kind::object) {
        std::ranges::sort(node.children, {}, &Node::key);
    }
    node.digest = digest_of(node);
    return node;
}

// --- Text ---------------------------------------------------------------------------------------

void write_text(std::string& out, std::string_view text) {
    JsonWriter(out, JsonStyle::compact).text(text);
}

// Compact JSON, but numbers as written.
void write_value(std::string& out, const Value& value) {  // NOLINT(misc-no-recursion): bounded
    switch (value.kind) {
        case Value::Kind::null:
            out += "null";
            return;
        case Value::Kind::boolean:
            out += value.truth ? "true" : "false";
            return;
        case Value::Kind::number:
            out += value.text;
            return;
        case Value::Kind::text:
            write_text(out, value.text);
            return;
        case Value::Kind::list:
            out += '[';
            for (const Value& item : value.items) {
                out += &item == value.items.data() ? "" : ",";
                write_value(out, item);
            }
            out += ']';
            return;
        case Value::Kind::object:
            out += '{';
            for (const auto& member : value.members) {
                out += &member == value.members.data() ? "" : ",";
                write_text(out, member.first);
                out += ':';
                write_value(out, member.second);
            }
            out += '}';
            return;
    }
}

std::string text_of(const Node& node) {
    std::string out;
    write_value(out, *node.value);
    return out;
}

// A JSON pointer that grows and shrinks.
class Path {
  public:
    void enter(std::string_view key) {
        sizes_.push_back(text_.size());
        text_ += '/';
        for (const char c : key) {
            if (c == '~') {
                text_ += "~0";
            } else if (c == '/') {
                text_ += "~1";
            } else {
                text_ += c;
            }
        }
    }

    void leave() {
        text_.resize(sizes_.back());
        sizes_.pop_back();
    }

    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
    std::vector<std::size_t> sizes_;
};

// --- Comparing ----------------------------------------------------------------------------------

// Keys may be long and paths with them many: so much text of changes is kept.
constexpr std::size_t most_text = std::size_t{256} << 20U;

class Comparer {
  public:
    explicit Comparer(StructuralDiff& diff) : diff_(diff) {}

    void compare(const Node& a, const Node& b) {  // NOLINT(misc-no-recursion): bounded
        if (a.digest == b.digest) {
            return;
        }
        const bool is_one_kind = a.value->kind == b.value->kind;
        if (is_one_kind && a.value->kind == Value::Kind::object) {
            compare_members(a.children, b.children);
        } else if (is_one_kind && a.value->kind == Value::Kind::list) {
            compare_elements(a.children, b.children);
        } else {
            changed(a, b);
        }
    }

  private:
    void compare_members(std::span<const Node> a,  // NOLINT(misc-no-recursion): bounded
                         std::span<const Node> b) {
        while (!a.empty() || !b.empty()) {
            if (b.empty() || (!a.empty() && a.front().key < b.front().key)) {
                removed(a.front().key, a.front());
                a = a.subspan(1);
            } else if (a.empty() || b.front().key < a.front().key) {
                added(b.front().key, b.front());
                b = b.subspan(1);
            } else {
                pair(a.front().key, a.front(), b.front().key, b.front());
                a = a.subspan(1);
                b = b.subspan(1);
            }
        }
    }

    void compare_elements(std::span<const Node> a,  // NOLINT(misc-no-recursion): bounded
                          std::span<const Node> b) {
        for (const Region& region : differing(a, b)) {
            std::size_t i = region.a_begin;
            std::size_t j = region.b_begin;
            // What stands in each other's place is compared, the rest is new or gone.
            for (; i < region.a_end && j < region.b_end; ++i, ++j) {
                pair(std::to_string(i), a[i], std::to_string(j), b[j]);
            }
            for (; i < region.a_end; ++i) {
                removed(std::to_string(i), a[i]);
            }
            for (; j < region.b_end; ++j) {
                added(std::to_string(j), b[j]);
            }
        }
    }

    std::vector<Region> differing(std::span<const Node> a, std::span<const Node> b) {
        std::vector<const Node*> order;
        order.reserve(a.size() + b.size());
        for (const Node& node : a) {
            order.push_back(&node);
        }
        for (const Node& node : b) {
            order.push_back(&node);
        }
        const std::vector<const Node*> all = order;
        std::ranges::sort(order, {}, digest_at);
        const auto behind = std::ranges::unique(order, {}, digest_at);
        order.erase(behind.begin(), behind.end());
        std::vector<ElementId> ids;
        ids.reserve(all.size());
        for (const Node* node : all) {
            const auto found = std::ranges::lower_bound(order, node->digest.bytes, {}, digest_at);
            ids.push_back(static_cast<ElementId>(found - order.begin()));
        }
        const std::span<const ElementId> both(ids);
        return regions_of(
            sequence_diff(both.first(a.size()), both.subspan(a.size()), order.size(), budget_));
    }

    static const decltype(Hash::bytes)& digest_at(const Node* node) { return node->digest.bytes; }

    void pair(std::string_view a_key, const Node& a,  // NOLINT(misc-no-recursion): bounded
              std::string_view b_key, const Node& b) {
        a_path_.enter(a_key);
        b_path_.enter(b_key);
        compare(a, b);
        a_path_.leave();
        b_path_.leave();
    }

    void changed(const Node& a, const Node& b) {
        if (has_room(a_path_.text().size() + b_path_.text().size())) {
            put({.kind = ChangeKind::changed,
                 .path = a_path_.text(),
                 .b_path = b_path_.text(),
                 .from = text_of(a),
                 .to = text_of(b)});
        }
    }

    void removed(std::string_view key, const Node& node) {
        a_path_.enter(key);
        if (has_room(a_path_.text().size())) {
            put({.kind = ChangeKind::removed,
                 .path = a_path_.text(),
                 .b_path = {},
                 .from = text_of(node),
                 .to = {}});
        }
        a_path_.leave();
    }

    void added(std::string_view key, const Node& node) {
        b_path_.enter(key);
        if (has_room(b_path_.text().size())) {
            put({.kind = ChangeKind::added,
                 .path = b_path_.text(),
                 .b_path = {},
                 .from = {},
                 .to = text_of(node)});
        }
        b_path_.leave();
    }

    bool has_room(std::size_t paths) {
        if (kept_ + paths > most_text) {
            ++diff_.omitted;
            return false;
        }
        return true;
    }

    void put(StructuralChange change) {
        kept_ += change.path.size() + change.b_path.size() + change.from.size() + change.to.size();
        diff_.changes.push_back(std::move(change));
    }

    StructuralDiff& diff_;
    Path a_path_;
    Path b_path_;
    SearchBudget budget_;
    std::size_t kept_ = 0;
};

Result<Value> read(std::string_view text, DocumentForm& form) {
    auto json = parse_json(text);
    if (json) {
        form = DocumentForm::json;
        return json;
    }
    form = DocumentForm::yaml;
    auto yaml = parse_yaml(text);
    if (!yaml) {
        return fail(
            std::move(yaml).error().in_context("It is not JSON either: " + json.error().message()));
    }
    return yaml;
}

}  // namespace

std::string_view name_of(DocumentForm form) noexcept {
    return forms.name(form);
}

std::string_view name_of(ChangeKind kind) noexcept {
    return kinds.name(kind);
}

Result<StructuralDiff> structural_diff(std::string_view a, std::string_view b) {
    StructuralDiff diff;
    auto first = read(a, diff.a_form);
    if (!first) {
        return fail(std::move(first).error().in_context("The first document cannot be read"));
    }
    auto second = read(b, diff.b_form);
    if (!second) {
        return fail(std::move(second).error().in_context("The second document cannot be read"));
    }
    Comparer(diff).compare(tree_of(*first), tree_of(*second));
    return diff;
}

}  // namespace aion::report
