// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/net/curl_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/utf8.hpp"
#include "base/try.hpp"

namespace aion::net {
namespace {

using supply::HttpMethod;
using supply::HttpRequest;
using supply::HttpResponse;
using supply::network_error;
using supply::NetworkFault;

constexpr long receive_buffer = 512L * 1024;
constexpr long send_buffer = 2L * 1024 * 1024;
constexpr long poll_ms = 250;

// libcurl's own set-up, once for the process, before any thread. It is left to the process's end.
void set_up_once() {
    static const CURLcode done = ::curl_global_init(CURL_GLOBAL_ALL);
    if (done != CURLE_OK) {
        throw std::bad_alloc();  // what else can fail in it does not with the library that we link
    }
}

struct EasyDeleter {
    void operator()(CURL* easy) const noexcept { ::curl_easy_cleanup(easy); }
};

struct MultiDeleter {
    void operator()(CURLM* multi) const noexcept { ::curl_multi_cleanup(multi); }
};

struct ListDeleter {
    void operator()(curl_slist* list) const noexcept { ::curl_slist_free_all(list); }
};

using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

void append(HeaderList& list, const std::string& line) {
    curl_slist* const head = ::curl_slist_append(list.get(), line.c_str());
    if (head == nullptr) {
        throw std::bad_alloc();
    }
    if (list == nullptr) {
        list.reset(head);  // which it stays, whatever comes behind it
    }
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const std::size_t begin = std::min(text.find_first_not_of(blank), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(blank) + 1);
}

bool is_one_line(const supply::HttpHeader& header) {
    return std::ranges::none_of(header.name + header.value,
                                [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

Error interrupted(const HttpRequest& request) {
    return error_at_path(ErrorCode::interrupted, request.url.shown());
}

// One request while it is under way: what libcurl's callbacks are given.
class Exchange {
  public:
    Exchange(CURL* easy, CURLM* multi, const HttpRequest& request, const Interrupt* interrupt)
        : easy_(easy), multi_(multi), request_(request), interrupt_(interrupt) {}

    [[nodiscard]] Result<HttpResponse> run();

    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) {
        return static_cast<Exchange*>(self)->take_header({data, size * count});
    }

    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) {
        return static_cast<Exchange*>(self)->take_body(as_bytes({data, size * count}));
    }

    static std::size_t on_read(char* into, std::size_t size, std::size_t count, void* self) {
        return static_cast<Exchange*>(self)->give(into, size * count);
    }

  private:
    [[nodiscard]] std::size_t take_header(std::string_view line);
    [[nodiscard]] std::size_t take_body(ByteView piece);
    [[nodiscard]] std::size_t give(char* into, std::size_t room);

    void stop_with(Error error) {
        if (!problem_) {
            problem_ = std::move(error);
        }
    }

    // Lets libcurl work until the piece is taken, or the answer is there.
    [[nodiscard]] Result<> push(ByteView piece);
    [[nodiscard]] Result<> step(bool waits);
    [[nodiscard]] Error error_of(CURLcode code) const;

    CURL* easy_;
    CURLM* multi_;
    const HttpRequest& request_;
    const Interrupt* interrupt_;

    HttpResponse response_;
    std::size_t header_bytes_ = 0;
    bool decided_ = false;
    bool streams_ = false;
    std::uint64_t received_ = 0;
    std::optional<Error> problem_;

    ByteView piece_;       // What is to be sent next.
    bool is_last_ = true;  // There is nothing behind it.
    bool is_paused_ = false;
    bool has_enough_ = false;  // The answer came before all was sent.
    std::optional<CURLcode> result_;
};

std::size_t Exchange::take_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > supply::max_http_header_size) {
        stop_with(supply::too_long_error(request_.url.authority(), supply::max_http_header_size,
                                         "headers"));
        return 0;
    }
    const std::string_view text = trimmed(line);
    if (text.starts_with("HTTP/")) {
        // Another answer, behind an interim one.
        response_ = HttpResponse();
        const std::size_t space = std::min(text.find(' '), text.size());
        const std::string_view rest = trimmed(text.substr(space));
        std::from_chars(rest.begin(), rest.end(), response_.status);
        return line.size();
    }
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && colon != 0) {
        response_.headers.push_back({ascii_lowered(std::string(trimmed(text.substr(0, colon)))),
                                     std::string(trimmed(text.substr(colon + 1)))});
    }
    return line.size();
}

