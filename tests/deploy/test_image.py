"""The image: what is in it, by the scripts that the Dockerfile uses, and the Dockerfile itself.

No container engine is needed. scripts/image.sh and scripts/run-image.sh build and run
the whole image where buildah and umoci are.
"""

import json
import os
import re
import shutil
import stat
import struct
import subprocess

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from chart import CHART, ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
LAST_STAGE = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
# Where anybody can publish an image under a name that is free.
PUBLIC_REGISTRY = re.compile(r"(docker\.io|ghcr\.io|public\.ecr\.aws|quay\.io)/\S*foghorn")
SCRIPTS = sorted((ROOT / "scripts").glob("*.sh"))


def program(path, machine):
    """The header of a program for Linux: of x86_64 (62) or aarch64 (183)."""
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 2, machine)
    path.write_bytes(header + bytes(64 - len(header)))
    return path


def laid_out(folder, *programs):
    """What scripts/rootfs.sh makes of programs."""
    sbom = folder / "bill"
    sbom.write_text("{}")
    root = folder / "rootfs"
    command = [ROOT / "scripts/rootfs.sh", root, sbom, *programs]
    return root, subprocess.run(command, capture_output=True, text=True, check=False)


def test_nothing_that_is_shipped_pulls_an_image_that_somebody_else_could_publish():
    folders = [ROOT / name for name in ("charts", "manifests", "docs")]
    suffixes = {".hcl", ".json", ".md", ".py", ".tf", ".tpl", ".txt", ".yaml"}
    shipped = [path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes]
    assert len(shipped) > 50
    assert [path for path in shipped if PUBLIC_REGISTRY.search(path.read_text())] == []


