// SPDX-License-Identifier: MIT OR Apache-2.0
// Requests to a server on this machine that does as it is told.
#include "aion/net/curl_client.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

#include "support/results.hpp"

namespace aion::net {
namespace {

using supply::HttpMethod;
using supply::HttpRequest;
using supply::HttpResponse;
using test::ok;
using testing::HasSubstr;

// Serves one connection after the other, each by `serve`, which is given what was read up to the
// end of the header.
class Server {
  public:
    using Serve = std::function<void(int connection, const std::string& head)>;

    explicit Server(Serve serve) : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): as bind(2) wants it.
        ::bind(listening_, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(listening_, 4);
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
        // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, serve = std::move(serve)] { run(serve); });
    }

    ~Server() {
        ::shutdown(listening_, SHUT_RDWR);
        thread_.join();
        ::close(listening_);
    }

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    Server(Server&&) = delete;
    Server& operator=(Server&&) = delete;

    [[nodiscard]] supply::HttpUrl url(std::string_view target = "/") const {
        return ok(
            supply::http_url("http://127.0.0.1:" + std::to_string(port_) + std::string(target)));
    }

  private:
    void run(const Serve& serve) const {
        while (true) {
            const int connection = ::accept(listening_, nullptr, nullptr);
            if (connection < 0) {
                return;
            }
            std::string head;
            std::array<char, 1> byte{};
            while (!head.ends_with("\r\n\r\n") && ::read(connection, byte.data(), 1) == 1) {
                head += byte[0];
            }
            serve(connection, head);
            ::close(connection);
        }
    }

