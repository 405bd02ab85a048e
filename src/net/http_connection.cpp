// SPDX-License-Identifier: MIT OR Apache-2.0
#include "net/http_connection.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace aion::net {
namespace {

constexpr std::size_t piece_size = std::size_t{64} << 10U;
// Of what is dropped behind the last answer, so that the client sees that one and no reset.
constexpr std::size_t most_dropped = std::size_t{4} << 20U;
constexpr std::chrono::milliseconds linger_time{1'000};
constexpr std::string_view header_end = "\r\n\r\n";

constexpr int content_too_large = 413;
constexpr int header_too_large = 431;
constexpr int bad_service = 500;
constexpr int unavailable = 503;

struct Reason {
    int status;
    std::string_view text;
};

constexpr auto reasons = std::to_array<Reason>({
    {200, "OK"},
    {201, "Created"},
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
});

std::string_view reason_of(int status) {
    const auto* const found = std::ranges::find(reasons, status, &Reason::status);
    return found == reasons.end() ? "Other" : found->text;
}

}  // namespace

std::string written(const supply::ServedAnswer& answer, bool with_body, bool closes) {
    std::string out =
        fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n", answer.status,
                    reason_of(answer.status), answer.content_type, answer.body.size());
    for (const supply::HttpHeader& header : answer.headers) {
        out += fmt::format("{}: {}\r\n", header.name, header.value);
    }
    out += closes ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
    if (with_body) {
        out += answer.body;
    }
    return out;
}

supply::ServedAnswer come_back_later() {
    auto answer = supply::line_of_text(unavailable, "too many at a time: come back later");
    answer.headers.push_back({"Retry-After", "1"});
    return answer;
}

Connection::Connection(int socket, Shared& shared, Clock::time_point now)
    : socket_(socket),
      shared_(&shared),
      since_(now),
      deadline_(now + shared.settings.request_time) {}

Connection::~Connection() {
    shared_->unsent -= out_.size();
    ::close(socket_);
}

short Connection::events() const noexcept {
    switch (stage_) {
        case Stage::idle:
        case Stage::header:
        case Stage::body:
        case Stage::lingering:
            return static_cast<short>(sent_ < out_.size() ? POLLIN | POLLOUT : POLLIN);
        case Stage::writing:
            return POLLOUT;
        case Stage::complete:
        case Stage::answering:
        case Stage::over:
            break;
    }
    return 0;
}

void Connection::attend(short seen, Clock::time_point now) {
    if ((seen & (POLLERR | POLLNVAL)) != 0) {
        stage_ = Stage::over;
        return;
    }
    if ((seen & POLLOUT) != 0) {
        write(now);
    }
    if ((seen & (POLLIN | POLLHUP)) == 0) {
        return;
    }
    if (stage_ == Stage::lingering) {
        drop_input();
    } else if (stage_ == Stage::idle || stage_ == Stage::header || stage_ == Stage::body) {
        read(now);
    } else if ((seen & POLLHUP) != 0) {
        stage_ = Stage::over;  // Whoever asked is gone.
    }
}

void Connection::read(Clock::time_point now) {
    const std::size_t before = in_.size();
    in_.resize(before + piece_size);
    const ssize_t size = ::recv(socket_, in_.data() + before, piece_size, 0);
    in_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (size <= 0) {
        // The end, or what a peer that is gone leaves; half a request is nothing.
        if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
            stage_ = Stage::over;
        }
        return;
    }
    if (stage_ == Stage::idle) {
        stage_ = Stage::header;
        deadline_ = now + shared_->settings.request_time;
    }
    proceed(now);
}

void Connection::proceed(Clock::time_point now) {
    if (stage_ == Stage::header) {
        const std::size_t end = in_.find(header_end);
        const std::size_t size = end == std::string::npos ? in_.size() : end + header_end.size();
        if (size > shared_->settings.max_header) {
            refuse(header_too_large, now);
        } else if (end != std::string::npos) {
            take_header(size, now);
        }
    }
    if (stage_ == Stage::body && in_.size() >= head_.body_size) {
        head_.request.body = in_.substr(0, head_.body_size);
        in_.erase(0, head_.body_size);
        stage_ = Stage::complete;
    }
}

