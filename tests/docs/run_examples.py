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

    def run(self, *arguments, status=0, given=""):
        done = subprocess.run(arguments, cwd=self.folder, env=self.environment, text=True,
                              input=given, capture_output=True, check=False)
        expect(done.returncode == status, f"{arguments}: exit status {done.returncode}, "
               f"expected {status}\n{done.stdout}{done.stderr}")
        return done.stdout

    def aion(self, *arguments, status=0):
        return self.run(self.options.aion, *arguments, status=status)

    def example(self, name, *arguments, status=0, given=""):
        return self.run(self.options.examples / name, *arguments, status=status, given=given)

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


def policy_loop(session):
    """What the service did with mails to 1, 20 and 400, in each state of its policy."""
    said = session.example("policy_loop", "policy.aion").splitlines()
    expect(len(said) == 24, "\n".join(said))
    heads, answers = said[::4], [line.partition(": ")[2] for line in said if line[0] == " "]
    each = [answers[i:i + 3] for i in range(0, len(answers), 3)]
    expect(all(line.startswith(("the operator ", "somebody ", "a stranger ")) for line in heads),
           "\n".join(said))
    expect(each[0] == ["sent: version 1 allows 500"] * 3, f"{each[0]}")
    expect(each[1] == ["sent: version 2 allows 20"] * 2 + ["held back: version 2 allows 20"],
           f"{each[1]}")
    expect(all(line.startswith("refused: INVALID: integrity: ") for line in each[2]), f"{each[2]}")
    expect(each[3] == each[1], f"{each[3]}")
    expect(all(line.startswith("refused: INVALID: signatures: ") for line in each[4]), f"{each[4]}")
    expect(each[5] == ["refused: version 3 does not say how many are allowed"] * 3, f"{each[5]}")


