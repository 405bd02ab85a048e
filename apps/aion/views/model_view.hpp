// SPDX-License-Identifier: MIT OR Apache-2.0
// Signatures of models, and how folders compare with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aion/base/document_writer.hpp"
#include "aion/crypto/ec_key.hpp"
#include "aion/supply/model_signing.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// A model that was just signed.
struct ModelSignedView {
    const std::string& path;
    const std::string& model;
    const supply::ModelStatement& statement;
    const crypto::EcPublicKey& key;
    std::uint64_t size = 0;  ///< Of all files, in bytes.
};

void write_text(Console& console, const ModelSignedView& view);
void write(DocumentWriter& out, const ModelSignedView& view);

/// What a signature lists, verified by nobody.
struct ModelSignatureView {
    const std::string& path;
    const supply::ModelStatement& statement;
    const std::string& key_hint;  ///< Empty: there is none.
};

void write_text(Console& console, const ModelSignatureView& view);
void write(DocumentWriter& out, const ModelSignatureView& view);

struct ModelVerdictView {
    const std::string& path;
    const std::string& model;
    const crypto::EcPublicKey& key;
    std::string reason;  ///< Why the signature is none; empty if it is the key's.
    std::optional<supply::ModelStatement> statement;  ///< Nothing: there is a reason.
    std::optional<supply::ModelCheck> check;          ///< Of the files, where there is none.

    [[nodiscard]] bool is_valid() const noexcept { return check && check->is_valid(); }
};

void write_text(Console& console, const ModelVerdictView& view);
void write(DocumentWriter& out, const ModelVerdictView& view);

}  // namespace aion::cli
