// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/pins.hpp"

#include <utility>

#include "shell/shell_word.hpp"
#include "shell/state_folder.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

constexpr std::uint32_t state_folder_mode = 0700;

// For a command: ` --pins FILE`, or nothing where it is not needed.
std::string pins_option(const std::string& path) {
    return path.empty() ? "" : " --pins " + shell_word(path);
}

// `given`: as a person named them; empty for those in the state folder.
Outcome<Pins> open_at(Context& context, const std::filesystem::path& path, const std::string& given,
                      archive::PinFileMode mode) {
    if (path == "-") {
        return fail_with("Pins are read and written, which standard input cannot be",
                         "Name a file with --pins; one of that name is ./-");
    }
    const auto base = context.host.current_directory();
    if (!base) {
        return fail_with("The current directory is gone, so that files have no names to pin",
                         "Change to one that is there");
    }
    auto store = context.host.open_pins(context.env, path, mode);
    if (!store) {
        auto failure =
            store.error().code() == ErrorCode::file_not_found
                ? fail_because(store.error(), "No pins: " + path.string(),
                               "`aion pins add FILE" + pins_option(given) + "` makes them")
                : fail_with("Failed to open the pins: " + path.string(), store.error());
        return about_file(std::move(failure), path.string());
    }
    return Pins{*std::move(store), *base};
}

}  // namespace

std::string Pins::name_of(const std::string& path) const {
    return path == "-" ? "" : policy::pinned_name(base, path);
}

void Pins::ask_in(policy::VerifyOptions& options, policy::PinUse use) const {
    options.pin_store = store.get();
    options.pin_use = use;
    options.pin_base = base;
}

Outcome<Pins> open_pins(Context& context, const std::string& path) {
    return path.empty() ? Outcome<Pins>()
                        : open_at(context, path, path, archive::PinFileMode::existing);
}

Outcome<Pins> open_own_pins(Context& context, const std::string& path, archive::PinFileMode mode) {
    if (!path.empty()) {
        return open_at(context, path, path, mode);
    }
    CLI_TRY_ASSIGN(const std::filesystem::path folder, state_folder(context));
    if (mode == archive::PinFileMode::create) {
        CLI_TRY(or_fail(context.env.create_directories(folder, state_folder_mode),
                        "Failed to make the folder: " + folder.string()));
    }
    return open_at(context, folder / "pins.db", {}, mode);
}

std::string advice_on_refused(const policy::VerificationReport& report,
                              const policy::VerifyOptions& options, const std::string& file,
                              const std::string& registry, const std::string& pins) {
    const policy::Finding* const finding = report.first(policy::Gate::pin);
    if (options.pin_store == nullptr || options.expects_anything() || finding == nullptr ||
        finding->reason == policy::Reason::pin_store_failed || file == "-") {
        return {};
    }
    return "If it is right all the same: aion pins accept " + shell_word(file) + " --registry " +
           shell_word(registry) + pins_option(pins);
}

}  // namespace aion::cli
