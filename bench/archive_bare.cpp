// SPDX-License-Identifier: MIT OR Apache-2.0
// What verifying an archive cannot do without, and nothing else:
//
//   archive_bare DIRECTORY
//
// reads each file of the directory, hashes it, opens its payload and hashes that, hashes its
// version records and verifies their signatures with the keys in registry.json, in two threads that
// share nothing but one key cache. It decides nothing: no file is parsed more than it takes to find
// the records, nothing is compared, and nothing is told but how much there was.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "aion/aion.hpp"
#include "aion/crypto/aead.hpp"
#include "aion/crypto/kdf.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program

using Keys = std::map<AuthorId, const PublicKey*>;

constexpr std::size_t batch = 256;

struct Sum {
    std::size_t files = 0;
    std::size_t bytes = 0;
    std::size_t signatures = 0;
    std::size_t valid = 0;
    std::uint8_t mixed = 0;  // of all hashes, so that none is left out
};

[[noreturn]] void give_up(const std::string& why) {
    fmt::print(stderr, "archive_bare: {}\n", why);
    std::exit(1);
}

Bytes read_all(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat facts{};
    if (file < 0 || ::fstat(file, &facts) != 0) {
        give_up(path + " cannot be opened");
    }
    Bytes bytes(static_cast<std::size_t>(facts.st_size));
    if (::read(file, bytes.data(), bytes.size()) != facts.st_size) {
        give_up(path + " cannot be read");
    }
    ::close(file);
    return bytes;
}

class Worker {
  public:
    Worker(const Keys& keys, crypto::KeyCache& cache) : keys_(keys), cache_(cache) {}

    void take(const std::string& path) {
        files_.push_back(read_all(path));
        const Bytes& file = files_.back();
        ++sum_.files;
        sum_.bytes += file.size();
        sum_.mixed ^= crypto::blake3(file).bytes[0];
        const auto view = format::FileView::parse(file);
        if (!view) {
            give_up(path + " is no .aion file");
        }
        open_payload(*view);
        for (std::size_t i = 0; i < view->version_count(); ++i) {
            add(**view->version_at(i), **view->signature_at(i));
        }
        if (items_.size() >= batch) {
            verify();
        }
    }

    Sum finish() {
        verify();
        return sum_;
    }

  private:
    // docs/file-format.md#payload-section
    void open_payload(const format::FileView& view) {
        const std::uint64_t id = view.file_id().value;
        const std::uint64_t version = view.version_count();
        const format::le_u64 salt(id);
        const format::le_u64 associated(version);
        std::array<std::uint8_t, crypto::aead_key_size> key{};
        const auto sealed = view.payload();
        if (!sealed || !crypto::hkdf_sha256(
                           as_bytes(fmt::format("aion-v2-master-{}", id)), format::bytes_of(salt),
                           as_bytes(fmt::format("aion-v2-rules-v{}", version)), key)) {
            give_up("a payload has no key");
        }
        const auto opened = crypto::aead_open(key, sealed->first<crypto::aead_nonce_size>(),
                                              format::bytes_of(associated),
                                              sealed->subspan(crypto::aead_nonce_size));
        if (!opened) {
            give_up("a payload does not open");
        }
        sum_.mixed ^= crypto::blake3(*opened).bytes[0];
    }

    void add(const format::VersionRecord& version, const format::SignatureRecord& signature) {
        sum_.mixed ^= format::version_hash(version).bytes[0];
        items_.push_back({{format::version_signature_domain(), version.body(), {}},
                          keys_.at(AuthorId{version.author}),
                          &signature.signature});
    }

    void verify() {
        const auto verdicts = crypto::verify_batch(items_, {.cache = &cache_, .threads = 1});
        sum_.signatures += items_.size();
        sum_.valid += static_cast<std::size_t>(std::ranges::count(verdicts, 1));
        items_.clear();
        files_.clear();
    }

    const Keys& keys_;
    crypto::KeyCache& cache_;
    std::vector<Bytes> files_;
    std::vector<crypto::VerifyItem> items_;
    Sum sum_;
};

std::vector<std::string> names_in(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (entry.path().extension() == ".aion") {
            names.push_back(entry.path().string());
        }
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: archive_bare DIRECTORY\n", stderr);
        return 2;
    }
    const std::filesystem::path directory = argv[1];
    const auto registry = trust::Registry::load(Env::system(), directory / "registry.json");
    if (!registry) {
        give_up(registry.error().full_message());
    }
    Keys keys;
    for (const auto& [author, facts] : registry->authors()) {
        keys[author] = &facts.epochs.front().public_key;
    }
    const std::vector<std::string> names = names_in(directory);
    crypto::KeyCache cache;
    std::array<Sum, 2> sums;
    const auto work = [&](std::size_t part) {
        Worker worker(keys, cache);
        for (std::size_t i = part; i < names.size(); i += sums.size()) {
            worker.take(names[i]);
        }
        sums[part] = worker.finish();
    };
    std::thread other(work, 1);
    work(0);
    other.join();
    const std::size_t signatures = sums[0].signatures + sums[1].signatures;
    fmt::print("{} files, {} bytes, {} signatures, {:02x}\n", sums[0].files + sums[1].files,
               sums[0].bytes + sums[1].bytes, signatures, sums[0].mixed ^ sums[1].mixed);
    return signatures == sums[0].valid + sums[1].valid ? 0 : 1;
}
