# SPDX-License-Identifier: MIT OR Apache-2.0
"""How scripts/interop gets the clients: pinned, into the cache folder, each in one more way."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = HERE.parent / "packages"
# Compiling cosign on two cores takes half an hour.
LONGEST_S = 5400


class NotToBeHad(Exception):
    """What was tried, and what each way said."""


class Broken(Exception):
    """It was to be had, and does not work."""


def say(text):
    print(f"interop: {text}", file=sys.stderr, flush=True)


def cache():
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "aion" / "interop"


def last_line(text):
    """The line to show of a failed command: the last that says error, else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "npm error", "e: "))]
    return (errors or lines or ["it said nothing"])[-1][:200]


def run(command, **more):
    """(exit code, all that it printed); 127 where there is no such program."""
    try:
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=LONGEST_S, **more)
    except FileNotFoundError:
        return 127, f"no {command[0]} on this machine"
    except subprocess.TimeoutExpired:
        return 124, f"took more than {LONGEST_S} s"
    return done.returncode, done.stdout


def need(command, **more):
    code, text = run(command, **more)
    if code != 0:
        raise NotToBeHad(last_line(text))
    return text


def keep(name, make, works):
    """The folder NAME of the cache, made by MAKE in another and then renamed, so that it is there
    whole or not at all; made anew where WORKS does not hold of it."""
    folder = cache() / name
    if folder.is_dir():
        if works(folder):
            return folder
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as other:
        made = pathlib.Path(other) / "made"
        made.mkdir()
        make(made)
        if not works(made):
            raise Broken(f"{name} was installed and does not start")
        try:
            made.rename(folder)
        except OSError:  # another run was there first
            if not works(folder):
                raise
    return folder


def first_of(ways, otherwise):
    """What the first of WAYS, pairs of words and a function, gives that gives something. OTHERWISE
    begins what is said when none does."""
    tried = []
    for how, way in ways:
        try:
            return way()
        except NotToBeHad as reason:
            tried.append(f"{how}: {reason}")
            say(tried[-1])
    raise NotToBeHad(f"{otherwise}: {'; '.join(tried)}")


def program(name, *packages):
    """The path of a program that is here, or in a package of this system."""
    if not shutil.which(name) and packages:
        code, text = run([PACKAGES, *packages])
        if code != 0:
            raise NotToBeHad(f"as a package of this system: {last_line(text)}")
    found = shutil.which(name)
    if not found:
        raise NotToBeHad(f"no {name} on this machine")
    return found


# --- Python ------------------------------------------------------------------

def has_python_clients(folder):
    python = folder / "bin" / "python"
    return run([python, "-B", "-c", "import rfc8785, securesystemslib.dsse, cryptography"])[0] == 0


def python_with(*requirements):
    def make(folder):
        say("installing Python packages")
        if run([sys.executable, "-m", "venv", folder])[0] != 0:
            program("pip3", "python3-venv", "python3-pip")
            need([sys.executable, "-m", "venv", "--clear", folder])
        need([folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install",
              "--quiet", "--only-binary", ":all:", *requirements])
    return make


def python():
    """A Python that has the packages of requirements.txt."""
    pinned = (HERE / "requirements.txt").read_bytes()
    name = f"python-{hashlib.sha256(pinned).hexdigest()[:12]}"

    def by_hash():
        make = python_with("--require-hashes", "--requirement", HERE / "requirements.txt")
        return keep(name, make, has_python_clients)

    def any_version():
        make = python_with("securesystemslib[crypto]", "rfc8785")
        return keep(f"{name}-any", make, has_python_clients)

    folder = first_of((("pip, pinned", by_hash), ("pip, any version", any_version)),
                      "the Python registry does not give the packages")
    return folder / "bin" / "python"


def version_in(python_program, package):
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return need([python_program, "-B", "-c", code]).strip()


# --- Node --------------------------------------------------------------------

def has_node_clients(folder):
    names = ("canonicalize", "@sigstore/bundle", "@sigstore/sign", "@sigstore/verify",
             "@cyclonedx/cyclonedx-library", "ajv", "ajv-formats", "ajv-formats-draft2019")
    check = "; ".join(f"await import('{name}')" for name in names)
    return run(["node", "--input-type=module", "--eval", check], cwd=folder)[0] == 0


