// SPDX-License-Identifier: MIT OR Apache-2.0
// Files that another process changes while they are judged: by stores through a shared mapping,
// which move neither size nor time, by truncation, by replacement. Nothing is VALID that was not
// signed, nothing wrong is remembered, and memory stays sound (this also runs under ASan and TSan).
//
//   AION_RACE_ROUNDS    judgements of each case at least (default 60)
//   AION_RACE_SECONDS   instead: how long each case takes (default half a second at least)
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>

#include "aion/crypto/ed25519_verify.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/trust/registry_chain.hpp"
#include "proof/forgery.hpp"
#include "support/environment.hpp"
#include "support/world.hpp"
#include "system/child.hpp"

namespace aion::proof {
namespace {

using aion::test::Child;
using policy::test::alice;
using policy::test::key_from;
using policy::test::start;

constexpr std::size_t large = (std::size_t{4} << 20U) + 4097;   // streamed
constexpr std::size_t small = (std::size_t{4} << 20U) - 65536;  // held
constexpr std::size_t tiny = 100;

/// The bytes of a file, writable by others, readable here as a caller's memory.
class SharedBytes {
  public:
    SharedBytes(const std::filesystem::path& file, std::size_t size) : size_(size) {
        const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        at_ = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, opened, 0);
        ::close(opened);
        EXPECT_NE(at_, MAP_FAILED);
    }

    ~SharedBytes() { ::munmap(at_, size_); }

    SharedBytes(const SharedBytes&) = delete;
    SharedBytes& operator=(const SharedBytes&) = delete;
    SharedBytes(SharedBytes&&) = delete;
    SharedBytes& operator=(SharedBytes&&) = delete;

    [[nodiscard]] ByteView view() const { return {static_cast<const std::uint8_t*>(at_), size_}; }

  private:
    void* at_;
    std::size_t size_;
};

/// What differs between two states of a file.
struct Difference {
    std::size_t offset = 0;
    Bytes first;
    Bytes second;
};

Difference difference(ByteView first, ByteView second) {
    EXPECT_EQ(first.size(), second.size());
    std::size_t begin = 0;
    std::size_t end = first.size();
    while (begin < end && first[begin] == second[begin]) {
        ++begin;
    }
    while (end > begin && first[end - 1] == second[end - 1]) {
        --end;
    }
    const auto part = [&](ByteView of) {
        const ByteView middle = of.subspan(begin, end - begin);
        return Bytes(middle.begin(), middle.end());
    };
    return {begin, part(first), part(second)};
}

class Racing : public policy::test::World {
  protected:
    void SetUp() override {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "aion-racing-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        World::SetUp();
    }

    void TearDown() override { std::filesystem::remove_all(directory_); }

    /// Two versions by alice, the head holding `size` bytes.
    Bytes genuine_file(std::size_t size) {
        must_create("first");
        payload_ = std::string(size, 'g');
        must_commit(payload_);
        return content();
    }

    std::filesystem::path put(const std::string& name, ByteView bytes) const {
        const auto file = directory_ / name;
        std::ofstream out(file, std::ios::binary);
        out.write(reinterpret_cast<const char*>(bytes.data()),
                  static_cast<std::streamsize>(bytes.size()));
        return file;
    }

    /// A process that changes `file` between the two until it is destroyed.
    Child flips(const std::filesystem::path& file, const Difference& between) {
        return helper({"flip", file.string(), std::to_string(between.offset),
                       put("first-state", between.first).string(),
                       put("second-state", between.second).string()});
    }

    Child helper(std::vector<std::string> arguments) {
        const auto said = directory_ / ("helper-output-" + std::to_string(helpers_++));
        aion::test::ChildOptions options;
        options.arguments = std::move(arguments);
        options.directory = directory_;
        options.output_path = said.string();
        Child child(aion::test::program_beside("system_helper"), options);
        // It says when it has begun.
        for (int i = 0;
             i < 2000 && (!std::filesystem::exists(said) || std::filesystem::file_size(said) == 0);
             ++i) {
            ::usleep(1000);
        }
        EXPECT_NE(std::filesystem::file_size(said), 0U) << "the racing process did not begin";
        return child;
    }

