"""`python -m tests.research.page.walk FOLDER`: an operator on Dagster's page, as docs/operations/weekly.md says.

A key is revoked in the middle of a week; a stored picture is lost; two weeks of all models are asked for at once.
Each scene begins on the first page. It keeps screenshots and prints the clicks; what it does not find is an error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dagster_graphql import DagsterGraphQLClient
from playwright.sync_api import Locator, sync_playwright
from playwright.sync_api import Page as Tab

from assets.gateway.receipts import read_partition
from orchestration.definitions import GENERATE
from tests.orchestration.installation import SLOTS
from tests.research.page.running import MODEL, Page, running
from warehouse import keys
from warehouse.weeks import shift

_PATIENCE_MS = 120_000


class Walk:
    """A browser at the first page of Dagster; clicks are counted, and each leaves a screenshot."""

    def __init__(self, tab: Tab, url: str, folder: Path, name: str) -> None:
        self.tab, self.folder, self.name = tab, folder, name
        self.clicks: list[str] = []
        tab.goto(url)
        tab.get_by_text("Overview", exact=True).first.wait_for()

    def click(self, what: Locator, called: str, then: Locator) -> None:
        """Click, and wait for what appears."""
        what.first.click()
        self.clicks.append(called)
        self.see(then)

    def see(self, what: Locator) -> None:
        """Wait until something is to be seen, and keep how the page looks."""
        what.first.wait_for(timeout=_PATIENCE_MS)
        self.tab.wait_for_timeout(1500)  # drawings move
        self.tab.screenshot(path=self.folder / f"{self.name}-{len(self.clicks)}.png")

    def newest_failure(self, says: str) -> None:
        """Find the run that failed last, and read why."""
        tab = self.tab
        self.click(tab.get_by_text("Runs", exact=True), "Runs", tab.get_by_text("Launched by"))
        failed = tab.get_by_text("Status is any of")
        self.click(tab.get_by_text("Failed", exact=True), "Failed", failed)
        self.click(tab.get_by_role("link", name="View", exact=True), "View", tab.get_by_text(says))

    def again(self) -> None:
        """Run it again, and wait until all is well."""
        tab = self.tab
        self.click(
            tab.get_by_role("button", name="Re-execute all"), "Re-execute all", tab.get_by_text("RUN_SUCCESS")
        )


def ask(page: Page, model: str) -> None:
    """Launch a run of the present week, as Monday's schedule does, and wait for its end."""
    client = DagsterGraphQLClient("127.0.0.1", port_number=page.port)
    week = {"dagster/partition/model": model, "dagster/partition/week": page.week}
    run = client.submit_job_execution(GENERATE, tags={"dagster/partition": f"{model}|{page.week}", **week})
    page.wait_for(lambda: client.get_run_status(run).value in {"SUCCESS", "FAILURE"})


def revoked_key(page: Page, walk: Callable[[str], Walk]) -> list[str]:
    """A service refuses the key after two pictures; its owner makes another."""
    page.vendor.left = 2
    ask(page, MODEL)
    here = walk("key")
    here.newest_failure(f"{MODEL}, week {page.week} was stopped: auth: Incorrect API key provided")
    page.vendor.left = None
    here.again()
    asked = [call for call in page.server.calls if "images" in call["path"]]
    pictures = [call for call in asked if call["status"] == 200]
    assert len(pictures) == SLOTS, [call["status"] for call in asked]
    receipts = read_partition(page.installation.store, page.week, MODEL).receipts
    assert sum(receipt.outcome.value == "ok" for receipt in receipts) == SLOTS
    return here.clicks


def lost_picture(page: Page, walk: Callable[[str], Walk]) -> list[str]:
    """A stored picture is gone; it is put back from a copy of the store."""
    ask(page, "sim-classic")
    receipt = read_partition(page.installation.store, page.week, "sim-classic").receipts[0]
    assert receipt.image_sha256 is not None
    file = page.installation.home / "store" / keys.image(receipt.image_sha256, "png")
    copy = file.read_bytes()
    file.unlink()
    ask(page, "sim-classic")
    here = walk("picture")
    here.newest_failure("a recorded picture is not in the store (images__bytes_as_stored)")
    file.write_bytes(copy)
    here.again()
    return here.clicks


def two_weeks(page: Page, walk: Callable[[str], Walk]) -> list[str]:
    """Two weeks of all models: what is there is not asked again, a week that is over is refused."""
    here, before = walk("weeks"), len(page.server.calls)
    tab = here.tab
    here.click(tab.get_by_text("Jobs", exact=True), "Jobs", tab.get_by_text(GENERATE))
    here.click(tab.get_by_text(GENERATE), GENERATE, tab.get_by_role("button", name="Materialize all"))
    dialog = tab.get_by_text("Partition selection")
    here.click(tab.get_by_role("button", name="Materialize all"), "Materialize all…", dialog)
    chosen = tab.get_by_role("button", name="All", exact=True)
    here.click(chosen, "All (models)", tab.get_by_text("sim-classic"))
    tab.get_by_placeholder("ex:").fill(f"[{shift(page.week, -1)}...{page.week}]")
    tab.keyboard.press("Enter")
    here.see(tab.get_by_text("4 partitions"))
    launched = tab.get_by_text("Latest event")
    here.click(tab.get_by_role("button", name="Launch backfill"), "Launch backfill", launched)

    def ended() -> bool:
        with page.instance() as instance:
            runs = [run for run in instance.get_runs() if "dagster/backfill" in run.tags]
        return len(runs) == 4 and all(run.is_finished for run in runs)

    page.wait_for(ended)
    with page.instance() as instance:
        runs = {
            run.tags["dagster/partition"]: run
            for run in instance.get_runs()
            if "dagster/backfill" in run.tags
        }
    failed = [key for key, run in runs.items() if not run.is_success]
    assert failed == [f"{MODEL}|{shift(page.week, -1)}"], failed
    tab.goto(f"{page.url}/runs/{runs[failed[0]].run_id}")
    here.see(tab.get_by_text("is over; a live model cannot be asked for a past week"))
    assert len(page.server.calls) == before  # nothing was asked twice
    return here.clicks


@contextmanager
def browser(page: Page, folder: Path, chromium: str) -> Iterator[Callable[[str], Walk]]:
    """Give what begins a scene in a tab of its own."""
    with sync_playwright() as playwright:
        running_browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])

        def walk(name: str) -> Walk:
            # Dagster's page does not start where the browser has no language.
            tab = running_browser.new_page(viewport={"width": 1400, "height": 900}, locale="en-US")
            return Walk(tab, page.url, folder, name)

        yield walk
        running_browser.close()


def play(folder: Path, chromium: str) -> dict[str, list[str]]:
    """Play all scenes; return the clicks of each. Screenshots are in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="cliche-page-") as home,
        running(Path(home) / "home") as page,
        browser(page, folder, chromium) as walk,
    ):
        return {scene.__name__: scene(page, walk) for scene in (revoked_key, lost_picture, two_weeks)}


if __name__ == "__main__":
    for name, clicks in play(Path(sys.argv[1]), os.environ["CLICHE_CHROMIUM"]).items():
        print(f"{name:<14} {len(clicks)} clicks: {' › '.join(clicks)}")
