"""Adding a kind of page is adding a module and a template: here it is done, published and verified."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import duckdb
import pytest

from assets.leaderboard import pages, sheets
from assets.leaderboard.edition import publish
from assets.leaderboard.page import environment as rendering
from assets.leaderboard.page.environment import environment
from assets.leaderboard.page.sheets import NOWHERE, SitePlace, render_sheet
from assets.leaderboard.published import read_manifest
from assets.leaderboard.views.kind import Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import View
from orchestration.verifying import page
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from tests.site import world
from tests.site.pages.shown import WEEK
from warehouse.canonical import sha256_hex
from warehouse.database.published import open_published
from warehouse.store import Store, open_store

MODULE = '''
"""How many slots each model had."""

from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say, say_n
from assets.leaderboard.views.query import View


def build(con, week):
    con.execute("SELECT model, count(*) FROM slots WHERE week = $week GROUP BY ALL ORDER BY ALL", {"week": week})
    for model, slots in con.fetchall():
        yield Sheet(
            f"asked/{model}/",
            say_n("Asked %(n)s time", "Asked %(n)s times", slots),
            View(model=model, slots=slots),
            (Crumb("about/", say("About this site")),),
        )


KIND = PageKind("asked", build)
'''
TEMPLATE = """{% extends "pages/_base.html.j2" %}
{% block main %}
<h1>{{ t(sheet.title) }}</h1>
<p>{{ view.model }}: {{ number(view.slots) }}, {{ percent(0.5) }}.
  <a href="{{ link("about/") }}">{{ _("Corrections") }}</a></p>
<img src="{{ thumbnail("ab" * 32) }}" alt="">
{% endblock %}
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = open_store(tmp_path_factory.mktemp("bucket"))
    world.fill(store, weeks=2, replicates=6, only=("imago-2",))
    return store


@pytest.fixture(scope="module")
def con(store: Store) -> duckdb.DuckDBPyConnection:
    return world.load(store)


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module of a kind whose row replaces all others, and its template in a folder of its own."""
    monkeypatch.setattr(rendering, "TEMPLATES", (*rendering.TEMPLATES, tmp_path))
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "asked.html.j2").write_text(TEMPLATE)
    module: dict[str, Any] = {}
    exec(MODULE, module)
    monkeypatch.setattr(sheets, "KINDS", (module["KIND"],))
    environment.cache_clear()
    yield
    environment.cache_clear()


def test_every_module_of_a_kind_has_its_row() -> None:
    modules = [import_module(f"{pages.__name__}.{one.name}") for one in iter_modules(pages.__path__)]
    kinds = {module.KIND.id for module in modules if hasattr(module, "KIND")}
    kinds |= {kind.id for module in modules for kind in getattr(module, "KINDS", ())}
    assert kinds == {kind.id for kind in sheets.KINDS}


@pytest.mark.usefixtures("added")
def test_a_module_and_a_template_are_pages_in_both_languages_that_verify_makes_again(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    site = SitePlace(url="https://example.org/x", publisher="A & B")
    edition = publish(con, store, week=world.WEEK, code_version="test", site=site)
    assert not publish(con, store, week=world.WEEK, code_version="test", site=site).published
    manifest = read_manifest(store, edition.id)
    paths = ["asked/imago-2/index.html", "fr/asked/imago-2/index.html"]
    english, french = (store.get(edition.prefix + path).decode() for path in paths)
    (slots,) = con.execute(
        "SELECT count(*) FROM slots WHERE model = 'imago-2' AND week = $week", {"week": world.WEEK}
    ).fetchall()[0]
    assert f"<h1>Asked {slots} times</h1>" in english
    assert f"imago-2: {slots}, 50%." in english
    assert f"imago-2: {slots}, 50\N{NO-BREAK SPACE}%." in french
    assert '<html lang="fr">' in french
    assert '<a href="../../about/index.html">' in english  # the same language, from wherever it is
    assert '<a href="../../about/index.html">' in french
    assert f'src="../../../../thumbnails/ab/{"ab" * 32}-160.webp"' in english
    assert f'src="../../../../../thumbnails/ab/{"ab" * 32}-160.webp"' in french
    assert '<a href="../../fr/asked/imago-2/index.html" hreflang="fr" lang="fr">Français</a>' in english
    assert '<a href="../../../asked/imago-2/index.html" hreflang="en" lang="en">English</a>' in french
    for path, text in zip(paths, (english, french), strict=True):
        assert manifest["files"][path] == {"sha256": sha256_hex(text.encode()), "bytes": len(text.encode())}
        assert f'<b class="edition">{edition.id}</b>' in text
        address = f"https://example.org/x/editions/{edition.id}/{path}"
        assert f'<link rel="canonical" href="{address}">' in text
    nowhere = {path: data.decode() for path, data in sheets.sheets(con, WEEK, NOWHERE)}
    assert all("https://" not in nowhere[path] for path in paths)
    with open_published(Path(store.url) / "site" / "cliche.duckdb") as copy:

        def compared() -> list[str]:
            report = VerifyReport("x")
            page.compare(copy, VerifiedEdition(Path(store.url), manifest, report), lambda key: None)
            return report.differences

        assert compared() == []
        file = Path(store.url) / edition.prefix / paths[1]
        file.chmod(0o644)
        file.write_text(file.read_text().replace("imago-2:", "imago-3:"))
        assert compared() == [f"{paths[1]} is not what its version makes of the tables"]


@pytest.mark.parametrize("address", ["fr/x/", "docs/", "../x/", "x", "X/", "/", "a b/"])
@pytest.mark.usefixtures("added")
def test_an_address_that_is_none_is_refused(address: str) -> None:
    (kind,) = (kind for kind in sheets.KINDS if kind.id == "asked")
    sheet = Sheet(address, say("Asked"), View(model="m", slots=1))
    with pytest.raises(ValueError, match="is no address of a page"):
        [*render_sheet(kind, sheet, WEEK, NOWHERE)]
