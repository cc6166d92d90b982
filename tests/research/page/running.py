"""A home with a paid model whose service can fail, and Dagster's own page and daemon on it, as `make dev` starts them.

Belongs here: the home, the service, the processes. Does not belong here: what is clicked (`walk`), what is tested.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg

from orchestration import weekly
from orchestration.instance import open_instance
from tests.orchestration.installation import CHECKOUT, Installation, entry, environment, install
from tests.services.openai_contract import Call, ContractServer, Reply
from tests.services.seaweedfs import _free_ports
from warehouse.weeks import current_week, shift

MODEL, KEY_ENV = "gpt-image-2", "PAGE_API_KEY"
REVOKED = {
    "status": 401,
    "code": "invalid_api_key",
    "message": "Incorrect API key provided: sk-****. You can find your API key at https://platform.openai.com.",
}
_PATIENCE_S = 120.0


@dataclass
class Vendor:
    """What the service answers: pictures that can be read, until its key is revoked after so many."""

    pictures: list[bytes]
    left: int | None = None  # calls that are still answered; None: all
    answered: int = 0

    def __call__(self, call: Call) -> Reply | None:
        if not call.forced:
            return None
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                return Reply(error=REVOKED)
        self.answered += 1
        return Reply(image=self.pictures[self.answered % len(self.pictures)])


@dataclass
class Page:
    """Dagster's page on a home, its daemon beside it."""

    installation: Installation
    vendor: Vendor
    server: ContractServer
    port: int
    week: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """Dagster's records, opened beside the processes."""
        home = self.installation.settings.dagster_home
        with open_instance(home) as instance:
            yield instance

    def wait_for(self, what: Callable[[], bool], patience_s: float = _PATIENCE_S) -> None:
        """Wait until something holds; fail if it does not, or a process ended."""
        until = time.monotonic() + patience_s
        while not what():
            if time.monotonic() > until or any(one.poll() is not None for one in self.processes):
                raise RuntimeError(f"waited in vain; see the logs in {self.installation.home}")
            time.sleep(0.2)


def make_home(folder: Path, server: ContractServer, vendor: Vendor) -> Installation:
    """A home whose last week is published, and whose present week asks a paid model too."""
    week, last = current_week(), shift(current_week(), -1)
    real = entry(
        MODEL,
        title="GPT Image 2",
        provider="openai_images",
        model_id="gpt-image-2",
        params={},
        price={"per_image_usd": 0.05, "source": "test", "date": "2026-11-20"},
        connection={"base_url": server.base_url, "key_env": KEY_ENV, "allow_private": True},
        **{"from": week},
    )
    made = install(folder, entry("sim-classic"), real, first_week=shift(week, -3))
    place, settings = made.place(), made.settings
    weekly.run_partitions(place, settings, [("sim-classic", last)], lambda text: None)
    weekly.publish(place, settings, last, note=lambda text: None)
    vendor.pictures = [made.store.get(key) for key in sorted(made.store.list("images/"))]
    shutil.copy(CHECKOUT / "dagster.yaml", settings.dagster_home)
    return made


@contextmanager
def running(folder: Path) -> Iterator[Page]:
    """Start the service, the page and the daemon; end them all."""
    os.environ[KEY_ENV] = "sk-test"
    vendor = Vendor([])
    with ContractServer(script=vendor) as server:
        installation = make_home(folder, server, vendor)
        (port,) = _free_ports(1)
        page = Page(installation, vendor, server, port, current_week())
        try:
            for name, *words in (
                ("dagster-webserver", "-h", "127.0.0.1", "-p", str(port)),
                ("dagster-daemon", "run"),
            ):
                page.processes.append(_start(installation, name, *words))
            page.wait_for(lambda: _answers(f"{page.url}/server_info"))
            yield page
        finally:
            for process in page.processes:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _start(installation: Installation, name: str, *words: str) -> subprocess.Popen[bytes]:
    home = installation.settings.dagster_home
    with (installation.home / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [Path(sys.executable).with_name(name), *words, "-w", "workspace.yaml"],
            cwd=CHECKOUT,
            env=environment(installation.home, DAGSTER_HOME=str(home), DAGSTER_DISABLE_TELEMETRY="1"),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
        return bool(answer.status == 200)
    return False
