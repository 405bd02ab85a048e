# SPDX-License-Identifier: MIT OR Apache-2.0
"""One log that two services of ours write, each with a folder of its own, and agree about by a
PostgreSQL that the checks start: a private cluster on a unix socket, run by nobody who matters."""

import concurrent.futures
import contextlib
import os
import pathlib
import pwd
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import log_parts
import ways
from clients import ACCEPTS, REFUSES, Client, expect
from desk import Failed
from registries import free_port, running

LONGEST_START_S = 30
KIND = {"Aion-Kind": "dsse_envelope"}


def find_postgres():
    """Where the server's programs are, which are on nobody's PATH in Debian."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                   key=lambda path: int(path.parent.parent.name))
    if not found:
        raise ways.NotToBeHad("PostgreSQL is not installed, and its package begins a service")
    return found[-1].parent


class Cluster:
    """A new cluster. It runs as an unprivileged user, since it refuses root."""

    def __init__(self, programs, folder):
        self.programs, self.folder = programs, pathlib.Path(folder)
        self.user = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("postgres" if "postgres" in (u.pw_name for u in pwd.getpwall())
                                  else "nobody")
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self.data = self.folder / "data"
        done = subprocess.run([programs / "initdb", "-D", self.data, "-A", "trust", "-U", "aion"],
                              cwd=self.folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False, **self.user)
        if done.returncode:
            raise Failed(f"initdb: {done.stderr[-300:]}")
        self.where = f"host={self.folder} user=aion dbname=postgres"

    @contextlib.contextmanager
    def started(self):
        with open(self.folder / "said", "ab") as said, \
                running([self.programs / "postgres", "-D", self.data, "-k", self.folder, "-c",
                         "listen_addresses="], cwd=self.folder, stdin=subprocess.DEVNULL,
                        stdout=said, stderr=said, **self.user) as process:
            until = time.monotonic() + LONGEST_START_S
            while subprocess.run([self.programs / "pg_isready", "-q", "-h", self.folder],
                                 check=False).returncode:
                if process.poll() is not None or time.monotonic() > until:
                    raise Failed("PostgreSQL does not start")
                time.sleep(0.1)
            try:
                yield
            finally:
                # At once: what SIGTERM asks for waits until every client is gone.
                process.send_signal(signal.SIGINT)
                process.wait(timeout=LONGEST_START_S)

    def run(self, statement):
        done = subprocess.run([self.programs / "psql", "-qAt", "-h", self.folder, "-U", "aion",
                               "postgres", "-c", statement], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise Failed(f"psql: {done.stderr}")
        return done.stdout.strip()


class Service:
    """aion tlog serve, for a log that is shared."""

    def __init__(self, desk, log, where):
        self.desk, self.log, self.where = desk, log, where
        self.url = self.process = None

    @contextlib.contextmanager
    def started(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        with open(self.desk.folder / self.desk.new(".said"), "wb") as said, \
                running([self.desk.aion, "tlog", "serve", "--log", self.log.name, "--key",
                         self.log.signer, "--database", self.where, "--listen", f"127.0.0.1:{port}"],
                        cwd=self.desk.folder, env=self.desk.env, stdin=subprocess.DEVNULL,
                        stdout=said, stderr=said) as self.process:
            try:
                log_parts.wait_for(f"{self.url}/checkpoint", self.process)
            except Failed as failed:
                told = pathlib.Path(said.name).read_text(encoding="utf-8")
                raise Failed(f"{failed}: {told[-400:]}") from failed
            yield self

    def post(self, payload):
        """The index that the log gives to what is sent; nothing where it is refused."""
        try:
            request = urllib.request.Request(f"{self.url}/add-entry", payload, KIND)
            with urllib.request.urlopen(request, timeout=60) as answer:
                return int(re.search(rb"^index (\d+)$", answer.read(), re.M)[1])
        except (urllib.error.HTTPError, OSError):
            return None


def size_of(log):
    return int(log.note().split(b"\n")[1])


def fsck(desk, log):
    code, output, said = desk.aion_run("tlog", "fsck", "--log", log.name)
    return code == 0, said or output.decode()


class Postgres(Client):
    name = "PostgreSQL"

    def find(self, may_compile):
        self.programs = find_postgres()
        self.version = subprocess.run([self.programs / "postgres", "--version"], capture_output=True,
                                      text=True, check=True).stdout.split()[2]

    def checks(self, desk):
        with tempfile.TemporaryDirectory(prefix="aion-pg-", dir="/tmp") as folder:
            cluster = Cluster(self.programs, folder)
            logs = [log_parts.Log(desk), log_parts.Log(desk)]
            services = [Service(desk, log, cluster.where) for log in logs]
            with cluster.started():
                yield from self.two_writers(desk, logs, services)
                yield from self.a_writer_that_dies(logs, services)
            yield from self.no_database(services, cluster)
            with cluster.started():
                yield from self.a_database_that_lies(desk, logs[0], services[0], cluster)
                for log in logs:
                    yield expect(ACCEPTS, "fsck of what each of them wrote", fsck(desk, log))

    def two_writers(self, desk, logs, services):
        """Both at once, from several clients."""
        payloads = [b"payload %d" % number for number in range(200)]
        with services[0].started(), services[1].started(), \
                concurrent.futures.ThreadPoolExecutor(8) as clients:
            indexes = list(clients.map(
                lambda pair: services[pair[0] % 2].post(pair[1]), enumerate(payloads)))
            again = list(clients.map(
                lambda pair: services[1 - pair[0] % 2].post(pair[1]), enumerate(payloads)))
        yield expect(ACCEPTS, "what two services write at once has each index once",
                     (sorted(i for i in indexes if i is not None) == list(range(200)),
                      f"indexes {sorted(map(str, indexes))[:20]}"))
        yield expect(ACCEPTS, "what is sent to the other one again has the same index",
                     (again == indexes, "other indexes"))
        notes = [log.note() for log in logs]
        yield expect(ACCEPTS, "both folders have the same checkpoint",
                     (notes[0].split(b"\n\n")[0] == notes[1].split(b"\n\n")[0], f"{notes}"))

    def a_writer_that_dies(self, logs, services):
        """In the middle of its work, again and again: what was answered is there."""
        answered = {}
        with services[1].started():
            for time_to_die in range(4):
                with services[0].started(), concurrent.futures.ThreadPoolExecutor(4) as clients:
                    sent = [b"dying %d %d" % (time_to_die, number) for number in range(40)]
                    asked = [clients.submit(services[number % 2].post, payload)
                             for number, payload in enumerate(sent)]
                    time.sleep(0.05 * time_to_die)
                    services[0].process.send_signal(signal.SIGKILL)
                    answered.update({payload: each.result() for payload, each in zip(sent, asked)
                                     if each.result() is not None})
            kept = {payload: services[1].post(payload) for payload in answered}
        yield expect(ACCEPTS, "of a service that is killed nothing is lost that it answered",
                     (bool(answered) and kept == answered, f"{len(answered)} answered"))
        with services[0].started():
            services[0].post(b"after all of that")
        yield expect(ACCEPTS, "it goes on where the other one is",
                     (size_of(logs[0]) == size_of(logs[1]) + 1,
                      f"{size_of(logs[0])} and {size_of(logs[1])}"))

    def no_database(self, services, cluster):
        with cluster.started():
            started = services[1].started()
            started.__enter__()
        yield expect(REFUSES, "nothing is logged while there is no database",
                     (services[1].post(b"nobody agrees") is not None, "refused"))
        with cluster.started():
            yield expect(ACCEPTS, "it goes on when the database is back",
                         (services[1].post(b"somebody agrees") is not None, "refused"))
            started.__exit__(None, None, None)

    def a_database_that_lies(self, desk, log, service, cluster):
        def starts():
            try:
                with service.started():
                    return service.post(b"to a liar") is not None, "it goes on"
            except Failed as failed:
                return False, str(failed)
        origin = log_parts.ORIGIN
        last = f"(SELECT max(index) FROM aion_tlog_entry WHERE origin = '{origin}')"
        genuine = cluster.run(f"SELECT encode(entry, 'hex') FROM aion_tlog_entry WHERE index = {last}")
        cluster.run(f"UPDATE aion_tlog_entry SET entry = '\\x0106000000000000000000ff' WHERE index = {last}")
        yield expect(REFUSES, "another entry in the database is found", starts())
        cluster.run(f"UPDATE aion_tlog_entry SET entry = '\\x{genuine}' WHERE index = {last}")
        yield expect(ACCEPTS, "with the genuine one it goes on", starts())
        head = cluster.run("SELECT size FROM aion_tlog_head")
        cluster.run("UPDATE aion_tlog_head SET size = size - 1")
        yield expect(REFUSES, "a database that was set back is not continued", starts())
        cluster.run(f"UPDATE aion_tlog_head SET size = {head}")


CLIENTS = (Postgres(),)
