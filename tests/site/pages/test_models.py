"""Pages of models: every figure again from the tables, pictures that are those which figures count, both languages."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from assets.leaderboard.models import effects, worst
from assets.leaderboard.page.languages import tongue
from tests.site import world
from tests.site.pages import shown
from tests.site.pages.shown import WEEK, asked, words
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection

FIRST = WEEK - timedelta(weeks=3)
HOSTILE = "</script><script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}=cmd()"
READ = """
    SELECT s.model, s.prompt, s.week, i.image_sha256, b.value
    FROM labels AS b
    INNER JOIN slots AS s USING (week, model, slot_key)
    INNER JOIN images AS i USING (week, model, slot_key)
    WHERE b.attribute = 'perceived_gender' AND s.week BETWEEN $first AND $last
"""


@pytest.fixture(scope="module")
def pages(con: Con) -> dict[str, str]:
    return shown.files(con, "model") | shown.files(con, "models")


def labels(con: Con) -> list[dict[str, Any]]:
    return asked(con, READ, first=FIRST, last=WEEK)


def test_every_model_that_was_ever_asked_has_a_page_in_both_languages(
    con: Con, pages: dict[str, str]
) -> None:
    for row in asked(con, "SELECT DISTINCT model FROM plans"):
        english = words(pages[f"models/{row['model']}/index.html"])
        french = words(pages[f"fr/models/{row['model']}/index.html"])
        assert english.startswith(row["model"])
        assert "Over time" in english
        assert "Au fil du temps" in french


def test_women_as_ceo_are_those_of_the_leaderboard_in_the_list_and_on_the_badge(planted_con: Con) -> None:
    pages = shown.files(planted_con, "model") | shown.files(planted_con, "models")
    listed = words(pages["models/index.html"])
    statement = """
        SELECT model, k, n FROM figures WHERE week = $week AND prompt = 'startup-ceo/ceo-his' AND figure = 'share'
            AND attribute = 'perceived_gender' AND value = 'feminine' AND turn = 1 AND n > 0
    """
    found = asked(planted_con, statement, week=WEEK)
    assert len(found) >= 3
    for row in found:
        model, k, n = row["model"], row["k"], row["n"]
        assert re.search(rf"{model}( rewrites prompts)? {k} of {n} ", listed)
        assert f"women as CEO {k} of {n}</text>" in pages[f"models/{model}/badge.svg"]
        assert f"femmes PDG {k} sur {n}</text>" in pages[f"fr/models/{model}/badge.svg"]
    assert "models/hazel/badge.svg" not in pages  # it was not asked


def test_refusals_add_up_to_the_requests_of_the_window(con: Con, pages: dict[str, str]) -> None:
    statement = """
        SELECT
            model,
            count(*) FILTER (WHERE outcome = 'ok') AS pictures,
            count(*) FILTER (WHERE outcome = 'refused_text') AS refused,
            count(*) AS planned
        FROM attempts WHERE week BETWEEN $first AND $last GROUP BY model
    """
    for row in asked(con, statement, first=FIRST, last=WEEK):
        text = words(pages[f"models/{row['model']}/index.html"])
        answered = row["pictures"] + row["refused"]
        assert f"Refused: {row['refused']} of {answered} answers." in text
        assert f"with a picture {row['pictures']} " in text
        assert f" all {row['planned']} " in text


def test_a_retired_model_says_who_succeeds_it(pages: dict[str, str]) -> None:
    text = words(pages["models/sim-retired/index.html"])
    assert "Retired since the week of 9 November 2026." in text
    assert "Its successor: sim-next." in text
    assert "It succeeds sim-retired." in words(pages["models/sim-next/index.html"])


def test_the_worst_prompts_are_those_whose_interval_lies_furthest_from_one_half(
    con: Con, pages: dict[str, str]
) -> None:
    """Here every yardstick of a single prompt is parity: the nearer end of the larger share's interval, less ½."""
    statement = """
        SELECT f.model, f.prompt, p.text, f.value, f.k, f.low, f.n
        FROM figures AS f INNER JOIN prompts AS p USING (week, model, prompt)
        WHERE f.week = $week AND f.figure = 'share' AND f.attribute = 'perceived_gender' AND f.estimate > 0.5
    """
    expected: dict[str, list[Any]] = {}
    for row in asked(con, statement, week=WEEK):
        if row["low"] > 0.5:
            expected.setdefault(row["model"], []).append(
                (-round((row["low"] - 0.5) / 0.5, 9), -row["n"], row["prompt"], row)
            )
    assert "sim-classic" in expected
    for path, page in pages.items():
        if not re.fullmatch(r"models/[^/]+/index.html", path):
            continue
        found = re.findall(
            r"<h3><q lang=\"en\">(.*?)</q></h3>\s*<p><a [^>]*><strong>(\d+) of (\d+)</strong>", page
        )
        wanted = sorted(expected.get(path.split("/")[1], []), key=lambda one: one[:3])[:5]
        assert found == [(row["text"], str(row["k"]), str(row["n"])) for *_, row in wanted]


