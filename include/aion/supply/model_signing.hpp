// SPDX-License-Identifier: MIT OR Apache-2.0
// OpenSSF Model Signing v1.0 (https://github.com/ossf/model-signing-spec, spec/v1.0.md): which
// files a model has, with a digest of each or of each of their shards, as an in-toto statement in a
// sigstore bundle that an ECDSA key has signed. Certificates and logs are not judged here.
//
/// Example: sign a folder, and judge it by what was signed.
///
///     #include <fstream>
///
///     #include "aion/crypto/ec_key.hpp"
///     #include "aion/supply/model_signing.hpp"
///
///     Env& env = Env::system();
///     const auto key = crypto::EcSigningKey::generate(env, crypto::EcCurve::p256);
///     std::filesystem::create_directory("model");
///     std::ofstream("model/weights.bin") << "1, 2, 3";
///     const supply::ModelSerialization how{.hash = supply::ModelHash::sha256};
///     const auto files = supply::find_model(env, "model", how);
///     if (!files) {
///         return fail(files.error());
///     }
///     const auto statement = supply::describe_model(env, "model", *files, how);
///     if (!statement) {
///         return fail(statement.error());
///     }
///     const auto bundle = supply::sign_model(*statement, *key);
///     if (!bundle) {
///         return fail(bundle.error());
///     }
///     const std::string sent = supply::to_json(*bundle);
///
///     const auto received = supply::model_bundle_from_json(sent);
///     if (!received) {
///         return fail(received.error());
///     }
///     const auto signed_by_her = supply::open_model_bundle(*received, key->public_half());
///     if (!signed_by_her) {
///         return fail(signed_by_her.error());  // verdict_invalid: another key, other bytes
///     }
///     const auto found = supply::find_model(env, "model", signed_by_her->serialization(),
///                                           {.keep_going = true});
///     if (!found) {
///         return fail(found.error());
///     }
///     const auto check = supply::check_model(env, *signed_by_her, *found);
///     std::cout << (check && check->is_valid() ? "VALID" : "INVALID") << '\n';  // VALID
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/ec_key.hpp"
#include "aion/crypto/sha256.hpp"
#include "aion/supply/artifacts.hpp"
#include "aion/supply/envelope.hpp"

namespace aion::supply {

inline constexpr std::string_view model_signature_type = "https://model_signing/signature/v1.0";

/// What files are hashed with. The specification also has `blake2b`, which is refused: the client
/// that writes it cannot read it either.
enum class ModelHash : std::uint8_t { sha256, blake3 };

/// `sha256`, `blake3`.
[[nodiscard]] std::string_view name_of(ModelHash hash) noexcept;

/// What is no part of any model, if it is right in its folder.
inline constexpr std::array<std::string_view, 4> never_in_models = {".git", ".gitattributes",
                                                                    ".github", ".gitignore"};

/// How files become resources.
struct ModelSerialization {
    /// The default of the specification.
    static constexpr std::uint64_t default_shard_size = 1'000'000'000;

    ModelHash hash = ModelHash::sha256;
    /// Each file in pieces of so many bytes; nothing: as a whole.
    std::optional<std::uint64_t> shard_size = {};
    bool allow_symlinks = false;  ///< A link to a file is then that file under the link's name.
    /// Files, and folders with all that is in them, that are no part of the model: relative, in
    /// the byte order. `never_in_models` are none in any case.
    std::vector<std::string> ignored = {};
    friend bool operator==(const ModelSerialization&, const ModelSerialization&) = default;
};

/// A file of a model, or a shard of one.
struct ModelResource {
    std::string name;             ///< Of the file, as `check_artifact_name` has it.
    std::uint64_t begin = 0;      ///< Of the shard.
    std::uint64_t end = 0;        ///< Behind the shard; 0 for a whole file.
    crypto::Sha256Digest digest;  ///< By whatever algorithm: both have 32 bytes.
    friend bool operator==(const ModelResource&, const ModelResource&) = default;
};

/// How a statement is written.
enum class ModelForm : std::uint8_t {
    specification,  ///< As its text demands.
    /// As model_signing 1.1.1 has it, and refuses anything else: the algorithm of shards is
    /// `sha256-sharded-SIZE`. (A model that is one file is named `.` by it, which is for whoever
    /// describes the model to do.)
    client,
};

/// What is signed of a model. Immutable.
class ModelStatement {
  public:
    /// Of the JSON text, in bytes.
    static constexpr std::size_t max_size = max_envelope_size / 4 * 3;
    /// Of resources.
    static constexpr std::size_t max_resources = max_shards;
    /// Of `ModelSerialization::ignored`.
    static constexpr std::size_t max_ignored = 65'536;

    /// Errors: `invalid_format` with a detail: `model_no_resource`; `manifest_bad_name`, but that a
    /// model of one file may have `.` as the name of it; `manifest_duplicate_name`;
    /// `manifest_too_many`; `model_bad_shard` for shards of a file that are not all of it.
    [[nodiscard]] static Result<ModelStatement> make(std::string name,
                                                     ModelSerialization serialization,
                                                     std::vector<ModelResource> resources);

