// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/shared_ledger.hpp"

#include <utility>

#include "aion/base/error.hpp"
#include "aion/base/utf8.hpp"
#include "tlog/ledger_details.hpp"

namespace aion::tlog {

Error ledger_error(std::string_view doing, std::string_view why) {
    while (why.ends_with('\n') || why.ends_with(' ')) {
        why.remove_suffix(1);
    }
    Told text = told<LedgerDetail::ledger_failed>(doing, escape_controls(why));
    return error_because(ErrorCode::transfer_failed, std::move(text.text)).with_detail(text.detail);
}

}  // namespace aion::tlog
