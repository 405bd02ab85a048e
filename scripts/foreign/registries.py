# SPDX-License-Identifier: MIT OR Apache-2.0
"""Registries on free loopback ports, each ended by who started it: Debian's, one with the referrers
API, and one that lies."""

import base64
import contextlib
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

import ways

HERE = pathlib.Path(__file__).resolve().parent
GO_MODULE = "github.com/google/go-containerregistry"
GO_VERSION = "v0.22.1"
LONGEST_START_S = 30


def free_port():
    with contextlib.closing(socket.socket()) as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


@contextlib.contextmanager
def running(command, **more):
    """A process, ended whatever happens."""
    process = subprocess.Popen([str(word) for word in command], **more)
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url, process):
    until = time.monotonic() + LONGEST_START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise ways.Broken(f"the registry ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.05)
    raise ways.Broken(f"no registry answers at {url}")


# --- Debian's ----------------------------------------------------------------

def why_no_docker_registry():
    """Why there is none without installing it, if there is none."""
    return None if shutil.which("docker-registry") else "docker-registry is not installed"


def find_docker_registry():
    return ways.program("docker-registry", "docker-registry")


@contextlib.contextmanager
def docker_registry(folder, user=None, tls=None):
    """`docker-registry` with its content in the new FOLDER: its HOST:PORT. USER is a name and a
    password, for htpasswd; TLS a certificate and its key."""
    program = find_docker_registry()
    folder.mkdir()
    port = free_port()
    config = {"version": 0.1, "log": {"level": "error", "accesslog": {"disabled": True}},
              "storage": {"filesystem": {"rootdirectory": str(folder / "content")},
                          "delete": {"enabled": True}},
              "http": {"addr": f"127.0.0.1:{port}", "secret": "of a test"}}
    if user:
        hashed = ways.need([ways.program("htpasswd", "apache2-utils"), "-nbB", *user])
        (folder / "htpasswd").write_text(hashed.strip() + "\n")
        config["auth"] = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
    if tls:
        config["http"]["tls"] = {"certificate": str(tls[0]), "key": str(tls[1])}
    (folder / "config.yml").write_text(json.dumps(config))
    with open(folder / "log", "wb") as log, running(
            [program, "serve", folder / "config.yml"], stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, env={**os.environ, "OTEL_TRACES_EXPORTER": "none"}) as process:
        host = f"127.0.0.1:{port}"
        if tls:
            until = time.monotonic() + LONGEST_START_S
            while time.monotonic() < until:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
        else:
            wait_for(f"http://{host}/v2/", process)
        yield host


# --- with the referrers API --------------------------------------------------

def find_referrers_registry(may_compile):
    """Compiled in seconds once the modules are there."""
    source = (HERE / "referrers_registry" / "main.go").read_bytes()
    name = f"referrers-registry-{hashlib.sha256(source).hexdigest()[:12]}"
    program = "referrers-registry"

    def works(folder):
        return (folder / program).is_file()

    if not may_compile and not works(ways.cache() / name):
        raise ways.NotToBeHad("it is not compiled yet, which takes too long for --quick")

    def make(folder):
        ways.say("compiling a registry with the referrers API")
        with tempfile.TemporaryDirectory() as module:
            module = pathlib.Path(module)
            (module / "main.go").write_bytes(source)
            (module / "go.mod").write_text(
                f"module aion.invalid/interop\n\ngo 1.23\n\nrequire {GO_MODULE} {GO_VERSION}\n")
            ways.need(["nice", "-n", "15", ways.program("go"), "build", "-mod=mod", "-p", "1",
                       "-buildvcs=false", "-trimpath", "-o", folder / program, "."], cwd=module)

    return ways.keep(name, make, works) / program


@contextlib.contextmanager
def referrers_registry(program, folder):
    """Its HOST:PORT; FOLDER is new, and has the blobs."""
    folder.mkdir()
    with running([program, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        host = process.stdout.readline().decode().strip()
        if not host:
            raise ways.Broken("the registry with the referrers API does not start")
        yield host


# --- one that lies -----------------------------------------------------------

def certificate(folder):
    """A certificate for 127.0.0.1 that nobody trusts unless told to, and its key."""
    made = folder / "cert.pem", folder / "key.pem"
    ways.need(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
               "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
               "subjectAltName=IP:127.0.0.1", "-keyout", made[1], "-out", made[0]])
    return made


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Liar(http.server.BaseHTTPRequestHandler):
    """A registry with one artefact, v1, of one layer, that does with requests for the layer what
    `server.lie` says."""

    protocol_version = "HTTP/1.1"
    LAYER = b"the only layer, " * 4096
    SLOW_S = 60

    def log_message(self, *_):
        pass

    def say(self, status, headers=(), body=b"", length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def manifest(self):
        config = b"{}"
        return json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "artifactType": "text/x-test",
            "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(config),
                       "size": 2},
            "layers": [{"mediaType": "text/plain", "digest": digest_of(self.LAYER),
                        "size": len(self.LAYER),
                        "annotations": {"org.opencontainers.image.title": "layer.txt"}}]}).encode()

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        self.path = self.path.partition("?")[0]
        if self.server.user and self.headers.get("Authorization") != self.server.user:
            self.say(401, [("WWW-Authenticate", self.server.challenge)])
        elif self.path.startswith("/v2/model/manifests/"):
            said = digest_of(b"other") if self.server.lie == "manifest digest" else None
            kind = "text/html" if self.server.lie == "type" else \
                "application/vnd.oci.image.manifest.v1+json"
            self.say(200, [("Content-Type", kind)] +
                     ([("Docker-Content-Digest", said)] if said else []), self.manifest())
        elif self.path.endswith(digest_of(b"{}")):
            self.say(200, [], b"{}")
        elif self.path.endswith(digest_of(self.LAYER)):
            getattr(self, "layer_" + self.server.lie.replace(" ", "_"), self.layer)()
        else:
            self.say(404)

    def layer(self):
        self.say(200, [("Content-Type", "application/octet-stream")], self.LAYER)

    def layer_content(self):
        self.say(200, [], self.LAYER[:-1] + b"!")

    def layer_length(self):
        self.say(200, [], self.LAYER, length=len(self.LAYER) - 5)
        self.close_connection = True

    def layer_endless(self):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with contextlib.suppress(OSError):
            for _ in range(10_000):
                self.wfile.write(self.LAYER)

    def layer_break(self):
        """Each time a little more, from where it is asked to."""
        asked = self.headers.get("Range")
        first = int(asked.split("=")[1].split("-")[0]) if asked else 0
        size = len(self.LAYER)
        headers = [("Content-Range", f"bytes {first}-{size - 1}/{size}")] if asked else []
        part = self.LAYER[first:]
        self.say(206 if asked else 200, headers, part[:20_000], length=len(part))
        self.close_connection = True

    def layer_break_for_ever(self):
        self.say(200, [], b"", length=len(self.LAYER))
        self.close_connection = True

    def layer_slow(self):
        self.say(200, [], self.LAYER[:10], length=len(self.LAYER))
        self.wfile.flush()
        self.server.stopped.wait(self.SLOW_S)
        self.close_connection = True

    def layer_headers(self):
        self.say(200, [(f"X-{i}", "y" * 1000) for i in range(90)], self.LAYER)

    def layer_redirect(self):
        self.say(307, [("Location", self.server.elsewhere)])


class LiarServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a client that goes away is what is tested


@contextlib.contextmanager
def liar(tls=None):
    """The server: `host`, `lie`, `elsewhere`, `user` and `challenge` may be set, `seen` has what was
    asked."""
    server = LiarServer(("127.0.0.1", 0), Liar)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.host = f"127.0.0.1:{server.server_address[1]}"
    server.lie, server.elsewhere, server.user, server.challenge = "", "", "", ""
    server.seen, server.stopped = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def docker_config(folder, host, user, password):
    """A folder for DOCKER_CONFIG in which that user is logged in."""
    folder.mkdir()
    secret = base64.b64encode(f"{user}:{password}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": secret}}}))
    return folder
