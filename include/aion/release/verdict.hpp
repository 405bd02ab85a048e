// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether a release is what its signer sealed, and its files are those of it.
//
// The reference verifies signatures and two digests, and stays VALID with the model replaced, its
// licences edited or another author's envelopes swapped in. Here everything that is shown is
// compared with something that is signed, and all of it with each other.
//
/// Example: a model that is sealed, and what becomes of the verdict when its bill is edited.
///
///     #include "aion/crypto/hash.hpp"
///     #include "aion/release/seal.hpp"
///
///     Env& env = Env::system();
///     auto master = crypto::SigningKey::generate(env);
///     auto key = crypto::SigningKey::generate(env);
///     auto manifest = supply::Manifest::make(
///         {{.name = "heron.gguf", .size = 7, .blake3 = crypto::blake3(as_bytes("weights")),
///           .sha256 = {}}});
///     if (!master || !key || !manifest) {
///         return fail(invalid_format("something is missing"));
///     }
///     trust::Registry registry;
///     if (const auto pinned =
///             registry.pin(AuthorId{7}, master->public_half(), key->public_half());
///         !pinned) {
///         return fail(pinned.error());
///     }
///     release::Content content{.manifest = *std::move(manifest),
///                              .aibom = {},
///                              .provenance = {.builder_id = "https://ci.example/1"}};
///     content.aibom.model.name = "heron";
///     auto bundle = release::seal(content, AuthorId{7}, *key);
///     if (!bundle) {
///         return fail(bundle.error());
///     }
///     std::cout << release::judge_release(*bundle, registry).failed().size() << '\n';  // 0
///     bundle->aibom.replace(bundle->aibom.find("heron"), 5, "egret");
///     const auto edited = release::judge_release(*bundle, registry);
///     std::cout << name_of(edited.failed().front()) << '\n';  // aibom
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/report.hpp"
#include "aion/release/bundle.hpp"
#include "aion/release/key_choice.hpp"
#include "aion/supply/aibom.hpp"
#include "aion/supply/artifacts.hpp"
#include "aion/supply/manifest.hpp"
#include "aion/tlog/log_order.hpp"
#include "aion/trust/registry.hpp"

namespace aion::release {

/// What is looked at, in this order. Each is looked at whatever became of those before.
enum class Gate : std::uint8_t {
    signer,  ///< One author throughout, whose key counts at the release's own version.
    manifest_signature,
    manifest_envelope,  ///< One signature, the signer's, over a payload of the right type. So are
    aibom_envelope,     ///< those of the other two.
    provenance_envelope,
    manifest,    ///< The canonical bytes and the signed payload are the same manifest.
    aibom,       ///< The bill that is shown is the one that was signed.
    provenance,  ///< So is the provenance, which is SLSA's.
    model,       ///< Bill, `model_ref` and the first artefact are of the same model.
    subjects,    ///< The provenance is about the artefacts, all of them and nothing else.
    binding,     ///< The provenance names bill and manifest by their digests, or none at all.
    oci,         ///< The manifests of a registry are what the release makes, byte for byte.
    log,         ///< Three entries as they should be, and the log has them where they are said.
    artifacts,   ///< Every artefact is there, byte for byte.
};
inline constexpr std::size_t gate_count = 14;

/// `signer`, `manifest_signature`, …: stable.
[[nodiscard]] std::string_view name_of(Gate gate) noexcept;
/// The same in words, e.g. `The signer's key`.
[[nodiscard]] std::string_view words_for(Gate gate) noexcept;

struct GateResult {
    Gate gate = Gate::signer;
    /// `skipped`: nobody asked, or what it needs was not vouched for.
    policy::GateState state = policy::GateState::skipped;
    /// Why not passed, for people; else empty. What it cites of the release is escaped.
    std::string reason;
};

struct JudgeOptions {
    /// The signer's key has to count at this version, too; the release's own is not replaced by it.
    std::optional<VersionNumber> at_version = {};
    /// Where its entries are looked up. It has to outlive the call.
    const tlog::LogOrderReader* log = nullptr;
    /// One whose provenance names neither bill nor manifest is refused: the reference's.
    bool require_binding = false;
    /// The name of a model and its version that it has to be; empty: any.
    std::string model = {};
    std::string model_version = {};
};

/// A verdict, with what it is about. Members that a release says are those that were signed, and
/// hold only if it is VALID.
struct ReleaseReport {
    AuthorId signer;
    VersionNumber version;       ///< The release's own.
    std::optional<Epoch> epoch;  ///< Of the signer's key.
    supply::ModelRef model;      ///< As the bill has it.
    Hash manifest_id;
    crypto::Sha256Digest provenance_digest;    ///< SHA-256 of the provenance: what names a release.
    std::optional<supply::Manifest> manifest;  ///< Nothing where it could not be read.
    std::array<GateResult, gate_count> gates;
    std::vector<supply::ManifestCheck::Row> differences;  ///< Of files, by name.
    std::uint64_t files = 0;                              ///< That are as they should be.
    bool leans_on_log = false;                            ///< The key was ended since.

    [[nodiscard]] const GateResult& at(Gate gate) const noexcept {
        return gates[static_cast<std::size_t>(gate)];
    }

    /// No gate failed, and files were compared.
    [[nodiscard]] bool is_valid() const;

    /// The gates that failed, in their order.
    [[nodiscard]] std::vector<Gate> failed() const;
};

/// Judges a bundle without its files: never VALID, as nobody looked at those. Time and memory are
/// linear in its size.
[[nodiscard]] ReleaseReport judge_release(const Bundle& bundle, const trust::Registry& registry,
                                          const JudgeOptions& options = {});

/// The same, and compares the files in `folder`: `primary.bin` is the first artefact, the others
/// are in `artifacts/`. Files are looked at only if everything that names them passed. Errors:
/// `file_read_error` for a folder that cannot be looked at; `interrupted`. What is wrong with a
/// file is a difference.
[[nodiscard]] Result<ReleaseReport> verify_release(Env& env, const Bundle& bundle,
                                                   const std::filesystem::path& folder,
                                                   const trust::Registry& registry,
                                                   const JudgeOptions& options = {},
                                                   const supply::HashOptions& hashing = {});

/// The bundle in `folder`, of which nothing is verified. Errors: `file_read_error`,
/// `resource_exhausted`; those of `bundle_from_json`.
[[nodiscard]] Result<Bundle> read_bundle(Env& env, const std::filesystem::path& folder);

}  // namespace aion::release
