"""Adding a part of the page is adding a module and a template: here it is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.leaderboard import build, parts
from assets.leaderboard.build import build_page
from assets.leaderboard.page import page as pages
from assets.leaderboard.page.page import render
from orchestration.verifying import figures
from orchestration.verifying.report import VerifyReport
from tests.site import world
from tests.site.test_addresses import OTHER
from warehouse.store import open_store

MODULE = '''
"""How many slots each model had."""

from dataclasses import dataclass

from assets.leaderboard.page import words
from assets.leaderboard.views.part import Part


@dataclass(frozen=True)
class Asked:
    model: str
    slots: int


def build(con, week):
    con.execute("SELECT model, count(*) FROM slots WHERE week = $week GROUP BY ALL ORDER BY ALL", {"week": week})
    return tuple(Asked(words.plain(model), slots) for model, slots in con.fetchall())


PART = Part("asked", "Asked", AFTER, "_asked.html.j2", build)
'''
TEMPLATE = """{%- macro section(data) %}
<section id="asked" aria-labelledby="asked-title">
  <h2 id="asked-title">How often they were asked</h2>
  {%- for one in data %}
  <p data-view="{{ view("asked", model=one.model) }}">
    <span data-part="=model">{{ one.model }}</span> <span data-part="slots">{{ one.slots }}</span>
  </p>
  {%- endfor %}
</section>
{%- endmacro %}
"""


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    store = open_store(tmp_path_factory.mktemp("bucket"))
    world.fill(store)
    return world.load(store)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of parts and one of templates beside the shipped ones."""
    monkeypatch.setattr(parts, "__path__", [*parts.__path__, str(tmp_path)])
    monkeypatch.setattr(pages, "TEMPLATES", (*pages.TEMPLATES, tmp_path))
    (tmp_path / "_asked.html.j2").write_text(TEMPLATE)
    build.found.cache_clear()
    pages._environment.cache_clear()
    yield tmp_path
    build.found.cache_clear()
    pages._environment.cache_clear()


def html(con: duckdb.DuckDBPyConnection) -> str:
    view = build_page(con, week=world.WEEK, edition=f"{world.WEEK}.1", code_version="test")
    text = render(view)["figures.html"].decode()
    figures.compare(con, text.encode(), view, OTHER, report := VerifyReport("x"))
    assert report.differences == []
    false = text.replace('data-part="slots">', 'data-part="slots">1')
    figures.compare(con, false.encode(), view, OTHER, report := VerifyReport("x"))
    assert bool(report.differences) is (false != text)  # a false figure of the new part is found
    return text


@pytest.mark.parametrize("after", ["leaderboard", "pictures", "studies", "statistics"])
def test_a_module_and_a_template_are_a_part_in_its_place(
    con: duckdb.DuckDBPyConnection, folder: Path, after: str
) -> None:
    before = html(con)
    name = f"asked_{after}"
    (folder / f"{name}.py").write_text(MODULE.replace("AFTER", repr(after)))
    build.found.cache_clear()
    text = html(con)
    assert '<a href="#asked">Asked</a>' in text
    section = text[text.index('<section id="asked"') :].split("</section>")[0]
    ((model, slots),) = con.execute(
        "SELECT model, count(*) FROM slots WHERE week = $week GROUP BY ALL ORDER BY ALL LIMIT 1",
        {"week": world.WEEK},
    ).fetchall()
    assert f'<span data-part="=model">{model}</span> <span data-part="slots">{slots}</span>' in section
    # all else is as it was
    without = text.replace(f"{section}</section>", "").replace('<a href="#asked">Asked</a>', "")
    assert without.split() == before.split()
    ids = [part.split('"')[0] for part in text.split('<section id="')[1:]]
    if after in ids:
        assert ids.index("asked") > ids.index(after)


def test_a_part_after_nothing_is_no_part_of_any_page(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    (folder / "asked_nowhere.py").write_text(MODULE.replace("AFTER", "'nowhere'"))
    build.found.cache_clear()
    with pytest.raises(ValueError, match="is to follow nowhere, which is not there"):
        html(con)
