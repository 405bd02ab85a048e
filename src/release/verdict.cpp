// SPDX-License-Identifier: MIT OR Apache-2.0
// What can be told of a release without its files.
#include "aion/release/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/sha256.hpp"
#include "aion/release/seal.hpp"
#include "aion/supply/statement.hpp"
#include "base/names.hpp"
#include "release/parts.hpp"
#include "supply/envelope_bytes.hpp"

namespace aion::release {
namespace {

struct GateRow {
    Gate value;
    std::string_view name;
    std::string_view words;
};

constexpr NameTable gate_rows(std::to_array<GateRow>({
    {Gate::signer, "signer", "The signer's key"},
    {Gate::manifest_signature, "manifest_signature", "Signature of the manifest"},
    {Gate::manifest_envelope, "manifest_envelope", "Envelope of the manifest"},
    {Gate::aibom_envelope, "aibom_envelope", "Envelope of the AIBOM"},
    {Gate::provenance_envelope, "provenance_envelope", "Envelope of the provenance"},
    {Gate::manifest, "manifest", "Manifest as signed"},
    {Gate::aibom, "aibom", "AIBOM as signed"},
    {Gate::provenance, "provenance", "Provenance as signed"},
    {Gate::model, "model", "One model throughout"},
    {Gate::subjects, "subjects", "Provenance of these files"},
    {Gate::binding, "binding", "Parts of one release"},
    {Gate::oci, "oci", "OCI manifests"},
    {Gate::log, "log", "Places in the log"},
    {Gate::artifacts, "artifacts", "Files"},
}));

using policy::GateState;

// Why not; empty if it is well.
using Reason = std::string;

constexpr std::string_view unreadable_manifest = "the manifest cannot be read";
constexpr std::string_view unreadable_aibom = "the signed AIBOM cannot be read";
constexpr std::string_view unreadable_provenance = "the signed provenance cannot be read";

/// What was signed, as far as it can be read.
struct Signed {
    explicit Signed(const Bundle& bundle)
        : canonical(supply::Manifest::from_canonical_bytes(bundle.manifest)),
          manifest(supply::Manifest::from_payload(as_text(bundle.manifest_envelope.payload))),
          aibom(supply::aibom_from_json(as_text(bundle.aibom_envelope.payload))),
          statement(supply::Statement::from_json(
              std::string(as_text(bundle.provenance_envelope.payload)))),
          provenance(statement ? supply::provenance_of(*statement)
                               : Result<supply::Provenance>(fail(statement.error()))) {}

    Result<supply::Manifest> canonical;  // Of the bytes beside the envelope.
    Result<supply::Manifest> manifest;
    Result<supply::AiBom> aibom;
    Result<supply::Statement> statement;
    Result<supply::Provenance> provenance;
};

class Judge {
  public:
    Judge(const Bundle& bundle, const trust::Registry& registry, const JudgeOptions& options)
        : bundle_(bundle), registry_(registry), options_(options), signed_(bundle) {}

    ReleaseReport run() {
        for (std::size_t i = 0; i < gate_count; ++i) {
            report_.gates[i].gate = static_cast<Gate>(i);
        }
        describe();
        if (options_.log != nullptr) {
            entries_ = entries_of(bundle_, report_.version);
        }
        set(Gate::signer, signer());
        set(Gate::manifest_signature, manifest_signature());
        set(Gate::manifest_envelope, envelope(bundle_.manifest_envelope, supply::manifest_type));
        set(Gate::aibom_envelope, envelope(bundle_.aibom_envelope, supply::aibom_type));
        set(Gate::provenance_envelope,
            envelope(bundle_.provenance_envelope, supply::statement_type));
        set(Gate::manifest, manifest());
        set(Gate::aibom, shown_as_signed(signed_.aibom, bundle_.aibom, bundle_.aibom_envelope));
        set(Gate::provenance,
            shown_as_signed(signed_.provenance, bundle_.provenance, bundle_.provenance_envelope));
        set(Gate::model, model());
        set(Gate::subjects, subjects());
        binding();
        set(Gate::oci, oci());
        log();
        skip(Gate::artifacts, "no file was looked at");
        return std::move(report_);
    }

