#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""YAML of the program, in either style, says to PyYAML what its JSON says.

PyYAML is a reader of YAML 1.1. Of the reference's style only the texts are compared, as they stand:
there a time without quotes is a time to such a reader.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile

import yaml

MESSAGES = ["yes", "null", "~", "0x10", "1e3", "12:30:45", "2026-01-01", "- a", "a: b # c", "it's",
            'say "hi"', "two\nlines", "end\n\n", " lead", "tab\there", "\u202ebidi", "\u0085\u2028x",
            "\ufeffmark", "é 🚀", "=1", "%", "@x", "`", "? x", "...", "---", "!t", "&a", "*a", "|", ">"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--aion", required=True)
    aion = os.path.abspath(parser.parse_args().aion)
    with tempfile.TemporaryDirectory(prefix="aion-yaml-") as folder:
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "AION_REGISTRY": "r.json"}

        def run(*words):
            return subprocess.run([aion, *words, "-q"], cwd=folder, env=environment, check=True,
                                  capture_output=True, stdin=subprocess.DEVNULL).stdout.decode()

        run("key", "generate", "--id", "1")
        run("key", "generate", "--id", "2")
        run("registry", "pin", "--author", "7", "--key", "1", "--master", "2", "-o", "r.json")
        pathlib.Path(folder, "rules").write_text("x")
        run("init", "p.aion", "-r", "rules", "-a", "7", "-k", "1", "-m", "first")
        for message in MESSAGES:
            run("commit", "p.aion", "-r", "rules", "-a", "7", "-k", "1", "-m", message)

        def without_run(tree):
            return {key: value for key, value in tree.items() if key != "run"}

        expected = without_run(json.loads(run("export", "p.aion")))
        assert [v["message"] for v in expected["versions"]] == ["first", *MESSAGES]
        ours = without_run(yaml.safe_load(run("export", "p.aion", "-f", "yaml")))
        assert ours == expected, "ours differs"
        theirs = yaml.load(run("export", "p.aion", "-f", "yaml", "--reference"), yaml.BaseLoader)
        for key in ("message", "timestamp", "rules_hash"):
            assert [v[key] for v in theirs["versions"]] == [v[key] for v in expected["versions"]], key
    print(f"{len(MESSAGES)} messages read back")


if __name__ == "__main__":
    main()
