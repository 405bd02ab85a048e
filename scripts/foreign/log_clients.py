# SPDX-License-Identifier: MIT OR Apache-2.0
"""What programs of others say of our transparency logs, and we of theirs: trees and notes of Go's
checksum database, the formats of transparency-dev, torchwood's policies, proofs and tiles, its
litewitness, Tessera and its fsck, and nginx before the tiles."""

import base64
import pathlib
import re
import shutil
import subprocess

import log_parts
import ways
from clients import ACCEPTS, REFUSES, Client, expect
from desk import Failed
from log_parts import ORIGIN, Log, with_other_bit

# More than one tile of each of two levels, and partial ones beside them.
ENTRIES = 700
LONGEST_REFUSAL_S = 10
TORCHWOOD = "filippo.io/torchwood@v0.10.0"
TESSERA = "github.com/transparency-dev/tessera@v1.0.4"


def changed(text, before, after):
    """TEXT with one of its parts replaced, which is there."""
    if before not in text:
        raise Failed(f"there is no {before!r} in what we wrote")
    return text.replace(before, after, 1)


def with_other_last_signature(note):
    """The same but for one bit of the last signature."""
    begin, signature = note.rstrip(b"\n").rsplit(b" ", 1)
    changed_one = bytearray(base64.b64decode(signature))
    changed_one[-5] ^= 1
    return begin + b" " + base64.b64encode(changed_one) + b"\n"


def copied(desk, log):
    """A copy of the log in a folder, to be changed."""
    folder = desk.folder / desk.new(".copy")
    shutil.copytree(log.folder, folder)
    return folder


def judges_tiles(desk, log, judge):
    """JUDGE(folder) of our log, as it is and with one bit changed in each kind of file."""
    yield expect(ACCEPTS, f"accepts our log of {log.count} entries", judge(log.folder))
    kinds = (("an entry", "tile/entries/000"), ("a tile of leaves", "tile/0/000"),
             ("a partial tile", f"tile/0/002.p/{ENTRIES % 256}"),
             ("a partial bundle", f"tile/entries/002.p/{ENTRIES % 256}"), ("the checkpoint", "checkpoint"))
    for what, name in kinds:
        folder = copied(desk, log)
        with_other_bit(folder / name)
        yield expect(REFUSES, f"refuses it with another bit in {what}", judge(folder))


def judges_proofs(log, judge):
    """JUDGE(proof) of ours, as they are and with what is changed in them."""
    first, last = log.prove(0), log.prove(log.count - 1)
    for what, proof in (("the first entry", first), ("one in the middle", log.prove(300)),
                        ("the last entry", last)):
        yield expect(ACCEPTS, f"accepts our proof of {what}", judge(proof))
    yield expect(REFUSES, "refuses it at another index",
                 judge(changed(first, b"index 0\n", b"index 1\n")))
    other = re.search(rb"extra (\S+)\n", last)[1]
    mine = re.search(rb"extra (\S+)\n", first)[1]
    yield expect(REFUSES, "refuses it for another entry", judge(changed(first, mine, other)))
    size = b"\n%d\n" % log.count
    yield expect(REFUSES, "refuses it for another size",
                 judge(changed(first, size, b"\n%d\n" % (log.count + 1))))
    lines = first.split(b"\n")
    yield expect(REFUSES, "refuses it without one of its digests",
                 judge(b"\n".join(lines[:3] + lines[4:])))


# --- golang.org/x/mod, transparency-dev ---------------------------------------

class LogInGo(Client):
    """Trees and notes as Go's checksum database has them; cosignatures and proofs of those who make
    the formats."""

    name = "sumdb and formats"

    def find(self, may_compile):
        # In half a minute: not too long for anybody.
        self.program = ways.go_module("log_go", may_compile=True)
        self.version = ", ".join(
            f"{module} {ways.go_version_of('log_go', module)}" for module in
            ("golang.org/x/mod", "github.com/transparency-dev/formats",
             "github.com/transparency-dev/merkle"))

    def run(self, desk, *words, given=b""):
        return self.call([self.program, *words], desk.folder, input=given)

    def checks(self, desk):
        log = Log(desk)
        for number in (1, 255, ENTRIES - 256):
            log.append(number)
        yield from judges_tiles(desk, log, lambda folder: self.run(desk, "log", folder, log.key))
        yield from judges_proofs(log, lambda proof: self.run(desk, "proof", log.key, given=proof))
        note = log.note()
        yield expect(ACCEPTS, "opens our checkpoint", self.run(desk, "open", log.key, given=note))
        yield expect(REFUSES, "refuses another text of it", self.run(
            desk, "open", log.key, given=changed(note, ORIGIN.encode(), b"log.example/other")))
        stranger = self.keys(desk, 1, ORIGIN, b"\x07")[1]
        yield expect(REFUSES, "refuses it under another's key",
                     self.run(desk, "open", stranger, given=note))
        yield from self.checks_of_signing(desk, log)

    def keys(self, desk, kind, name, byte):
        """(secret, public)"""
        return self.run(desk, "key", str(kind), name, (byte * 32).hex())[1].decode().split()

    def checks_of_signing(self, desk, log):
        """What it signs of the text of our checkpoint, we accept."""
        text = log.note().split(b"\n\n")[0] + b"\n"
        for kind, what in ((1, "with Ed25519"), (6, "with ML-DSA-44")):
            secret, public = self.keys(desk, kind, ORIGIN, b"\x08")
            for kind_of_witness, with_what in ((4, "Ed25519"), (6, "ML-DSA-44")):
                witness = self.keys(desk, kind_of_witness, "witness.example/go", b"\x09")
                signed = self.run(desk, "sign", secret, witness[0], given=text)[1]
                policy = desk.new(".policy", f"log {public}\nwitness W {witness[1]}\nquorum W\n".encode())
                judge = lambda note: verdict_of(desk, log, policy, note)  # noqa: E731
                yield expect(ACCEPTS, f"aion accepts what a log signs {what} and a witness with "
                             f"{with_what}", judge(signed))
                yield expect(REFUSES, "aion refuses that without the witness",
                             judge(b"\n".join(signed.split(b"\n")[:-2]) + b"\n"))
                yield expect(REFUSES, "aion refuses that with another signature",
                             judge(with_other_last_signature(signed)))