    /// Repeats for as long as was asked for, else often enough and long enough to be hit.
    static void rounds(const std::function<void()>& once) {
        using Clock = std::chrono::steady_clock;
        const auto seconds = aion::test::number_from_environment("AION_RACE_SECONDS", 0);
        const auto count = aion::test::number_from_environment("AION_RACE_ROUNDS", 60);
        const auto end = Clock::now() + (seconds == 0 ? std::chrono::milliseconds(500)
                                                      : std::chrono::seconds(seconds));
        for (std::uint64_t i = 0; i < count || Clock::now() < end; ++i) {
            once();
            if (::testing::Test::HasFailure() || (seconds != 0 && Clock::now() >= end)) {
                return;
            }
        }
    }

    [[nodiscard]] policy::VerifyOptions with_caches() {
        return {.key_cache = &keys_, .history_cache = &histories_};
    }

    /// VALID only as the genuine file.
    void expect_genuine(const policy::VerificationReport& report) const {
        if (report.is_valid()) {
            EXPECT_EQ(report.head, genuine_head_) << "VALID, but nobody signed it";
        }
    }

    /// Everything that judges, once, on a file that changes.
    void judge(const std::filesystem::path& file, ByteView memory) {
        for (const unsigned threads : {1U, 2U}) {
            auto options = with_caches();
            options.threads = threads;
            if (const auto report = policy::verify(Env::system(), file, registry, options)) {
                expect_genuine(*report);
            }
            if (const auto opened = policy::open_verified(Env::system(), file, registry, options)) {
                EXPECT_TRUE(opened->text() == payload_) << "handed out, but nobody signed it";
                EXPECT_EQ(opened->head(), genuine_head_);
            }
            if (!memory.empty()) {
                expect_genuine(policy::verify(memory, registry, start, options));
                if (const auto opened = policy::open_verified(memory, registry, start, options)) {
                    EXPECT_TRUE(opened->text() == payload_) << "handed out, but nobody signed it";
                }
            }
        }
    }

    /// `still` does not change, and is refused whatever the race left in the caches.
    void expect_refused(const std::filesystem::path& still) {
        const auto report = policy::verify(Env::system(), still, registry, with_caches());
        ASSERT_TRUE(report.has_value());
        EXPECT_FALSE(report->is_valid()) << "the race poisoned a cache";
        EXPECT_FALSE(policy::open_verified(Env::system(), still, registry, with_caches()));
    }

    /// Races between two states of a file, `still` being a third file that is INVALID.
    void race(ByteView first, ByteView second, ByteView still) {
        const auto file = put("racing.aion", first);
        const auto other = put("still.aion", still);
        const SharedBytes memory(file, first.size());
        const Child writer = flips(file, difference(first, second));
        rounds([&] {
            judge(file, memory.view());
            expect_refused(other);
        });
    }

    [[nodiscard]] std::size_t section(ByteView file, std::size_t which) const {
        return number_at(file, section_field(which));
    }

    void remember(ByteView genuine) {
        genuine_head_ = policy::verify(genuine, registry, start, {}).head;
    }

