#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""cmake/deps/provide against mirrors made of files that answer in every wrong way: each
ends in a built dependency or in one clear error, and nothing half-made stays behind."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import mirror

PROVIDE = pathlib.Path(__file__).resolve().parents[2] / "cmake" / "deps" / "provide"


def setUpModule():
    global KEY, STRANGER
    KEY = mirror.Key("archive")
    STRANGER = mirror.Key("stranger")


def tearDownModule():
    KEY.close()
    STRANGER.close()


class ProvideTest(unittest.TestCase):
    """This machine is a bookworm with an archive and a security mirror."""

    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="aion-deps-"))
        self.addCleanup(shutil.rmtree, self.top)
        self.etc = self.top / "etc"
        self.archive = mirror.Mirror(self.top / "debian", KEY)
        self.security = mirror.Mirror(self.top / "debian-security", KEY)
        self.cache = self.top / "cache" / "aion"
        self.write_sources(
            f"Types: deb\nURIs: file:{self.archive.root}\nSuites: bookworm bookworm-updates\n"
            f"Components: main\nSigned-By: {KEY.keyring}\n\n"
            f"Types: deb\nURIs: file:{self.security.root}\nSuites: bookworm-security\n"
            f"Components: main\nSigned-By: {KEY.keyring}\n")

    def write_sources(self, text, name="debian.sources"):
        folder = self.etc / "sources.list.d"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / name).write_text(text)

    def environment(self):
        return {**os.environ, "AION_APT_ETC": str(self.etc), "AION_CODENAME": "bookworm",
                "XDG_CACHE_HOME": str(self.cache.parent)}

    def provide(self, *names):
        return subprocess.run([PROVIDE, *names], capture_output=True, text=True,
                              env=self.environment(), timeout=120)

    def openssl(self, suite, version, on=None, **how):
        upstream = version.split("-")[0]
        return (on or self.archive).source(suite, "openssl", version,
                                           mirror.openssl(upstream, **how))

    def publish_all(self):
        """All suites of an ordinary mirror."""
        for release in ("bookworm", "trixie"):
            self.archive.publish(release, f"{release}-updates")
            self.security.publish(f"{release}-security")
        self.archive.publish("testing")

    def entries(self):
        """What lies in the cache, but for the lock."""
        if not self.cache.exists():
            return []
        return sorted(p.name for p in self.cache.iterdir() if p.name != ".provide.lock")

    def assert_openssl(self, done, version):
        self.assertEqual(done.returncode, 0, done.stderr)
        folder = pathlib.Path(done.stdout.strip())
        self.assertEqual((folder / "VERSION").read_text(), version + "\n")
        self.assertEqual((folder / "lib" / "libcrypto.a").read_text(), version + "\n")
        self.assertTrue((folder / "include" / "openssl" / "opensslv.h").exists())
        self.assertEqual(self.entries(), [folder.name])
        self.assertNotIn("What to do", done.stderr)

    def assert_gave_up(self, done, *lines):
        """One error, which says what was tried, what each said, and what to do."""
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("could not be provided. What was tried"), 1, done.stderr)
        last = done.stderr[done.stderr.index("could not be provided"):]
        for line in lines:
            self.assertRegex(last, f"(?m)^deps:   {line}")
        self.assertRegex(last, r"(?m)^deps: What to do: run this again later")
        self.assertIn("install a static libcrypto >= 3.5", last)
        self.assertEqual(self.entries(), [])