def verdict_of(desk, log, policy, note):
    """Whether we accept a proof of our log whose checkpoint is NOTE."""
    proof = log.prove(0)
    head = proof[:proof.index(b"\n\n") + 2]
    name = desk.new(".tlog-proof", head + note)
    code, output, said = desk.aion_run("tlog", "verify", log.files[0], "--proof", name,
                                       "--tlog-policy", policy)
    if code not in (0, 1):
        raise Failed(f"aion tlog verify ended with {code}: {said}")
    return code == 0, said or output.decode()


# --- torchwood ---------------------------------------------------------------

class Torchwood(Client):
    name = "torchwood"

    def find(self, may_compile):
        self.program = ways.go_module("log_torchwood", may_compile)
        self.version = ways.go_version_of("log_torchwood", "filippo.io/torchwood")

    def run(self, desk, *words, given=b""):
        return self.call([self.program, *words], desk.folder, input=given)

    def checks(self, desk):
        log = Log(desk)
        log.append(ENTRIES)
        yield from judges_tiles(desk, log, lambda folder: self.run(desk, "files", folder, log.key))
        policy = desk.new(".policy", f"log {log.key}\nquorum none\n".encode())
        yield from judges_proofs(log, lambda proof: self.run(desk, "proof", policy, given=proof))
        yield expect(ACCEPTS, "its policy accepts our checkpoint",
                     self.run(desk, "checkpoint", policy, given=log.note()))
        other = Log(desk, origin="log.example/other")
        yield expect(REFUSES, "its policy refuses the checkpoint of another log of the same key",
                     self.run(desk, "checkpoint", policy, given=other.note()))


# --- litewitness -------------------------------------------------------------

class Litewitness(Client):
    """A witness of others' that cosigns our checkpoints."""

    name = "litewitness"

    def find(self, may_compile):
        self.witness, self.version = ways.go_program(
            "litewitness", ((TORCHWOOD, "/cmd/litewitness"),), may_compile)
        self.control, _ = ways.go_program("witnessctl", ((TORCHWOOD, "/cmd/witnessctl"),), may_compile,
                                          helped=1)
        log_parts.SshAgent(".")

    def checks(self, desk):
        log, other = Log(desk), Log(desk, origin="log.example/other")
        log.append(3)
        with log_parts.litewitness(self, desk.folder / "lite", [(ORIGIN, log.key)]) as (url, key):
            policy = desk.new(".policy", f"log {log.key}\nwitness W {key} {url}\nquorum W\n".encode())
            yield expect(REFUSES, "without its cosignature our policy refuses",
                         verdict_of(desk, log, policy, log.note()))
            for size in (3, 300, 301):
                log.append(size - log.count)
                yield expect(ACCEPTS, f"cosigns our checkpoint of {size} entries",
                             cosigned(desk, log, policy))
                yield expect(ACCEPTS, "with its cosignature our policy accepts",
                             verdict_of(desk, log, policy, log.note()))
            strange = desk.new(".policy", f"log {other.key}\nwitness W {key} {url}\nquorum W\n".encode())
            yield expect(REFUSES, "does not cosign a log that it does not know",
                         cosigned(desk, other, strange))


def cosigned(desk, log, policy):
    """Whether the witnesses of a policy cosign our checkpoint."""
    return done_by(desk, "tlog", "cosign", "--log", log.name, "--tlog-policy", policy, "--log-key-id",
                   log.signer)


# --- Tessera -----------------------------------------------------------------

