// SPDX-License-Identifier: MIT OR Apache-2.0
// Everything a program that reads or writes `.aion` files needs.
#pragma once

#include "aion/archive/ledger.hpp"          // IWYU pragma: export
#include "aion/archive/names.hpp"           // IWYU pragma: export
#include "aion/archive/pin_file.hpp"        // IWYU pragma: export
#include "aion/archive/result_cache.hpp"    // IWYU pragma: export
#include "aion/archive/shard_report.hpp"    // IWYU pragma: export
#include "aion/archive/verify.hpp"          // IWYU pragma: export
#include "aion/base/env.hpp"                // IWYU pragma: export
#include "aion/base/hex.hpp"                // IWYU pragma: export
#include "aion/base/interrupt.hpp"          // IWYU pragma: export
#include "aion/base/memory_env.hpp"         // IWYU pragma: export
#include "aion/base/result.hpp"             // IWYU pragma: export
#include "aion/crypto/ed25519_verify.hpp"   // IWYU pragma: export
#include "aion/crypto/signing.hpp"          // IWYU pragma: export
#include "aion/format/file_view.hpp"        // IWYU pragma: export
#include "aion/policy/commit.hpp"           // IWYU pragma: export
#include "aion/policy/examine.hpp"          // IWYU pragma: export
#include "aion/policy/inspect.hpp"          // IWYU pragma: export
#include "aion/policy/open_verified.hpp"    // IWYU pragma: export
#include "aion/policy/pin_store.hpp"        // IWYU pragma: export
#include "aion/policy/policy_gate.hpp"      // IWYU pragma: export
#include "aion/policy/repair.hpp"           // IWYU pragma: export
#include "aion/policy/report.hpp"           // IWYU pragma: export
#include "aion/policy/verify.hpp"           // IWYU pragma: export
#include "aion/policy/verify_many.hpp"      // IWYU pragma: export
#include "aion/report/archive_report.hpp"   // IWYU pragma: export
#include "aion/report/compliance.hpp"       // IWYU pragma: export
#include "aion/report/conflict.hpp"         // IWYU pragma: export
#include "aion/report/diff.hpp"             // IWYU pragma: export
#include "aion/report/evidence.hpp"         // IWYU pragma: export
#include "aion/report/explain.hpp"          // IWYU pragma: export
#include "aion/report/export.hpp"           // IWYU pragma: export
#include "aion/report/export_check.hpp"     // IWYU pragma: export
#include "aion/report/export_import.hpp"    // IWYU pragma: export
#include "aion/report/history.hpp"          // IWYU pragma: export
#include "aion/report/structural_diff.hpp"  // IWYU pragma: export
#include "aion/report/text_diff.hpp"        // IWYU pragma: export
#include "aion/report/verdict_members.hpp"  // IWYU pragma: export
#include "aion/trust/allowed_signers.hpp"   // IWYU pragma: export
#include "aion/trust/freshness.hpp"         // IWYU pragma: export
#include "aion/trust/keystore.hpp"          // IWYU pragma: export
#include "aion/trust/registry.hpp"          // IWYU pragma: export
#include "aion/version.hpp"                 // IWYU pragma: export
