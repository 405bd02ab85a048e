// SPDX-License-Identifier: MIT OR Apache-2.0
// Which store a reference leads to.
#include "aion/supply/oci_layout.hpp"
#include "commands/supply/oci.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

Outcome<std::unique_ptr<supply::OciStore>> open_layout(Context& context, const std::string& folder,
                                                       StoreUse use) {
    auto layout = use == StoreUse::write ? supply::OciLayout::create(context.env, folder)
                                         : supply::OciLayout::open(context.env, folder);
    if (!layout) {
        return about_file(fail_with("Failed to open the image layout " + folder, layout.error()),
                          folder);
    }
    return std::unique_ptr<supply::OciStore>(*std::move(layout));
}

}  // namespace

void store_options(Options& options, StoreArguments& into) {
    options.flag("--plain-http", into.registry.plain_http,
                 "Talk to a registry without encryption, as is done on this machine anyway");
    options.flag("--https", into.registry.https,
                 "Talk to it with encryption, also on this machine");
    options.text("--ca-file", into.registry.ca_file, "PEM_FILE",
                 "Certificates to trust instead of the system's (default: SSL_CERT_FILE)");
    options.duration("--timeout", into.registry.timeout, "DURATION",
                     "Give up when nothing comes or goes for so long (default: 60s)");
}

Outcome<supply::OciReference> parse_reference(const std::string& text) {
    auto reference = supply::OciReference::parse(text);
    if (!reference) {
        return with_remedy(fail_with(reference.error()),
                           "A layout on disk is oci:FOLDER:TAG, in a registry it is "
                           "HOST/NAME:TAG");
    }
    return *std::move(reference);
}

Outcome<std::unique_ptr<supply::OciStore>> open_store(Context& context,
                                                      const supply::OciReference& reference,
                                                      StoreUse use,
                                                      const StoreArguments& arguments) {
    if (reference.is_layout()) {
        return open_layout(context, reference.folder, use);
    }
    if (arguments.registry.plain_http && arguments.registry.https) {
        return fail_with("--plain-http and --https contradict each other");
    }
    return context.host.open_registry(context.env, reference, arguments.registry);
}

Outcome<Found> find_artifact(Context& context, const std::string& text,
                             const StoreArguments& arguments) {
    Found found;
    CLI_TRY_ASSIGN(found.reference, parse_reference(text));
    CLI_TRY_ASSIGN(found.store, open_store(context, found.reference, StoreUse::read, arguments));
    auto descriptor = found.store->resolve(found.reference.version());
    if (!descriptor) {
        return fail_with("Failed to find " + text, descriptor.error());
    }
    found.descriptor = *std::move(descriptor);
    return found;
}

}  // namespace aion::cli
