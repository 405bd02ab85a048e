// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/net/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "aion/base/interrupt.hpp"
#include "base/change.hpp"
#include "base/try.hpp"
#include "net/http_connection.hpp"

namespace aion::net {
namespace {

// How long nobody looks whether the server is asked to stop, at most.
constexpr std::chrono::milliseconds longest_wait{200};
// That the kernel keeps for us.
constexpr int backlog = 128;
// A connection that cannot be had now, because the system has no descriptor left, is tried again.
constexpr std::chrono::milliseconds accept_pause{100};
// After which a connection is taken for one that waits for its next request.
constexpr std::chrono::milliseconds silence{500};
constexpr std::size_t most_turned_away = 64;

class Socket {
  public:
    explicit Socket(int number = -1) noexcept : number_(number) {}

    ~Socket() { close(); }

    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

    Socket& operator=(Socket&& other) noexcept {
        close();
        number_ = std::exchange(other.number_, -1);
        return *this;
    }

    [[nodiscard]] int get() const noexcept { return number_; }

    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

    void close() noexcept {
        if (number_ >= 0) {
            ::close(number_);
        }
        number_ = -1;
    }

  private:
    int number_;
};

/// An address of IPv4 or IPv6.
struct Address {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    [[nodiscard]] sockaddr* any() noexcept {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as bind(2) wants it.
        return reinterpret_cast<sockaddr*>(&storage);
    }

    [[nodiscard]] sockaddr_in& v4() noexcept {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as bind(2) wants it.
        return reinterpret_cast<sockaddr_in&>(storage);
    }

    [[nodiscard]] sockaddr_in6& v6() noexcept {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as bind(2) wants it.
        return reinterpret_cast<sockaddr_in6&>(storage);
    }

    [[nodiscard]] std::uint16_t port() noexcept {
        return ntohs(storage.ss_family == AF_INET ? v4().sin_port : v6().sin6_port);
    }

    [[nodiscard]] bool is_loopback() noexcept {
        constexpr std::uint32_t loopback_net = 127;
        return storage.ss_family == AF_INET ? ntohl(v4().sin_addr.s_addr) >> 24U == loopback_net
                                            : IN6_IS_ADDR_LOOPBACK(&v6().sin6_addr) != 0;
    }
};

Error bad_address(std::string_view text, std::string_view why) {
    return error_because(ErrorCode::invalid_argument,
                         "cannot listen at '" + std::string(text) + "': " + std::string(why));
}

std::optional<std::uint16_t> port_of(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(digits.begin(), digits.end(), port);
    if (digits.empty() || problem != std::errc() || end != digits.end()) {
        return std::nullopt;
    }
    return port;
}

Result<Address> address_of(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    const auto port =
        colon == std::string_view::npos ? std::nullopt : port_of(text.substr(colon + 1));
    if (!port) {
        return fail(bad_address(text, "expected ADDRESS:PORT"));
    }
    std::string host(text.substr(0, colon));
    Address address;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
        address.v6().sin6_family = AF_INET6;
        address.v6().sin6_port = htons(*port);
        address.size = sizeof(sockaddr_in6);
        if (::inet_pton(AF_INET6, host.c_str(), &address.v6().sin6_addr) != 1) {
            return fail(bad_address(text, "no address of IPv6"));
        }
        return address;
    }
    address.v4().sin_family = AF_INET;
    address.v4().sin_port = htons(*port);
    address.size = sizeof(sockaddr_in);
    if (::inet_pton(AF_INET, host.c_str(), &address.v4().sin_addr) != 1) {
        return fail(bad_address(text, "expected an address in digits, such as 127.0.0.1"));
    }
    return address;
}

Error cannot_listen(std::string_view text) {
    const int why = errno;
    return bad_address(text, "the system does not let us").caused_by_os(why);
}

}  // namespace

struct HttpServer::State {
    HttpServerSettings settings;
    Socket listening;
    std::string address;
    HeadReader reader;
};

namespace {

/// One run of a server.
class Run {
  public:
    Run(HttpServer::State& state, supply::HttpService& service)
        : state_(&state),
          service_(&service),
          shared_{.settings = state.settings, .service = service, .reader = state.reader} {}

    [[nodiscard]] Result<> serve(const Interrupt* interrupt);

  private:
    void begin_to_stop();
    [[nodiscard]] Result<> wait();
    void let_in();
    [[nodiscard]] bool make_room(Clock::time_point now);
    void turn_away(Socket socket, Clock::time_point now);
    void answer_requests();

