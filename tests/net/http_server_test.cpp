// SPDX-License-Identifier: MIT OR Apache-2.0
// A server on this machine, and clients that mean well or do not.
#include "aion/net/http_server.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aion/base/interrupt.hpp"
#include "aion/net/curl_client.hpp"
#include "support/results.hpp"

namespace aion::net {
namespace {

using supply::ServedAnswer;
using supply::ServedRequest;
using test::ok;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Says what it was asked.
class Echo final : public supply::HttpService {
  public:
    std::size_t body_limit = 1000;
    std::chrono::milliseconds takes{0};
    std::size_t size_of_answer = 0;
    std::atomic<std::size_t> largest_batch = 0;
    std::atomic<std::size_t> asked = 0;

    [[nodiscard]] std::size_t max_body(const ServedRequest& /*request*/) const override {
        return body_limit;
    }

    [[nodiscard]] std::vector<ServedAnswer> answer(
        std::span<const ServedRequest> requests) override {
        std::this_thread::sleep_for(takes);
        largest_batch = std::max(largest_batch.load(), requests.size());
        std::vector<ServedAnswer> answers;
        for (const ServedRequest& request : requests) {
            ++asked;
            std::string body = request.method + " " + request.target + " " + request.body;
            body.resize(std::max(body.size(), size_of_answer), '.');
            answers.push_back(
                {.status = request.path() == "/none" ? 404 : 200,
                 .body = std::move(body),
                 .headers = {{"X-Got", std::string(request.header("x-sent").value_or("-"))}}});
        }
        return answers;
    }
};

// Serves until it goes.
class Serving {
  public:
    explicit Serving(Echo& echo, const HttpServerSettings& settings = {})
        : server_(ok(HttpServer::listen(settings))),
          thread_([this, &echo] { result_ = server_->run(env_, echo); }) {}

    ~Serving() { stop(); }

    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    Serving(Serving&&) = delete;
    Serving& operator=(Serving&&) = delete;

    void ask_to_stop() { interrupt_.request(); }

    Result<> stop() {
        ask_to_stop();
        if (thread_.joinable()) {
            thread_.join();
        }
        return result_;
    }

    [[nodiscard]] const Interrupt& interrupt() const { return interrupt_; }

    [[nodiscard]] std::string address() const { return server_->address(); }

    [[nodiscard]] std::uint16_t port() const {
        return static_cast<std::uint16_t>(std::stoul(address().substr(address().rfind(':') + 1)));
    }

  private:
    Interrupt interrupt_;
    InterruptibleEnv env_{Env::system(), interrupt_};
    std::unique_ptr<HttpServer> server_;
    Result<> result_;
    std::thread thread_;
};

class Client {
  public:
    explicit Client(std::uint16_t port)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as connect(2) wants it.
        is_connected_ =
            ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }

    ~Client() { ::close(socket_); }

    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    Client(Client&&) = delete;
    Client& operator=(Client&&) = delete;

    [[nodiscard]] bool is_connected() const { return is_connected_; }

    Client& say(std::string_view text) {
        while (!text.empty()) {
            const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                break;
            }
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return *this;
    }

    // Until the server closes, or what was read ends with `end`.
    std::string hear(std::string_view end = {}) {
        std::string all;
        std::array<char, 65536> piece{};
        while (end.empty() || !all.ends_with(end)) {
            const ssize_t size = ::recv(socket_, piece.data(), piece.size(), 0);
            if (size <= 0) {
                break;
            }
            all.append(piece.data(), static_cast<std::size_t>(size));
        }
        return all;
    }