void Connection::take_header(std::size_t size, Clock::time_point now) {
    head_ = shared_->reader.read(std::string_view(in_).substr(0, size));
    in_.erase(0, size);
    if (head_.refused != 0) {
        refuse(head_.refused, now);
        return;
    }
    if (head_.body_size > shared_->service.max_body(head_.request)) {
        refuse(content_too_large, now);
        return;
    }
    stage_ = Stage::body;
    if (head_.waits_to_go_on && in_.size() < head_.body_size) {
        constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        out_ = go_on;
        sent_ = 0;
        shared_->unsent += out_.size();
        write(now);
    }
}

// Where the next request would begin is not known then.
void Connection::refuse(int status, Clock::time_point now) {
    head_.keeps_alive = false;
    in_.clear();
    answer(supply::line_of_text(status, std::string(reason_of(status))), now);
}

supply::ServedRequest Connection::take_request() {
    stage_ = Stage::answering;
    auto request = std::move(head_.request);
    head_.request = {};
    head_.request.method = request.method;
    return request;
}

void Connection::answer(const supply::ServedAnswer& answer, Clock::time_point now) {
    ++served_;
    closes_ = !head_.keeps_alive || shared_->is_stopping || answer.status == bad_service ||
              served_ >= shared_->settings.max_requests;
    const bool with_body = head_.request.method != "HEAD";
    const bool is_too_much = shared_->unsent + answer.body.size() > shared_->settings.max_unsent;
    shared_->unsent -= out_.size();
    out_.erase(0, sent_);  // What is left of a `100 Continue` goes first.
    sent_ = 0;
    out_ += written(is_too_much ? come_back_later() : answer, with_body, closes_);
    shared_->unsent += out_.size();
    stage_ = Stage::writing;
    deadline_ = now + shared_->settings.request_time;
    write(now);
}

void Connection::write(Clock::time_point now) {
    while (sent_ < out_.size()) {
        const ssize_t size =
            ::send(socket_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size < 0) {
            if (errno != EAGAIN && errno != EINTR) {
                stage_ = Stage::over;
            }
            return;
        }
        sent_ += static_cast<std::size_t>(size);
    }
    shared_->unsent -= out_.size();
    out_ = {};
    sent_ = 0;
    if (stage_ == Stage::writing) {
        end_writing(now);
    }
}

void Connection::end_writing(Clock::time_point now) {
    if (!closes_) {
        next_request(now);
        return;
    }
    // Closed at once, what is unread would be answered with a reset, which takes the answer away.
    ::shutdown(socket_, SHUT_WR);
    stage_ = Stage::lingering;
    deadline_ = now + linger_time;
    in_ = {};
}

void Connection::next_request(Clock::time_point now) {
    head_ = {};
    since_ = now;
    stage_ = in_.empty() ? Stage::idle : Stage::header;
    deadline_ = now + (in_.empty() ? shared_->settings.idle_time : shared_->settings.request_time);
    if (in_.empty()) {
        in_ = {};
        if (shared_->is_stopping) {
            stage_ = Stage::over;
        }
        return;
    }
    proceed(now);
}

void Connection::drop_input() {
    std::array<char, 4096> piece{};
    while (true) {
        const ssize_t size = ::recv(socket_, piece.data(), piece.size(), MSG_DONTWAIT);
        if (size <= 0) {
            if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
                stage_ = Stage::over;
            }
            return;
        }
        dropped_ += static_cast<std::size_t>(size);
        if (dropped_ > most_dropped) {
            stage_ = Stage::over;
            return;
        }
    }
}

void Connection::expire(Clock::time_point now) {
    if (stage_ != Stage::complete && stage_ != Stage::answering && now >= deadline_) {
        stage_ = Stage::over;
    }
}

void Connection::stop() noexcept {
    if (stage_ == Stage::idle) {
        stage_ = Stage::over;
    }
}

}  // namespace aion::net