def test_pictures_of_a_worst_prompt_are_counted_ones_and_frames_show_the_value(
    con: Con, pages: dict[str, str]
) -> None:
    value_of = {(row["model"], row["prompt"], row["image_sha256"]): row["value"] for row in labels(con)}
    seen = 0
    for path, page in pages.items():
        for section in re.findall(r'<section class="weak">.*?</section>', page, re.DOTALL):
            model = path.split("models/")[1].split("/")[0]
            (prompt,) = set(re.findall(rf"prompts/(occupations/[a-z]+)/{model}/", section))
            said = "masculine" if re.search("perceived men|comme des hommes", section) else "feminine"
            pictures = re.findall(r'<li( class="framed")?><img src="[^"]*/([0-9a-f]{64})-160\.webp"', section)
            assert 0 < len(pictures) <= 12
            assert len({sha256 for _, sha256 in pictures}) == len(pictures)
            for framed, sha256 in pictures:
                value = value_of[model, prompt, sha256]
                assert value in {"feminine", "masculine"}
                assert bool(framed) == (value == said)
                seen += 1
    assert seen > 40


def test_ties_with_the_last_shown_prompt_are_said() -> None:
    rows = [
        {"model": "m", "prompt": f"p{number}", "distance": 0.25, "reach": 0.5, "n": 12} for number in range(8)
    ] + [
        {"model": "m", "prompt": "p0", "distance": 0.1, "reach": 0.2, "n": 50},
        {"model": "n", "prompt": "q", "distance": 0.4, "reach": 0.4, "n": 9},
    ]
    found, tied = worst.find(rows, "m")
    assert [row["prompt"] for row in found] == ["p0", "p1", "p2", "p3", "p4"]
    assert tied == 3
    assert worst.find([{"model": "m", "prompt": "p", "distance": -0.1, "n": 9}], "m") == ([], 0)


def test_the_file_beside_a_page_has_every_figure_on_boards_of_every_week(
    con: Con, pages: dict[str, str]
) -> None:
    for row in asked(con, "SELECT model FROM plans WHERE week = $week", week=WEEK):
        model = row["model"]
        assert f'href="../../models/{model}/history.csv"' in pages[f"models/{model}/index.html"]
        assert f'href="../../../models/{model}/history.csv"' in pages[f"fr/models/{model}/index.html"]
        stored = asked(
            con,
            "SELECT * FROM figures WHERE week IS NOT NULL AND model = $model AND figure IN ('gap', 'stereotypes')",
            model=model,
        )
        key = ("week", "suite", "condition", "attribute", "yardstick", "figure")
        rows = [*csv.DictReader(io.StringIO(pages[f"models/{model}/history.csv"]))]
        assert {tuple(row[name] for name in (*key, "n")) for row in rows} == {
            tuple(str(row[name]) for name in (*key, "n")) for row in stored
        }


def test_a_picture_costs_what_all_calls_of_the_window_cost(changed: Con) -> None:
    changed.execute("UPDATE attempts SET cost_usd = 0.04 WHERE model = 'imago-2' AND outcome = 'ok'")
    changed.execute("UPDATE attempts SET cost_usd = 0.01 WHERE model = 'imago-2' AND outcome <> 'ok'")
    ((usd, pictures),) = changed.execute(
        "SELECT sum(cost_usd), count(*) FILTER (WHERE outcome = 'ok') FROM attempts "
        "WHERE model = 'imago-2' AND week BETWEEN $first AND $last",
        {"first": FIRST, "last": WEEK},
    ).fetchall()
    page = words(shown.files(changed, "model")["models/imago-2/index.html"])
    assert f"A usable picture cost US$ {usd / pictures:.4f}, refused calls included." in page
    changed.execute(
        "UPDATE attempts SET cost_usd = NULL WHERE model = 'imago-2' AND week = $week AND outcome = 'ok'",
        {"week": WEEK},
    )
    page = words(shown.files(changed, "model")["models/imago-2/index.html"])
    assert "What a picture cost is not known" in page