std::size_t Exchange::take_body(ByteView piece) {
    if (!decided_) {
        decided_ = true;
        const auto decision = request_.streams ? request_.streams(response_) : Result<bool>(false);
        if (!decision) {
            stop_with(decision.error());
            return 0;
        }
        streams_ = *decision;
    }
    received_ += piece.size();
    const std::uint64_t most = streams_ ? request_.max_streamed : request_.max_body;
    if (received_ > most) {
        stop_with(supply::too_long_error(request_.url.authority(), most, "content"));
        return 0;
    }
    if (!streams_) {
        response_.body.insert(response_.body.end(), piece.begin(), piece.end());
        return piece.size();
    }
    if (auto taken = request_.take(piece); !taken) {
        stop_with(std::move(taken).error());
        return 0;
    }
    return piece.size();
}

std::size_t Exchange::give(char* into, std::size_t room) {
    if (piece_.empty()) {
        if (is_last_) {
            return 0;
        }
        is_paused_ = true;
        return CURL_READFUNC_PAUSE;
    }
    const std::size_t size = std::min(room, piece_.size());
    std::memcpy(into, piece_.data(), size);
    piece_ = piece_.subspan(size);
    return size;
}

Result<> Exchange::step(bool waits) {
    int running = 0;
    if (::curl_multi_perform(multi_, &running) != CURLM_OK) {
        throw std::bad_alloc();
    }
    int left = 0;
    while (const CURLMsg* const message = ::curl_multi_info_read(multi_, &left)) {
        if (message->msg == CURLMSG_DONE) {
            // NOLINTNEXTLINE(cppcoreguidelines-pro-type-union-access): as libcurl says it.
            result_ = message->data.result;
        }
    }
    if (interrupt_ != nullptr && interrupt_->requested()) {
        stop_with(interrupted(request_));
    }
    if (problem_) {
        return fail(*problem_);
    }
    if (waits && !result_) {
        ::curl_multi_poll(multi_, nullptr, 0, poll_ms, nullptr);
    }
    return {};
}

Result<> Exchange::push(ByteView piece) {
    piece_ = piece;
    while (!piece_.empty() && !result_) {
        if (is_paused_) {
            is_paused_ = false;
            ::curl_easy_pause(easy_, CURLPAUSE_CONT);
        }
        // What is taken at once is not waited for: the next piece may be had meanwhile.
        AION_TRY(step(false));
        if (!piece_.empty() && !result_) {
            ::curl_multi_poll(multi_, nullptr, 0, poll_ms, nullptr);
        }
    }
    if (!piece_.empty()) {
        piece_ = {};
        has_enough_ = true;
        return fail(error_because(ErrorCode::transfer_failed, "answered before all was sent"));
    }
    return {};
}

Error Exchange::error_of(CURLcode code) const {
    const std::string host = request_.url.authority();
    const std::string_view why = ::curl_easy_strerror(code);
    switch (code) {
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
            return network_error(NetworkFault::unreachable, host, why);
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_USE_SSL_FAILED:
            return network_error(NetworkFault::insecure, host, why);
        case CURLE_OPERATION_TIMEDOUT:
            return network_error(NetworkFault::timeout, host, why);
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING:
            return network_error(NetworkFault::bad_answer, host, why);
        case CURLE_OUT_OF_MEMORY:
            throw std::bad_alloc();
        default:
            return network_error(NetworkFault::broken_off, host, why);
    }
}

Result<HttpResponse> Exchange::run() {
    if (request_.body) {
        is_last_ = false;
        std::uint64_t given = 0;
        auto all = request_.body->give([&](ByteView piece) -> Result<> {
            given += piece.size();
            return push(piece);
        });
        if (problem_) {
            return fail(*std::move(problem_));
        }
        // Also where the answer is there already: what was sent is not what was to be sent.
        if (!has_enough_) {
            AION_TRY(std::move(all));
            if (given != request_.body->size) {
                return fail(network_error(NetworkFault::broken_off, request_.url.authority(),
                                          "what was to be sent has another size"));
            }
        }
        is_last_ = true;
        if (is_paused_) {
            is_paused_ = false;
            ::curl_easy_pause(easy_, CURLPAUSE_CONT);
        }
    }
    while (!result_) {
        AION_TRY(step(true));
    }
    if (problem_) {
        return fail(*std::move(problem_));
    }
    if (*result_ != CURLE_OK) {
        return fail(error_of(*result_));
    }
    // An answer without a body is one, too: whoever streams may refuse its header.
    if (!decided_ && request_.streams) {
        AION_TRY(request_.streams(response_));
    }
    return std::move(response_);
}

// A request among those that are under way. Whatever is thrown in between, none remains that points
// to what is gone.
class UnderWay {
  public:
    UnderWay(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
        if (::curl_multi_add_handle(multi, easy) != CURLM_OK) {
            throw std::bad_alloc();
        }
    }

    ~UnderWay() { ::curl_multi_remove_handle(multi_, easy_); }

    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;
    UnderWay(UnderWay&&) = delete;
    UnderWay& operator=(UnderWay&&) = delete;

  private:
    CURLM* multi_;
    CURL* easy_;
};

// --- The client ----------------------------------------------------------------------------------

