"""When a reader on a slow phone first sees a page: CPU a quarter as fast, 1.6 Mbit/s, beside a page of one word.

Belongs here: first paints in a throttled browser. Does not belong here: whether pages jump (`tests/site/pages`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from assets.labeling.thumbnails.encoder import thumbnail
from assets.leaderboard.edition import publish
from assets.leaderboard.page.sheets import path_of
from assets.leaderboard.sheets import KINDS
from orchestration.commands.auditor import RangeHandler
from tests.bench.measure import Row, Size, best
from tests.site import world
from warehouse import keys
from warehouse.database.published import open_published
from warehouse.store import open_store

#: What design asks for (§12): a slow phone of today on a slow network.
CPU = 4
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
PAINT = """new Promise(done => new PerformanceObserver(list => {
  const first = list.getEntriesByName("first-contentful-paint")[0];
  if (first) done(first.startTime / 1000);
}).observe({type: "paint", buffered: true}))"""
PLAIN = "plain.html"


def run(folder: Path, size: Size) -> list[Row]:
    """Return the first contentful paint of the largest page of each kind, beside that of a page of one word."""
    store = folder / "store"
    pages = _site(store)
    (store / PLAIN).write_text("<!doctype html><title>-</title><p>Word", encoding="utf-8")
    with _served(store) as address, _browser() as browser:

        def shown(path: str) -> float:
            return best(_first_paint(browser, f"{address}/{path}") for _ in range(size.repeats))

        plain = shown(PLAIN)
        return [
            Row(
                f"first paint of {kind}",
                (store / path).stat().st_size,
                "bytes",
                shown(path),
                "one word",
                plain,
            )
            for kind, path in sorted(pages.items())
        ]


def _site(store: Path) -> dict[str, str]:
    """Publish a small world; return kind of page → path of its largest page."""
    filled = open_store(store)
    world.fill(filled, weeks=4, replicates=6)
    for key in filled.list("images/"):
        sha256 = key.rpartition("/")[2].partition(".")[0]
        filled.put_if_absent(keys.thumbnail(sha256), thumbnail(sha256, filled.get(key)))
    con = world.load(filled)
    world.add_study(con)
    edition = publish(con, filled, week=world.WEEK, code_version="bench")
    prefix = keys.edition_prefix(edition.id)
    copy = open_published(store / keys.SITE_DATABASE)
    made: dict[str, list[str]] = {}
    try:
        for kind in KINDS:
            for sheet in kind.build(copy, date.fromisoformat(world.WEEK)):
                made.setdefault(kind.template(sheet), []).append(prefix + path_of(sheet.address, "en"))
    finally:
        copy.close()
    return {kind: max(paths, key=lambda path: (store / path).stat().st_size) for kind, paths in made.items()}


class _Quiet(RangeHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each file."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away: a page is left at its first paint."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        named = os.environ.get("CLICHE_CHROMIUM")
        if not named:
            raise SystemExit(
                "no Chromium: run make browser, and set CLICHE_CHROMIUM to what .venv/.chromium says"
            )
        browser = playwright.chromium.launch(executable_path=named, args=["--no-sandbox"])
        yield browser
        browser.close()


def _first_paint(browser: Any, address: str) -> float:
    """Return the seconds from asking for a page to its first text or picture, nothing in the cache."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    told = context.new_cdp_session(page)
    told.send("Network.enable")
    told.send("Network.emulateNetworkConditions", NETWORK)
    told.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    page.goto(address)
    seconds = float(page.evaluate(PAINT))
    context.close()
    return seconds
