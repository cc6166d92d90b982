"""The lock files: one version of a package in all of them, and Dagster with its libraries as one matching set."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

CHECKOUT = Path(__file__).resolve().parents[2]
#: Resolved alone, for readers of other versions.
_APART = {"requirements-readers.lock", "requirements-spark.lock"}
LOCKS = sorted(path for path in CHECKOUT.glob("requirements*.lock") if path.name not in _APART)
#: Libraries that name the one Dagster that they fit.
LIBRARIES = ("dagster-celery", "dagster-k8s", "dagster-postgres", "dagster-webserver")


def pinned(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", path.read_text(), re.MULTILINE))


def test_no_package_has_two_versions() -> None:
    versions: dict[str, set[str]] = {}
    for path in LOCKS:
        for name, version in pinned(path).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("library", LIBRARIES)
def test_dagster_and_its_libraries_are_one_matching_set(library: str) -> None:
    everything = pinned(CHECKOUT / "requirements-dev.lock")
    assert metadata.version(library) == everything[library], "run make setup-dev"
    asked = {one.name: one.specifier for one in map(Requirement, metadata.requires(library) or ())}
    for name in asked.keys() & {"dagster", "dagster-graphql", "dagster-shared", "dagster-pipes"}:
        assert str(asked[name]) == f"=={everything[name]}", f"{library} does not fit {name}"
    assert "dagster" in asked


def test_workers_have_what_running_needs_and_the_libraries_of_the_engine() -> None:
    workers = pinned(CHECKOUT / "requirements-scale.lock")
    assert pinned(CHECKOUT / "requirements.lock").items() <= workers.items()
    assert {"dagster-celery", "dagster-k8s", "dagster-postgres", "redis", "psycopg2-binary"} <= workers.keys()
