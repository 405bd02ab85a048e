# SPDX-License-Identifier: MIT OR Apache-2.0
"""Transparency logs of ours, and what stands around them, each on a free loopback port and ended by
who started it: nginx before the tiles, a witness of others', a witness of ours."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import time
import urllib.error
import urllib.request

import ways
from desk import Failed
from registries import free_port, running

ORIGIN = "log.example/interop"
LONGEST_START_S = 30
KEY = re.compile(r"\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*")


def wait_for(url, process):
    """Until something answers there, whatever it says."""
    until = time.monotonic() + LONGEST_START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Failed(f"what should answer at {url} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise Failed(f"nothing answers at {url}")


class Log:
    """A log of ours in a folder of a desk."""

    def __init__(self, desk, key="1001", origin=ORIGIN):
        self.desk, self.signer = desk, key
        self.name = desk.new(".log")
        self.folder = desk.folder / self.name
        self.files = []
        made = desk.aion_done("tlog", "init", "--log", self.name, "--origin", origin, "--key", key,
                              "--format", "json")
        self.key = json.loads(made)["verifier_key"]

    @property
    def count(self):
        return len(self.files)

    def append(self, number):
        """So many more entries, no two of which are equal."""
        names = [self.desk.new(".entry", f"entry {self.count + each}\n".encode())
                 for each in range(number)]
        if names:
            self.desk.aion_done("tlog", "append", "--log", self.name, "--key", self.signer, "--kind",
                            "manifest_signature", *names)
        self.files += names

    def note(self):
        return (self.folder / "checkpoint").read_bytes()

    def prove(self, index):
        """A proof, its entry being the extra data."""
        name = self.desk.new(".tlog-proof")
        self.desk.aion_done("tlog", "prove", "--log", self.name, "--index", str(index), "--output",
                            name)
        return (self.desk.folder / name).read_bytes()

    def tiles(self):
        """The paths of all hash tiles and bundles."""
        return sorted(path for path in (self.folder / "tile").rglob("*") if path.is_file())


def with_other_bit(path):
    """Changes one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


# --- nginx -------------------------------------------------------------------

NGINX = """daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type application/octet-stream;
  server {{
    listen 127.0.0.1:{port};
    root {root};
    location ~ /\\. {{ return 404; }}
  }}
}}
"""


def find_nginx():
    # Where Debian has what only administrators start.
    os.environ["PATH"] += os.pathsep + "/usr/sbin"
    program = ways.program("nginx", "nginx")
    said = subprocess.run([program, "-v"], capture_output=True, text=True, check=True).stderr
    return program, said.strip().split("/")[-1]


@contextlib.contextmanager
def nginx(program, root, folder):
    """The URL of a web server for the folder ROOT, run by whoever runs this; FOLDER is new."""
    folder.mkdir()
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, root=root), encoding="utf-8")
    with running([program, "-p", folder, "-e", folder / "error.log", "-c", config],
                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                 stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/checkpoint", process)
        yield url


# --- a witness of others' ----------------------------------------------------

class SshAgent:
    """An agent with one key, which litewitness asks to sign."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.socket = self.folder / "agent.sock"
        self.agent, self.add, self.keygen = (ways.program(name, "openssh-client")
                                             for name in ("ssh-agent", "ssh-add", "ssh-keygen"))

    @contextlib.contextmanager
    def started(self):
        """The fingerprint of the key."""
        self.folder.mkdir()
        with running([self.agent, "-D", "-a", self.socket], stdin=subprocess.DEVNULL,
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            until = time.monotonic() + LONGEST_START_S
            while not self.socket.exists():
                if process.poll() is not None or time.monotonic() > until:
                    raise Failed("ssh-agent does not start")
                time.sleep(0.05)
            key = self.folder / "key"
            ways.need([self.keygen, "-q", "-t", "ed25519", "-N", "", "-f", key])
            ways.need([self.add, "-q", key], env={**os.environ, "SSH_AUTH_SOCK": str(self.socket)})
            yield ways.need([self.keygen, "-l", "-f", key]).split()[1]


@contextlib.contextmanager
def litewitness(programs, folder, logs, name="witness.example/lite"):
    """The URL and the key of a litewitness that knows LOGS, pairs of an origin and a key."""
    folder.mkdir()
    database = folder / "litewitness.db"
    for origin, key in logs:
        ways.need([programs.control, "add-log", "-db", database, "-origin", origin])
        ways.need([programs.control, "add-key", "-db", database, "-origin", origin, "-key", key])
    agent = SshAgent(folder / "agent")
    with agent.started() as fingerprint, open(folder / "said", "w+", encoding="utf-8") as said:
        port = free_port()
        with running([programs.witness, "-name", name, "-db", database, "-ssh-agent", agent.socket,
                      "-key", fingerprint, "-listen", f"127.0.0.1:{port}"], cwd=folder,
                     stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT) as process:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/", process)
            key = re.search(rf"{re.escape(name)}\+[0-9a-f]{{8}}\+[A-Za-z0-9+/]+=*",
                            (folder / "said").read_text(encoding="utf-8"))
            if not key:
                raise Failed("litewitness does not say its key")
            yield url, key[0]


# --- a witness of ours -------------------------------------------------------

@contextlib.contextmanager
def our_witness(desk, keys, name="witness.example/ours", key="1001"):
    """The URL and the key of our witness, which knows the logs with these keys."""
    words = [word for each in keys for word in ("--log", each)]
    with running([desk.aion, "tlog", "witness", "--name", name, "--key", key, *words, "--state",
                  desk.new(".witness.db"), "--listen", "127.0.0.1:0"], cwd=desk.folder, env=desk.env,
                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        where, own = (process.stdout.readline().decode().split() or [""] for _ in range(2))
        if not KEY.fullmatch(own[-1]):
            raise Failed(f"aion tlog witness says {where} and {own}")
        yield where[-1], own[-1]
