#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Tables that list an enumeration must list all of it and nothing else.

Under the heading, the first column of every table row holds the enumerators in backquotes.
"""

import pathlib
import re
import sys

import pages

# enumerations with their headers, page, heading
REPORT = "include/aion/policy/report.hpp"
TABLES = [
    ([("Gate", REPORT)], "docs/verification.md", "The gates"),
    ([("Reason", REPORT)], "docs/verification.md", "Reason codes"),
    ([("Unauthenticated", REPORT)], "docs/verification.md", "What format v2 leaves open"),
    ([("ErrorCode", "include/aion/base/error_code.hpp")], "docs/errors.md", "Error codes"),
    ([("JsonDetail", "src/base/json_details.hpp"), ("FormatDetail", "src/format/details.hpp"),
      ("TrustDetail", "src/trust/details.hpp"), ("PolicyDetail", "src/policy/details.hpp"),
      ("ArchiveDetail", "src/archive/details.hpp"),
      ("YamlDetail", "src/base/yaml_details.hpp"),
      ("ExportDetail", "src/report/export_details.hpp"),
      ("TextDetail", "src/report/text_details.hpp"),
      ("SupplyDetail", "src/supply/details.hpp"),
      ("RegistryDetail", "src/supply/registry_details.hpp"),
      ("AttestDetail", "src/attest/details.hpp"),
      ("HardwareDetail", "src/attest/hardware_details.hpp"),
      ("CryptoDetail", "src/crypto/details.hpp"),
      ("NoteDetail", "src/tlog/note_details.hpp"), ("TlogDetail", "src/tlog/details.hpp"),
      ("LogDetail", "src/tlog/log_details.hpp"), ("LedgerDetail", "src/tlog/ledger_details.hpp"),
      ("OrderDetail", "src/tlog/order_details.hpp"),
      ("ServiceDetail", "src/tlog/service_details.hpp"),
      ("ReleaseDetail", "src/release/details.hpp"),
      ("ReceiptDetail", "src/release/receipt_details.hpp")],
     "docs/errors.md", "Details"),
    ([("PolicyEvent", "src/policy/events.hpp"), ("TrustEvent", "src/trust/events.hpp")],
     "docs/errors.md", "Events"),
]

LAYOUT_REASONS = "include/aion/format/layout_reasons.hpp"


def enumerators(header, name, listed_rows=""):
    body = re.search(rf"enum class {name}\b[^{{;]*{{(.*?)}};", header, re.DOTALL)
    if not body:
        raise ValueError(f"no enum class {name}")
    text = re.sub(r"//[^\n]*", "", body[1])
    # The one list of enumerators that is a macro: its rows, where it is used.
    for used in re.findall(r"\b[A-Z_]+\([A-Z_]+\)", text):
        rows = re.findall(r"\brow\((\w+), \"", listed_rows)
        text = text.replace(used, ",".join(rows) + ",")
    return [part.split("=")[0].strip() for part in text.split(",") if part.strip()]


def listed(markdown, heading):
    """Names in the first column of the tables below `heading`, down to the next of its level."""
    names, level = [], 0
    for _, line in pages.prose_of(markdown):
        if match := re.match(r"^(#+)\s+(.+?)\s*$", line):
            if level and len(match[1]) <= level:
                break
            if match[2] == heading:
                level = len(match[1])
        elif level and line.startswith("|"):
            if not re.match(r"^\|[\s:|-]+$", line):
                names += re.findall(r"`([a-z0-9_]+)`", line.split("|")[1])
    return names


def main():
    source = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    complaints = []
    rows = (source / LAYOUT_REASONS).read_text(encoding="utf-8")
    for enumerations, page, heading in TABLES:
        real, names = [], " and ".join(name for name, _ in enumerations)
        for name, header in enumerations:
            real += enumerators((source / header).read_text(encoding="utf-8"), name, rows)
        told = listed((source / page).read_text(encoding="utf-8"), heading)
        for missing in [n for n in real if n not in told]:
            complaints.append(f"{page}, {heading}: `{missing}` of {names} is missing")
        for surplus in [n for n in told if n not in real]:
            complaints.append(f"{page}, {heading}: {names} has no `{surplus}`")
        for twice in sorted({n for n in told if told.count(n) > 1}):
            complaints.append(f"{page}, {heading}: `{twice}` is listed twice")
    for line in complaints:
        print(line, file=sys.stderr)
    print(f"{len(TABLES)} tables, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
