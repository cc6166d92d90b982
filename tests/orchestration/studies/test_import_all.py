"""`cliche import study --all`, from repositories on a real HTTPS server: going on, skipping, and whatever is wrong."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.studies import definition
from tests.orchestration.installation import CHECKOUT, Cliche, Installation, environment, install
from tests.services.git import Host, hosting, repository
from tests.studies.conftest import picture

ALL = ("import", "study", "--all", "--yes")
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
CAME_IN = [
    "whole: 3 slots, 3 images stored, 0 missing, 3 labels by p@1-",
    "published figures: 1 of 1 come out as printed",
]
_RUN = """
import pathlib, sys
from assets.studies import definition
definition.SHIPPED = pathlib.Path(sys.argv.pop(1))
from orchestration.cli import main
main()
"""


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    for folder in ("shipped", "repositories"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(definition, "SHIPPED", tmp_path / "shipped")
    with hosting(tmp_path / "repositories") as (host, certificate):
        monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
        yield host


def ship(host: Host, name: str, first: bytes | None = None, **changes: Any) -> None:
    """Ship a study of three pictures and their labels; `changes` are of its source, but for the license."""
    files = host.root.parent / name
    (files / "images").mkdir(parents=True)
    for number in range(3):
        (files / f"images/ceo_{number}.png").write_bytes((number == 0 and first) or picture(number))
    (files / "labels.csv").write_text("nr,gender\n0,woman\n1,man\n2,man\n", "utf-8")
    data = {
        **{"study": name, "version": "1.0.0", "title": f"The study {name}", "citation": "Nobody (2026)"},
        "license": changes.pop("license", "MIT"),
        "models": [{"id": "m", "title": "M"}],
        "attributes": [{"id": "gender", "title": "Gender", "values": ["woman", "man"]}],
        "labelers": [{"id": "p", "kind": "person"}],
        "prompts": "SELECT 'ceo' AS prompt",
        "pictures": "SELECT 'ceo' AS prompt, regexp_extract(file, '[0-9]+') AS replicate, file AS path "
        "FROM glob('images/*.png')",
        "labels": ["SELECT 'ceo' AS prompt, nr AS replicate, gender AS value FROM 'labels.csv'"],
        "published": [
            {
                **{"title": "Men", "where": "table 1", "values": {"men": "2"}},
                "query": "SELECT 'men' AS name, count(*) AS value FROM study_labels WHERE value = 'man'",
            }
        ],
        "source": {
            "address": f"{host.base}/{name}",
            "commit": repository(host.root / name, files),
            "megabytes": 1,
            **changes,
        },
    }
    (definition.SHIPPED / f"{name}.yaml").write_text(yaml.safe_dump(data), "utf-8")


def _gone(host: Host) -> None:
    ship(host, "broken")
    shutil.rmtree(host.root / "broken")


def _cut(host: Host) -> None:
    ship(host, "broken")
    host.cut["broken"] = 200


#: What is wrong with a study → how it comes about, what its one line says.
BROKEN: dict[str, tuple[Callable[[Host], None], str]] = {
    "no network": (
        lambda host: ship(host, "broken", address="https://127.0.0.1:9/broken"),
        "https://127.0.0.1:9/broken was not reached (Failed to connect to 127.0.0.1 port 9",
    ),
    "removed": (
        _gone,
        "/broken is no public repository: it moved, was removed or is private; look at address",
    ),
    "no commit": (
        lambda host: ship(host, "broken", commit="1" * 40),
        "/broken has no commit 111111111111 any",
    ),
    "cut": (_cut, "/broken was not reached ("),
    "LFS": (
        lambda host: ship(host, "broken", first=LFS),
        "images/ceo_0.png: is a Git LFS pointer, not a picture; fetch the file with git lfs pull (a clone is in",
    ),
    "too large": (
        lambda host: ship(host, "broken", first=picture(0) + bytes(60_000_000)),
        "the clone is larger than 53 MB, the study file says about 1; nothing was kept",
    ),
}


@pytest.mark.parametrize("wrong", BROKEN)
def test_a_study_that_does_not_come_in_is_one_line_and_the_others_go_on(
    wrong: str, host: Host, fresh: Installation, cliche: Cliche
) -> None:
    breaks, said = BROKEN[wrong]
    breaks(host)
    ship(host, "whole")
    ended = cliche(*ALL)
    assert ended.code == 1
    assert ended.error.startswith("broken: ")
    assert said in ended.only_line
    lines = ended.out.splitlines()
    assert [line[: len(own)] for line, own in zip(lines[-3:], CAME_IN, strict=False)] == CAME_IN
    assert lines[-1] == "2 studies: 1 came in, 0 needed nothing, 1 did not come in"
    assert {key.split("/")[1] for key in fresh.objects() if key.startswith("studies/")} == {"whole"}
    kept = {path.name.split("-")[0] for path in (fresh.home / "checkouts").iterdir()}
    assert kept == ({"whole", "broken"} if wrong == "LFS" else {"whole"})


def test_without_a_network_each_address_is_a_line_and_nothing_is_written(
    host: Host, fresh: Installation, cliche: Cliche
) -> None:
    for name in ("one", "two"):
        ship(host, name, address=f"https://127.0.0.1:9/{name}")
    ended = cliche(*ALL)
    assert ended.code == 1
    assert [line.split(" was not reached")[0] for line in ended.err.splitlines()] == [
        f"cliche: {name}: https://127.0.0.1:9/{name}" for name in ("one", "two")
    ]
    assert fresh.objects() == {}
    assert [*(fresh.home / "checkouts").iterdir()] == []


def test_it_says_what_it_will_fetch_and_fetches_nothing_unless_it_may(
    host: Host, fresh: Installation, cliche: Cliche
) -> None:
    ship(host, "free", megabytes=300)
    ship(host, "unknown", license="none given")
    ended = cliche(*ALL[:-1])
    assert (ended.code, "pass --yes" in ended.only_line) == (3, True)
    rows = [line.split() for line in ended.out.splitlines()]
    assert rows[1] == ["free", "300", "MIT", "shown", "The", "study", "free"]
    assert rows[2] == ["unknown", "1", "none", "given", "not", "shown", "The", "study", "unknown"]
    assert ended.out.splitlines()[3] == "To fetch: about 301 MB, 3 min at 20 Mbit/s"
    assert (host.requests, fresh.objects()) == ([], {})


def test_what_is_imported_or_removed_is_not_fetched_again(
    host: Host, fresh: Installation, cliche: Cliche
) -> None:
    ship(host, "renamed")
    (host.root / "renamed").rename(host.root / "now")
    host.moved["renamed"] = "now"  # a host that knows where it went
    ship(host, "taken")
    assert cliche(*ALL).code == 0
    assert cliche("study", "remove", "taken", "--reason", "a mistake").code == 0
    host.requests.clear()
    shutil.rmtree(fresh.home / "checkouts")
    ended = cliche(*ALL)
    assert (ended.code, ended.err, host.requests) == (0, "", [])
    renamed, taken, last = ended.out.splitlines()
    assert renamed == "renamed: imported already (version 1.0.0)"
    assert taken.startswith("taken 1.0.0 was removed (retractions/study-taken-1.json: a mistake)")
    assert last == "2 studies: 0 came in, 2 needed nothing, 0 did not come in"


def test_one_run_imports_them_and_one_that_was_killed_is_gone_on_with(
    host: Host, fresh: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(host, "first")
    ship(host, "second")

    def begun() -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", _RUN, str(definition.SHIPPED), *ALL]
        return subprocess.Popen(words, cwd=CHECKOUT, env=environment(fresh.home), stdout=subprocess.DEVNULL)

    host.held.add("second")
    held = begun()
    assert host.asking.wait(60)
    refused = cliche(*ALL)
    assert refused.code == 3
    assert "another run holds import the shipped studies since" in refused.only_line
    assert f"(pid {held.pid}, this machine)" in refused.only_line
    alone = cliche("import", "study", "second")
    assert (alone.code, "another run holds the clone of second since" in alone.err) == (3, True)
    held.send_signal(signal.SIGKILL)
    held.wait()
    host.go.set()

    stored = fresh.home / "store" / "studies" / "second"
    killed = begun()
    while killed.poll() is None and not stored.is_dir():
        time.sleep(0.001)
    killed.kill()  # while objects of the second are written
    killed.wait()

    host.requests.clear()
    ended = cliche(*ALL)
    assert ended.code == 0
    assert "first: imported already (version 1.0.0)" in ended.out.splitlines()
    assert not host.requests, "both clones were whole"
    assert sorted(path.name.split("-")[0] for path in (fresh.home / "checkouts").iterdir()) == [
        "first",
        "second",
    ]
    undisturbed = install(tmp_path / "other")
    monkeypatch.setenv("CLICHE_HOME", str(undisturbed.home))
    assert cliche(*ALL).code == 0
    assert fresh.objects() == undisturbed.objects()


@pytest.mark.parametrize("words", [("--all", "raza2025"), ("--all", "--check"), ("raza2025", "--yes"), ()])
def test_a_wrong_use(words: tuple[str, ...], fresh: Installation, cliche: Cliche) -> None:
    ended = cliche("import", "study", *words)
    assert (ended.code, ended.only_line.startswith("name a STUDY, or --all")) == (2, True)