class CurlClient final : public supply::HttpClient {
  public:
    explicit CurlClient(CurlSettings settings) : settings_(std::move(settings)) {
        set_up_once();
        easy_.reset(::curl_easy_init());
        multi_.reset(::curl_multi_init());
        if (easy_ == nullptr || multi_ == nullptr) {
            throw std::bad_alloc();
        }
    }

    [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request) override;
    [[nodiscard]] Result<> wait(std::uint32_t milliseconds) override;

  private:
    template <class Value>
    void set(CURLoption option, Value value) {
        // All but one of what is set here cannot fail but for memory.
        if (::curl_easy_setopt(easy_.get(), option, value) == CURLE_OUT_OF_MEMORY) {
            throw std::bad_alloc();
        }
    }

    void set_rules();
    void set_method(const HttpRequest& request);
    [[nodiscard]] static HeaderList headers_of(const HttpRequest& request);

    CurlSettings settings_;
    // The connections belong to the multi handle, which goes last.
    std::unique_ptr<CURLM, MultiDeleter> multi_;
    std::unique_ptr<CURL, EasyDeleter> easy_;
};

// What holds for each request, whoever makes it.
void CurlClient::set_rules() {
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!settings_.ca_file.empty()) {
        set(CURLOPT_CAINFO, settings_.ca_file.c_str());
        set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    set(CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
    set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    // What is meant for a registry is not told to a proxy on the way to it.
    set(CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, settings_.user_agent.c_str());
    set(CURLOPT_BUFFERSIZE, receive_buffer);
    set(CURLOPT_UPLOAD_BUFFERSIZE, send_buffer);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(settings_.timeout_s));
    set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(slowest_bytes));
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings_.timeout_s));
}

void CurlClient::set_method(const HttpRequest& request) {
    switch (request.method) {
        case HttpMethod::get:
            set(CURLOPT_HTTPGET, 1L);
            return;
        case HttpMethod::head:
            set(CURLOPT_NOBODY, 1L);
            return;
        case HttpMethod::post:
        case HttpMethod::put:
        case HttpMethod::patch:
            break;
    }
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_CUSTOMREQUEST, supply::name_of(request.method).data());
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body ? request.body->size : 0));
    set(CURLOPT_READFUNCTION, &Exchange::on_read);
}

HeaderList CurlClient::headers_of(const HttpRequest& request) {
    HeaderList list;
    append(list, "Expect:");  // a second of waiting for what nobody says
    for (const supply::HttpHeader& header : request.headers) {
        append(list, header.name + ": " + header.value);
    }
    return list;
}

Result<HttpResponse> CurlClient::send(const HttpRequest& request) {
    constexpr std::uint64_t most = std::numeric_limits<curl_off_t>::max();
    if (request.body && request.body->size > most) {
        return fail(error_because(ErrorCode::invalid_argument, "a body beyond 2^63 bytes"));
    }
    // Of headers some come from what others wrote, such as media types.
    if (!std::ranges::all_of(request.headers, is_one_line)) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "a header of a request with control characters"));
    }
    ::curl_easy_reset(easy_.get());
    set_rules();
    if (request.url.is_loopback()) {
        set(CURLOPT_PROXY, "");  // what is here is not asked for elsewhere
    }
    set_method(request);
    const std::string url = request.url.text();
    const HeaderList headers = headers_of(request);
    Exchange exchange(easy_.get(), multi_.get(), request, settings_.interrupt);
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_TIMEOUT, static_cast<long>(request.max_seconds));
    set(CURLOPT_HEADERFUNCTION, &Exchange::on_header);
    set(CURLOPT_HEADERDATA, &exchange);
    set(CURLOPT_WRITEFUNCTION, &Exchange::on_body);
    set(CURLOPT_WRITEDATA, &exchange);
    set(CURLOPT_READDATA, &exchange);
    const UnderWay under_way(multi_.get(), easy_.get());
    return exchange.run();
}

Result<> CurlClient::wait(std::uint32_t milliseconds) {
    for (std::uint32_t left = milliseconds; left != 0;) {
        if (settings_.interrupt != nullptr && settings_.interrupt->requested()) {
            return fail(error_at_path(ErrorCode::interrupted, "the registry"));
        }
        const std::uint32_t now = std::min<std::uint32_t>(left, poll_ms);
        ::curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(now), nullptr);
        left -= now;
    }
    return {};
}

}  // namespace

CurlClients::CurlClients(CurlSettings settings) : settings_(std::move(settings)) {
    set_up_once();
}

std::unique_ptr<supply::HttpClient> CurlClients::make() {
    return std::make_unique<CurlClient>(settings_);
}

const char* curl_version() noexcept {
    return ::curl_version_info(CURLVERSION_NOW)->version;
}

}  // namespace aion::net
