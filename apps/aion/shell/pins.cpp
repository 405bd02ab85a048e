// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/pins.hpp"

#include <utility>

#include "shell/state_folder.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

constexpr std::uint32_t state_folder_mode = 0700;

Outcome<Pins> open_at(Context& context, const std::filesystem::path& path,
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
        auto failure = store.error().code() == ErrorCode::file_not_found
                           ? fail_because(store.error(), "No pins: " + path.string(),
                                          "`aion pins add` makes them")
                           : fail_with("Failed to open the pins: " + path.string(), store.error());
        return about_file(std::move(failure), path.string());
    }
    return Pins{*std::move(store), *base};
}

}  // namespace

std::string Pins::name_of(const std::string& path) const {
    return path == "-" ? "" : (base / path).lexically_normal().string();
}

void Pins::ask_in(policy::VerifyOptions& options, policy::PinUse use) const {
    options.pin_store = store.get();
    options.pin_use = use;
    options.pin_base = base;
}

Outcome<Pins> open_pins(Context& context, const std::string& path) {
    return path.empty() ? Outcome<Pins>() : open_at(context, path, archive::PinFileMode::create);
}

Outcome<Pins> open_own_pins(Context& context, const std::string& path, archive::PinFileMode mode) {
    if (!path.empty()) {
        return open_at(context, path, mode);
    }
    CLI_TRY_ASSIGN(const std::filesystem::path folder, state_folder(context));
    if (mode == archive::PinFileMode::create) {
        CLI_TRY(or_fail(context.env.create_directories(folder, state_folder_mode),
                        "Failed to make the folder: " + folder.string()));
    }
    return open_at(context, folder / "pins.db", mode);
}

}  // namespace aion::cli