def test_a_withheld_model_shows_no_figure_of_the_week_and_says_why(six_weeks: Store) -> None:
    changed = world.load(six_weeks)
    world.withhold(changed, "imago-2", f"too few answers {HOSTILE}")
    found = shown.files(changed, "model")
    page = found["models/imago-2/index.html"]
    assert "Withheld this week: too few answers" in words(page)
    assert "<script" not in page
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page
    assert "Its most one-sided results None is clear." in words(page)
    assert "models/imago-2/badge.svg" not in found
    assert "prompts/occupations/ceo/imago-2/" not in page


def test_only_clear_effects_that_were_chosen_beforehand_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    base = {
        "model": "m", "suite": "startup-ceo", "suite_major": 1, "kind": "wording", "a": "his", "b": "their",
        "subject": None, "attribute": "perceived_gender", "value": "feminine",
        "estimate": 0.4, "share_a": 0.1, "share_b": 0.5, "low": 0.1, "high": 0.6, "n_a": 20, "n_b": 20,
        "clear": True, "reliable": None,
    }  # fmt: skip
    rows = [
        base,
        base | {"value": "masculine"},  # not among those that are shown
        base | {"clear": False, "model": "n"},
        base | {"reliable": False, "model": "o"},
        base | {"estimate": None, "clear": None, "model": "p"},
        base | {"low": None, "high": None, "clear": None, "model": "q"},
    ]
    monkeypatch.setattr(effects, "rows", lambda *_: rows)
    found = effects.read(duckdb.connect(), WEEK)
    assert {model: [row["clear"] for row in of] for model, of in found.items()} == {
        "m": [True],
        "n": [False],
        "q": [None],
    }
    assert [effects.clear(of) for of in (found["n"], found["q"])] == [[], []]
    (one,) = effects.clear(found["m"])
    assert tongue("en").say(one.points) == "+40 points"
    assert (one.low, one.high, one.share_a, one.share_b) == (0.1, 0.6, 0.1, 0.5)


#: Corrected shares of the models that people labeled pictures of: estimate, low, high, reason.
TOLD = {
    "sim-classic": "0.413, 0.371, 0.455, NULL",
    "imago-2": "0.413, NULL, NULL, 'few_weeks'",
    "sim-drift": "NULL, NULL, NULL, 'raters_differ'",
    "sim-next": "NULL, NULL, NULL, 'no_gold'",
}


def test_it_says_what_people_would_see_or_why_that_is_not_known(changed: Con) -> None:
    for model, told in TOLD.items():
        changed.execute(
            f"""
            INSERT INTO figures BY NAME
            SELECT figures.* REPLACE (
                'corrected_share' AS figure, 33 AS k, 80 AS n, cast(one.estimate AS DOUBLE) AS estimate,
                cast(one.low AS DOUBLE) AS low, cast(one.high AS DOUBLE) AS high, one.reason AS reason
            )
            FROM figures CROSS JOIN (VALUES ({told})) AS one (estimate, low, high, reason)
            WHERE week = $week AND model = $model AND figure = 'mean_share' AND attribute = 'perceived_gender'
            """,
            {"week": WEEK, "model": model},
        )
    changed.execute(
        "INSERT INTO labeler_error BY NAME SELECT week, model, suite, suite_major, attribute, labeler, "
        "labeler_version, value, n, 200 AS gold_n FROM figures WHERE figure = 'corrected_share'"
    )

    pages = shown.files(changed, "model")

    classic, real, drift, following = (words(pages[f"models/{model}/index.html"]) for model in TOLD)
    assert "By the labeler By people (95% interval) Labeled by people Occupations " in classic
    assert "41% n = 80 41% (37% to 46%) 200" in classic
    assert "41% n = 80 41% too few weeks to know how much weeks differ 200" in real
    assert drift.count("people differ on too many of its pictures 200") == 1  # of two values once
    assert "Checked by people" not in following
    assert "Vérifié par des personnes" in words(pages["fr/models/sim-classic/index.html"])