    /// Reads a statement, in either form and with resources in any order, as clients differ about
    /// it. What nobody here knows is passed over in resources and refused in `serialization`,
    /// where it might matter. Errors: `invalid_format` with the place and a detail: those of
    /// base/json_details.hpp and of `make`, `statement_other_type`, `statement_other_predicate`,
    /// `model_other_subject`, `model_unknown_method`, `model_unknown_hash`, `manifest_bad_digest`,
    /// `model_other_root`.
    [[nodiscard]] static Result<ModelStatement> from_json(std::string_view text);

    /// What the model is called: nothing that anything may depend on.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    [[nodiscard]] const ModelSerialization& serialization() const noexcept {
        return serialization_;
    }

    /// In the byte order of the names; shards in the order in which they are in their file.
    [[nodiscard]] const std::vector<ModelResource>& resources() const noexcept {
        return resources_;
    }

    /// Of distinct files.
    [[nodiscard]] std::size_t file_count() const noexcept;

    /// SHA-256 of all digests in the order of the text: what others know the model by.
    [[nodiscard]] const crypto::Sha256Digest& root() const noexcept { return root_; }

    /// The JSON that is signed, in one line.
    [[nodiscard]] std::string json(ModelForm form = ModelForm::specification) const;

  private:
    ModelStatement() = default;

    std::string name_;
    ModelSerialization serialization_;
    std::vector<ModelResource> resources_;
    crypto::Sha256Digest root_;
};

/// A statement that somebody signed, of which nothing is verified.
struct ModelBundle {
    std::string key_hint;                ///< `EcPublicKey::fingerprint`.
    std::optional<std::string> key_pem;  ///< What clients before 1.1.0 wrote in its place.
    Envelope envelope;                   ///< With one signature.
    friend bool operator==(const ModelBundle&, const ModelBundle&) = default;
};

/// Reads a sigstore bundle of v0.3 that a key has signed. Errors: `invalid_format` with the place
/// and a detail of base/json_details.hpp, `dsse_bad_base64`, `bundle_other_type`,
/// `bundle_other_content`, `model_no_key`.
[[nodiscard]] Result<ModelBundle> model_bundle_from_json(std::string_view text);

/// In one line without an end of line.
[[nodiscard]] std::string to_json(const ModelBundle& bundle);

/// Errors: those of `EcSigningKey::sign`; `resource_exhausted` for a statement that is longer than
/// `ModelStatement::max_size`.
[[nodiscard]] Result<ModelBundle> sign_model(const ModelStatement& statement,
                                             const crypto::EcSigningKey& key,
                                             ModelForm form = ModelForm::specification);

/// What the holder of `key` has signed. Errors: `verdict_invalid` for a bundle that names another
/// key, or whose signature is not that key's; those of `ModelStatement::from_json`.
[[nodiscard]] Result<ModelStatement> open_model_bundle(const ModelBundle& bundle,
                                                       const crypto::EcPublicKey& key);

/// The files of a model.
struct ModelFiles {
    bool is_one_file = false;  ///< The model is no folder.
    std::vector<ArtifactFile> files;
    std::uint64_t size = 0;  ///< Of all files, in bytes.
};

/// All files that `serialization` makes part of the model at `path`, a folder or a file; of
/// `finding`, `without` and `keep_going` count, and `ignored` besides. Errors: as `find_artifacts`.
[[nodiscard]] Result<ModelFiles> find_model(Env& env, const std::filesystem::path& path,
                                            const ModelSerialization& serialization,
                                            const FindOptions& finding = {});

/// Hashes the files and says what they are; of `hashing`, `threads` and `progress` count. `name`:
/// what the model is called. Errors: those of a file in `hash_artifacts` and `hash_shards`; those
/// of `ModelStatement::make`, as for a model without a file.
[[nodiscard]] Result<ModelStatement> describe_model(Env& env, std::string name,
                                                    const ModelFiles& files,
                                                    const ModelSerialization& serialization,
                                                    const HashOptions& hashing = {});

struct ModelCheckOptions {
    bool ignore_unsigned_files = false;  ///< A file that nobody has signed is no difference.
    HashOptions hashing = {};            ///< `threads` and `progress` count.
};

struct ModelCheck {
    /// What is not as it was signed, in the byte order of the names. Of whole files no size is
    /// known but the one that was found.
    std::vector<ManifestCheck::Row> rows;
    std::uint64_t same = 0;            ///< Files.
    std::uint64_t unsigned_files = 0;  ///< That were passed over.
    std::uint64_t hashed_bytes = 0;

    [[nodiscard]] bool is_valid() const noexcept { return rows.empty(); }
};

/// Compares files, found by `statement.serialization()` and with `keep_going`, with what was
/// signed. Only files that were found are opened, whatever the statement names. Empty files are in
/// no shard, and no difference where there are shards. Errors: `interrupted`; those of all files in
/// `hash_shards`.
[[nodiscard]] Result<ModelCheck> check_model(Env& env, const ModelStatement& statement,
                                             const ModelFiles& files,
                                             const ModelCheckOptions& options = {});

}  // namespace aion::supply
