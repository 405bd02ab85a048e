// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_registry_details.hpp"

#include <string>

#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/supply/oci_registry.hpp"
#include "supply/fake_network.hpp"

namespace aion::proof {
namespace {

using namespace supply;
using supply::test::Answer;
using supply::test::FakeNetwork;
using supply::test::Sent;

constexpr std::string_view model = "registry.example/team/model:v1";

// What a registry that always gives this answer comes to.
template <class Asked>
Outcome asking(const Answer& answer, const Asked& ask, std::string_view where = model) {
    FakeNetwork network;
    network.answer = [&](const Sent&) { return answer; };
    NoCredentials nobody;
    const auto reference = OciReference::parse(where);
    const auto store = RegistryStore::open(*reference, RegistryScheme::automatic, network, nobody);
    return outcome(ask(**store));
}

// The same when it is asked for a tag.
Outcome answering(const Answer& answer, std::string_view where = model) {
    return asking(answer, [](OciStore& store) { return store.resolve("v1"); }, where);
}

Outcome unusable_helper() {
    MemoryEnv env;
    const ByteView bytes = as_bytes(R"({"credsStore":"../x"})");
    if (!write_file_atomically(env, "/config.json", {&bytes, 1}, {})) {
        return std::nullopt;
    }
    return outcome(DockerCredentials(env, "/config.json", [](const auto&, auto) {
                       return Result<HelperAnswer>(HelperAnswer());
                   }).find("a.example"));
}

Outcome fault(NetworkFault fault) {
    return outcome(Result<>(fail(network_error(fault, "a.example", "so it is"))));
}

Answer with_header(int status, std::string name, std::string value) {
    return {.status = status, .headers = {{std::move(name), std::move(value)}}};
}

Outcome provoke_network(RegistryDetail detail) {
    switch (detail) {
        case RegistryDetail::http_bad_url:
            return outcome(http_url("ftp://a.example"));
        case RegistryDetail::http_unreachable:
            return fault(NetworkFault::unreachable);
        case RegistryDetail::http_insecure:
            return fault(NetworkFault::insecure);
        case RegistryDetail::http_timeout:
            return fault(NetworkFault::timeout);
        case RegistryDetail::http_broken_off:
            return fault(NetworkFault::broken_off);
        case RegistryDetail::http_bad_answer:
            return fault(NetworkFault::bad_answer);
        case RegistryDetail::http_too_long:
            return answering({.headers = {{"content-type", std::string(oci_manifest_type)}},
                              .body = std::string(max_oci_document + 1, ' ')});
        case RegistryDetail::http_bad_redirect:
            return answering(with_header(302, "location", "https://127.0.0.1/"));
        default:
            return std::nullopt;
    }
}

}  // namespace

Outcome provoke(RegistryDetail detail) {
    const Answer typed = with_header(200, "content-type", std::string(oci_manifest_type));
    switch (detail) {
        case RegistryDetail::registry_plain_http:
            return answering(with_header(302, "location", "http://registry.example/"),
                             "localhost:5000/team/model:v1");
        case RegistryDetail::registry_denied:
            return answering({.status = 403});
        case RegistryDetail::registry_not_found:
            return asking({.status = 404}, [](RegistryStore& store) { return store.tags(); });
        case RegistryDetail::registry_refused:
            return answering({.status = 400});
        case RegistryDetail::registry_bad_challenge:
            return answering(with_header(401, "www-authenticate", "Bearer realm=\"http://a\""));
        case RegistryDetail::registry_bad_answer:
            return answering({.body = "<html>"});
        case RegistryDetail::registry_other_digest: {
            Answer lie = typed;
            lie.headers.push_back(
                {"docker-content-digest", OciDigest::of_bytes(as_bytes("other")).text()});
            return answering(lie);
        }
        case RegistryDetail::registry_no_end: {
            Answer circle = with_header(200, "content-type", std::string(oci_index_type));
            circle.headers.push_back({"link", "</again>; rel=\"next\""});
            circle.body = to_json(OciIndex());
            return asking(circle, [](OciStore& store) {
                return store.referrers(describe_bytes(oci_manifest_type, "{}"));
            });
        }
        case RegistryDetail::registry_bad_credentials:
            return unusable_helper();
        default:
            return provoke_network(detail);
    }
}

}  // namespace aion::proof