class Preference(ProvideTest):
    def test_this_release_comes_first_when_it_is_new_enough(self):
        self.openssl("bookworm", "3.5.1-1")
        self.openssl("trixie", "3.5.9-1")
        self.publish_all()
        self.assert_openssl(self.provide("openssl"), "3.5.1")

    def test_the_next_release_comes_before_testing(self):
        self.openssl("bookworm", "3.0.20-1")
        self.openssl("trixie", "3.5.7-1")
        self.openssl("testing", "3.6.5-1")
        self.publish_all()
        self.assert_openssl(self.provide("openssl"), "3.5.7")

    def test_the_newest_of_a_release_wins_and_security_has_its_own_address(self):
        self.openssl("trixie", "3.5.7-1~deb13u2")
        self.openssl("trixie-security", "3.5.8-1~deb13u1", on=self.security)
        self.publish_all()
        self.assert_openssl(self.provide("openssl"), "3.5.8")

    def test_one_line_sources_are_read_too(self):
        self.write_sources(
            f"# deb file:/nowhere bookworm main\n"
            f"deb [arch={mirror.ARCHITECTURE} signed-by={KEY.keyring}] file:{self.archive.root} bookworm main\n",
            "debian.list")
        self.openssl("trixie", "3.5.7-1")
        self.publish_all()
        self.assert_openssl(self.provide("openssl"), "3.5.7")


class Broken(ProvideTest):
    """The newest version is spoiled; the one before it is fine."""

    def setUp(self):
        super().setUp()
        self.openssl("trixie", "3.5.7-1")

    def assert_older_serves(self, complaint):
        done = self.provide("openssl")
        self.assertRegex(done.stderr, rf"(?m)^deps: no: trixie, 3\.5\.9-1: .*{complaint}")
        self.assert_openssl(done, "3.5.7")

    def test_missing_from_the_pool(self):
        for path in self.openssl("trixie", "3.5.9-1"):
            path.unlink()
        self.publish_all()
        self.assert_older_serves(r"openssl_3\.5\.9-1\.dsc .*not found")

    def test_truncated(self):
        _, tar = self.openssl("trixie", "3.5.9-1")
        tar.write_bytes(tar.read_bytes()[:-10])
        self.publish_all()
        self.assert_older_serves("(unexpected size|Hash Sum mismatch)")

    def test_wrong_hash(self):
        _, tar = self.openssl("trixie", "3.5.9-1")
        data = bytearray(tar.read_bytes())
        data[len(data) // 2] ^= 1
        tar.write_bytes(data)
        self.publish_all()
        self.assert_older_serves("Hash Sum mismatch")

    def test_does_not_build(self):
        self.openssl("trixie", "3.5.9-1", make="false")
        self.publish_all()
        self.assert_older_serves("could not be built: .*build_generated")

    def test_is_not_what_it_says(self):
        self.archive.source("trixie", "openssl", "3.5.9-1", {"README": "no sources\n"})
        self.publish_all()
        self.assert_older_serves("could not be built: .*Configure")

    def test_every_version(self):
        for version in ("3.5.8-1", "3.5.9-1"):
            self.openssl("trixie", version)
        self.openssl("testing", "3.6.5-1", make="false")
        self.openssl("trixie-security", "3.5.8-2", on=self.security)
        self.publish_all()
        shutil.rmtree(self.archive.root / "pool" / "trixie")
        shutil.rmtree(self.security.root / "pool")
        done = self.provide("openssl")
        self.assert_gave_up(
            done, r"trixie, 3\.5\.9-1: .*not found", r"trixie-security, 3\.5\.8-2: .*not found",
            r"trixie, 3\.5\.8-1: .*not found", r"trixie, 3\.5\.7-1: .*not found",
            r"testing, 3\.6\.5-1: could not be built")
        tried = re.findall(r"^deps:   \S+, (\S+):", done.stderr, re.M)
        self.assertEqual(tried, ["3.5.9-1", "3.5.8-2", "3.5.8-1", "3.5.7-1", "3.6.5-1"])


class BadIndex(ProvideTest):
    """A whole suite cannot be used; the others can."""

    def setUp(self):
        super().setUp()
        self.openssl("trixie", "3.5.9-1")
        self.openssl("testing", "3.6.5-1")
        self.publish_all()

    def test_expired(self):
        self.archive.publish("trixie", expired=True)
        self.assert_openssl(self.provide("openssl"), "3.6.5")

    def test_unsigned(self):
        self.archive.publish("trixie", signed=False)
        self.assert_openssl(self.provide("openssl"), "3.6.5")

    def test_signed_by_a_stranger(self):
        self.archive.publish("trixie", key=STRANGER)
        self.assert_openssl(self.provide("openssl"), "3.6.5")

    def test_changed_after_it_was_signed(self):
        index = self.archive.root / "dists/trixie/main/source/Sources"
        index.write_text(index.read_text().replace("3.5.9", "3.5.8"))
        self.assert_openssl(self.provide("openssl"), "3.6.5")

    def test_absent(self):
        for suite in ("bookworm-updates", "trixie-updates"):
            shutil.rmtree(self.archive.root / "dists" / suite)
        shutil.rmtree(self.security.root)
        self.assert_openssl(self.provide("openssl"), "3.5.9")

    def test_every_one(self):
        self.archive.publish("bookworm", expired=True)
        self.archive.publish("trixie", key=STRANGER)
        self.archive.publish("testing", signed=False)
        self.assert_gave_up(
            self.provide("openssl"),
            "bookworm: index not read: .*(expired|not valid)",
            "trixie: index not read: .*(not signed|public key|NO_PUBKEY)",
            "testing: index not read: .*not signed")


class Absent(ProvideTest):
    def test_the_mirror(self):
        done = self.provide("openssl")
        self.assert_gave_up(done, *(
            f"{suite}: index not read: .*does not have a Release file"
            for suite in ("bookworm", "bookworm-updates", "bookworm-security", "trixie",
                          "trixie-updates", "trixie-security", "testing")))

    def test_anything_new_enough(self):
        self.openssl("bookworm", "3.0.20-1")
        self.publish_all()
        self.assert_gave_up(self.provide("openssl"), "no suite has a version of openssl that would do")

    def test_sources_of_this_release(self):
        self.write_sources("Types: deb\nURIs: file:/nowhere\nSuites: sid\nComponents: main\n")
        done = self.provide("openssl")
        self.assertEqual(done.returncode, 1)
        self.assertIn("serves main of this release (bookworm)", done.stderr)
        self.assertEqual(self.entries(), [])

    def test_a_cache_that_can_be_written(self):
        self.cache.parent.write_text("a file in its place")
        done = self.provide("openssl")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"cannot write to {self.cache}; set XDG_CACHE_HOME", done.stderr)


