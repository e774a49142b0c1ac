"""Terraform, as far as it can be had: the program, and the AWS provider from a folder of the machine."""

import functools
import json
import os
import pathlib
import shutil
import subprocess

import pytest

from emulators import ROOT

FOLDER = ROOT / "manifests" / "terraform"
MODULES = sorted((FOLDER / "modules").iterdir())

# The folder in which a machine without a way to Terraform's registry keeps providers
# (a filesystem mirror); without one, the tests that need the provider are skipped.
PROVIDERS = pathlib.Path(os.environ.get("FOGHORN_TERRAFORM_PROVIDERS") or os.devnull)


@functools.cache
def program():
    path = shutil.which("terraform")
    if path is None:
        pytest.skip("terraform is not installed")
    return path


def need_provider():
    if not list(PROVIDERS.glob("*/hashicorp/aws/*/*")):
        pytest.skip("the AWS provider is not to be had: name a filesystem mirror in FOGHORN_TERRAFORM_PROVIDERS")


def run(folder, *arguments, check=True, **environment):
    """Runs Terraform in a folder, without anybody's own configuration."""
    done = subprocess.run(
        [program(), *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TF_CLI_CONFIG_FILE": os.devnull,
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
            **environment,
        },
        capture_output=True,
        text=True,
    )
    assert not check or done.returncode == 0, f"terraform {arguments[0]}: {done.stdout}{done.stderr}"
    return done


class Work:
    """A copy of all modules, in one folder of which Terraform works."""

    def __init__(self, temporary, place, variables=None, override=None, **environment):
        shutil.copytree(FOLDER, temporary / "terraform")
        self.folder = temporary / "terraform" / place
        self.environment = environment
        (self.folder / "terraform.tfvars.json").write_text(json.dumps(variables or {}))
        if override:
            (self.folder / "test_override.tf").write_text(override)

    def run(self, *arguments, **options):
        return run(self.folder, *arguments, **options, **self.environment)

    def prepared(self, provider=False):
        mirror = [f"-plugin-dir={PROVIDERS}"] if provider else []
        self.run("init", "-no-color", "-input=false", *mirror)
        return self

    def applied(self):
        """Applies, and returns the outputs."""
        self.run("apply", "-no-color", "-input=false", "-auto-approve")
        outputs = json.loads(self.run("output", "-json").stdout)
        return {name: output["value"] for name, output in outputs.items()}
