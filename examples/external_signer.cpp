// SPDX-License-Identifier: MIT OR Apache-2.0
// Signing with a key that this program never holds: an HSM, a cloud KMS, a signing service.
//
//   external_signer policy.aion
//
// `Device` stands for the other side. It has the key, counts what it is asked, and signs nothing
// but version messages of `.aion` files. `DeviceSigner` is all that an integration has to write.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <utility>

#include "aion/aion.hpp"

namespace {

namespace policy = aion::policy;
using aion::Result;

constexpr aion::AuthorId author{1001};

class Device {
  public:
    explicit Device(aion::crypto::SigningKey key) : key_(std::move(key)) {}

    [[nodiscard]] const aion::PublicKey& public_key() const noexcept { return key_.public_half(); }

    [[nodiscard]] Result<aion::Signature> sign(aion::ByteView message) {
        ++requests_;
        if (locked_) {
            return aion::fail(
                aion::error_because(aion::ErrorCode::signing_failed, "the device is locked"));
        }
        const aion::ByteView domain = aion::format::version_signature_domain();
        if (message.size() != aion::format::version_message_size ||
            !std::ranges::equal(message.first(domain.size()), domain)) {
            return aion::fail(aion::error_because(aion::ErrorCode::signing_failed,
                                                  "this key signs version messages only"));
        }
        return key_.sign(message);
    }

    void lock(bool locked) noexcept { locked_ = locked; }

    [[nodiscard]] int requests() const noexcept { return requests_; }

  private:
    aion::crypto::SigningKey key_;
    bool locked_ = false;
    int requests_ = 0;
};

class DeviceSigner final : public aion::crypto::Signer {
  public:
    explicit DeviceSigner(Device& device) : device_(device) {}

    [[nodiscard]] Result<aion::PublicKey> public_key() override { return device_.public_key(); }

    [[nodiscard]] Result<aion::Signature> sign(aion::ByteView message) override {
        return device_.sign(message);
    }

  private:
    Device& device_;
};

Result<> demonstrate(const std::filesystem::path& path) {
    auto& env = aion::Env::system();
    auto key = aion::crypto::SigningKey::generate(env);
    if (!key) {
        return aion::fail(std::move(key.error()));
    }
    Device device(std::move(*key));
    DeviceSigner signer(device);
    aion::trust::Registry registry;
    if (auto pinned = registry.pin(author, device.public_key(), device.public_key()); !pinned) {
        return aion::fail(std::move(pinned.error()));
    }

    if (auto made = policy::create(env, path, {aion::as_bytes("limit: 1\n"), author}, signer);
        !made) {
        return aion::fail(std::move(made.error()));
    }
    std::cout << "created with " << device.requests() << " signature\n";

    const policy::NewVersion raised{
        .payload = aion::as_bytes("limit: 2\n"), .author = author, .message = "Raise the limit"};
    device.lock(true);
    const auto refused = policy::commit(env, path, raised, signer, registry);
    if (refused) {
        return aion::fail(aion::error_because(aion::ErrorCode::invalid_argument,
                                              "a commit succeeded without a signature"));
    }
    std::cout << "refused: " << refused.error().full_message() << '\n';

    device.lock(false);
    const auto receipt = policy::commit(env, path, raised, signer, registry);
    if (!receipt) {
        return aion::fail(receipt.error());
    }
    const auto report = policy::verify(env, path, registry);
    if (!report) {
        return aion::fail(report.error());
    }
    std::cout << "version " << aion::to_string(receipt->version) << " committed; "
              << device.requests() << " requests in all; " << report->summary() << '\n';
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: external_signer FILE\n";
        return 2;
    }
    if (const auto done = demonstrate(argv[1]); !done) {
        std::cerr << done.error().full_message() << '\n';
        return 1;
    }
    return 0;
}
