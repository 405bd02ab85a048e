// SPDX-License-Identifier: MIT OR Apache-2.0
// The header of a request, taken apart by cpp-httplib.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "aion/supply/http_service.hpp"

namespace aion::net {

struct RequestHead {
    supply::ServedRequest request;  ///< Without its body.
    std::uint64_t body_size = 0;
    bool keeps_alive = false;     ///< The client means to send another one.
    bool waits_to_go_on = false;  ///< `Expect: 100-continue`.
    int refused = 0;              ///< The status to answer with where it is no request; else 0.
};

class HeadReader {
  public:
    HeadReader();
    ~HeadReader();
    HeadReader(const HeadReader&) = delete;
    HeadReader& operator=(const HeadReader&) = delete;
    HeadReader(HeadReader&&) = delete;
    HeadReader& operator=(HeadReader&&) = delete;

    /// `bytes`: up to and with the empty line that ends a header.
    [[nodiscard]] RequestHead read(std::string_view bytes);

  private:
    class Library;
    std::unique_ptr<Library> library_;
};

}  // namespace aion::net
