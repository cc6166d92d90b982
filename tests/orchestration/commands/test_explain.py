"""`cliche explain`: from a published share to its counts, pictures, labels and calls, by queries that can be run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from assets.leaderboard.cells.showing import cell_of
from tests.orchestration.installation import MODELS, WEEK, Cliche, Installation
from warehouse import keys
from warehouse.database.published import open_published

MODEL = MODELS[0]
PROMPT, ATTRIBUTE, VALUE = "startup-ceo/ceo-his", "perceived_gender", "feminine"
CELL = cell_of(MODEL, PROMPT, ATTRIBUTE, VALUE)
WORDS = ("startup-ceo@1/ceo-his", ATTRIBUTE, VALUE, MODEL)


@pytest.fixture(autouse=True)
def _home(published_once: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICHE_HOME", str(published_once.home))


def database(home: Installation) -> Path:
    return home.home / "published" / "cliche.duckdb"


def test_a_cell_leads_to_pictures_labels_and_calls(published_once: Installation, cliche: Cliche) -> None:
    found = cliche("explain", CELL)
    assert (found.code, found.err) == (0, "")
    assert len(found.out.splitlines()) <= 40
    with open_published(database(published_once)) as con:
        of = {"model": MODEL, "prompt": PROMPT, "attribute": ATTRIBUTE}
        where = "model = $model AND prompt = $prompt AND attribute = $attribute"
        [(k, n, version)] = con.execute(
            f"SELECT k, n, labeler_version FROM figures WHERE {where} AND figure = 'share' AND value = 'feminine'",
            of,
        ).fetchall()
        pictures = con.execute(
            "SELECT slot_key, images.image_sha256, image_ext, value FROM images "
            f"JOIN labels USING (week, model, slot_key) JOIN slots USING (week, model, slot_key) WHERE {where}",
            of,
        ).fetchall()
        counts = con.execute(f"SELECT value, pictures FROM counts WHERE {where}", of).fetchall()
    assert f"{k} of {n} pictures" in found.out
    assert f"read by drawing {version}" in found.out
    assert len(pictures) == sum(many for _, many in counts) > 0
    for slot, sha256, ext, value in pictures:
        assert f"{WEEK} {value}   {keys.image(sha256, ext)}\n" in found.out
        receipt = re.search(rf"attempts/\S+/{slot}/\d+\.json", found.out)
        assert receipt
        assert receipt[0] in set(published_once.store.list(f"attempts/week={WEEK}/"))
    for value, many in counts:
        assert re.search(rf"{WEEK} +{value} .* {many} *\n", found.out)


def test_words_in_any_order_name_the_same(cliche: Cliche) -> None:
    out = cliche("explain", CELL).out
    assert cliche("explain", *WORDS).out == out
    assert cliche("explain", " ".join(reversed(WORDS))).out == out


def test_each_query_runs_as_it_is_printed(cliche: Cliche) -> None:
    printed = [line for line in cliche("explain", CELL).out.splitlines() if line.startswith("  cliche sql ")]
    assert len(printed) == 3
    for line in printed:
        found = cliche(*shlex.split(line)[1:], "--format", "csv")
        assert (found.code, found.err) == (0, "")
        assert len(found.out.splitlines()) > 1


def test_a_combination_shows_the_labels_of_its_parts(published_once: Installation, cliche: Cliche) -> None:
    with open_published(database(published_once)) as con:
        [(model, prompt, attribute, value)] = con.execute(
            "SELECT model, prompt, attribute, value FROM figures WHERE attribute ^@ 'all:' AND figure = 'share' "
            "AND n > 0 ORDER BY ALL LIMIT 1"
        ).fetchall()
    found = cliche("explain", cell_of(model, prompt, attribute, value))
    assert found.code == 0
    assert re.search(rf"{WEEK} \w+ \+ \w+.*   images/", found.out)


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (CELL.replace("feminine", "feminin"), CELL),
        (f"{ATTRIBUTE} {VALUE} gpt-image-9", MODEL),
        ("startup-ceo@9/ceo-his perceived_gender feminine sim-classic", CELL),
        ("'; DROP TABLE figures; --", "near it: "),
        ("$week ${model} $$ {name} %s", "near it: "),
        ("\x1b[31mred\x07[bold]", "near it: "),
        ("", "near it: "),
        ("ü" * 50_000, "near it: "),
    ],
)
def test_an_unknown_figure_ends_in_one_line(figure: str, said: str, cliche: Cliche) -> None:
    found = cliche("explain", figure)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert found.err.count("\n") == 1
    assert "\x1b" not in found.err
    assert len(found.err) < 2000


def test_words_of_several_figures_name_them(cliche: Cliche) -> None:
    found = cliche("explain", ATTRIBUTE, VALUE, MODEL)
    assert (found.code, found.out) == (2, "")
    assert re.search(r"names \d+ figures: ", found.err)
    assert CELL in found.err


def test_without_an_edition(cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path))
    found = cliche("explain", CELL)
    assert found.code != 0
    assert found.err.count("\n") == 1
