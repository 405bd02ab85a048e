// SPDX-License-Identifier: MIT OR Apache-2.0
// A small log in memory: its tree, its tiles, its checkpoints, and its witnesses' memory.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/tlog/log_client.hpp"
#include "aion/tlog/proof.hpp"
#include "aion/tlog/witness.hpp"
#include "tlog/notes.hpp"

namespace aion::tlog::test {

inline constexpr std::uint8_t logs_key = 0x31;
inline constexpr std::uint8_t witness_key = 0x32;
inline constexpr const char* small_log_name = "log.example/one";
inline constexpr const char* witness_name = "witness.example/w1";

/// Fewer than 256 entries, and what it shows of them.
class SmallLog final : public LogSource, public TileSource {
  public:
    explicit SmallLog(std::size_t count = 0, std::string origin = small_log_name,
                      std::uint8_t key = logs_key)
        : origin_(std::move(origin)), signer_(signer_of(origin_, NoteKeyType::ed25519, key)) {
        for (std::size_t i = 0; i < count; ++i) {
            append("entry " + std::to_string(i));
        }
    }

    void append(std::string_view payload, EntryKind kind = EntryKind::dsse_envelope) {
        append(make_entry(kind, 1, as_bytes(payload)));
    }

    void append(const Bytes& entry) {
        entries.push_back(entry);
        tree.append(Sha256Tree::leaf(entry));
    }

    [[nodiscard]] Checkpoint checkpoint_at(std::uint64_t size) const {
        return {.origin = origin_, .size = size, .root = tree.root(size)};
    }

    [[nodiscard]] std::string note_at(std::uint64_t size) const {
        return signed_note(checkpoint_at(size).text(), {{signer_}});
    }

    [[nodiscard]] std::string note() const { return note_at(tree.size()); }

    [[nodiscard]] const NoteKey& key() const { return signer_.key(); }

    [[nodiscard]] const NoteSigner& signer() const { return signer_; }

    /// A proof of an entry, which it carries, as the log has it now.
    [[nodiscard]] std::string proof_of(std::uint64_t index) const {
        const LogProof proof{.extra = entries.at(index),
                             .index = index,
                             .path = ok(tree.inclusion_path(index, tree.size())),
                             .checkpoint = note()};
        return proof.str();
    }

    /// A request to `add-checkpoint`, as it should be.
    [[nodiscard]] std::string request(std::uint64_t old_size, std::uint64_t size) const {
        const auto proof = ok(tree.consistency_path(old_size, size));
        return witness_request(old_size, proof, note_at(size));
    }

    [[nodiscard]] Result<std::string> checkpoint() override { return shows.value_or(note()); }

    [[nodiscard]] TileSource& tiles() override { return *this; }

    [[nodiscard]] Result<std::optional<std::string>> key_record(std::uint64_t number) override {
        return number < key_records.size() ? std::optional(key_records[number]) : std::nullopt;
    }

    [[nodiscard]] std::string shown() const override { return "the log"; }

    [[nodiscard]] Result<Bytes> tile(const TileName& name) override {
        const auto other = other_tiles.find(name.path());
        if (other != other_tiles.end()) {
            return other->second;
        }
        Bytes bytes;
        if (name.index != 0 || name.level.value_or(0) != 0 || name.width > entries.size()) {
            return fail(error_at_path(ErrorCode::file_not_found, name.path()));
        }
        for (unsigned i = 0; i < name.width; ++i) {
            if (name.level) {
                const auto digest = tree.leaf(i);
                bytes.insert(bytes.end(), digest.bytes.begin(), digest.bytes.end());
            } else {
                append_to_bundle(bytes, entries[i]);
            }
        }
        return bytes;
    }

    std::vector<Bytes> entries;
    MerkleTree<Sha256Tree> tree;
    std::optional<std::string> shows;          ///< Another checkpoint than its own.
    std::vector<std::string> key_records;      ///< `keys/N`.
    std::map<std::string, Bytes> other_tiles;  ///< By path, what is given instead.

  private:
    std::string origin_;
    NoteSigner signer_;
};

/// A memory that is gone with the test, and fails when it should.
class ForgetfulMemory final : public WitnessMemory {
  public:
    std::map<crypto::Sha256Digest, SeenLog> seen;
    bool fails_to_find = false;
    std::optional<Error> fails_to_advance;
    /// Is called in the middle of a change: another process.
    std::function<void()> meanwhile;

    [[nodiscard]] Result<std::optional<SeenLog>> find(const crypto::Sha256Digest& origin) override {
        if (fails_to_find) {
            return fail(error_at_path(ErrorCode::file_read_error, "memory"));
        }
        const auto found = seen.find(origin);
        return found == seen.end() ? std::nullopt : std::optional(found->second);
    }

    [[nodiscard]] Result<> advance(const crypto::Sha256Digest& origin,
                                   const std::optional<SeenLog>& before,
                                   const SeenLog& after) override {
        if (meanwhile) {
            std::exchange(meanwhile, nullptr)();
        }
        if (fails_to_advance) {
            return fail(*fails_to_advance);
        }
        if (ok(find(origin)) != before) {
            return fail(error_because(ErrorCode::conflict, "another one"));
        }
        seen[origin] = after;
        return {};
    }
};

}  // namespace aion::tlog::test
