// SPDX-License-Identifier: MIT OR Apache-2.0
// Results that may be long.
#pragma once

#include "shell/context.hpp"
#include "shell/pager.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {

/// `present`, text through a pager unless `no_pager`.
template <class View>
void present_paged(Context& context, Format format, bool no_pager, const View& view) {
    const Paging paging(context, format == Format::text && !no_pager);
    present(context.console, format, view);
}

}  // namespace aion::cli
