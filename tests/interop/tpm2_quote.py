#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Quotes of a TPM: made by swtpm and tpm2-tools, judged by tpm2_checkquote and by aion.

    tpm2_quote.py --aion bin/aion               both judge the same evidence, whole and tampered with
    tpm2_quote.py --record DIR QUALIFYING_DATA  quotes for tests/data/attest, a folder for each key

Exit code 77 and a line that begins with SKIP where a program is missing (Debian packages swtpm and
tpm2-tools), 1 where the two disagree.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
NEEDED = ["swtpm", "tpm2_startup", "tpm2_createek", "tpm2_createak", "tpm2_quote",
          "tpm2_checkquote", "tpm2_flushcontext", "tpm2_pcrextend", "tpm2_readpublic", "openssl"]
# name: key algorithm, hash, scheme of the attestation key
KEYS = {
    "rsassa-sha256": ("rsa", "sha256", "rsassa"),
    "rsapss-sha256": ("rsa", "sha256", "rsapss"),
    "ecdsa-p256": ("ecc", "sha256", "ecdsa"),
    "ecdsa-p384": ("ecc384", "sha384", "ecdsa"),
    "rsassa-sha384": ("rsa", "sha384", "rsassa"),
}
PCRS = "sha256:0,7+sha1:1"
PCR_7_EXTENDED_BY = "01" * 32


