#!/usr/bin/env python3
"""Prints a CycloneDX bill of materials (1.6, JSON) of the programs in the image.

    scripts/sbom.py [--target TRIPLE]

It holds what `cargo tree` resolves for the programs as the image has them (without
the simulator), with the licences that the crates state and the checksums of
Cargo.lock. Crates that run only in the compiler are in it with scope `excluded`. The
same sources give the same text. Needs cargo, and nothing of Python but its standard
library.
"""

import argparse
import json
import pathlib
import re
import subprocess
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[1]

# A line of the tree: depth, name, version, whether it is a macro; licence; repository.
LINE = re.compile(r"(\d+) (\S+) v(\S+)(?: \((.+?)\))?\|(.*?)\|(\S*)(?: \(\*\))?")


class Package:
    """One package of the tree."""

    def __init__(self, name, version, licence, repository):
        self.name, self.version, self.licence, self.repository = name, version, licence, repository
        # The package URL, by which databases of vulnerabilities know it.
        self.address = f"pkg:cargo/{name}@{version}"
        self.uses = set()
        self.is_in_program = False
        self.is_macro = False


def tree(target):
    """What cargo resolves for the programs on one platform."""
    command = ["cargo", "tree", "--locked", "--no-default-features", "--edges", "normal", "--target", target]
    command += ["--prefix", "depth", "--format", " {p}|{l}|{r}", "--manifest-path", str(ROOT / "Cargo.toml")]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def packages(lines):
    """The packages of a tree, the program first."""
    found, above = {}, []
    for line in lines:
        depth, name, version, remark, licence, repository = LINE.fullmatch(line).groups()
        package = found.setdefault((name, version), Package(name, version, licence, repository))
        package.is_macro |= remark == "proc-macro"
        del above[int(depth) :]
        if above:
            above[-1].uses.add(package)
        above.append(package)
    result = list(found.values())
    mark_program(result[0])
    return result


def mark_program(package):
    """What the program is made of: a macro, and what only macros use, is not in it."""
    if package.is_macro or package.is_in_program:
        return
    package.is_in_program = True
    for each in package.uses:
        mark_program(each)


def checksums():
    """The SHA-256 of each crate's archive, by name and version."""
    fields = re.compile(r'name = "(.+)"\nversion = "(.+)"\n(?:source = ".+"\n)?checksum = "([0-9a-f]{64})"')
    return {(name, version): digest for name, version, digest in fields.findall((ROOT / "Cargo.lock").read_text())}


def component(package, digest):
    """One package of the bill."""
    result = {
        "type": "library",
        "bom-ref": package.address,
        "name": package.name,
        "version": package.version,
        "scope": "required" if package.is_in_program else "excluded",
        "purl": package.address,
    }
    if package.licence:
        # Crates of old separate alternatives by a slash, which SPDX does not know.
        result["licenses"] = [{"expression": re.sub(r"\s*/\s*", " OR ", package.licence)}]
    if digest:
        result["hashes"] = [{"alg": "SHA-256", "content": digest}]
    if package.repository:
        result["externalReferences"] = [{"type": "vcs", "url": package.repository}]
    return result


def bill(program, libraries, digests):
    """The whole bill."""
    by_address = sorted(libraries, key=lambda package: package.address)
    content = {
        "metadata": {"component": {**component(program, None), "type": "application"}},
        "components": [component(each, digests.get((each.name, each.version))) for each in by_address],
        "dependencies": [
            {"ref": each.address, "dependsOn": sorted(other.address for other in each.uses)}
            for each in [program, *by_address]
        ],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        **content,
    }


def main():
    """Prints the bill."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--target", default="x86_64-unknown-linux-gnu", help="the platform of the programs")
    program, *libraries = packages(tree(parser.parse_args().target).splitlines())
    print(json.dumps(bill(program, libraries, checksums()), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
