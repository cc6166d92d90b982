"""Seven homes, made with the command: what leads each first page is real where anything is, and counted truly."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import duckdb
import pytest

from assets.leaderboard.pages import home
from tests.once import made_once
from tests.site import homes
from tests.site.looks.links import dead
from tests.site.pages.shown import asked, words
from tests.site.test_first_page import kinds, reasons_again
from warehouse.database.connection import connect

pytestmark = pytest.mark.skipif(not homes.STUDIES.is_dir(), reason="needs ../shared/studies-as-published")

#: Home → what leads its first page.
LEADS = {
    "nothing": home.NOTHING,
    "study": home.STUDIES,
    "studies": home.STUDIES,
    "first-try": home.LOOK,
    "first-try-seen": home.LOOK,
    "headline": home.FIGURES,
    "demo": home.SIMULATED,
}
HTML, PICTURES = 25_000, 150_000
#: Pictures of the first view, at most: a finding's, and a row or two below it.
FIRST = 24


@pytest.fixture(scope="module", params=LEADS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    name = request.param
    return name, made_once(tmp_path_factory, f"home-{name}", homes.HOMES[name])


@pytest.fixture(scope="module")
def pages(made: tuple[str, Path]) -> dict[str, str]:
    """The first page in both languages, by path."""
    edition = _edition(made[1])
    return {path: (edition / path).read_text() for path in ("index.html", "fr/index.html")}


@pytest.fixture(scope="module")
def con(made: tuple[str, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(made[1] / "warehouse.duckdb", read_only=True) as found:
        yield found


def _edition(folder: Path) -> Path:
    editions = folder / "store" / "editions"
    return editions / str(json.loads((editions / "latest.json").read_bytes())["edition"])


def test_the_most_real_leads_and_nothing_simulated_stands_above_it(
    made: tuple[str, Path], pages: dict[str, str]
) -> None:
    name, _ = made
    for page in pages.values():
        found = kinds(page)
        assert found == sorted(found)
        assert bool(found) == (name != "nothing")
        assert (False in found) == (name not in {"nothing", "demo"})
        assert "2022" in page[page.index('id="drew"') :]


def test_it_is_small(made: tuple[str, Path], pages: dict[str, str]) -> None:
    for path, page in pages.items():
        assert len(gzip.compress(page.encode())) <= HTML
        at = (_edition(made[1]) / path).as_uri()
        shown = [urlsplit(urljoin(at, src)).path for src in re.findall(r'<img src="([^"]+)"', page)][:FIRST]
        assert sum(Path(one).stat().st_size for one in shown) <= PICTURES


def test_links_of_studies_lead_somewhere(made: tuple[str, Path]) -> None:
    """Also where a picture is missing: 28 of raza2025 are."""
    assert dead(sorted(_edition(made[1]).glob("studies/*/index.html"))) == []


def test_its_sentences_count_as_sql_does(
    made: tuple[str, Path], pages: dict[str, str], con: duckdb.DuckDBPyConnection
) -> None:
    name, _ = made
    said = words(pages["index.html"])
    if LEADS[name] == home.STUDIES:
        [row] = asked(
            con,
            "SELECT count(*) FILTER (value = 'male') AS men, count(*) AS n FROM study_labels "
            "INNER JOIN study_slots USING (study, slot_key) WHERE study = 'raza2025' AND attribute = 'gender' "
            "AND model = 'grok-2-image' AND prompt = 'ceo' AND condition = 'baseline'",
        )
        assert f"Of {row['n']} CEOs that Grok-2 Image drew in 2025, people saw {row['men']} men." in said
    if LEADS[name] == home.LOOK:
        page = pages["index.html"]
        ceo = page[page.index("Who is the CEO?") :].partition("</section>")[0]
        rows = re.findall(
            r'<h3><a href="models/([^/]+)/[^>]*>[^<]*</a></h3>\s*<p>(?:of \d+ pictures, )?(\d+) (?:of|counted:) (\d+) '
            r"shows? a perceived (wo)?man",
            ceo,
        )
        assert len(rows) == 2
        for model, first, second, woman in rows:
            [row] = asked(
                con,
                "SELECT count(*) FILTER (value = $value) AS k, count(*) AS n FROM labels "
                "INNER JOIN slot_outcomes USING (week, model, slot_key) WHERE model = $model "
                "AND prompt IN ('startup-ceo/ceo-his', 'occupations/ceo-headshot') "
                "AND attribute = 'perceived_gender' AND value IN ('masculine', 'feminine')",
                model=model,
                value="feminine" if woman else "masculine",
            )
            assert {int(first), int(second)} == {row["k"], row["n"]}
    if LEADS[name] == home.FIGURES:
        match = re.search(r"(\d+) of the (\d+) pictures|All (\d+) pictures", said)
        assert match
        k, n = (match[1], match[2]) if match[1] else (match[3], match[3])
        assert asked(
            con,
            "FROM figures WHERE figure = 'share' AND k = $k AND n = $n AND NOT simulated",
            k=int(k),
            n=int(n),
        )


def test_its_reasons_are_the_true_ones(made: tuple[str, Path], con: duckdb.DuckDBPyConnection) -> None:
    name, _ = made
    if LEADS[name] not in {home.LOOK, home.FIGURES}:
        pytest.skip("no real model was asked in this home")
    [week] = [row["week"] for row in asked(con, "SELECT DISTINCT week FROM plans")]
    found = reasons_again(con, week)
    assert found.total() > 0
    assert ("not_read" in found) == (name == "first-try")