    HttpServer::State* state_;
    supply::HttpService* service_;
    Shared shared_;
    std::list<Connection> connections_;
    std::vector<pollfd> polled_;
    std::optional<Clock::time_point> accept_again_;
    Clock::time_point ends_;  // Once it stops.
};

Result<> Run::serve(const Interrupt* interrupt) {
    while (true) {
        if (!shared_.is_stopping && interrupt != nullptr && interrupt->requested()) {
            begin_to_stop();
        }
        if (shared_.is_stopping && (connections_.empty() || Clock::now() >= ends_)) {
            return {};
        }
        AION_TRY(wait());
        answer_requests();
        const auto now = Clock::now();
        for (Connection& each : connections_) {
            each.expire(now);
        }
        std::erase_if(connections_, [](const Connection& each) { return each.is_over(); });
        if (!shared_.is_stopping) {
            let_in();
        }
    }
}

void Run::begin_to_stop() {
    // Whoever has connected by now is let in, too.
    let_in();
    state_->listening.close();
    shared_.is_stopping = true;
    ends_ = Clock::now() + state_->settings.drain_time;
    // Who was let in just now has not been read from; his request may be there.
    for (Connection& each : connections_) {
        pollfd one{.fd = each.socket(), .events = POLLIN, .revents = 0};
        if (each.is_idle() && ::poll(&one, 1, 0) <= 0) {
            each.stop();
        }
    }
    std::erase_if(connections_, [](const Connection& each) { return each.is_over(); });
}

Result<> Run::wait() {
    polled_.clear();
    auto until = Clock::now() + longest_wait;
    for (const Connection& each : connections_) {
        polled_.push_back({.fd = each.socket(), .events = each.events(), .revents = 0});
        until = std::min(until, each.deadline());
        if (each.has_request()) {
            until = Clock::now();
        }
    }
    if (!shared_.is_stopping && !accept_again_) {
        polled_.push_back({.fd = state_->listening.get(), .events = POLLIN, .revents = 0});
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    const int ready =
        ::poll(polled_.data(), polled_.size(), static_cast<int>(std::max<long>(0, left)));
    if (ready < 0 && errno != EINTR) {
        return fail(error_because(ErrorCode::resource_exhausted, "waiting for connections")
                        .caused_by_os(errno));
    }
    if (ready > 0) {
        const auto now = Clock::now();
        auto each = polled_.begin();
        for (Connection& connection : connections_) {
            if (each->revents != 0) {
                connection.attend(each->revents, now);
            }
            ++each;
        }
    }
    return {};
}

void Run::let_in() {
    const auto now = Clock::now();
    if (accept_again_ && now < *accept_again_) {
        return;
    }
    accept_again_.reset();
    while (true) {
        Socket socket(
            ::accept4(state_->listening.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket.get() < 0) {
            if (errno == ECONNABORTED || errno == EINTR) {
                continue;
            }
            if (errno != EAGAIN) {
                accept_again_ = now + accept_pause;
            }
            return;
        }
        const int on = 1;
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connections_.size() >= state_->settings.max_connections && !make_room(now)) {
            turn_away(std::move(socket), now);
            continue;
        }
        connections_.emplace_back(socket.release(), shared_, now);
    }
}

// Whoever has nothing to say goes first, the longest silent of them. What has come in a moment ago
// may have its request on the way.
bool Run::make_room(Clock::time_point now) {
    auto longest = connections_.end();
    for (auto each = connections_.begin(); each != connections_.end(); ++each) {
        if (each->is_idle() && now - each->idle_since() >= silence &&
            (longest == connections_.end() || each->idle_since() < longest->idle_since())) {
            longest = each;
        }
    }
    if (longest == connections_.end()) {
        return false;
    }
    connections_.erase(longest);
    return true;
}

// Some of those who are turned away are read from until they have the answer, for which see
// Connection::end_writing.
void Run::turn_away(Socket socket, Clock::time_point now) {
    if (connections_.size() >= state_->settings.max_connections + most_turned_away) {
        const std::string text = written(come_back_later(), true, true);
        static_cast<void>(
            ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
        return;
    }
    connections_.emplace_back(socket.release(), shared_, now).answer(come_back_later(), now);
}

void Run::answer_requests() {
    std::vector<Connection*> asked;
    std::vector<supply::ServedRequest> requests;
    for (Connection& each : connections_) {
        if (each.has_request()) {
            asked.push_back(&each);
            requests.push_back(each.take_request());
        }
    }
    if (asked.empty()) {
        return;
    }
    const std::vector<supply::ServedAnswer> answers = service_->answer(requests);
    const auto now = Clock::now();
    for (std::size_t i = 0; i < asked.size(); ++i) {
        asked[i]->answer(i < answers.size() ? answers[i] : come_back_later(), now);
    }
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const HttpServerSettings& settings) {
    AION_TRY_ASSIGN(Address address, address_of(settings.listen));
    if (!settings.allow_other_machines && !address.is_loopback()) {
        return fail(bad_address(settings.listen, "other machines would reach it"));
    }
    auto state = std::make_unique<State>();
    state->settings = settings;
    state->listening =
        Socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (state->listening.get() < 0) {
        return fail(cannot_listen(settings.listen));
    }
    // So that a server that was ended can be started again at once.
    const int on = 1;
    ::setsockopt(state->listening.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(state->listening.get(), address.any(), address.size) != 0 ||
        ::listen(state->listening.get(), backlog) != 0 ||
        ::getsockname(state->listening.get(), address.any(), &address.size) != 0) {
        return fail(cannot_listen(settings.listen));
    }
    state->address =
        settings.listen.substr(0, settings.listen.rfind(':') + 1) + std::to_string(address.port());
    return std::make_unique<HttpServer>(std::move(state));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() = default;

const std::string& HttpServer::address() const noexcept {
    return state_->address;
}

Result<> HttpServer::run(Env& env, supply::HttpService& service) {
    // Whoever asks to stop waits for what was let in.
    Change change(env);
    Run run(*state_, service);
    AION_TRY(run.serve(env.interrupt()));
    change.done();
    return {};
}

}  // namespace aion::net