def agent_gate(session):
    arguments = ("policy.aion", "registry.json", "gate.pins")

    def ask(wanted, action="fetch_url", code=0):
        said = session.example("agent_gate", *arguments, status=code, given=f"{action}\n")
        expect(said.startswith(wanted) and said.count("\n") == 1, f"{action}: {said}")
        return said

    session.new_policy()
    ask("DENY version 1 does not list it")
    session.commit("allow: fetch_url\nallow: send_email\n")
    first = session.bytes_of("policy.aion")
    ask("ALLOW version 2 lists it")
    ask("ALLOW version 2 lists it", "send_email")
    ask("DENY version 2 does not list it", "send")
    ask("DENY that is no action", "send_email\x1b[2J")
    ask("DENY that is no action", "")

    # Each decision leaves a receipt, which anybody can judge.
    session.aion("key", "generate", "--id", "1002")
    session.aion("registry", "pin", "--author", "1002", "--key", "1002",
                 "--output", "registry.json")
    session.example("agent_gate", *arguments, "1002", "keys", "receipts.jsonl",
                    given="send_email\ndelete_all\n")
    judged = session.aion("receipt", "verify", "receipts.jsonl", "--registry", "registry.json",
                          "--policy", "policy.aion")
    expect("allow by 1002 (receipt 1)" in judged and "deny by 1002 (receipt 2)" in judged, judged)
    session.example("agent_gate", *arguments, "1003", "keys", "none.jsonl", status=1)

    # One process, under whose hands the policy changes.
    gate = subprocess.Popen([session.options.examples / "agent_gate", *arguments],
                            cwd=session.folder, env=session.environment, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with gate:
        def go_on(wanted, action="send_email"):
            gate.stdin.write(f"{action}\n")
            gate.stdin.flush()
            said = gate.stdout.readline()
            expect(said.startswith(wanted), f"{action}: {said}")

        go_on("ALLOW version 2")
        session.commit("allow: fetch_url\n")
        second = session.bytes_of("policy.aion")
        go_on("DENY version 3 does not list it")
        go_on("ALLOW version 3", "fetch_url")
        session.put("policy.aion", second[:-1] + bytes([second[-1] ^ 1]))
        go_on("DENY no policy: ", "fetch_url")
        session.put("policy.aion", first)
        go_on("DENY no policy: ")
        (session.folder / "policy.aion").unlink()
        go_on("DENY no policy: ", "fetch_url")
        session.put("policy.aion", second)
        go_on("ALLOW version 3", "fetch_url")
        gate.stdin.close()

    # Another process: what was accepted is not forgotten, and a revocation stops it.
    session.put("policy.aion", first)
    expect("ends at version 2" in ask("DENY no policy: "), "it went back")
    session.put("policy.aion", second)
    session.aion("registry", "revoke", "--author", "1001", "--epoch", "0", "--reason",
                 "compromised", "--master-key", "1001", "--effective-from-version", "2",
                 "--registry", "registry.json")
    ask("DENY no policy: ")
    (session.folder / "registry.json").unlink()
    ask("DENY no registry: ")
    session.write("gate.pins", "nonsense\n")
    session.example("agent_gate", *arguments, status=1)


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


def run_script(name, session):
    """A script of examples/ looks itself whether all comes out as it should."""
    here = pathlib.Path(__file__).resolve().parents[2] / "examples"
    said = session.run("bash", here / f"{name}.sh", session.options.aion)
    expect(said.endswith(f"{name}: everything came out as it should\n"), said)


def consortium(session):
    run_script("consortium", session)


def federation(session):
    run_script("federation", session)


class Repository:
    """A repository of git with a history that has everything."""

    def __init__(self, session):
        self.session, self.root = session, session.folder / "repository"
        session.environment.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull)
        session.run("git", "init", "--quiet", self.root)

    def git(self, *arguments):
        return self.session.run("git", "-C", self.root, *arguments)

    def commit(self, email, subject, files=(), gone=()):
        """`files`: name, content as bytes; a link where that is text."""
        for name, content in files:
            path = self.root / os.fsdecode(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            if isinstance(content, str):
                path.symlink_to(content)
            else:
                path.write_bytes(content)
        for name in gone:
            (self.root / name).unlink()
        self.git("add", "--all")
        self.git("-c", f"user.email={email}", "-c", "user.name=Somebody", "commit", "--quiet",
                 "--message", subject)


def corpus(session):
    alice, bob = "alice@example.org", "bob@example.org"
    text = b"".join(b"rule %d\n" % i for i in range(40))
    repository = Repository(session)
    repository.commit(alice, "First rules", [
        ("policies/limits.yaml", b"limit: 1\n"), ("policies/long.txt", text),
        ("policies/empty", b""), ("README", b"of no interest\n")])
    repository.commit(bob, "Präzise", [
        ("policies/limits.yaml", b"limit: 2\n"), ("policies/Grüße ✓.txt", b"hi\n"),
        ("policies/-r", bytes(range(256)) * 300), (b"policies/\xff\n.bin", b"\0")])
    repository.commit(alice, "Not in the folder", [("README", b"still of none\n")])
    repository.commit("mallory@example.org", "Mine", [("policies/limits.yaml", b"limit: 9\n")])
    repository.commit(bob, "Renamed and more", [("policies/deep/longer.txt", text + b"more\n"),
                                                ("policies/link", "limits.yaml")],
                      gone=["policies/long.txt"])
    repository.commit(alice, "Away", gone=["policies/limits.yaml", "policies/link"])
    repository.git("switch", "--quiet", "--create", "side")
    repository.commit(bob, "Back", [("policies/limits.yaml", b"limit: 3\n")])
    repository.commit(bob, "Back, better", [("policies/limits.yaml", b"limit: 4\n")])
    repository.git("switch", "--quiet", "-")
    repository.commit(alice, "Fills what was empty", [("policies/empty", b"no more\n")])
    (repository.root / "policies/empty").chmod(0o755)
    repository.commit(alice, "May be run")
    repository.git("-c", f"user.email={alice}", "-c", "user.name=A", "merge", "--quiet",
                   "--no-edit", "--no-ff", "side")
    # A new document takes the name of one that ended.
    repository.commit(alice, "Over", gone=["policies/-r"])
    repository.commit(alice, "Same name", [("policies/-r", text + b"more\n")],
                      gone=["policies/deep/longer.txt"])

    for key in ("1", "2", "9"):
        session.aion("key", "generate", "--id", key)
    for author in ("1", "2"):
        session.aion("registry", "pin", "--author", author, "--key", author, "--master", "9",
                     "--output", "registry.json")
    session.write("authors.txt", f"# who signs for whom\n{alice} 1 1\n\n{bob} 2 2\n")
    session.environment.update(AION=str(session.options.aion), AION_REGISTRY="registry.json")
    replay = pathlib.Path(__file__).resolve().parents[2] / "examples" / "corpus_replay.py"
    arguments = (replay, "repository", "out", "--authors", "authors.txt", "--folder", "policies")
    said = session.run(sys.executable, "-B", *arguments)

    for line in (
            "policies/limits.yaml: version 1 by 1, 9 bytes, as git has them",
            "policies/limits.yaml: version 2 by 2, 9 bytes",
            "policies/limits.yaml: SKIPPED, the table has no mallory@example.org",
            "policies/limits.yaml: ends with version 2",
            "policies/limits.yaml: version 3 by 1, 9 bytes",  # the merge: both commits of the side
            "policies/empty: version 1 by 1, 0 bytes", "policies/empty: version 2 by 1, 8 bytes",
            "policies/empty: SKIPPED, its content stays as it was",
            "policies/deep/longer.txt: was policies/long.txt",
            "policies/deep/longer.txt: version 2 by 2",
            "policies/link: SKIPPED, it is a symbolic link now",
            "policies/link: SKIPPED, it is nothing now",
            "policies/Grüße ✓.txt: version 1 by 2",
            "policies/-r: version 1 by 2, 76800 bytes",
            "policies/\\udcff\\n.bin: version 1 by 2, 1 bytes",
            "policies/-r: was policies/deep/longer.txt",
            "6 files with 10 versions, all VALID and as git has them; 4 changes skipped"):
        expect(line in said, f"{line}\n{said}")
    expect("README" not in said, said)
    out = session.folder / "out/policies"
    found = sorted(os.fsencode(p.relative_to(out)) for p in out.rglob("*.aion"))
    expect(found == [b"-r.aion", b"-r~2.aion", "Grüße ✓.txt.aion".encode(),
                     b"empty.aion", b"limits.yaml.aion", b"\xff\n.bin.aion"], f"{found}")
    history = session.aion("log", out / "limits.yaml.aion", "--oneline")
    expect("v3 " in history and "Präzise" in history, history)
    shown = session.aion("show", "./out/policies/-r.aion", "rules", "--output", "-")
    expect(shown == text.decode() + "more\n", shown)

    # Nothing is left where the output is there already, or where a key does not fit.
    session.run(sys.executable, "-B", *arguments, status=1)
    session.write("authors.txt", f"{alice} 1 2\n")
    session.run(sys.executable, "-B", replay, "repository", "other", *arguments[3:], status=1)
    left = {path.name for path in session.folder.iterdir()}
    expect(left == {"repository", "out", "keys", "registry.json", "authors.txt"}, f"{left}")


EXAMPLES = {f.__name__: f for f in (embed, commit_session, external_signer, policy_gate,
                                    policy_loop, agent_gate, consortium, federation, corpus,
                                    rules)}


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