class TesseraFsck(Client):
    name = "tessera fsck"

    def find(self, may_compile):
        self.program, self.version = ways.go_program("fsck", ((TESSERA, "/cmd/fsck"),), may_compile)

    def judge(self, desk, folder, key):
        """It ends with 0 whatever it finds, so that what it says counts. A worker that finds something
        wrong works no more, and without one it waits for ever."""
        done = subprocess.run([self.program, f"--storage_url=file://{folder}", "--ui=false", "--N=32",
                               f"--public_key={desk.folder / desk.new('.vkey', key.encode())}"],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
                              check=False)
        said = done.stderr + done.stdout
        if done.returncode == 0 and ("Successfully fsck" in said) != ("fsck failed" in said):
            return "Successfully fsck" in said, said
        raise Failed(f"{self.name} neither accepts nor refuses ({done.returncode}): {said[-400:]}")

    def checks(self, desk):
        log = Log(desk)
        log.append(ENTRIES)
        yield from judges_tiles(desk, log, lambda folder: self.judge(desk, folder, log.key))


class TesseraLog(LogInGo):
    """A log of Tessera's, whose checkpoints our witness cosigns."""

    name = "tessera"

    def find(self, may_compile):
        super().find(may_compile)
        self.tessera, self.version = ways.go_program(
            "posix-oneshot", ((TESSERA, "/cmd/examples/posix-oneshot"),), may_compile)

    def add(self, desk, folder, secret, policy, part, longest_s=120):
        """(whether it published a checkpoint that the policy has accepted, what it said). It waits for
        ever for a witness that refuses."""
        entries = desk.folder / desk.new(".entries")
        entries.mkdir()
        for number in range(100):
            (entries / str(number)).write_text(f"{part} {number}\n", encoding="utf-8")
        try:
            done = subprocess.run([self.tessera, "--storage_dir", folder, "--entries", f"{entries}/*",
                                   "--private_key", secret, "--witness_policy_file", policy,
                                   "--witness_timeout=2s"], cwd=desk.folder, capture_output=True,
                                  text=True, stdin=subprocess.DEVNULL, timeout=longest_s, check=False)
        except subprocess.TimeoutExpired as error:
            return False, (error.stderr or b"").decode(errors="replace")
        return done.returncode == 0, done.stderr + done.stdout

    def checks(self, desk):
        secret, key = self.keys(desk, 1, "log.example/tessera", b"\x0a")
        secret = desk.new(".skey", secret.encode())
        folder = desk.folder / desk.new(".tessera")
        with log_parts.our_witness(desk, [key]) as (url, witness):
            policy = desk.new(".policy", f"log {key}\nwitness W {witness} {url}\nquorum W\n".encode())
            for part in range(3):
                yield expect(ACCEPTS, f"our witness cosigns its checkpoint of {100 * (part + 1)} entries",
                             self.add(desk, folder, secret, policy, part))
                if part == 0:
                    fork = desk.folder / desk.new(".fork")
                    shutil.copytree(folder, fork)
            note = (pathlib.Path(folder) / "checkpoint").read_bytes()
            yield expect(ACCEPTS, "formats accepts our cosignature",
                         self.run(desk, "open", key, witness, given=note))
            yield expect(REFUSES, "our witness cosigns no fork of it",
                         self.add(desk, fork, secret, policy, "other", longest_s=LONGEST_REFUSAL_S))
            forked = self.run(desk, "open", key, witness, given=(fork / "checkpoint").read_bytes())
            size = (fork / "checkpoint").read_bytes().split(b"\n")[1]
            yield "and the fork stays where it was", forked[0] and size == b"100", str(size)


# --- nginx -------------------------------------------------------------------

class Nginx(Torchwood):
    """Our tiles behind a web server of others', read by our monitor, and by torchwood where it is to
    be had, of which its own row says more."""

    name = "nginx"

    def find(self, may_compile):
        self.nginx, self.version = log_parts.find_nginx()
        try:
            self.program = ways.go_module("log_torchwood", may_compile)
        except ways.NotToBeHad:
            self.program = None

    def checks(self, desk):
        log = Log(desk)
        log.append(ENTRIES)
        with log_parts.nginx(self.nginx, log.folder, desk.folder / "nginx") as url:
            monitor = ("tlog", "monitor", "--log", url, "--log-key", log.key, "--state",
                       desk.new(".monitor.db"))
            yield expect(ACCEPTS, "our monitor follows our log", done_by(desk, *monitor))
            log.append(10)
            yield expect(ACCEPTS, "our monitor sees it grow", done_by(desk, *monitor))
            fresh = (*monitor[:-1], desk.new(".monitor.db"))
            if self.program:
                yield expect(ACCEPTS, "torchwood reads it", self.run(desk, "fetch", url, log.key))
            with_other_bit(log.folder / "tile/entries/000")
            yield expect(REFUSES, "our monitor refuses another entry", done_by(desk, *fresh))
            if self.program:
                yield expect(REFUSES, "torchwood refuses another entry",
                             self.run(desk, "fetch", url, log.key))


def done_by(desk, *words):
    code, output, said = desk.aion_run(*words)
    return code == 0, said or output.decode()


CLIENTS = (LogInGo(), Torchwood(), Litewitness(), TesseraFsck(), TesseraLog(), Nginx())
