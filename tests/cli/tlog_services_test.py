#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""aion tlog serve, witness, cosign and monitor as processes: who floods them, who is slow, who kills
them, and what they have said by then."""

import argparse
import base64
import concurrent.futures
import hashlib
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ARGUMENTS = None
ORIGIN = "log.example/tests"


class Service:
    """A program that says where it serves."""

    def __init__(self, world, *arguments):
        self.process = subprocess.Popen([ARGUMENTS.aion, "tlog", *arguments], cwd=world.folder,
                                        env=world.variables, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise AssertionError(f"{line!r} {self.process.communicate()[1]}")
        self.url = line.split()[-1]
        self.host, port = self.url.removeprefix("http://").rsplit(":", 1)
        self.port = int(port)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def add(self, payload):
        return self.ask("POST", "/add-entry", payload, {"Aion-Kind": "dsse_envelope"})

    def connect(self):
        return socket.create_connection((self.host, self.port), timeout=20)

    def end(self, how=signal.SIGTERM):
        """HOW: None where it was asked to before; to be asked again would end it at once."""
        if how is not None and self.process.poll() is None:
            self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


class World(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="aion-services-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.variables = {"PATH": os.environ["PATH"], "HOME": holder.name, "LC_ALL": "C.UTF-8",
                          "AION_KEYSTORE_DIR": str(self.folder / "keys")}
        for key in ("1", "2"):
            self.run_aion("key", "generate", "--id", key)
        self.run_aion("tlog", "init", "--log", "log", "--origin", ORIGIN, "--key", "1")
        self.log_key = self.run_aion("tlog", "checkpoint", "--log", "log",
                                     "--verifier-key").stdout.strip()

    def run_aion(self, *arguments, code=0):
        done = subprocess.run([ARGUMENTS.aion, *arguments], cwd=self.folder, env=self.variables,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def serve(self, *arguments):
        service = Service(self, "serve", "--log", "log", "--key", "1", *arguments)
        self.addCleanup(service.end, signal.SIGKILL)
        return service

    def witness(self):
        service = Service(self, "witness", "--name", "witness.example/w", "--key", "2", "--state",
                          "seen", "--log", self.log_key)
        self.addCleanup(service.end, signal.SIGKILL)
        service.key = service.process.stdout.readline().split()[-1]
        return service

    def checkpoint(self):
        return (self.folder / "log" / "checkpoint").read_bytes()

    def size(self):
        return int(self.checkpoint().split(b"\n")[1])


class Serve(World):
    def test_many_at_a_time_are_logged_once_each(self):
        service = self.serve()
        payloads = [f"payload {i % 150}".encode() for i in range(300)]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(service.add, payloads))
        self.assertTrue({status for status, _ in answers} <= {200, 201})
        places = {}
        for payload, (_, proof) in zip(payloads, answers):
            index = next(l for l in proof.split(b"\n") if l.startswith(b"index "))
            self.assertEqual(places.setdefault(payload, index), index)
        self.assertEqual(len(set(places.values())), 150)
        self.assertEqual(service.end()[0], 0)
        self.assertEqual(self.size(), 150)
        self.run_aion("tlog", "fsck", "--log", "log")

    def test_what_was_answered_is_there_though_the_process_was_killed(self):
        service = self.serve()
        answered = []

        def go_on(number):
            try:
                for i in range(1000):
                    status, proof = service.add(f"{number}: {i}".encode())
                    if status == 201:
                        answered.append(proof)
            except (OSError, http.client.HTTPException):
                pass

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for number in range(4):
                pool.submit(go_on, number)
            while len(answered) < 40:
                time.sleep(0.01)
            service.end(signal.SIGKILL)
        indexes = [int(next(l for l in proof.split(b"\n") if l.startswith(b"index "))[6:])
                   for proof in answered]
        self.assertEqual(len(set(indexes)), len(indexes))
        self.assertLess(max(indexes), self.size())
        self.run_aion("tlog", "fsck", "--log", "log")
        again = self.serve()
        self.assertEqual(again.add(b"0: 0")[0], 200)

    def test_who_floods_and_who_is_slow_holds_up_nobody(self):
        service = self.serve()
        slow = [service.connect() for _ in range(200)]
        for each in slow:
            each.sendall(b"POST /add-entry HTTP/1.1\r\nContent-Length: 100\r\nAion-Kind: ds")
        begun = time.monotonic()
        self.assertEqual(service.add(b"in between")[0], 201)
        self.assertLess(time.monotonic() - begun, 5)
        flood = [service.connect() for _ in range(400)]
        statuses = set()
        for each in flood[-100:]:
            try:
                each.sendall(b"GET /checkpoint HTTP/1.1\r\n\r\n")
                statuses.add(each.recv(4096)[9:12])
            except OSError:
                statuses.add(b"")
        self.assertTrue(statuses <= {b"503", b"200", b""}, statuses)
        for each in slow + flood:
            each.close()
        time.sleep(1)
        self.assertEqual(service.ask("GET", "/checkpoint")[0], 200)

    def test_what_is_too_large_or_nonsense_is_refused(self):
        service = self.serve()
        self.assertEqual(service.ask("POST", "/add-entry", b"x" * 65_536)[0], 413)
        self.assertEqual(service.add(b"x" * (1 << 20))[0], 201)
        self.assertEqual(service.add(b"x" * ((1 << 20) + 1))[0], 413)
        self.assertEqual(service.ask("POST", "/add-entry", b"nonsense, and long enough")[0], 400)
        self.assertEqual(service.ask("GET", "/../keys/1")[0], 404)
        self.assertEqual(service.ask("GET", "/" + "a" * 20_000)[0], 431)
        with service.connect() as raw:
            raw.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
            self.assertEqual(raw.recv(4096)[9:12], b"400")
        self.assertEqual(service.end()[0], 0)

    def test_what_has_begun_is_answered_before_it_ends(self):
        service = self.serve()
        body = b"the last one"
        with service.connect() as raw:
            raw.sendall(b"POST /add-entry HTTP/1.1\r\nAion-Kind: dsse_envelope\r\n"
                        b"Content-Length: %d\r\n\r\n" % len(body))
            time.sleep(0.3)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            with self.assertRaises(OSError):
                service.connect()
            raw.sendall(body)
            self.assertEqual(raw.recv(4096)[9:12], b"201")
        code, _, err = service.end(how=None)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.size(), 1)

    def test_only_one_writes_a_log_and_a_bad_address_is_named(self):
        service = self.serve()
        port = str(service.port)
        refused = self.run_aion("tlog", "serve", "--log", "log", "--key", "1", "--listen",
                                "127.0.0.1:" + port, code=2)
        self.assertIn("Address already in use", refused.stderr)
        refused = self.run_aion("tlog", "serve", "--log", "log", "--key", "1", "--listen",
                                "0.0.0.0:0", code=2)
        self.assertIn("other machines", refused.stderr)


class Witness(World):
    def add(self, service, old, proof=()):
        body = b"old %d\n" % old + b"".join(line + b"\n" for line in proof)
        return service.ask("POST", "/add-checkpoint", body + b"\n" + self.checkpoint())

    def append(self, *payloads):
        for payload in payloads:
            (self.folder / "payload").write_text(payload)
            self.run_aion("tlog", "append", "--log", "log", "--key", "1", "--kind",
                          "dsse_envelope", "payload")

    def test_what_it_has_said_it_knows_though_it_was_killed(self):
        self.append("one")
        for _ in range(3):
            service = self.witness()
            status, lines = self.add(service, 0 if not hasattr(self, "known") else 1)
            self.known = 1
            self.assertEqual(status, 200, lines)
            service.end(signal.SIGKILL)
        service = self.witness()
        self.assertEqual(self.add(service, 0), (409, b"1\n"))
        name = hashlib.sha256(ORIGIN.encode()).hexdigest()
        status, kept = service.ask("GET", f"/{name}/checkpoint")
        self.assertEqual(status, 200)
        self.assertTrue(kept.startswith(self.checkpoint()))
        self.assertEqual(service.end()[0], 0)

    def test_no_fork_is_cosigned(self):
        self.append("one")
        service = self.witness()
        self.assertEqual(self.add(service, 0)[0], 200)
        # Another log of the same name and key.
        (self.folder / "log").rename(self.folder / "first")
        self.run_aion("tlog", "init", "--log", "log", "--origin", ORIGIN, "--key", "1")
        self.append("another", "and one more")
        self.assertEqual(self.add(service, 1, [base64.b64encode(bytes(32))])[0], 422)
        self.assertEqual(self.add(service, 0), (409, b"1\n"))

    def test_whoever_asks_again_from_where_it_is_gets_a_cosignature(self):
        self.append("one", "two")
        witness = self.witness()
        policy = self.folder / "policy"
        policy.write_text(f"log {self.log_key}\nwitness W {witness.key} {witness.url}\nquorum W\n")
        cosign = ("tlog", "cosign", "--log", "log", "--tlog-policy", "policy", "--log-key-id", "1")
        self.run_aion(*cosign)
        self.assertIn("\u2014 witness.example/w ".encode(), self.checkpoint())
        self.append("three", "four", "five")
        self.run_aion(*cosign)
        self.assertIn("\u2014 witness.example/w ".encode(), self.checkpoint())
        witness.end()
        # Nobody is there any more: what there was is for an earlier checkpoint.
        self.append("six")
        self.assertIn("NOT COSIGNED", self.run_aion(*cosign, code=1).stdout)

    def test_it_takes_no_more_than_a_request_can_have(self):
        service = self.witness()
        self.assertEqual(service.ask("POST", "/add-checkpoint", b"x" * (256 * 1024 + 1))[0], 413)
        self.assertEqual(service.ask("POST", "/add-checkpoint", b"x" * (256 * 1024))[0], 400)
        self.assertEqual(service.ask("POST", "/", b"x")[0], 413)
        self.assertEqual(service.ask("GET", "/add-checkpoint")[0], 405)


class OwnLogging(World):
    """Commands that log what they did at a URL."""

    def setUp(self):
        super().setUp()
        (self.folder / "policy").write_text(f"log {self.log_key}\nquorum none\n")
        self.run_aion("tlog", "init", "--log", "another", "--origin", "log.example/another",
                      "--key", "2")
        key = self.run_aion("tlog", "checkpoint", "--log", "another", "--verifier-key").stdout
        (self.folder / "other").write_text(f"log {key}quorum none\n")
        (self.folder / "rules").write_text("limit: 100\n")

    def init(self, *arguments, name="p.aion", code=0):
        return self.run_aion("init", name, "--rules", "rules", "--author", "1", "--key", "1",
                             *arguments, code=code)

    def test_what_is_written_is_logged_and_proven(self):
        service = self.serve()
        done = self.init("--tlog", service.url, "--tlog-policy", "policy")
        self.assertIn(f"Logged in {service.url}: index 0", done.stderr)
        self.run_aion("tlog", "prove", "--log", service.url, "--index", "0", "--log-key",
                      self.log_key, "--output", "p.tlog-proof")
        self.run_aion("tlog", "verify", "p.aion", "--proof", "p.tlog-proof", "--log-key",
                      self.log_key)
        # What is logged is found again, also by another way.
        done = self.run_aion("tlog", "append", "--log", service.url, "--tlog-policy", "policy",
                             "p.aion")
        self.assertIn("0 (was there)", done.stdout)
        service.end()
        self.assertEqual(self.size(), 1)

    def test_a_registry_and_a_commit_log_their_records(self):
        service = self.serve()
        logged = ("--tlog", service.url, "--tlog-policy", "policy")
        registry = ("--registry", "registry.json")
        self.run_aion("registry", "init", "--root-key", "2", "--output", "registry.json")
        self.run_aion("registry", "pin", "--author", "1", "--key", "1", "--master", "2",
                      *registry)
        self.init(*registry, *logged)
        (self.folder / "rules").write_text("limit: 120\n")
        done = self.run_aion("commit", "p.aion", "--rules", "rules", "--author", "1", "--key", "1",
                             "--message", "more", *registry, *logged)
        self.assertIn("index 1", done.stderr)
        done = self.run_aion("registry", "revoke", "--author", "1", "--reason", "compromised",
                             "--unlisted", "never", *registry, *logged)
        self.assertIn("index 2", done.stderr)
        # By proofs that come from there alone, a version is what it was before the revocation.
        proofs = []
        for index in ("0", "1", "2"):
            self.run_aion("tlog", "prove", "--log", service.url, "--index", index,
                          "--tlog-policy", "policy", "--output", index + ".tlog-proof")
            proofs += ["--tlog-proof", index + ".tlog-proof"]
        verify = ("verify", "p.aion", *registry, "--tlog-policy", "policy")
        self.run_aion(*verify, *proofs)
        self.assertIn("version_not_logged", self.run_aion(*verify, *proofs[2:], code=1).stdout)

    def test_where_it_cannot_be_logged_nothing_is_done(self):
        service = self.serve()
        for arguments, words in (
                (("--tlog", service.url, "--tlog-policy", "other"), "not a log that is believed"),
                (("--tlog", service.url), "without --tlog-policy"),
                (("--tlog", service.url, "--tlog-key", "1", "--tlog-policy", "policy"),
                 "signs its log itself"),
                (("--tlog", "log", "--tlog-policy", "policy", "--tlog-key", "1"), "is a folder"),
                (("--tlog-policy", "policy"), "none is given"),
                (("--tlog", service.url, "--tlog-policy", "nowhere"), "not found: nowhere"),
                (("--tlog", service.url + "/elsewhere", "--tlog-policy", "policy"),
                 "Failed to read the checkpoint")):
            with self.subTest(words):
                done = self.init(*arguments, code=2)
                self.assertIn(words, done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertFalse((self.folder / "p.aion").exists())
        service.end()
        done = self.init("--tlog", service.url, "--tlog-policy", "policy", code=2)
        self.assertIn("cannot reach", done.stderr)
        self.assertFalse((self.folder / "p.aion").exists())
        self.assertEqual(self.size(), 0)

    def test_a_verdict_asks_no_network(self):
        self.init()
        self.run_aion("registry", "init", "--root-key", "2", "--output", "registry.json")
        done = self.run_aion("verify", "p.aion", "--registry", "registry.json", "--tlog",
                             "http://127.0.0.1:9", "--tlog-policy", "policy", code=2)
        self.assertIn("--tlog is a folder here", done.stderr)

    def test_a_log_at_a_url_is_asked_by_index_and_by_its_key(self):
        service = self.serve()
        self.init("--tlog", service.url, "--tlog-policy", "policy")
        prove = ("tlog", "prove", "--log", service.url, "--output", "proof")
        key = ("--log-key", self.log_key)
        for arguments, words in ((("--entry", "p.aion", *key), "asked by --index alone"),
                                 (("--index", "1", *key), "none has the index 1"),
                                 (("--index", "0"), "Whose log is believed?"),
                                 (("--index", "0", "--tlog-policy", "other"), "is not a log")):
            with self.subTest(words):
                self.assertIn(words, self.run_aion(*prove, *arguments, code=2).stderr)
                self.assertFalse((self.folder / "proof").exists())


class TwoHalves(World):
    """Keys with a post-quantum half."""

    def test_log_and_witness_sign_with_both(self):
        for key in ("3", "4"):
            made = subprocess.run([ARGUMENTS.aion, "key", "generate", "--id", key, "--hybrid"],
                                  env=self.variables, capture_output=True, text=True, timeout=60)
            if made.returncode != 0:  # An OpenSSL that is too old.
                self.assertIn("ML-DSA", made.stderr)
                return
        made = self.run_aion("tlog", "init", "--log", "two", "--origin", "log.example/two",
                             "--key", "3").stdout.split()
        classical, post_quantum = (word for word in made if word.startswith("log.example/two+"))
        service = Service(self, "witness", "--name", "w.example/w", "--key", "4", "--state",
                          "seen-by-two", "--log", classical)
        self.addCleanup(service.end, signal.SIGKILL)
        keys = [service.process.stdout.readline().split()[-1] for _ in range(2)]
        (self.folder / "policy").write_text(
            f"log {post_quantum}\nwitness w {keys[1]} {service.url}\nquorum w\n")
        (self.folder / "payload").write_text("anything")
        self.run_aion("tlog", "append", "--log", "two", "--key", "3", "--kind", "dsse_envelope",
                      "payload")
        self.assertEqual((self.folder / "two" / "checkpoint").read_text().count("\u2014 "), 2)
        prove = ("tlog", "prove", "--log", "two", "--index", "0", "--output", "proof", "--force")
        verify = ("tlog", "verify", "payload", "--proof", "proof", "--tlog-policy", "policy")
        self.run_aion(*prove)
        self.run_aion(*verify, code=1)
        self.run_aion("tlog", "cosign", "--log", "two", "--tlog-policy", "policy",
                      "--log-key-id", "3")
        self.run_aion(*prove)
        self.assertIn("w", self.run_aion(*verify).stdout)


class Monitor(World):
    def test_a_later_key_is_followed(self):
        self.run_aion("tlog", "rotate", "--log", "log", "--key", "1", "--new-key", "2")
        service = Service(self, "serve", "--log", "log", "--key", "2")
        self.addCleanup(service.end, signal.SIGKILL)
        service.add(b"one")
        done = self.run_aion("tlog", "monitor", "--log", service.url, "--state", "followed",
                             "--log-key", self.log_key)
        self.assertIn("1 entry, 1 since", done.stdout)
        self.assertIn("Its key has changed", done.stdout)
        self.run_aion("tlog", "monitor", "--log", "log", "--state", "other", "--log-key",
                      self.log_key)

    def test_a_log_that_is_served_is_followed(self):
        service = self.serve()
        service.add(b"one")
        look = ("tlog", "monitor", "--log", service.url, "--state", "followed", "--log-key",
                self.log_key)
        self.assertIn("1 entry, 1 since", self.run_aion(*look).stdout)
        service.add(b"two")
        self.assertIn("2 entries, 1 since", self.run_aion(*look).stdout)
        service.end()
        self.assertIn("cannot reach", self.run_aion(*look, code=2).stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--aion", required=True)
    ARGUMENTS, rest = parser.parse_known_args()
    ARGUMENTS.aion = os.path.abspath(ARGUMENTS.aion)
    unittest.main(argv=[sys.argv[0], *rest])
