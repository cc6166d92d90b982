"""The page of a model says what share people would see, and why that is not known."""

from __future__ import annotations

from tests.site import world
from tests.site.pages import shown
from tests.site.pages.shown import WEEK, words
from warehouse.store import Store

#: What is told of the models that people labeled pictures of: estimate, low, high, reason.
TOLD = {
    "sim-classic": "0.413, 0.371, 0.455, NULL",
    "imago-2": "0.413, NULL, NULL, 'few_weeks'",
    "sim-drift": "NULL, NULL, NULL, 'raters_differ'",
    "sim-next": "NULL, NULL, NULL, 'no_gold'",
}


def test_the_page_of_a_model_says_what_people_would_see_or_why_that_is_not_known(six_weeks: Store) -> None:
    con = world.load(six_weeks)
    for model, told in TOLD.items():
        con.execute(
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
    con.execute(
        "INSERT INTO labeler_error BY NAME SELECT week, model, suite, suite_major, attribute, labeler, "
        "labeler_version, value, n, 200 AS gold_n FROM figures WHERE figure = 'corrected_share'"
    )

    pages = shown.files(con, "model")

    classic, real, drift, following = (words(pages[f"models/{model}/index.html"]) for model in TOLD)
    assert "By the labeler By people (95% interval) Labeled by people Occupations " in classic
    assert "41% n = 80 41% (37% to 46%) 200" in classic
    assert "41% n = 80 41% too few weeks to know how much weeks differ 200" in real
    assert drift.count("people differ on too many of its pictures 200") == 1  # of two values once
    assert "Checked by people" not in following
    assert "Vérifié par des personnes" in words(pages["fr/models/sim-classic/index.html"])
