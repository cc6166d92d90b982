"""The page "Ask the tables": the same rows in a browser as in DuckDB, and nothing loaded that was not asked for."""

from __future__ import annotations

import csv
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from playwright.sync_api import expect

from assets.leaderboard.browser_engine import engine_keys, show_engine
from tests.site import world
from tests.site.looks.page import opened_browser, served
from tests.site.pages.shown import published
from warehouse import keys
from warehouse.database.published import open_published
from warehouse.errors import UsageError
from warehouse.sqlfiles import names, sql
from warehouse.store import Store, open_store

ENGINE = Path(sys.prefix) / ".engine"
needs_engine = pytest.mark.skipif(not ENGINE.is_dir(), reason="no DuckDB for browsers: run make engine")
HOSTILE = "SELECT '<img src=x onerror=alert(1)>' AS \"<script>alert(2)</script>\", '=1+1' AS formula, NULL AS nothing"


@pytest.fixture(scope="module")
def site(filled_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    shutil.copytree(filled_store.url, folder / "store")
    store = open_store(folder / "store")
    published(world.load(store), store, "ask")
    return folder / "store"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site) as address:
        yield address


class Asking:
    def __init__(self, browser: Any, url: str) -> None:
        self.page = browser.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.goto(url)

    @property
    def said(self) -> str:
        return str(self.page.inner_text("#status"))

    def run(self, statement: str | None = None) -> str:
        """Run what is in the field, or this; return what the page says when it is done."""
        if statement is not None:
            self.page.fill("#sql", statement)
        self.page.click("#ask [type=submit]")
        self.page.wait_for_selector("#ask:not([aria-busy])", timeout=60_000)
        return self.said


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Any]:
    yield from opened_browser(chromium_path, folders_as_served=False)


def page_of(address: str, language: str = "") -> str:
    return f"{address}editions/{world.WEEK}.1/{language}data/query/index.html"


@pytest.fixture
def native(site: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(site / keys.SITE_DATABASE) as con:
        yield con


@pytest.mark.browser
def test_without_the_engine_the_page_says_what_is_missing(browser: Any, address: str, site: Path) -> None:
    for key in engine_keys().values():
        (site / key).unlink(missing_ok=True)
    asking = Asking(browser, page_of(address))
    assert asking.run().startswith("DuckDB for browsers is missing here")
    assert "manque" in Asking(browser, page_of(address, "fr/")).run()


@pytest.mark.browser
def test_a_page_in_a_folder_says_that_it_needs_a_server(browser: Any, site: Path) -> None:
    asking = Asking(browser, (site / f"editions/{world.WEEK}.1/data/query/index.html").as_uri())
    assert asking.run().startswith("A page that is opened from a folder cannot load DuckDB")
    asking.page.select_option("#question", "who_is_the_ceo")
    expect(asking.page.locator("#status")).to_contain_text("cliche serve")
    assert asking.complaints == []


@needs_engine
@pytest.mark.browser
def test_every_audit_query_finds_as_many_rows_as_duckdb_itself(
    browser: Any, address: str, site: Path, native: duckdb.DuckDBPyConnection
) -> None:
    assert show_engine(open_store(site), ENGINE)
    asking = Asking(browser, page_of(address))
    assert asking.page.locator("#question option").count() == len(names("audit")) + 1
    found: dict[str, int] = {}
    for name in names("audit"):
        asking.page.select_option("#question", name)
        expect(asking.page.locator("#sql")).to_have_value(sql(f"audit/{name}"))
        said = asking.run()
        counted = re.match(r"(?:The first 500 of )?([\d,]+) rows?[ ,]", said)
        assert counted, (name, said)
        found[name] = int(counted[1].replace(",", ""))
    assert found == {name: len(native.execute(sql(f"audit/{name}")).fetchall()) for name in found}
    assert sum(found.values()) > 1000
    assert asking.complaints == []
    assert [url for url in asking.requests if not url.startswith(address)] == []


@needs_engine
@pytest.mark.browser
def test_values_read_as_duckdb_writes_them(
    browser: Any, address: str, site: Path, native: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert show_engine(open_store(site), ENGINE)
    asking = Asking(browser, f"{page_of(address)}#question=who_is_the_ceo")
    expect(asking.page.locator("#sql")).to_have_value(sql("audit/who_is_the_ceo"))
    asking.run()
    with asking.page.expect_download() as download:
        asking.page.click("#csv")
    rows = list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8").splitlines()))
    wanted = native.sql(sql("audit/who_is_the_ceo"))
    texts = native.sql("SELECT COLUMNS(*)::VARCHAR FROM wanted").fetchall()
    assert rows[0] == wanted.columns
    assert rows[1:] == [[value or "" for value in row] for row in texts]
    assert "These are the tables of edition" in asking.page.inner_text("#edition")


@needs_engine
@pytest.mark.browser
def test_hostile_statements_and_values_are_text(
    browser: Any, address: str, site: Path, tmp_path: Path
) -> None:
    assert show_engine(open_store(site), ENGINE)
    asking = Asking(browser, f"{page_of(address)}#sql={quote(HOSTILE)}")
    assert asking.page.input_value("#sql") == HOSTILE
    assert not any("engine" in url for url in asking.requests)  # a link runs nothing
    assert asking.run().startswith("1 row in ")
    assert "<img src=x onerror=alert(1)>" in asking.page.inner_text("#answer")
    assert "no value" in asking.page.inner_text("#answer")
    with asking.page.expect_download() as download:
        asking.page.click("#csv")
    assert "'=1+1" in Path(download.value.path()).read_text(encoding="utf-8")
    for statement, words in (
        ("SELEKT 1", "Parser Error"),
        ("", "Parser Error"),
        ("DROP TABLE slots", "Parser Error"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("FROM read_csv('https://example.org/a.csv')", "Permission Error"),
        (f"FROM read_csv('{address}editions/latest.json')", "Permission Error"),
        ("FROM (ATTACH 'https://example.org/a.duckdb')", "Error"),
        ("SELECT 1) ; DROP VIEW start_here; FROM (SELECT 2", "Error"),
    ):
        assert words in asking.run(statement), statement
        assert asking.page.is_hidden("#answer")
    assert asking.run("FROM start_here").startswith("8 rows")
    assert asking.complaints == []
    assert [url for url in asking.requests if not url.startswith(address)] == []


@needs_engine
def test_files_of_the_engine_are_put_once_and_no_other_ones(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    assert not show_engine(store, tmp_path / "nothing")
    assert [*store.list("site/")] == []
    assert show_engine(store, ENGINE)
    assert sorted(store.list("site/")) == sorted(engine_keys().values())
    assert show_engine(store, tmp_path / "nothing")  # they are there
    shutil.copytree(ENGINE, tmp_path / "other")
    (tmp_path / "other" / "duckdb.js").write_bytes(b"stealing()")
    with pytest.raises(UsageError, match="is not the file that pages name"):
        show_engine(open_store(tmp_path / "new"), tmp_path / "other")
