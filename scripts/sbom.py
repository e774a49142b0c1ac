#!/usr/bin/env python3
"""Prints a CycloneDX bill of materials (1.6, JSON) of the programs in the image.

    scripts/sbom.py [--target TRIPLE]

It holds what `cargo metadata` resolves for the programs as the image has them
(without the simulator), with the licences that the crates state and the checksums
of Cargo.lock. Crates that run only in the compiler are in it with scope
`excluded`. The same sources give the same text. Needs cargo, and nothing of Python
but its standard library.
"""

import argparse
import json
import pathlib
import re
import subprocess
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[1]


def metadata(target):
    """What cargo resolves for one target."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--no-default-features"]
    command += ["--filter-platform", target, "--manifest-path", str(ROOT / "Cargo.toml")]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def checksums():
    """The SHA-256 of each crate's archive, by name and version."""
    fields = re.compile(r'name = "(.+)"\nversion = "(.+)"\n(?:source = ".+"\n)?checksum = "([0-9a-f]{64})"')
    return {(name, version): digest for name, version, digest in fields.findall((ROOT / "Cargo.lock").read_text())}


def linked(resolved):
    """The packages that the programs are made of, by id: their dependencies of that
    kind, and whether they are in the programs (a macro and what it uses are not)."""
    nodes = {node["id"]: node for node in resolved["resolve"]["nodes"]}
    packages = {package["id"]: package for package in resolved["packages"]}
    found, waiting = {}, [(resolved["resolve"]["root"], True)]
    while waiting:
        package, is_in_program = waiting.pop()
        is_in_program = is_in_program and not is_macro(packages[package])
        if package in found and (found[package][1] or not is_in_program):
            continue
        dependencies = [each["pkg"] for each in nodes[package]["deps"] if is_of_programs(each)]
        found[package] = (dependencies, is_in_program)
        waiting += [(each, is_in_program) for each in dependencies]
    return found


def is_macro(package):
    """Whether a package runs in the compiler."""
    return any("proc-macro" in target["kind"] for target in package["targets"])


def is_of_programs(dependency):
    """Whether a dependency is one of the programs, not of tests or build scripts."""
    return any(kind["kind"] is None for kind in dependency["dep_kinds"])


def address(package):
    """The package URL, by which databases of vulnerabilities know it."""
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, digest, is_in_program):
    """One package of the bill."""
    result = {
        "type": "library",
        "bom-ref": address(package),
        "name": package["name"],
        "version": package["version"],
        "scope": "required" if is_in_program else "excluded",
        "purl": address(package),
    }
    if package.get("license"):
        # Crates of old separate alternatives by a slash, which SPDX does not know.
        result["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    if digest:
        result["hashes"] = [{"alg": "SHA-256", "content": digest}]
    if package.get("repository"):
        result["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return result


def bill(resolved, digests):
    """The whole bill."""
    packages = {package["id"]: package for package in resolved["packages"]}
    found = linked(resolved)
    components, dependencies = [], []
    for each, (others, is_in_program) in found.items():
        package = packages[each]
        components.append(component(package, digests.get((package["name"], package["version"])), is_in_program))
        dependencies.append({"ref": address(package), "dependsOn": sorted({address(packages[other]) for other in others})})
    components.sort(key=lambda each: each["bom-ref"])
    root = packages[resolved["resolve"]["root"]]
    own = next(each for each in components if each["bom-ref"] == address(root))
    components.remove(own)
    own = {**own, "type": "application", "description": root["description"]}
    dependencies.sort(key=lambda each: each["ref"])
    content = {"metadata": {"component": own}, "components": components, "dependencies": dependencies}
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
    target = parser.parse_args().target
    print(json.dumps(bill(metadata(target), checksums()), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
