// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/document_writer.hpp"

#include <utility>

#include "aion/base/yaml_writer.hpp"

namespace aion::cli {

std::unique_ptr<DocumentWriter> make_document_writer(TextSink sink, Format format) {
    if (format == Format::yaml) {
        return std::make_unique<YamlWriter>(std::move(sink));
    }
    return std::make_unique<JsonWriter>(
        std::move(sink), format == Format::jsonl ? JsonStyle::lines : JsonStyle::pretty);
}

}  // namespace aion::cli
