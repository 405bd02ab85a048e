// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/host.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include "shell/companion.hpp"
#include "shell/interruption.hpp"
#include "shell/standard_input.hpp"

namespace aion::cli {
namespace {

std::optional<std::filesystem::path> if_absolute(std::filesystem::path path) {
    return path.is_absolute() ? std::optional(std::move(path)) : std::nullopt;
}

// Of this process's user, as /etc/passwd has it. Not getpwuid(3): that loads whatever modules the
// machine is set up for into a process that holds keys, and a static program cannot rely on them.
std::optional<std::filesystem::path> home_in_user_list() {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> users(std::fopen("/etc/passwd", "re"),
                                                                std::fclose);
    const uid_t ours = ::getuid();
    while (users != nullptr) {
        const passwd* const entry = ::fgetpwent(users.get());
        if (entry == nullptr) {
            break;
        }
        if (entry->pw_uid == ours && entry->pw_dir != nullptr) {
            return std::filesystem::path(entry->pw_dir);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> Host::setting(const std::string& name) const {
    auto value = variable(name);
    return value && value->empty() ? std::nullopt : std::move(value);
}

Outcome<std::unique_ptr<supply::OciStore>> Host::open_registry(
    Env& /*env*/, const supply::OciReference& reference, const RegistryChoice& /*choice*/) {
    return fail_with("No registry can be reached from here: " + reference.text());
}

Outcome<std::unique_ptr<supply::HttpClient>> Host::open_http(Env& /*env*/,
                                                             const RegistryChoice& /*choice*/) {
    return fail_with("Nothing can be reached over a network from here");
}

Outcome<std::unique_ptr<tlog::SharedLedger>> Host::open_ledger(const std::string& /*where*/,
                                                               const std::string& /*origin*/) {
    return fail_with("this program does not know PostgreSQL",
                     "Build it with libpq-dev installed (./dev setup, ./dev build).");
}

Outcome<std::unique_ptr<Listener>> Host::listen(const ListenChoice& choice) {
    return fail_with("Nobody can listen at " + choice.address + " from here");
}

std::optional<std::string> ProcessHost::variable(const std::string& name) const {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::filesystem::path> ProcessHost::home() const {
    if (const auto home = setting("HOME")) {
        return if_absolute(*home);
    }
    const auto listed = home_in_user_list();
    return listed ? if_absolute(*listed) : std::nullopt;
}

bool ProcessHost::input_is_terminal() const noexcept {
    return standard_input_is_terminal();
}

Outcome<std::size_t> ProcessHost::read_input(std::string_view what, MutableByteView out) {
    return read_standard_input(what, out);
}

bool ProcessHost::input_may_be_endless() const noexcept {
    return standard_input_may_be_endless();
}

std::optional<std::string> ProcessHost::read_answer() {
    return read_line_of_standard_input();
}

std::optional<int> ProcessHost::descriptor_named(const std::string& path) const {
    return descriptor_named_by(path);
}

Outcome<std::unique_ptr<OutputStream>> ProcessHost::open_stream(const std::string& path) {
    return open_output_stream(path);
}

Outcome<crypto::SecretBytes> ProcessHost::password(const PasswordSource& source, Purpose purpose) {
    return obtain_password(source, purpose, std::getenv("AION_KEY_PASSWORD"));
}

Result<crypto::SigningKey> ProcessHost::signing_key(const trust::Keystore& store, trust::KeyId id) {
    return store.load(id);
}

std::optional<std::filesystem::path> ProcessHost::current_directory() const {
    std::error_code problem;
    auto path = std::filesystem::current_path(problem);
    return problem ? std::nullopt : if_absolute(std::move(path));
}

Result<std::unique_ptr<policy::PinStore>> ProcessHost::open_pins(Env& env,
                                                                 const std::filesystem::path& path,
                                                                 archive::PinFileMode mode) {
    return archive::open_pin_file(env, path, mode);
}

archive::ResultCache ProcessHost::open_cache(Env& env, const std::filesystem::path& path,
                                             const std::filesystem::path& key,
                                             const trust::Registry& registry,
                                             const policy::VerifyOptions& options) {
    return archive::ResultCache::open(env, path, key, registry, options);
}

Outcome<std::unique_ptr<supply::OciStore>> ProcessHost::open_registry(
    Env& /*env*/, const supply::OciReference& /*reference*/, const RegistryChoice& /*choice*/) {
    return std::unexpected(hand_over_to_companion("a registry"));
}

Outcome<std::unique_ptr<supply::HttpClient>> ProcessHost::open_http(
    Env& /*env*/, const RegistryChoice& /*choice*/) {
    return std::unexpected(hand_over_to_companion("a URL"));
}

Outcome<std::unique_ptr<Listener>> ProcessHost::listen(const ListenChoice& /*choice*/) {
    return std::unexpected(hand_over_to_companion("serving"));
}

std::unique_ptr<PagerProcess> ProcessHost::start_pager(const PagerChoice& choice) {
    return start_pager_process(choice);
}

void ProcessHost::announce_change() noexcept {
    cli::announce_change();
}

}  // namespace aion::cli
