// SPDX-License-Identifier: MIT OR Apache-2.0
// Files whose exports the tests look at.
#pragma once

#include <string>

#include "aion/base/json_writer.hpp"
#include "aion/base/yaml_writer.hpp"
#include "aion/report/export.hpp"
#include "aion/report/export_import.hpp"
#include "support/world.hpp"

namespace aion::report::test {

class ExportWorld : public policy::test::World {
  protected:
    /// Of the file as it is now.
    policy::Examination examined() const { return examined(content()); }

    policy::Examination examined(ByteView bytes) const {
        policy::ExamineOptions how;
        how.digests = true;
        return policy::examine(bytes, registry, policy::test::start, how).value();
    }

    static report::Run run() {
        report::Run run;
        run.tool = "aion test";
        run.generated_at = policy::test::start;
        run.file_path = "policy.aion";
        run.registry_path = "registry.json";
        return run;
    }

    static std::string exported(const policy::Examination& file, ExportFormat format,
                                bool like_reference = false, bool raw_csv = false) {
        std::string text;
        Export what{.file = &file, .run = run()};
        what.like_reference = like_reference;
        what.raw_csv = raw_csv;
        if (format == ExportFormat::csv) {
            write_csv([&text](std::string_view piece) { text += piece; }, what);
        } else if (format == ExportFormat::yaml) {
            YamlWriter out(text, like_reference ? YamlStyle::reference : YamlStyle::unambiguous);
            write(out, what);
        } else {
            JsonWriter out(text, like_reference ? JsonStyle::reference : JsonStyle::pretty);
            write(out, what);
        }
        return text;
    }

    /// What messages may hold that forms could trip over.
    static std::vector<std::string> hostile_messages() {
        return {"=HYPERLINK(\"http://x\")",
                "  +1",
                "'=1",
                "\xef\xbc\x9d"
                "1",
                "a,b",
                "say \"hi\"",
                "two\nlines\n\n",
                " lead and trail ",
                "\ttab",
                "\r\nreturn",
                "\x1b[31mred",
                "\u202egnp.exe",
                "\u2028line",
                "null",
                "~",
                "0x10",
                "- a: b # c",
                ""};
    }

    /// One version for each of them behind the first.
    void make_hostile_file() {
        must_create();
        for (const std::string& message : hostile_messages()) {
            must_commit("rules", message,
                        message.size() % 2 == 0 ? policy::test::bob : policy::test::alice);
        }
    }
};

}  // namespace aion::report::test
