"""What all tests share: no socket leaves this machine, an environment of its own, the corpora, a browser, a store.

Belongs here: fixtures and guards of the whole suite. Does not belong here: servers (`tests/services`), builders.
"""

from __future__ import annotations

import gc
import ipaddress
import itertools
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import settings

from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.store import Store, open_store

#: The same examples each time, so that a run does not depend on luck; `--hypothesis-profile=random` tries others.
#: No deadline: machines that run other tests beside it pause.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("random", deadline=None, derandomize=False)
settings.load_profile("same")

pytest_plugins = [
    "tests.services.seaweedfs",
    "tests.services.aimock",
    "tests.services.postgres",
    "tests.world.fixtures",
]


#: In memory where it has room (tests write files by the thousand, and wait for each to be on the disk).
MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 8 * 10**9:
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)

os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
os.environ["GX_ANALYTICS_ENABLED"] = "false"
os.environ["CLICHE_ENGINE"] = os.devnull  # no publish of a test puts its 35 MB into a store

CHECKOUT = Path(__file__).resolve().parents[1]
SHARED = CHECKOUT.parent / "shared"


#: Files that take longest (seconds of processor time): begun first, so that no worker ends long after the others. The
#: first make what many files read (the planted world, an installation), each by another worker, and wait for nobody.
#: What the list holds decides nothing but the order of files.
LONGEST = (
    "tests/site/evidence/test_then.py",
    "tests/warehouse/integrity/test_damage.py",
    "tests/e2e/test_demo.py",
    "tests/site/pages/test_every_kind.py",
    "tests/orchestration/commands/test_command.py",
    "tests/orchestration/verifying/test_forgeries.py",
    "tests/orchestration/taking_back/test_remove.py",
    "tests/site/leaders/test_both.py",
    "tests/orchestration/backup/test_backup.py",
    "tests/orchestration/verifying/history/test_chain.py",
    "tests/orchestration/weekly/test_shared_instance.py",
    "tests/site/test_edition.py",
)
#: Folders of short files: run last, where they fill what time is left on each worker.
SHORT = "tests/unit/"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first and the shortest last; within a file the order stays."""
    rank = {name: number for number, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0]
        return rank.get(file, len(rank) + file.startswith(SHORT))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    _leave_alone_what_lasts()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    if "tmp_path" in getattr(item, "funcargs", {}):
        _close_records()
    if nextitem is not None and nextitem.path != item.path:
        _leave_alone_what_lasts()


def _close_records() -> None:
    """Close Dagster's records of a test's installation, which is deleted once the test has passed."""
    opened = sys.modules.get("orchestration.instance")
    if opened and opened._opened.cache_info().currsize:
        opened._opened.cache_clear()
        opened._open.close()


def _leave_alone_what_lasts() -> None:
    """Take modules and collected tests out of what is looked through for garbage, which costs up to a tenth.

    `gc.collect()` in a test, or in a library that it calls, still finds what came since.
    """
    gc.collect()
    gc.freeze()


_homes = itertools.count()


class OutsideError(AssertionError):
    """A test tried to reach beyond this machine."""


def _refuse_outside(address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else address
    if not isinstance(host, str) or host in {"localhost", ""}:
        return
    try:
        outside = not ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        outside = isinstance(address, tuple)  # a name; a path of a Unix socket is no tuple
    if outside:
        raise OutsideError(f"a test tried to connect to {host}")


@pytest.fixture(autouse=True)
def _no_socket_beyond_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_outside(address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_outside(address)
        return connect_ex(self, address)

    def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(host, bytes):
            host = host.decode()
        if host not in {None, socket.gethostname()}:
            _refuse_outside((host,))
        return lookup(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_lookup)


@pytest.fixture(autouse=True)
def _environment_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ours = ("CLICHE_HOME", "CLICHE_STORE", "CLICHE_POSTGRES", "AWS_", "DAGSTER_")
    for name in [name for name in os.environ if name.startswith(ours)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "false")
    # Not in `tmp_path`, which would make a folder for each of thousands of tests that need none.
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path_factory.getbasetemp() / f"cliche-home-{next(_homes)}"))


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real pictures with people's labels; tests that need it are skipped where it is missing."""
    folder = SHARED / "corpora"
    if not folder.is_dir():
        pytest.skip("../shared/corpora is not there: real pictures are not part of the project")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium to look at pages with: `CLICHE_CHROMIUM`, or one of the usual names."""
    named = os.environ.get("CLICHE_CHROMIUM")
    found = (
        named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )
    if not found:
        pytest.skip("no Chromium: set CLICHE_CHROMIUM or run make browser")
    return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, with all tables and views."""
    with connect(None) as made:
        make_tables(made)
        yield made
