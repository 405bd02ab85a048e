# SPDX-License-Identifier: MIT OR Apache-2.0
"""Bills of materials: what our program writes for those who know CycloneDX and SPDX, what of it they
must refuse, and what the text of SPDX demands besides its schema."""

import json
import pathlib

from desk import ALICE, Failed

DATA = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data"
SPDX_SCHEMA = DATA / "third_party" / "spdx" / "schema-3.0.1.json"
TIME = "2026-01-05T08:00:00Z"
CARD = """---
license: apache-2.0
datasets: [orchid/meadow, field notes]
base_model: orchid/base-1b
library_name: transformers
pipeline_tag: text-generation
language: [en, "no"]
tags: [tiny]
model-index:
- name: orchid
  results:
  - task: {type: text-generation}
    metrics: [{type: accuracy, value: 0.90}]
---
# Orchid
"""


def aiboms(desk):
    """(what, file): made by the program, and what the reference has made."""
    manifest, made = desk.new(".manifest"), desk.new(".aibom.json")
    desk.aion_done("manifest", "create", "model.gguf", "--author", ALICE, "--key", ALICE, "--output",
                   manifest)
    desk.aion_done("aibom", "create", "--manifest", manifest, "--model-card",
                   desk.new(".md", CARD.encode()), "--name", "orchid", "--model-version", "1.4.0",
                   "--created-at-version", "1", "--framework", "jax=0.4.38", "--license",
                   "MIT OR Apache-2.0", "--output", made)
    yield "one made of a manifest and a model card", made
    texts = json.loads((DATA / "supply" / "aibom.json").read_text(encoding="utf-8"))
    for name in ("minimal", "full"):
        yield f"the reference's {name} one", desk.new(".aibom.json", texts[name].encode())
    yield "one with odd texts", desk.new(".aibom.json", odd(texts["full"]))


def odd(text):
    """What has a place in no other format, as far as our reader goes."""
    aibom = json.loads(text)
    aibom["model"]["hash_algorithm"] = "unheard-of"
    aibom["model"]["version"] = ""
    aibom["licenses"] += [{"spdx_id": "own licence", "scope": "Combined", "text_uri": "LICENSE"},
                          {"spdx_id": "MIT OR Zlib", "scope": "SourceCode", "text_uri": None}]
    aibom["datasets"][1].update(uri="a file", size=2**64 - 1, license_spdx_id="own licence")
    aibom["references"] += [{"kind": "my-kind", "uri": "../x y"}, {"kind": "", "uri": ""}]
    aibom["hyperparameters"][""] = "\u00e9\u2028\u0001"
    return aibom


def converted(desk, name, *words):
    """The document that the program makes of it, and whether it makes the same of that again."""
    output, back = desk.new(".bom.json"), desk.new(".aibom.json")
    desk.aion_done("aibom", "convert", name, *words, "--time", TIME, "--output", output)
    desk.aion_done("aibom", "convert", output, "--to", "aion", "--output", back)
    theirs, ours = desk.folder / name, desk.folder / back
    plain = json.loads(theirs.read_text(encoding="utf-8"))
    if json.loads(ours.read_text(encoding="utf-8")) != plain:
        raise Failed(f"{name} is another one after {' '.join(words)} and back")
    return json.loads((desk.folder / output).read_text(encoding="utf-8"))


def broken_cyclonedx(document):
    """(what, document): each wrong in one thing."""
    def changed(change):
        other = json.loads(json.dumps(document))
        change(other, other["metadata"]["component"])
        return other

    yield "BLAKE3-256 as the name of a hash", changed(
        lambda _, model: model.update(hashes=[{"alg": "BLAKE3-256", "content": "00" * 32}]))
    yield "a model of no type", changed(lambda _, model: model.pop("type"))
    yield "a member that there is not", changed(lambda bom, _: bom.update(aion=1))
    yield "a serial number that is none", changed(lambda bom, _: bom.update(serialNumber="1"))
    yield "a licence that SPDX does not list as an id", changed(
        lambda _, model: model.update(licenses=[{"license": {"id": "own"}}]))


def elements(document, kind):
    return [one for one in document["@graph"] if one["type"] == kind]


def broken_spdx(document):
    def changed(change):
        other = json.loads(json.dumps(document))
        change(elements(other, "ai_AIPackage")[0])
        return other

    yield "BLAKE3 in capitals", changed(lambda model: model.update(verifiedUsing=[
        {"type": "Hash", "algorithm": "BLAKE3", "hashValue": "00" * 32}]))
    yield "a member that there is not", changed(lambda model: model.update(aion=1))
    yield "a model without an id", changed(lambda model: model.pop("spdxId"))
    yield "a time with fractions", changed(lambda model: model.update(
        releaseTime="2026-01-05T08:00:00.5Z"))


def text_demands(document):
    """What SPDX 3.0.1 says in words (AIPackage and DatasetPackage, external properties; licensing:
    one declared and one concluded licence each; ids that lead somewhere), and is not so."""
    missing = []
    required = {"ai_AIPackage": ("releaseTime", "suppliedBy", "software_downloadLocation",
                                 "software_packageVersion", "software_primaryPurpose"),
                "dataset_DatasetPackage": ("builtTime", "originatedBy", "releaseTime",
                                           "software_downloadLocation", "software_primaryPurpose",
                                           "dataset_datasetType"),
                "software_Package": ()}
    relations = elements(document, "Relationship")
    for kind, members in required.items():
        for one in elements(document, kind):
            missing += [f"{one['spdxId']}: {member}" for member in members if member not in one]
            for relation in ("hasDeclaredLicense", "hasConcludedLicense"):
                found = [r for r in relations if r["from"] == one["spdxId"] and
                         r["relationshipType"] == relation]
                if len(found) != 1:
                    missing.append(f"{one['spdxId']}: {len(found)} of {relation}")
    ids = [one.get("spdxId", one.get("@id")) for one in document["@graph"]]
    if len(set(ids)) != len(ids):
        missing.append("ids that are there twice")
    for one in relations:
        missing += [f"{end} of {one['spdxId']}" for end in (one["from"], *one["to"])
                    if end not in ids and end != "expandedlicensing_NoAssertionLicense"]
    if len(elements(document, "SpdxDocument")) != 1:
        missing.append("exactly one SpdxDocument")
    return missing
