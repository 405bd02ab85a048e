# SPDX-License-Identifier: MIT OR Apache-2.0
"""What one build of the program offers and another does not, as `aion --version` says."""

import subprocess

# The exit code by which ctest knows that a test was skipped.
SKIPPED = 77


def offers(aion, name):
    """Whether `name` is a line of `aion --version` that says that it is available."""
    told = subprocess.run([aion, "--version"], capture_output=True, text=True, check=True).stdout
    lines = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    if name not in lines:
        raise ValueError(f"aion --version says nothing of {name}")
    return lines[name] == "available"


def why_not(aion, need):
    """Why what needs `NAME`, or `no NAME`, is skipped with this program; None where it is not."""
    name = need.removeprefix("no ")
    wants_none = name != need
    if offers(aion, name) != wants_none:
        return None
    return f"this build of the program has {name if wants_none else 'no ' + name}"