def test_the_dockerfile_has_no_complaint_of_hadolint():
    ended = subprocess.run(["hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_scripts_have_no_complaint_of_shellcheck(script):
    ended = subprocess.run(["shellcheck", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")


def test_the_image_holds_the_programs_certificates_and_papers_and_no_shell(tmp_path):
    own = program(tmp_path / "foghorn", 62)
    notifier, other = program(tmp_path / "notifier", 62), program(tmp_path / "other", 183)
    root, ended = laid_out(tmp_path, own, notifier, other)
    assert ended.returncode == 0, ended.stderr
    found = {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}
    assert found == {
        "etc/group",
        "etc/nsswitch.conf",
        "etc/passwd",
        "etc/ssl/certs/ca-certificates.crt",
        "usr/local/bin/foghorn",
        "usr/local/bin/foghorn-notifier",
        "usr/local/bin/foghorn-notifier-aarch64",
        "usr/local/bin/foghorn-notifier-x86_64",
        "usr/share/doc/foghorn/LICENSE",
        "usr/share/doc/foghorn/sbom.cdx.json",
    }
    # Mount points of the fleet file and the store.
    assert (root / "etc/foghorn").is_dir() and (root / "var/lib/foghorn").is_dir()
    assert os.readlink(root / "usr/local/bin/foghorn-notifier") == "foghorn-notifier-x86_64"


def test_everybody_may_read_all_of_the_image_and_nobody_may_write(tmp_path):
    own, notifier = program(tmp_path / "foghorn", 183), program(tmp_path / "notifier", 183)
    own.chmod(0o700)
    root, ended = laid_out(tmp_path, own, notifier)
    assert ended.returncode == 0, ended.stderr
    for path in root.rglob("*"):
        mode = path.stat().st_mode
        assert mode & stat.S_IROTH and not mode & stat.S_IWOTH, path
        assert not mode & (stat.S_ISUID | stat.S_ISGID), path
    assert (root / "usr/local/bin/foghorn").stat().st_mode & stat.S_IXOTH
    assert os.readlink(root / "usr/local/bin/foghorn-notifier") == "foghorn-notifier-aarch64"


# Leaves an archive where buildah would, of nothing.
BUILDAH = """#!/bin/sh
for last; do :; done
case $last in oci-archive:*) last=${last#oci-archive:}; : >"${last%:foghorn:*}" ;; esac
"""


@pytest.mark.parametrize("is_static", [True, False], ids=["static", "dynamic"])
def test_a_program_comes_with_its_libraries_if_it_has_any_and_a_word_of_warning(tmp_path, is_static):
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("foghorn", "foghorn-notifier"):
        program(folder / name, 62) if is_static else shutil.copy(shutil.which("true"), folder / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "buildah").write_text(BUILDAH)
    (tools / "buildah").chmod(0o755)
    command = [ROOT / "scripts/image.sh", "--output", tmp_path / "image", folder]
    path = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=path)
    assert ended.returncode == 0, ended.stderr
    assert "unpacked:" in ended.stdout and "compressed:" in ended.stdout
    libraries = list((tmp_path / "image/rootfs").rglob("*.so*"))
    assert (libraries == [], "is not static" in ended.stderr) == (is_static, not is_static)


def test_programs_of_different_processors_are_not_put_together(tmp_path):
    own, notifier = program(tmp_path / "foghorn", 62), program(tmp_path / "notifier", 183)
    _, ended = laid_out(tmp_path, own, notifier)
    assert ended.returncode == 1 and "different processors" in ended.stderr


def test_something_else_than_a_program_is_refused(tmp_path):
    text = tmp_path / "foghorn"
    text.write_text("#!/bin/sh\nexec true\n")
    _, ended = laid_out(tmp_path, text, text)
    assert ended.returncode == 1 and "neither x86_64 nor aarch64" in ended.stderr


def test_the_image_runs_as_nobody_and_starts_foghorn_without_a_shell():
    assert LAST_STAGE.startswith("\nFROM scratch\n")
    assert "\nUSER 65532:65532\n" in LAST_STAGE
    assert '\nENTRYPOINT ["/usr/local/bin/foghorn"]\n' in LAST_STAGE
    assert "\nRUN" not in LAST_STAGE


def test_the_image_says_what_it_is_by_the_labels_of_oci():
    labels = set(re.findall(r"org\.opencontainers\.image\.(\w+)=", LAST_STAGE))
    wanted = {"title", "description", "source", "version", "revision", "licenses", "created", "documentation"}
    assert labels == wanted
    assert set(re.findall(r"^ARG (\w+)", LAST_STAGE, re.M)) == {"VERSION", "REVISION", "CREATED"}


def test_the_versions_of_the_crate_the_chart_and_the_image_are_one():
    crate = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M).group(1)
    assert f"\nARG VERSION={crate}\n" in LAST_STAGE
    assert f"\nappVersion: {crate}\n" in (CHART / "Chart.yaml").read_text()


def test_the_simulator_stays_out_of_the_image():
    builds = re.findall(r"cargo build [^&]*", DOCKERFILE)
    assert len(builds) == 2 and all("--no-default-features" in each and "--locked" in each for each in builds)


def test_what_the_build_reads_is_let_into_its_context():
    allowed = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.M))
    assert all((ROOT / each).exists() for each in allowed)
    sources = [path for folder in ("src", "benches", "examples") for path in (ROOT / folder).rglob("*.rs")]
    for path in sources:
        for included in re.findall(r'include_(?:str|bytes)!\(\s*"([^"]+)"', path.read_text()):
            top = (path.parent / included).resolve().relative_to(ROOT).parts[0]
            assert top in allowed, f"{path} includes {included}"


@pytest.fixture(scope="module")
def bill():
    """The bill of materials of the programs as the image has them."""
    assert shutil.which("cargo")
    return subprocess.run([ROOT / "scripts/sbom.py"], capture_output=True, text=True, check=True).stdout


def test_the_bill_of_materials_is_cyclonedx(bill):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None


def test_the_bill_of_materials_says_of_each_crate_its_licence_and_checksum(bill):
    components = json.loads(bill)["components"]
    assert [each["name"] for each in components if not each.get("licenses") or not each.get("hashes")] == []
    locked = re.findall(r'name = "(.+)"\nversion = "(.+)"\nsource', (ROOT / "Cargo.lock").read_text())
    assert {(each["name"], each["version"]) for each in components} <= set(locked)


def test_the_bill_of_materials_holds_what_is_in_the_programs_and_no_more(bill):
    scopes = {each["name"]: each["scope"] for each in json.loads(bill)["components"]}
    assert scopes["aws-sdk-ecs"] == scopes["tokio"] == "required"
    # Macros end in the compiler; tests and the simulator are not in the image.
    assert scopes["serde_derive"] == "excluded"
    assert not {"proptest", "insta", "ciborium"} & scopes.keys()


def test_the_same_sources_give_the_same_bill(bill):
    again = subprocess.run([ROOT / "scripts/sbom.py"], capture_output=True, text=True, check=True).stdout
    assert again == bill