    std::filesystem::path directory_;
    int helpers_ = 0;
    std::string payload_;
    std::optional<Hash> genuine_head_;
    crypto::KeyCache keys_;
    policy::HistoryCache histories_;
    crypto::SigningKey mallorys_ = key_from(0x66);
};

class RacingFile : public Racing, public ::testing::WithParamInterface<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(Sizes, RacingFile, ::testing::Values(tiny, small, large));

// A version that mallory signed in alice's name; the embedded key is now hers, now alice's.
TEST_P(RacingFile, EmbeddedKeyThatIsComparedAndThenUsed) {
    const Bytes genuine = genuine_file(GetParam());
    remember(genuine);
    Forgery forgery = Forgery::of(genuine, as_bytes(payload_));
    forgery.set_payload(std::string(GetParam(), 'm'));
    forgery.sign(1, mallorys_);
    const Bytes hers = forgery.write();
    Bytes alices = hers;
    const std::size_t key = section(hers, 2) + signature_size + 8;
    std::ranges::copy(alice_key.public_half().bytes,
                      alices.begin() + static_cast<std::ptrdiff_t>(key));
    // Two files with mallory's signatures: the second must not profit from tables of the first.
    Forgery other = Forgery::of(genuine, as_bytes(payload_));
    other.set_payload("other");
    other.sign(1, mallorys_);
    other.versions[1].key = alice_key.public_half();
    race(hers, alices, other.write());
}

// A head that says something else than was signed; its record is now the signed one, now not.
TEST_P(RacingFile, HistoryThatIsDigestedAndThenVerified) {
    const Bytes genuine = genuine_file(GetParam());
    remember(genuine);
    Forgery forgery = Forgery::of(genuine, as_bytes(payload_));
    forgery.set_payload(std::string(GetParam(), 'm'));
    const Bytes unsigned_content = forgery.write();
    Bytes signed_record = unsigned_content;
    const std::size_t record = section(genuine, 1) + version_size;
    std::memcpy(signed_record.data() + record, genuine.data() + record, version_size);
    race(unsigned_content, signed_record, unsigned_content);
}

// The payload is now the signed one, now not: what is handed out must be what was judged.
TEST_P(RacingFile, PayloadThatIsJudgedAndThenHandedOut) {
    const Bytes genuine = genuine_file(GetParam());
    remember(genuine);
    Bytes other = genuine;
    const std::size_t begin = section(genuine, 0);
    for (std::size_t i = begin + 12; i < begin + 12 + GetParam(); i += 31) {
        other[i] ^= 0x15U;
    }
    race(genuine, other, other);
}

// Every number of the header, and every offset of a message, in and out of bounds.
TEST_P(RacingFile, OffsetsThatAreCheckedAndThenFollowed) {
    const Bytes genuine = genuine_file(GetParam());
    remember(genuine);
    Bytes wild = genuine;
    for (std::size_t which = 0; which < section_count; ++which) {
        put_number(wild, section_field(which), UINT64_MAX - 4096 * which);
        put_number(wild, section_field(which) + 8, UINT64_MAX / (which + 1));
    }
    race(genuine, wild, wild);
    Bytes messages = genuine;
    for (std::size_t version = 0; version < 2; ++version) {
        const std::size_t record = section(genuine, 1) + version * version_size;
        put_number(messages, record + 88, UINT64_MAX - version);
        put_number(messages, record + 96, UINT32_MAX, 4);
    }
    race(genuine, messages, messages);
}

TEST_P(RacingFile, TruncatedAndGrownAgain) {
    const Bytes genuine = genuine_file(GetParam());
    remember(genuine);
    const auto file = put("racing.aion", genuine);
    const Child writer = helper({"truncate", file.string(), std::to_string(genuine.size() / 2),
                                 put("whole", genuine).string()});
    rounds([&] { judge(file, {}); });
}

TEST_P(RacingFile, ReplacedByAnother) {
    const Bytes genuine = genuine_file(GetParam());
    remember(genuine);
    Forgery forgery = Forgery::of(genuine, as_bytes(payload_));
    forgery.set_payload(std::string(GetParam(), 'm'));
    const auto file = put("racing.aion", genuine);
    const Child writer = helper({"replace", file.string(), put("first", genuine).string(),
                                 put("second", forgery.write()).string()});
    rounds([&] { judge(file, {}); });
}

// S is checked to be below L, and the tables have no rows beyond; a key is looked up, and its table
// filed under it.
TEST_F(Racing, SignaturesInTheCallersMemory) {
    constexpr std::size_t count = 40;
    Bytes good;
    const Bytes message(128, 0x5a);
    const auto signature = *alice_key.sign(message);
    for (std::size_t i = 0; i < count; ++i) {
        good.insert(good.end(), signature.bytes.begin(), signature.bytes.end());
        const PublicKey key = alice_key.public_half();
        good.insert(good.end(), key.bytes.begin(), key.bytes.end());
    }
    Bytes bad = good;
    for (std::size_t i = 0; i < count; ++i) {
        std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(96 * i + 32), 32, std::uint8_t{0xff});
        const PublicKey key = mallorys_.public_half();
        std::ranges::copy(key.bytes, bad.begin() + static_cast<std::ptrdiff_t>(96 * i + 64));
    }
    const auto file = put("signatures", good);
    const SharedBytes memory(file, good.size());
    std::vector<crypto::VerifyItem> items;
    for (std::size_t i = 0; i < count; ++i) {
        const auto* const at = memory.view().data() + 96 * i;
        items.push_back({{message},
                         reinterpret_cast<const PublicKey*>(at + 64),
                         reinterpret_cast<const Signature*>(at)});
    }
    const Child writer = flips(file, difference(good, bad));
    const auto by_mallory = *mallorys_.sign(message);
    rounds([&] {
        for (const std::size_t many : {std::size_t{1}, std::size_t{3}, count}) {
            (void)crypto::verify_batch(std::span(items).first(many), {.cache = &keys_});
        }
        (void)crypto::verify(*items[0].key, message, *items[0].signature, &keys_);
        EXPECT_TRUE(crypto::verify(alice_key.public_half(), message, signature, &keys_));
        EXPECT_FALSE(crypto::verify(alice_key.public_half(), message, by_mallory, &keys_));
        EXPECT_TRUE(crypto::verify(mallorys_.public_half(), message, by_mallory, &keys_));
    });
}