def node():
    """A folder with the packages of package.json."""
    program("node", "nodejs")
    program("npm", "nodejs", "npm")
    lock = (HERE / "package-lock.json").read_bytes()
    name = f"node-{hashlib.sha256(lock).hexdigest()[:12]}"
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund")

    def make_with(command, *files):
        def make(folder):
            say(f"installing packages: npm {' '.join(command)}")
            for file in files:
                shutil.copy(HERE / file, folder)
            need(["npm", *command, *quiet], cwd=folder)
        return make

    def locked():
        return keep(name, make_with(("ci", "--prefer-offline"), "package.json", "package-lock.json"),
                    has_node_clients)

    def others_than_locked():
        return keep(f"{name}-any", make_with(("install", "--no-package-lock"), "package.json"),
                    has_node_clients)

    return first_of((("npm ci", locked), ("npm install, other versions of what is below",
                                          others_than_locked)),
                    "the npm registry does not give the packages")


def version_of(folder, package):
    code = f"console.log(JSON.parse(require('fs').readFileSync('node_modules/{package}/package.json'))" \
           ".version)"
    return need(["node", "-e", code], cwd=folder).strip()


# --- Go ----------------------------------------------------------------------

def go_env(**more):
    """Modules that want a newer Go than the one that is here get it as a module, too."""
    return {**os.environ, "GOTOOLCHAIN": "auto", "GOFLAGS": "", **more}


def go_install(name, path, package, version):
    def make(folder):
        say(f"compiling {name} {version}, for a long time")
        need(["nice", "-n", "15", program("go"), "install", "-p", "1", "-trimpath",
              f"{path}{package}@{version}"], env=go_env(GOBIN=str(folder)))
    return make


def go_build(name, path, package, version):
    """The same by a module of our own, which asks for no list of versions: a proxy that has this one
    need not have a list."""
    def make(folder):
        with tempfile.TemporaryDirectory() as module:
            (pathlib.Path(module) / "go.mod").write_text(
                f"module aion.invalid/interop\n\ngo 1.23\n\nrequire {path} {version}\n")
            need(["nice", "-n", "15", program("go"), "build", "-mod=mod", "-p", "1", "-trimpath", "-o",
                  folder / name, f"{path}{package}"], cwd=module, env=go_env())
    return make


def go_module(name, may_compile):
    """The program of the module in the folder NAME beside this script, compiled in about a minute,
    with the versions and hashes of its go.mod and go.sum."""
    files = sorted(path for path in (HERE / name).iterdir() if path.is_file())
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    folder = f"{name}-{digest[:12]}"

    def works(made):
        # It says how it is to be called.
        return (made / name).is_file() and run([made / name])[0] == 2

    def make(made):
        say(f"compiling {name}")
        with tempfile.TemporaryDirectory() as module:
            for path in files:
                shutil.copy(path, module)
            need(["nice", "-n", "15", program("go"), "build", "-mod=readonly", "-p", "1",
                  "-buildvcs=false", "-trimpath", "-o", made / name, "."], cwd=module, env=go_env())

    if not may_compile and not works(cache() / folder):
        raise NotToBeHad("it is not compiled yet, which takes too long for --quick")
    try:
        return keep(folder, make, works) / name
    except NotToBeHad as reason:
        raise NotToBeHad(f"it cannot be compiled: {reason}") from reason


def go_version_of(name, module):
    """The version of a module that the module in the folder NAME asks for."""
    for line in (HERE / name / "go.mod").read_text(encoding="utf-8").splitlines():
        words = line.removeprefix("require ").split()
        if len(words) > 1 and words[0] == module:
            return words[1]
    raise Broken(f"{name} does without {module}")


def go_program(name, versions, may_compile, helped=0):
    """A program that is compiled from Go modules, and its version: the first of VERSIONS, pairs of a
    module with version and the package within it, that is here or can be made. HELPED: its exit code
    when it is asked for help."""
    def works(folder):
        return (folder / name).is_file() and run([folder / name, "--help"])[0] == helped

    def folder_of(module):
        return f"{name}-{module.split('@')[1]}"

    def way(module, make):
        return lambda: (keep(folder_of(module), make, works) / name, module.split("@")[1])

    if not may_compile:
        versions = [each for each in versions if works(cache() / folder_of(each[0]))]
        if not versions:
            raise NotToBeHad("it is not compiled yet, which takes too long for --quick")
    tried = []
    for module, package in versions:
        path, version = module.split("@")
        for how, make in (("install", go_install), ("build", go_build)):
            tried.append((f"go {how}, {module}", way(module, make(name, path, package, version))))
    return first_of(tried, "it cannot be compiled")
