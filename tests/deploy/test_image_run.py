"""The whole image, run without an engine: as its own user, on a read-only root, against the simulator.

FOGHORN_IMAGE names what scripts/image.sh made, FOGHORN_SIM_BIN the simulator. Needs
root, and umoci. Without an image the tests are skipped, or fail if
FOGHORN_REQUIRE_IMAGE is set.
"""

import os
import subprocess

import pytest

from chart import ROOT

EXTERNAL_ID = "an-external-id"
USER = 65532

FLEET = f"""
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: {{ name: acme }}
spec:
  access: {{ roleName: foghorn, externalId: {EXTERNAL_ID} }}
  regions: [us-east-1, eu-west-1]
  accounts:
    - {{ id: "100000000001", name: one }}
    - {{ id: "100000000002", name: two }}
  pipelines:
    - name: deploys
      events: [deploymentFailed]
      via: {{ lambda: {{ slack: {{ webhook: {{ secretsManager: foghorn/slack }} }} }} }}
  store: file:///var/lib/foghorn
"""


@pytest.fixture(scope="module")
def image():
    path = os.environ.get("FOGHORN_IMAGE")
    if not path:
        assert not os.environ.get("FOGHORN_REQUIRE_IMAGE"), "FOGHORN_IMAGE names no image"
        pytest.skip("FOGHORN_IMAGE names no image")
    return path


@pytest.fixture(scope="module")
def simulator(image):
    arguments = ["--accounts", "2", "--clusters", "1", "--services", "2", "--regions", "us-east-1,eu-west-1"]
    command = [os.environ["FOGHORN_SIM_BIN"], *arguments, "--external-id", EXTERNAL_ID]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    name, url = process.stdout.readline().strip().split("=", 1)
    assert name == "AWS_ENDPOINT_URL"
    yield url
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def fleet(tmp_path):
    """The folder with the fleet file."""
    tmp_path.chmod(0o755)
    folder = tmp_path / "fleet"
    folder.mkdir()
    (folder / "fleet.yaml").write_text(FLEET)
    return folder


def run(image, *arguments, mounts=(), simulator=None):
    """foghorn in the image."""
    command = [ROOT / "scripts/run-image.sh"]
    for mount in mounts:
        command += ["--mount", mount]
    if simulator:
        keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "simulated"}
        for name, value in {"AWS_ENDPOINT_URL": simulator, "AWS_REGION": "us-east-1", **keys}.items():
            command += ["--env", f"{name}={value}"]
    return subprocess.run([*command, image, *arguments], capture_output=True, text=True, timeout=300, check=False)


def test_the_image_starts_and_reads_a_fleet_file_that_is_mounted(image, fleet):
    assert run(image, "--version").stdout.startswith("foghorn ")
    validated = run(image, "validate", "--file", "/etc/foghorn/fleet.yaml", mounts=[f"{fleet}:/etc/foghorn"])
    assert validated.returncode == 0 and "fleet acme is valid" in validated.stdout, validated.stderr


def test_a_plan_needs_nothing_to_write_on_and_finds_the_notifier(image, simulator, fleet):
    arguments = ["plan", "--file", "/etc/foghorn/fleet.yaml"]
    planned = run(image, *arguments, mounts=[f"{fleet}:/etc/foghorn"], simulator=simulator)
    assert planned.returncode == 2, planned.stderr
    assert "+ Function foghorn-deploys\n" in planned.stdout
    # The root is read-only, which costs the memory of the run and nothing else.
    assert "Read-only file system" in planned.stderr


def test_reports_are_kept_on_a_volume_as_the_images_own_user(image, simulator, fleet, tmp_path):
    volume = tmp_path / "volume"
    volume.mkdir()
    os.chown(volume, USER, USER)
    mounts = [f"{fleet}:/etc/foghorn", f"{volume}:/var/lib/foghorn:rw"]
    applied = run(image, "apply", "--yes", "--file", "/etc/foghorn/fleet.yaml", mounts=mounts, simulator=simulator)
    # The webhook's secret is nowhere, so that the rooms stay out of reach.
    assert applied.returncode == 2, applied.stderr
    assert "Read-only file system" not in applied.stderr
    kept = list((volume / "acme/runs").iterdir())
    assert len(kept) == 1 and kept[0].stat().st_uid == USER
