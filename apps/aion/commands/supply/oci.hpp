// SPDX-License-Identifier: MIT OR Apache-2.0
// What the commands over OCI artefacts have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "aion/supply/oci_store.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "shell/registry_choice.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// How a store is reached, as the options say it.
struct StoreArguments {
    RegistryChoice registry;
};

/// The options of it.
void store_options(Options& options, StoreArguments& into);

enum class StoreUse : std::uint8_t {
    read,
    write,  ///< A layout that is not there is made.
};

/// `oci:FOLDER…` or `HOST/NAME…`. An argument of a command.
[[nodiscard]] Outcome<supply::OciReference> parse_reference(const std::string& text);

/// The store that a reference leads to.
[[nodiscard]] Outcome<std::unique_ptr<supply::OciStore>> open_store(
    Context& context, const supply::OciReference& reference, StoreUse use,
    const StoreArguments& arguments);

/// A store and what a reference names there.
struct Found {
    supply::OciReference reference;
    std::unique_ptr<supply::OciStore> store;
    supply::OciDescriptor descriptor;
};

/// `use`: what else will be done with the store, which is never made here.
[[nodiscard]] Outcome<Found> find_artifact(Context& context, const std::string& text,
                                           const StoreArguments& arguments);

/// Progress of blobs, of which so many bytes are known beforehand.
class BlobsProgress {
  public:
    BlobsProgress(Context& context, std::string_view what)
        : progress_(context.console.progress_of_files(what)) {}

    [[nodiscard]] std::function<void(std::uint64_t, std::uint64_t)> function() {
        return [this](std::uint64_t blobs, std::uint64_t bytes) { progress_.add(blobs, bytes); };
    }

  private:
    Progress progress_;
};

/// `aion oci push` and `aion oci pull`.
void declare_oci_transfers(const Declared& oci);

}  // namespace aion::cli