// Looking without judging must not crash either.
TEST_F(Racing, RecordsThatAreShown) {
    const Bytes genuine = genuine_file(tiny);
    remember(genuine);
    Bytes wild = genuine;
    put_number(wild, section(genuine, 2) + 8, UINT64_MAX);
    const auto file = put("racing.aion", genuine);
    const Child writer = flips(file, difference(genuine, wild));
    rounds([&] {
        const auto content = Env::system().read(file, {});
        ASSERT_TRUE(content.has_value());
        if (const auto view = format::FileView::parse((*content)->bytes())) {
            (void)policy::summarize(*view, registry);
            (void)policy::payload_unverified(*view);
        }
    });
}

/// Alice's registry as a chain of records; `is_newer`: behind her registration her key is revoked
/// from version 2 on.
trust::Registry chained_registry(bool is_newer) {
    using namespace aion::test;
    constexpr std::uint8_t root_key = 0x77;
    crypto::SigningKey root = key_from(root_key);
    trust::RegistryRecord first;
    first.facts = trust::RootRecord{.keys = {public_of(root_key)}, .threshold = 1};
    trust::sign(first, root).value();
    auto chain = trust::RegistryChain::replay({first}).value();
    const auto say = [&](trust::RecordFacts facts) {
        trust::RegistryRecord record = chain.next_record(std::move(facts), start, "");
        trust::sign(record, root).value();
        chain.append(record).value();
    };
    say(trust::AuthorRegistration{.author = alice,
                                  .name = "alice",
                                  .contact = "",
                                  .master_key = public_of(masters),
                                  .operational_key = public_of(alices),
                                  .active_from = VersionNumber{0}});
    if (is_newer) {
        say(trust::EpochRevocation{.author = alice,
                                   .epoch = Epoch{0},
                                   .reason = trust::RevocationReason::compromised,
                                   .until = {.unlisted = VersionNumber{2}, .listed = {}}});
    }
    return trust::Registry::from_chain(std::move(chain));
}

// Now the registry is the newer, now the older one, or the newer without what proves it: once a
// file was accepted under the newer, nothing is under the other.
TEST_F(Racing, ARegistryThatIsRolledBackBetweenTwoReads) {
    const auto old_file = [&] {
        must_create("one");
        return put("one.aion", content());
    }();
    // Another file, since a pin of its second version would rule out the first.
    path = "/policies/other.aion";
    must_create("one");
    must_commit("two");
    const auto revoked_file = put("two.aion", content());
    const trust::Registry newer = chained_registry(true);
    trust::Registry stripped;
    stripped
        .pin(alice, aion::test::public_of(aion::test::masters),
             aion::test::public_of(aion::test::alices))
        .value();
    const std::string newer_json = newer.to_json();
    for (const std::string& other : {chained_registry(false).to_json(), stripped.to_json()}) {
        const auto served = put("registry.json", as_bytes(other));
        policy::PinMemory pins;
        if (const auto read = trust::Registry::from_json(other).value(); read.chain() == nullptr) {
            // What has no chain is known to be older only by what moved on from it.
            policy::VerifyOptions options;
            options.pin_store = &pins;
            EXPECT_TRUE(policy::verify(Env::system(), old_file, read, options)->is_valid());
        }
        bool was_newer = false;
        int both = 0;
        const Child writer =
            helper({"replace", served.string(), put("newer", as_bytes(newer_json)).string(),
                    put("older", as_bytes(other)).string()});
        rounds([&] {
            const auto read = trust::Registry::load(Env::system(), served);
            if (!read) {
                return;
            }
            policy::VerifyOptions options = with_caches();
            options.pin_store = &pins;
            const bool is_newer = *read == newer;
            const auto kept = policy::verify(Env::system(), old_file, *read, options);
            ASSERT_TRUE(kept);
            EXPECT_EQ(kept->is_valid(), is_newer || !was_newer);
            was_newer = was_newer || is_newer;
            const auto revoked = policy::verify(Env::system(), revoked_file, *read, options);
            ASSERT_TRUE(revoked);
            if (was_newer) {
                EXPECT_FALSE(revoked->is_valid()) << "what was revoked came back";
                both += is_newer ? 0 : 1;
            }
        });
        EXPECT_TRUE(was_newer);
        EXPECT_GT(both, 0) << "no registry was rolled back";
    }
}

}  // namespace
}  // namespace aion::proof