    int listening_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

void say(int connection, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
}

Server::Serve saying(std::string text) {
    return [text = std::move(text)](int connection, const std::string&) { say(connection, text); };
}

Result<HttpResponse> ask(const HttpRequest& request, CurlSettings settings = {}) {
    CurlClients clients(std::move(settings));
    return clients.make()->send(request);
}

std::string_view detail_of(const Result<HttpResponse>& result) {
    return result ? "no error" : result.error().detail();
}

TEST(CurlClientTest, AnAnswerIsTakenApart) {
    std::string head;
    const Server server([&](int connection, const std::string& asked) {
        head = asked;
        say(connection,
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nX-One:  a b \r\n"
            "Set-Cookie: a=b\r\nContent-Length: 3\r\n\r\nabc");
    });
    const auto response = ok(ask({.url = server.url("/v2/?q"), .headers = {{"X-Two", "c"}}}));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.header("x-one"), "a b");
    EXPECT_EQ(as_text(response.body), "abc");
    EXPECT_THAT(head, testing::StartsWith("GET /v2/?q HTTP/1.1\r\n"));
    EXPECT_THAT(head, HasSubstr("X-Two: c\r\n"));
    EXPECT_THAT(head, testing::Not(HasSubstr("Accept-Encoding")));
}

TEST(CurlClientTest, AHeaderIsOneLine) {
    const Server server(saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    const auto sent = ask({.url = server.url(), .headers = {{"Content-Type", "a\r\nX: y"}}});
    EXPECT_EQ(sent.error().code(), ErrorCode::invalid_argument);
}

TEST(CurlClientTest, WhatIsOnThisMachineIsNotAskedForElsewhere) {
    ::setenv("http_proxy", "http://192.0.2.1:9/", 1);
    const Server server(saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_EQ(ok(ask({.url = server.url(), .max_seconds = 5})).status, 200);
    ::unsetenv("http_proxy");
}

TEST(CurlClientTest, RedirectsAndCookiesAreLeftAlone) {
    unsigned asked = 0;
    const Server server([&](int connection, const std::string& head) {
        ++asked;
        EXPECT_THAT(head, testing::Not(HasSubstr("Cookie")));
        say(connection,
            "HTTP/1.1 302 Found\r\nLocation: /else\r\nSet-Cookie: a=b\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n");
    });
    CurlClients clients({});
    const auto client = clients.make();
    EXPECT_EQ(ok(client->send({.url = server.url()})).status, 302);
    EXPECT_EQ(ok(client->send({.url = server.url()})).status, 302);
    EXPECT_EQ(asked, 2);
}

TEST(CurlClientTest, ABodyStreams) {
    const std::string content(3'000'000, 'x');
    const Server server(saying("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + content));
    std::string taken;
    HttpRequest request{.url = server.url()};
    request.streams = [](const HttpResponse& head) { return head.status == 200; };
    request.take = [&](ByteView piece) -> Result<> {
        taken += as_text(piece);
        return {};
    };
    EXPECT_TRUE(ok(ask(request)).body.empty());
    EXPECT_EQ(taken, content);
    request.take = [](ByteView) -> Result<> {
        return fail(error_because(ErrorCode::resource_exhausted, "enough"));
    };
    EXPECT_EQ(ask(request).error().code(), ErrorCode::resource_exhausted);
    request.streams = [](const HttpResponse&) -> Result<bool> {
        return fail(error_because(ErrorCode::conflict, "not that"));
    };
    EXPECT_EQ(ask(request).error().code(), ErrorCode::conflict);
}

TEST(CurlClientTest, WhatIsTooLongIsNotTaken) {
    const Server endless([](int connection, const std::string& head) {
        say(connection, "HTTP/1.1 200 OK\r\n");
        const bool in_header = head.find("/header") != std::string::npos;
        say(connection, in_header ? "" : "\r\n");
        for (int i = 0; i < 2000; ++i) {
            say(connection,
                in_header ? "X-Y: " + std::string(1000, 'z') + "\r\n" : std::string(1000, 'z'));
        }
    });
    EXPECT_EQ(detail_of(ask({.url = endless.url("/header")})), "http_too_long");
    EXPECT_EQ(detail_of(ask({.url = endless.url(), .max_body = 1000})), "http_too_long");
}

TEST(CurlClientTest, WhatBreaksOffOrIsNoHttpSaysSo) {
    const Server broken(saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
    EXPECT_EQ(detail_of(ask({.url = broken.url()})), "http_broken_off");
    const Server silent(saying(""));
    EXPECT_EQ(detail_of(ask({.url = silent.url()})), "http_broken_off");
    const Server other(saying("SSH-2.0-OpenSSH\r\n"));
    EXPECT_EQ(detail_of(ask({.url = other.url()})), "http_bad_answer");
    EXPECT_EQ(detail_of(ask({.url = ok(supply::http_url("http://127.0.0.1:1/"))})),
              "http_unreachable");
}

TEST(CurlClientTest, WhoSaysNothingIsNotWaitedForLong) {
    const Server slow([](int connection, const std::string&) {
        std::array<char, 1> byte{};
        std::ignore = ::read(connection, byte.data(), 1);  // until we are gone
    });
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(detail_of(ask({.url = slow.url()}, {.timeout_s = 1})), "http_timeout");
    EXPECT_EQ(detail_of(ask({.url = slow.url(), .max_seconds = 1})), "http_timeout");
    Interrupt interrupt;
    interrupt.request();
    EXPECT_EQ(ask({.url = slow.url()}, {.interrupt = &interrupt}).error().code(),
              ErrorCode::interrupted);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

class Uploads : public testing::Test {
  public:
    // What is sent in pieces of 100,000 bytes.
    static HttpRequest request_of(const supply::HttpUrl& url, std::size_t size) {
        return {.method = HttpMethod::put,
                .url = url,
                .body = supply::HttpBody{
                    .size = size, .give = [size](const supply::HttpSink& sink) -> Result<> {
                        const std::string piece(100'000, 'x');
                        for (std::size_t at = 0; at < size; at += piece.size()) {
                            if (auto sent = sink(as_bytes(piece)); !sent) {
                                return sent;
                            }
                        }
                        return {};
                    }}};
    }

    static std::size_t read_body(int connection, std::size_t size) {
        std::string into(65536, '\0');
        std::size_t done = 0;
        while (done < size) {
            const ssize_t got = ::read(connection, into.data(), into.size());
            if (got <= 0) {
                break;
            }
            done += static_cast<std::size_t>(got);
        }
        return done;
    }
};

TEST_F(Uploads, AllOfABodyIsSent) {
    std::string head;
    std::size_t got = 0;
    const Server server([&](int connection, const std::string& asked) {
        head = asked;
        got = read_body(connection, 5'000'000);
        say(connection, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    });
    EXPECT_EQ(ok(ask(request_of(server.url(), 5'000'000))).status, 201);
    EXPECT_EQ(got, 5'000'000);
    EXPECT_THAT(head, testing::StartsWith("PUT / HTTP/1.1"));
    EXPECT_THAT(head, HasSubstr("Content-Length: 5000000\r\n"));
    EXPECT_THAT(head, testing::Not(HasSubstr("Expect")));
}

TEST_F(Uploads, NothingIsSentWhereThereIsNothing) {
    std::string head;
    const Server server([&](int connection, const std::string& asked) {
        head = asked;
        say(connection, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
    });
    EXPECT_EQ(ok(ask({.method = HttpMethod::post, .url = server.url()})).status, 202);
    EXPECT_THAT(head, testing::StartsWith("POST / HTTP/1.1"));
    EXPECT_THAT(head, HasSubstr("Content-Length: 0\r\n"));
}

TEST_F(Uploads, AnAnswerInBetweenIsTheAnswer) {
    const Server server([&](int connection, const std::string&) {
        read_body(connection, 200'000);
        say(connection, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        read_body(connection, 500'000'000);
    });
    EXPECT_EQ(ok(ask(request_of(server.url(), 500'000'000))).status, 413);
}

TEST_F(Uploads, WhatTheSourceSaysEndsIt) {
    const Server server([&](int connection, const std::string&) {
        read_body(connection, 100'000);
        say(connection, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    });
    HttpRequest request = request_of(server.url(), 100'000);
    // An error behind the last byte counts, too: it is then that a digest is known to be wrong.
    const auto all = request.body->give;
    request.body->give = [all](const supply::HttpSink& sink) -> Result<> {
        if (auto given = all(sink); !given) {
            return given;
        }
        return fail(error_because(ErrorCode::invalid_argument, "it was another"));
    };
    EXPECT_EQ(ask(request).error().code(), ErrorCode::invalid_argument);
    request.body->size = 200'000;
    request.body->give = all;
    EXPECT_EQ(detail_of(ask(request)), "http_broken_off") << "shorter than it was said to be";
}

}  // namespace
}  // namespace aion::net