  private:
    GateResult& at(Gate gate) { return report_.gates[static_cast<std::size_t>(gate)]; }

    void set(Gate gate, Reason reason) {
        at(gate).state = reason.empty() ? GateState::passed : GateState::failed;
        at(gate).reason = std::move(reason);
    }

    void skip(Gate gate, Reason reason) { at(gate).reason = std::move(reason); }

    void describe() {
        report_.signer = bundle_.signer;
        if (signed_.aibom) {
            report_.model = signed_.aibom->model;
            report_.version = VersionNumber{signed_.aibom->created_at_version};
        }
        if (signed_.manifest) {
            report_.manifest_id = signed_.manifest->id();
            report_.manifest = *signed_.manifest;
        }
        report_.provenance_digest = crypto::sha256(bundle_.provenance_envelope.payload);
    }

    // Every entry has to be in time where a log decides.
    [[nodiscard]] KeyChoice choose(VersionNumber version) const {
        KeyChoice choice;
        for (const Bytes& entry : entries_) {
            choice = choose_key(registry_, bundle_.signer, version, bundle_.manifest_signature.key,
                                options_.log, {&entry, 1});
            if (!choice.counts()) {
                break;
            }
        }
        return choice;
    }

    Reason key_at(VersionNumber version) {
        const KeyChoice choice = choose(version);
        if (!choice.counts()) {
            return fmt::format("author {} at version {}: {}", bundle_.signer.value, version.value,
                               choice.reason());
        }
        if (choice.epoch->public_key != bundle_.manifest_signature.key) {
            return fmt::format("the key is not that of author {} at version {}",
                               bundle_.signer.value, version.value);
        }
        report_.epoch = choice.epoch->epoch;
        report_.leans_on_log = report_.leans_on_log || choice.leans_on_log;
        return {};
    }

    Reason signer() {
        if (bundle_.manifest_signature.signer != bundle_.signer) {
            return fmt::format("the release names author {} and its manifest author {}",
                               bundle_.signer.value, bundle_.manifest_signature.signer.value);
        }
        if (!signed_.aibom) {
            return std::string(unreadable_aibom) + ", which says at which version it was signed";
        }
        Reason reason = key_at(report_.version);
        if (reason.empty() && options_.at_version && options_.at_version != report_.version) {
            const auto own_epoch = report_.epoch;
            reason = key_at(*options_.at_version);
            report_.epoch = own_epoch;
        }
        return reason;
    }

    [[nodiscard]] Reason manifest_signature() const {
        if (!signed_.canonical) {
            return signed_.canonical.error().message();
        }
        const supply::ManifestSignature& signature = bundle_.manifest_signature;
        const auto message = supply::manifest_message(*signed_.canonical, signature.signer);
        return crypto::verify(signature.key, message, signature.signature)
                   ? Reason()
                   : "the signature does not hold";
    }

    [[nodiscard]] Reason envelope(const supply::Envelope& envelope, std::string_view type) const {
        if (envelope.payload_type != type) {
            return fmt::format("its payload is of type '{}' instead of '{}'",
                               escape_controls(envelope.payload_type), type);
        }
        if (envelope.signatures.size() != 1) {
            return fmt::format("it has {} signatures, and a release has one signer",
                               envelope.signatures.size());
        }
        const supply::EnvelopeSignature& only = envelope.signatures.front();
        if (only.keyid != supply::keyid_of(bundle_.signer)) {
            return fmt::format("it is signed by '{}', and the release by '{}'",
                               escape_controls(only.keyid), supply::keyid_of(bundle_.signer));
        }
        const auto signature = Signature::from(only.signature);
        const std::string header = supply::pae_header(type, envelope.payload.size());
        return signature && crypto::verify(bundle_.manifest_signature.key,
                                           {as_bytes(header), envelope.payload, {}}, *signature)
                   ? Reason()
                   : "the signature does not hold";
    }