  private:
    int socket_;
    bool is_connected_ = false;
};

TEST(HttpServerTest, ListensAtAFreePortOfThisMachineAlone) {
    const auto server = ok(HttpServer::listen({}));
    EXPECT_THAT(server->address(), StartsWith("127.0.0.1:"));
    EXPECT_THAT(server->address(), Not(EndsWith(":0")));
    const auto second = HttpServer::listen({.listen = server->address()});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(second.error().os_error(), EADDRINUSE);
    EXPECT_FALSE(HttpServer::listen({.listen = "0.0.0.0:0"}));
    EXPECT_FALSE(HttpServer::listen({.listen = "[::]:0"}));
    EXPECT_TRUE(HttpServer::listen({.listen = "0.0.0.0:0", .allow_other_machines = true}));
    for (const char* const bad : {"", "127.0.0.1", "127.0.0.1:", "localhost:1", "127.0.0.1:65536",
                                  "127.0.0.1:1x", "[::1:0", "[x]:0", ":0", "1.2.3.4.5:0"}) {
        EXPECT_FALSE(HttpServer::listen({.listen = bad})) << bad;
    }
}

TEST(HttpServerTest, AnswersOneRequestAfterTheOther) {
    Echo echo;
    const Serving serving(echo);
    CurlClients clients({});
    const auto client = clients.make();
    for (int i = 0; i < 3; ++i) {
        const std::string body = "body " + std::to_string(i);
        const auto answer = ok(client->send(
            {.method = supply::HttpMethod::post,
             .url = ok(supply::http_url("http://" + serving.address() + "/a?b=%20c")),
             .headers = {{"X-Sent", "yes"}},
             .body = supply::HttpBody{.size = body.size(), .give = [&](const auto& sink) {
                                          return sink(as_bytes(body));
                                      }}}));
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(as_text(answer.body), "POST /a?b=%20c " + body);
        EXPECT_EQ(answer.header("x-got"), "yes");
    }
    Client plain(serving.port());
    plain.say(
        "GET /one HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nConnection: close\r\n\r\n");
    const std::string said = plain.hear();
    EXPECT_THAT(said, HasSubstr("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(said, HasSubstr("GET /one "));
    EXPECT_THAT(said, HasSubstr("HTTP/1.1 404 Not Found\r\n"));
    EXPECT_THAT(Client(serving.port()).say("HEAD /h HTTP/1.0\r\n\r\n").hear(),
                EndsWith("Connection: close\r\n\r\n"));
}

TEST(HttpServerTest, WhatWaitsToSendItsBodyIsToldToGoOn) {
    Echo echo;
    const Serving serving(echo);
    Client client(serving.port());
    client.say("POST /x HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.hear("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_THAT(client.say("abcd").hear("POST /x abcd"), EndsWith("POST /x abcd"));
}

TEST(HttpServerTest, WhatIsNoRequestIsRefused) {
    Echo echo;
    const Serving serving(echo);
    const auto status = [&](const std::string& text) {
        return Client(serving.port()).say(text).hear().substr(9, 3);
    };
    for (const char* const bad :
         {"nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n",
          "GET / HTTP/1.1\nHost: x\n\r\n\r\n", "GET / HTTP/1.1\r\nA: \x01\r\n\r\n",
          "GET / HTTP/1.1\rA: b\r\n\r\n", "EVIL / HTTP/1.1\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          "POST / HTTP/1.1\r\nContent-Length: 18446744073709551616\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: \r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length:\r\n\r\na",
          "POST / HTTP/1.1\r\nTransfer-Encoding:\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: 1 2\r\n\r\n"}) {
        EXPECT_EQ(status(bad), "400") << bad;
    }
    EXPECT_EQ(status("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "501");
    EXPECT_EQ(status("POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n"), "413");
    EXPECT_EQ(status("GET / HTTP/1.1\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n"), "431");
    EXPECT_EQ(status("GET /" + std::string(20'000, 'a')), "431");
    EXPECT_EQ(echo.asked, 0);
    EXPECT_EQ(status("POST / HTTP/1.1\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" +
                     std::string(1000, 'a')),
              "200");
}

TEST(HttpServerTest, ABodyThatIsTooLargeIsRefusedThoughAllOfItIsSent) {
    Echo echo;
    const Serving serving(echo);
    const std::string body(2U << 20U, 'x');
    EXPECT_THAT(Client(serving.port())
                    .say("POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) +
                         "\r\n\r\n" + body)
                    .hear(),
                StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServerTest, WhoIsSlowHoldsUpNobodyAndIsGoneInTime) {
    Echo echo;
    const Serving serving(echo, {.request_time = std::chrono::seconds(3)});
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 50; ++i) {
        slow.push_back(std::make_unique<Client>(serving.port()));
        slow.back()->say("POST / HTTP/1.1\r\nContent-Length: 100\r\n");
    }
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_THAT(Client(serving.port()).say("GET / HTTP/1.0\r\n\r\n").hear(), HasSubstr("200 OK"));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(2'500));
    // A byte now and then does not help.
    std::jthread drips([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            slow.front()->say("a");
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    for (const auto& each : slow) {
        EXPECT_EQ(each->hear(), "");
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
}

TEST(HttpServerTest, WhoTakesNoAnswerIsGoneInTimeAndNotWaitedFor) {
    Echo echo;
    echo.size_of_answer = 8U << 20U;
    const Serving serving(echo,
                          {.request_time = std::chrono::seconds(4), .max_unsent = 20U << 20U});
    std::vector<std::unique_ptr<Client>> deaf;
    for (int i = 0; i < 2; ++i) {
        deaf.push_back(std::make_unique<Client>(serving.port()));
        deaf.back()->say("GET / HTTP/1.1\r\n\r\n");
    }
    while (echo.asked < 2) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    // The kernel has taken some megabytes of each for us, at most.
    echo.size_of_answer = 18U << 20U;
    EXPECT_THAT(Client(serving.port()).say("GET / HTTP/1.0\r\n\r\n").hear(),
                StartsWith("HTTP/1.1 503 "));
    std::this_thread::sleep_for(std::chrono::seconds(5));
    EXPECT_THAT(Client(serving.port()).say("GET / HTTP/1.0\r\n\r\n").hear().size(),
                testing::Gt(18U << 20U));
    EXPECT_THAT(deaf.front()->hear().size(), testing::Lt(8U << 20U));
}

TEST(HttpServerTest, TooManyAreToldToComeBackLater) {
    Echo echo;
    const Serving serving(echo, {.max_connections = 4});
    std::vector<std::unique_ptr<Client>> busy;
    for (int i = 0; i < 4; ++i) {
        busy.push_back(std::make_unique<Client>(serving.port()));
        busy.back()->say("GET /");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    for (int i = 0; i < 200; ++i) {
        const std::string said = Client(serving.port()).say("GET / HTTP/1.0\r\n\r\n").hear();
        if (!said.empty()) {  // Beyond some that are turned away at a time, by a reset.
            EXPECT_THAT(said, StartsWith("HTTP/1.1 503 "));
            EXPECT_THAT(said, HasSubstr("Retry-After: 1\r\n"));
        }
    }
    EXPECT_EQ(echo.asked, 0);
    EXPECT_THAT(busy.back()->say(" HTTP/1.0\r\n\r\n").hear(), HasSubstr("200 OK"));
}

TEST(HttpServerTest, WhoOnlyKeepsItsConnectionMakesRoom) {
    Echo echo;
    const Serving serving(echo, {.max_connections = 2});
    Client first(serving.port());
    Client second(serving.port());
    first.say("GET /1 HTTP/1.1\r\n\r\n").hear("GET /1 ");
    second.say("GET /2 HTTP/1.1\r\n\r\n").hear("GET /2 ");
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    second.say("GET /3 HTTP/1.1\r\n\r\n").hear("GET /3 ");
    EXPECT_THAT(Client(serving.port()).say("GET /4 HTTP/1.0\r\n\r\n").hear(), HasSubstr("GET /4"));
    EXPECT_EQ(first.hear(), "");
    EXPECT_THAT(second.say("GET /5 HTTP/1.0\r\n\r\n").hear(), HasSubstr("GET /5"));
}

TEST(HttpServerTest, AConnectionIsNotKeptForEver) {
    Echo echo;
    const Serving serving(echo, {.idle_time = std::chrono::milliseconds(300), .max_requests = 3});
    Client client(serving.port());
    std::string all;
    for (int i = 0; i < 5; ++i) {
        all += "GET / HTTP/1.1\r\n\r\n";
    }
    const std::string said = client.say(all).hear();
    EXPECT_EQ(echo.asked, 3);
    EXPECT_THAT(said, HasSubstr("Connection: close"));
    Client idle(serving.port());
    idle.say("GET / HTTP/1.1\r\n\r\n").hear("GET / ");
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(idle.hear(), "");
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

TEST(HttpServerTest, RequestsThatComeTogetherAreAnsweredTogether) {
    Echo echo;
    echo.takes = std::chrono::seconds(1);
    const Serving serving(echo);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<Client>(serving.port()));
    }
    for (const auto& each : clients) {
        each->say("GET / HTTP/1.0\r\n\r\n");
    }
    for (const auto& each : clients) {
        EXPECT_THAT(each->hear(), HasSubstr("200 OK"));
    }
    EXPECT_GT(echo.largest_batch, 5);
}

TEST(HttpServerTest, WhatHasBegunIsAnsweredBeforeItStops) {
    Echo echo;
    Serving serving(echo);
    Client idle(serving.port());
    idle.say("GET / HTTP/1.1\r\n\r\n").hear("GET / ");
    Client begun(serving.port());
    begun.say("POST /begun HTTP/1.1\r\nContent-Length: 3\r\n\r\na");
    for (int i = 0; i < 2000 && !serving.interrupt().is_under_way(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_TRUE(serving.interrupt().is_under_way());
    EXPECT_EQ(serving.interrupt().done(), 0);
    serving.ask_to_stop();
    EXPECT_EQ(idle.hear(), "");
    EXPECT_FALSE(Client(serving.port()).is_connected());
    EXPECT_THAT(begun.say("bc").hear(), HasSubstr("POST /begun abc"));
    EXPECT_TRUE(serving.stop());
    EXPECT_EQ(serving.interrupt().done(), 1);
}

TEST(HttpServerTest, WhoNeverEndsDoesNotKeepItFromStopping) {
    Echo echo;
    Serving serving(echo, {.drain_time = std::chrono::milliseconds(300)});
    Client begun(serving.port());
    begun.say("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto asked = std::chrono::steady_clock::now();
    EXPECT_TRUE(serving.stop());
    EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(4));
}

}  // namespace
}  // namespace aion::net