class Tpm:
    """A software TPM that lives as long as the block, with nothing in it at first."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.environment = {**os.environ,
                            "TPM2TOOLS_TCTI": f"swtpm:path={self.folder / 'socket'}"}
        self.process = None

    def __enter__(self):
        socket = self.folder / "socket"
        self.process = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder}",
             "--server", f"type=unixio,path={socket}",
             "--ctrl", f"type=unixio,path={socket}.ctrl",
             "--flags", "not-need-init,startup-clear"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not (socket.exists() and pathlib.Path(f"{socket}.ctrl").exists()):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("swtpm did not start")
            time.sleep(0.05)
        self.tool("tpm2_startup", "-c")
        self.tool("tpm2_createek", "-c", "ek.ctx", "-G", "rsa", "-u", "ek.pub")
        self.flush()
        self.tool("tpm2_pcrextend", f"7:sha256={PCR_7_EXTENDED_BY}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def tool(self, *command):
        done = subprocess.run(command, cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
        return done.stdout

    def flush(self):
        """There is no resource manager: what was loaded stays."""
        self.tool("tpm2_flushcontext", "-t")
        self.tool("tpm2_flushcontext", "-s")

    def make_key(self, name):
        algorithm, digest, scheme = KEYS[name]
        self.tool("tpm2_createak", "-C", "ek.ctx", "-c", f"{name}.ctx", "-G", algorithm,
                  "-g", digest, "-s", scheme, "-u", f"{name}.pub", "-n", f"{name}.name")
        self.flush()
        self.tool("tpm2_readpublic", "-c", f"{name}.ctx", "-f", "pem", "-o", f"{name}.pem")
        self.flush()

    def quote(self, name, qualifying_data):
        _, digest, scheme = KEYS[name]
        self.tool("tpm2_quote", "-c", f"{name}.ctx", "-l", PCRS, "-q", qualifying_data,
                  "-m", f"{name}.quote", "-s", f"{name}.signature", "-g", digest,
                  "--scheme", scheme, "-o", f"{name}.pcrs", "--pcrs_format", "values")
        self.flush()

    def check(self, name, qualifying_data, quote=None):
        """Whether the second judge accepts it."""
        quote, (_, digest, scheme) = quote or f"{name}.quote", KEYS[name]
        if scheme == "rsapss":
            return self.check_pss(name, digest, bytes.fromhex(qualifying_data), quote)
        done = subprocess.run(
            ["tpm2_checkquote", "-u", f"{name}.pem", "-m", quote, "-s", f"{name}.signature",
             "-q", qualifying_data, "-g", digest],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        return done.returncode == 0

    def check_pss(self, name, digest, qualifying_data, quote):
        """tpm2_checkquote 5.4 takes every RSA signature for one of PKCS #1 v1.5, so OpenSSL judges."""
        signature = (self.folder / f"{name}.signature").read_bytes()[6:]
        (self.folder / f"{name}.raw").write_bytes(signature)
        done = subprocess.run(
            ["openssl", "dgst", f"-{digest}", "-sigopt", "rsa_padding_mode:pss",
             "-verify", f"{name}.pem", "-signature", f"{name}.raw", quote],
            cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode == 0 and qualifying_data in (self.folder / quote).read_bytes()


def record(target, qualifying_data):
    target = pathlib.Path(target)
    with tempfile.TemporaryDirectory() as folder, Tpm(folder) as tpm:
        for name in KEYS:
            tpm.make_key(name)
            tpm.quote(name, qualifying_data)
            (target / name).mkdir(parents=True, exist_ok=True)
            for part in ["quote", "signature", "pub", "name", "pcrs", "pem"]:
                shutil.copyfile(pathlib.Path(folder) / f"{name}.{part}", target / name / part)
    return 0


class Aion:
    def __init__(self, program, folder):
        self.program, self.folder = str(pathlib.Path(program).resolve()), pathlib.Path(folder)
        self.environment = {**os.environ, "AION_KEYSTORE_DIR": str(self.folder / "keys"),
                            "AION_REGISTRY": str(self.folder / "registry.json")}

    def run(self, *arguments, codes=(0,)):
        done = subprocess.run([self.program, *arguments], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, check=False)
        if done.returncode not in codes:
            raise RuntimeError(f"aion {' '.join(arguments)}: {done.returncode} {done.stderr}")
        return done

    def prepare(self):
        for key in ["1001", "9001"]:
            self.run("key", "generate", "--id", key)
        self.run("registry", "pin", "--author", "1001", "--key", "1001", "--master", "9001",
                 "--output", "registry.json")

    def challenge(self):
        done = self.run("hardware", "challenge", "--author", "1001", "--format", "json")
        document = json.loads(done.stdout)
        return document["nonce"], document["qualifying_data"]

    def bind(self, name, nonce, quote=None, codes=(0,)):
        return self.run("hardware", "bind", "--author", "1001", "--master-key", "9001",
                        "--nonce", nonce, "--quote-message", quote or f"{name}.quote",
                        "--quote-signature", f"{name}.signature", "--ak-public", f"{name}.pub",
                        "--quote-pcrs", f"{name}.pcrs", "--output", f"{name}.binding.json",
                        "--force", codes=codes)

    def verify(self, name, *more):
        pinned = (self.folder / f"{name}.name").read_bytes().hex()
        return self.run("hardware", "verify", f"{name}.binding.json", "--ak", pinned, *more,
                        codes=(0, 1)).returncode


def flipped(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    changed = path.with_name(path.name + ".changed")
    changed.write_bytes(content)
    return changed.name


def agree(name, what, wanted, ours, theirs=None):
    """`theirs`: None where the second judge is not asked."""
    second = "openssl" if KEYS[name][2] == "rsapss" else "tpm2_checkquote"
    said = [f"{judge} {'accepts' if accepts else 'refuses'}"
            for judge, accepts in [("aion", ours), (second, theirs)] if accepts is not None]
    print(f"{name}, {what}: {', '.join(said)}")
    return [] if ours == wanted and theirs in (wanted, None) else [f"{name}, {what}"]


def compare(tpm, aion, name):
    """Both say yes to what is whole, and no to the same with a byte changed."""
    wrong, folder = [], tpm.folder
    tpm.make_key(name)
    nonce, qualifying_data = aion.challenge()
    tpm.quote(name, qualifying_data)
    aion.bind(name, nonce)
    wrong += agree(name, "whole", True, aion.verify(name, "--nonce", nonce) == 0,
                   tpm.check(name, qualifying_data))
    pcrs = (folder / f"{name}.pcrs").read_bytes()
    wrong += agree(name, "PCR 7 as expected", True,
                   aion.verify(name, "--pcr", f"sha256:7={pcrs[32:64].hex()}") == 0)
    wrong += agree(name, "PCR 7 another than expected", False,
                   aion.verify(name, "--pcr", f"sha256:7={'00' * 32}") == 0)
    other_nonce, other_data = aion.challenge()
    wrong += agree(name, "another nonce", False,
                   aion.bind(name, other_nonce, codes=(0, 1, 2)).returncode == 0,
                   tpm.check(name, other_data))
    size = (folder / f"{name}.quote").stat().st_size
    # The magic, the clock or the firmware's version, the last byte of the digest.
    for at in [0, size - 60, size - 1]:
        changed = flipped(folder / f"{name}.quote", at)
        wrong += agree(name, f"byte {at} of the quote changed", False,
                       aion.bind(name, nonce, quote=changed, codes=(0, 1, 2)).returncode == 0,
                       tpm.check(name, qualifying_data, quote=changed))
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--aion")
    parser.add_argument("--record", nargs=2, metavar=("DIR", "QUALIFYING_DATA"))
    arguments = parser.parse_args()
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        print(f"SKIP: {', '.join(missing)} not found; Debian has swtpm and tpm2-tools")
        return SKIPPED
    if arguments.record:
        return record(*arguments.record)
    if not arguments.aion:
        parser.error("--aion or --record is needed")
    wrong = []
    with tempfile.TemporaryDirectory() as folder, Tpm(folder) as tpm:
        aion = Aion(arguments.aion, folder)
        aion.prepare()
        for name in KEYS:
            wrong += compare(tpm, aion, name)
    for what in wrong:
        print(f"WRONG: {what}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