    [[nodiscard]] Reason manifest() const {
        if (!signed_.canonical) {
            return signed_.canonical.error().message();
        }
        if (!signed_.manifest) {
            return signed_.manifest.error().message();
        }
        if (signed_.manifest->artifacts().empty()) {
            return "it has no artefact";
        }
        if (signed_.manifest->id() != signed_.canonical->id()) {
            return fmt::format("what is signed has the id {}, what is shown {}",
                               to_hex(signed_.manifest->id()), to_hex(signed_.canonical->id()));
        }
        return signed_.manifest->payload() == as_text(bundle_.manifest_envelope.payload)
                   ? Reason()
                   : "what is signed is not written as a manifest is";
    }

    template <class Part>
    static Reason shown_as_signed(const Result<Part>& part, std::string_view shown,
                                  const supply::Envelope& envelope) {
        if (!part) {
            return part.error().message();
        }
        return shown == as_text(envelope.payload) ? Reason()
                                                  : "what is shown is not what is signed";
    }

    [[nodiscard]] const supply::Artifact* primary() const {
        return signed_.manifest && !signed_.manifest->artifacts().empty()
                   ? &signed_.manifest->artifacts().front()
                   : nullptr;
    }

    [[nodiscard]] Reason model() const {
        if (!signed_.aibom) {
            return std::string(unreadable_aibom);
        }
        const supply::ModelRef& model = signed_.aibom->model;
        const auto reference = model_ref_of(as_text(bundle_.aibom_envelope.payload));
        if (!reference || *reference != bundle_.model_ref) {
            return "model_ref is not the model of the signed AIBOM";
        }
        const supply::Artifact* const artifact = primary();
        if (artifact == nullptr) {
            return std::string(unreadable_manifest);
        }
        if (model.hash_algorithm != supply::aibom_blake3_name || model.hash != artifact->blake3 ||
            model.size != artifact->size) {
            return "the model of the AIBOM is not the first artefact of the manifest";
        }
        if ((!options_.model.empty() && options_.model != model.name) ||
            (!options_.model_version.empty() && options_.model_version != model.version)) {
            return fmt::format("it is {} {}, which is not what was asked for",
                               escape_controls(model.name), escape_controls(model.version));
        }
        return {};
    }

    [[nodiscard]] Reason subjects() const {
        if (!signed_.statement) {
            return std::string(unreadable_provenance);
        }
        if (!signed_.manifest) {
            return std::string(unreadable_manifest);
        }
        const auto& artifacts = signed_.manifest->artifacts();
        const auto& subjects = signed_.statement->subjects();
        if (artifacts.size() != subjects.size()) {
            return fmt::format("it is about {} of {} artefacts", subjects.size(), artifacts.size());
        }
        for (std::size_t i = 0; i < artifacts.size(); ++i) {
            const bool has_blake3 = std::ranges::any_of(subjects[i].digest, [](const auto& one) {
                return one.first == supply::blake3_digest_name;
            });
            if (subjects[i].name != artifacts[i].name || !has_blake3 ||
                !supply::is_same(artifacts[i], subjects[i])) {
                return fmt::format("subject {}, '{}', is not the artefact in that place", i,
                                   escape_controls(subjects[i].name));
            }
        }
        return {};
    }

    void binding() {
        if (!signed_.provenance || !signed_.manifest) {
            set(Gate::binding,
                std::string(signed_.manifest ? unreadable_provenance : unreadable_manifest));
            return;
        }
        std::vector<supply::ResourceDescriptor> named;
        for (const supply::ResourceDescriptor& one : signed_.provenance->byproducts) {
            if (one.name == aibom_byproduct || one.name == manifest_byproduct) {
                named.push_back(one);
            }
        }
        const Reason unbound =
            "the provenance does not name AIBOM and manifest, so that parts of two releases of "
            "the same files could be mixed";
        if (named.empty() && !options_.require_binding) {
            skip(Gate::binding, unbound);
        } else if (named.empty()) {
            set(Gate::binding, unbound);
        } else {
            const bool fits =
                named == byproducts_of(as_text(bundle_.aibom_envelope.payload), *signed_.manifest,
                                       as_text(bundle_.manifest_envelope.payload));
            set(Gate::binding, fits ? Reason() : "the provenance names another AIBOM or manifest");
        }
    }