class Cache(ProvideTest):
    def test_a_second_run_needs_no_mirror(self):
        self.openssl("trixie", "3.5.7-1")
        self.publish_all()
        first = self.provide("openssl")
        self.assert_openssl(first, "3.5.7")
        shutil.rmtree(self.archive.root)
        shutil.rmtree(self.etc)
        second = self.provide("openssl")
        self.assertEqual((second.returncode, second.stdout, second.stderr), (0, first.stdout, ""))

    def test_asking_makes_nothing(self):
        self.openssl("trixie", "3.5.7-1")
        self.publish_all()
        done = self.provide("--cached", "openssl")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", ""))
        self.assertEqual(self.entries(), [])

    def test_one_that_fails_does_not_stop_the_others(self):
        self.archive.binary("trixie", "librust-blake3-dev", "1.8.1-1", mirror.blake3("1.8.1"))
        self.publish_all()
        done = self.provide("openssl", "blake3")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, f"{self.cache}/blake3-1.8.1\n")
        self.assertEqual(self.entries(), ["blake3-1.8.1"])

    def test_two_at_a_time_build_once(self):
        count = self.top / "count"
        self.openssl("trixie", "3.5.7-1", configure=f"echo once >>{count}; sleep 1")
        self.publish_all()
        runs = [subprocess.Popen([PROVIDE, "openssl"], env=self.environment(), text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
        answers = [run.communicate(timeout=120) for run in runs]
        self.assertEqual([run.returncode for run in runs], [0, 0], answers)
        self.assertEqual(answers[0][0], answers[1][0])
        self.assertEqual(count.read_text(), "once\n")
        self.assertEqual(len(self.entries()), 1)

    def test_a_killed_run_leaves_nothing_for_long_and_speaks_while_it_lives(self):
        run, builder = self.begin_a_long_build()
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        os.kill(builder, signal.SIGKILL)
        self.assertNotIn("openssl", " ".join(self.entries()))
        self.assert_openssl(self.provide("openssl"), "3.5.7")

    def test_an_interrupted_run_ends_what_it_started_and_leaves_nothing(self):
        run, builder = self.begin_a_long_build()
        os.killpg(run.pid, signal.SIGINT)
        run.communicate(timeout=120)
        self.assertNotEqual(run.returncode, 0)
        self.assertEqual(self.entries(), [])
        for _ in range(50):
            if not pathlib.Path("/proc", str(builder)).exists():
                break
            time.sleep(0.1)
        self.assertFalse(pathlib.Path("/proc", str(builder)).exists(), "the build goes on")

    def begin_a_long_build(self):
        """A run in the middle of a build that would take ten minutes, and the builder's id. The
        next one takes no time."""
        first = self.top / "first"
        self.openssl("trixie", "3.5.7-1", configure=(
            f"[ -e {first} ] && exit 0; echo $$ >{first}; echo in the middle; exec sleep 600"))
        self.publish_all()
        started = time.monotonic()
        run = subprocess.Popen([PROVIDE, "openssl"], env=self.environment(), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               start_new_session=True)
        for line in run.stderr:
            if "in the middle" in line:
                break
        self.assertRegex(line, r"making openssl: \d+ s, at in the middle")
        self.assertLess(time.monotonic() - started, 240)  # a loaded machine's slowest
        builder = int(first.read_text())
        os.kill(builder, 0)  # it was said while the build goes on, and not when it had ended
        return run, builder


class Blake3(ProvideTest):
    def blake3(self, suite, version):
        return self.archive.binary(suite, "librust-blake3-dev", version + "-1",
                                   mirror.blake3(version))

    def test_an_older_one_when_the_newest_is_missing(self):
        self.blake3("bookworm", "1.3.1")
        self.blake3("trixie", "1.8.1")
        self.blake3("trixie", "1.8.2").unlink()
        self.publish_all()
        done = self.provide("blake3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.entries(), ["blake3-1.8.1"])

    def test_a_truncated_one_is_not_taken(self):
        self.blake3("testing", "1.8.1")
        deb = self.blake3("trixie", "1.8.2")
        deb.write_bytes(deb.read_bytes()[:-1])
        self.publish_all()
        self.assertEqual(self.provide("blake3").stdout, f"{self.cache}/blake3-1.8.1\n")

    def test_the_last_resort_is_this_releases_own_and_kept_apart(self):
        self.blake3("bookworm", "1.3.1")
        self.blake3("trixie", "1.8.1").unlink()
        self.publish_all()
        self.assertEqual(self.provide("blake3").returncode, 1)
        self.assertEqual(self.entries(), [])
        self.assertEqual(self.provide("blake3-own").stdout, f"{self.cache}/blake3-own-1.3.1\n")
        self.assertEqual(self.provide("--cached", "blake3").returncode, 1)

    def test_a_package_without_the_sources_is_refused(self):
        self.archive.binary("trixie", "librust-blake3-dev", "1.8.1-1", {"usr/share/doc/x": "x\n"})
        self.publish_all()
        done = self.provide("blake3")
        self.assertEqual(done.returncode, 1)
        self.assertIn("trixie, 1.8.1-1: could not be built: the package holds no BLAKE3", done.stderr)
        self.assertEqual(self.entries(), [])


if __name__ == "__main__":
    unittest.main()
