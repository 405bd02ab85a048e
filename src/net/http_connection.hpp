// SPDX-License-Identifier: MIT OR Apache-2.0
// One connection of a server: what came in, what goes out, and until when.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "aion/net/http_server.hpp"
#include "aion/supply/http_service.hpp"
#include "net/http_head.hpp"

namespace aion::net {

using Clock = std::chrono::steady_clock;

/// What all connections of a server share.
struct Shared {
    const HttpServerSettings& settings;
    const supply::HttpService& service;
    HeadReader& reader;
    bool is_stopping = false;
    std::size_t unsent = 0;  ///< Bytes of answers.
};

/// Owns a socket that does not block.
class Connection {
  public:
    Connection(int socket, Shared& shared, Clock::time_point now);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    Connection(Connection&&) = delete;
    Connection& operator=(Connection&&) = delete;

    [[nodiscard]] int socket() const noexcept { return socket_; }

    /// What poll(2) is to look for; 0 while a request waits for its answer.
    [[nodiscard]] short events() const noexcept;

    /// It may be closed: at its end, or by its fault.
    [[nodiscard]] bool is_over() const noexcept { return stage_ == Stage::over; }

    /// Nothing of a request has come in, and nothing has to go out.
    [[nodiscard]] bool is_idle() const noexcept { return stage_ == Stage::idle; }

    [[nodiscard]] bool has_request() const noexcept { return stage_ == Stage::complete; }

    [[nodiscard]] Clock::time_point idle_since() const noexcept { return since_; }

    /// What poll(2) has seen.
    void attend(short seen, Clock::time_point now);

    /// Closes it if its time is up.
    void expire(Clock::time_point now);

    /// When its time is up.
    [[nodiscard]] Clock::time_point deadline() const noexcept { return deadline_; }

    /// Nothing new is begun.
    void stop() noexcept;

    /// The request, once; it waits for `answer` then.
    [[nodiscard]] supply::ServedRequest take_request();
    void answer(const supply::ServedAnswer& answer, Clock::time_point now);

  private:
    enum class Stage : unsigned char {
        idle,       // Nothing of the next request is here.
        header,     // Some of it is, and not all of its header.
        body,       // The header, and not all of its body.
        complete,   // A request.
        answering,  // Taken, and to be answered.
        writing,    // An answer has to go out.
        lingering,  // Nothing more goes out; what still comes in is dropped.
        over,
    };

    void read(Clock::time_point now);
    void write(Clock::time_point now);
    void drop_input();
    /// Looks at what came in.
    void proceed(Clock::time_point now);
    void take_header(std::size_t size, Clock::time_point now);
    void refuse(int status, Clock::time_point now);
    void next_request(Clock::time_point now);
    void end_writing(Clock::time_point now);

    int socket_;
    Shared* shared_;
    Stage stage_ = Stage::idle;
    Clock::time_point since_;
    Clock::time_point deadline_;
    std::size_t served_ = 0;
    std::string in_;
    RequestHead head_;
    std::string out_;
    std::size_t sent_ = 0;
    bool closes_ = false;
    std::size_t dropped_ = 0;
};

/// An answer as it is sent. `with_body`: not for HEAD.
[[nodiscard]] std::string written(const supply::ServedAnswer& answer, bool with_body, bool closes);

/// What is said to whoever cannot be served now.
[[nodiscard]] supply::ServedAnswer come_back_later();

}  // namespace aion::net