    [[nodiscard]] Reason oci() const {
        if (!signed_.aibom) {
            return std::string(unreadable_aibom);
        }
        const OciGraph graph = oci_graph_of(bundle_, signed_.aibom->model.name, report_.version);
        const auto compare = [](std::string_view name, std::string_view shown,
                                std::string_view made) {
            return shown == made ? Reason() : fmt::format("{} is not what the release makes", name);
        };
        Reason reason = compare("oci_primary", bundle_.oci_primary, graph.primary);
        if (reason.empty()) {
            reason = compare("oci_aibom_referrer", bundle_.oci_aibom, graph.aibom);
        }
        if (reason.empty()) {
            reason = compare("oci_slsa_referrer", bundle_.oci_provenance, graph.provenance);
        }
        return reason;
    }

    [[nodiscard]] Reason log_form() const {
        std::set<std::uint64_t> places;
        const auto& parts = bundle_.log_entries;
        if (parts.size() != logged_kinds.size()) {
            return fmt::format("there are {} entries instead of {}", parts.size(),
                               logged_kinds.size());
        }
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (parts[i].kind != std::to_underlying(logged_kinds[i])) {
                return fmt::format("entry {} is of kind {} instead of {}", i, parts[i].kind,
                                   tlog::name_of(logged_kinds[i]));
            }
            if (!places.insert(parts[i].index).second) {
                return fmt::format("two entries have the index {}", parts[i].index);
            }
        }
        return {};
    }

    [[nodiscard]] Reason log_places() const {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const auto index = options_.log->index_of_entry(entries_[i]);
            const std::string_view kind = tlog::name_of(logged_kinds[i]);
            if (!index) {
                return fmt::format("the log could not be asked: {}", index.error().message());
            }
            if (!*index) {
                return fmt::format("the log does not have its {}", kind);
            }
            if (**index != bundle_.log_entries[i].index) {
                return fmt::format("its {} is said to be at {}, and is at {}", kind,
                                   bundle_.log_entries[i].index, **index);
            }
        }
        return {};
    }

    void log() {
        Reason reason = log_form();
        if (reason.empty() && options_.log == nullptr) {
            skip(Gate::log, "no log was given to look them up in");
            return;
        }
        if (reason.empty()) {
            reason = log_places();
        }
        set(Gate::log, std::move(reason));
    }

    const Bundle& bundle_;
    const trust::Registry& registry_;
    const JudgeOptions& options_;
    Signed signed_;
    // As the log would have them; empty without a log.
    std::array<Bytes, logged_kinds.size()> entries_;
    ReleaseReport report_;
};

}  // namespace

std::string_view name_of(Gate gate) noexcept {
    return gate_rows.name(gate);
}

std::string_view words_for(Gate gate) noexcept {
    const GateRow* const row = gate_rows.find(gate);
    return row == nullptr ? "unknown" : row->words;
}

bool ReleaseReport::is_valid() const {
    return at(Gate::artifacts).state == policy::GateState::passed && failed().empty();
}

std::vector<Gate> ReleaseReport::failed() const {
    std::vector<Gate> found;
    for (const GateResult& result : gates) {
        if (result.state == policy::GateState::failed) {
            found.push_back(result.gate);
        }
    }
    return found;
}

ReleaseReport judge_release(const Bundle& bundle, const trust::Registry& registry,
                            const JudgeOptions& options) {
    return Judge(bundle, registry, options).run();
}

}  // namespace aion::release
