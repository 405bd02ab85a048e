#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Runs the programs of examples/ as their readers would.

    run_examples.py NAME --aion PATH --examples DIR
"""

import argparse
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading

WAIT_SECONDS = 30


class Session:
    """An empty directory with a keystore of its own."""

    def __init__(self, folder, options):
        self.folder, self.options = pathlib.Path(folder), options
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("AION_")}
        self.environment.update(HOME=folder, AION_KEYSTORE_DIR=f"{folder}/keys")

    def run(self, *arguments, status=0):
        done = subprocess.run(arguments, cwd=self.folder, env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        expect(done.returncode == status, f"{arguments}: exit status {done.returncode}, "
               f"expected {status}\n{done.stdout}{done.stderr}")
        return done.stdout

    def aion(self, *arguments, status=0):
        return self.run(self.options.aion, *arguments, status=status)

    def example(self, name, *arguments, status=0):
        return self.run(self.options.examples / name, *arguments, status=status)

    def new_policy(self):
        """policy.aion version 1 by author 1001, registry.json, rules-1.yaml."""
        self.write("rules-1.yaml", "limit: 1\n")
        self.aion("key", "generate", "--id", "1001")
        self.aion("registry", "pin", "--author", "1001", "--key", "1001",
                  "--output", "registry.json")
        self.aion("init", "policy.aion", "--rules", "rules-1.yaml", "--author", "1001",
                  "--key", "1001")

    def commit(self, text):
        self.write("rules.yaml", text)
        self.aion("commit", "policy.aion", "--rules", "rules.yaml", "--author", "1001",
                  "--key", "1001", "--message", "next", "--registry", "registry.json")

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def put(self, name, content):
        """Replaces a file as a careful writer does: in one step."""
        staged = self.folder / f"{name}.staged"
        staged.write_bytes(content)
        staged.rename(self.folder / name)


class Gate:
    """A running policy_gate whose lines can be waited for."""

    def __init__(self, session):
        self.process = subprocess.Popen(
            [session.options.examples / "policy_gate", "policy.aion", "registry.json",
             "gate.pins"],
            cwd=session.folder, env=session.environment, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def expect(self, *parts):
        """The next lines must contain these parts, one each."""
        for part in parts:
            try:
                line = self.lines.get(timeout=WAIT_SECONDS)
            except queue.Empty:
                line = "(nothing)"
            expect(part in line, f"policy_gate said '{line}', expected '{part}'")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def expect(condition, complaint):
    if not condition:
        raise AssertionError(complaint)


def embed(session):
    session.new_policy()
    expect(session.example("embed", "policy.aion", "registry.json") == "limit: 1\n", "wrong payload")
    content = bytearray(session.bytes_of("policy.aion"))
    content[len(content) // 2] ^= 1
    session.put("policy.aion", content)
    expect(session.example("embed", "policy.aion", "registry.json", status=1) == "",
           "content of an INVALID file was printed")


def commit_session(session):
    said = session.example("commit_session", "history.aion", "50")
    expect("50 versions" in said and said.endswith("VALID\n"), said)


def external_signer(session):
    said = session.example("external_signer", "policy.aion")
    expect("created with 1 signature" in said and "the device is locked" in said and
           "version 2 committed; 3 requests in all; VALID" in said, said)


def policy_gate(session):
    session.new_policy()
    first = session.bytes_of("policy.aion")
    with Gate(session) as gate:
        gate.expect("in force: version 1 by author 1001, 9 bytes")
        session.commit("limit: 22\n")
        gate.expect("in force: version 2 by author 1001, 10 bytes")
        second = session.bytes_of("policy.aion")

        # An older state of the same file, then a damaged one: version 2 stays in force.
        session.put("policy.aion", first)
        gate.expect("REFUSED", "in force: version 2")
        session.put("policy.aion", second[:-1] + bytes([second[-1] ^ 1]))
        gate.expect("REFUSED", "in force: version 2")
        (session.folder / "policy.aion").unlink()
        gate.expect("REFUSED", "in force: version 2")
        session.put("policy.aion", second)

        # Another version 2 on the same version 1: signed by the right key, yet not the history
        # that was accepted.
        session.put("policy.aion", first)
        gate.expect("REFUSED", "in force: version 2")
        session.commit("limit: 333\n")
        gate.expect("accepted before was", "in force: version 2")
    with Gate(session) as gate:  # a restart remembers
        gate.expect("accepted before was", "in force: nothing, deny everything")
        session.put("policy.aion", second)
        gate.expect("in force: version 2")
    session.write("gate.pins", "nonsense\n")
    session.example("policy_gate", "policy.aion", "registry.json", "gate.pins", status=1)


def rules(session):
    session.aion("key", "generate", "--id", "1001")
    session.aion("registry", "pin", "--author", "1001", "--key", "1001",
                 "--output", "registry.json")
    files = sorted(pathlib.Path(__file__).resolve().parents[2].glob("examples/rules/*.yaml"))
    expect(len(files) == 5, f"{len(files)} rule files")
    for file in files:
        name = f"{file.stem}.aion"
        session.aion("init", name, "--rules", str(file), "--author", "1001", "--key", "1001")
        shown = session.aion("show", name, "rules", "--registry", "registry.json",
                             "--output", "-")
        expect(shown == file.read_text(encoding="utf-8"), f"{file.name} did not come back")


EXAMPLES = {f.__name__: f for f in (embed, commit_session, external_signer, policy_gate, rules)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", choices=sorted(EXAMPLES))
    parser.add_argument("--aion", type=pathlib.Path, required=True)
    parser.add_argument("--examples", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.aion, options.examples = options.aion.resolve(), options.examples.resolve()
    with tempfile.TemporaryDirectory(prefix="aion-example-") as folder:
        try:
            EXAMPLES[options.name](Session(folder, options))
        except AssertionError as complaint:
            print(complaint, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
