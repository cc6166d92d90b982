"""What the page shows of a study: values as its file writes them, and no more differences than a reader can use."""

import re

from assets.leaderboard.parts.study import MOST_DIFFERENCES
from tests.studies.conftest import Study
from tests.studies.shown import rows, scored, section, view

AGES = ("10-19", "20-29", "30-39", "40_49", "50-59", "60-plus")


def many(study: Study, prompts: int, replicates: int = 4) -> Study:
    """Make a study of labels alone: two models, two conditions, this many prompts, an attribute of six values and one
    of two.
    """
    names = [f"p{number}" for number in range(prompts)]
    conditions = ("baseline", "controlled")
    del study.data["images"]
    study.data |= {
        "prompts": [
            {"id": name, "subject": f"age:{name}", "condition": condition, "title": name}
            for name in names
            for condition in conditions
        ],
        "replicates": replicates,
        "spellings": {},
        "attributes": [
            {"id": "age", "title": "age", "values": list(AGES)},
            {"id": "gender", "title": "gender", "values": ["f", "m"], "outside": ["both"]},
        ],
    }
    study.labels.update(
        constants={},
        agree={},
        ignore_columns=[],
        key=[{"column": "picture", "pattern": "{prompt}_{condition}_{replicate}.png"}],
        columns=[
            {"attribute": "age", "column": "age", "values": {age: age for age in AGES}},
            {"attribute": "gender", "column": "sex", "values": {"f": "f", "m": "m"}},
        ],
    )
    lines = [
        f"{name}_{condition}_{number}.png,{AGES[(place * 7 + number) % 6 if later else 1]},{'fm'[later]}"
        for place, name in enumerate(names)
        for later, condition in enumerate(conditions)
        for number in range(1, replicates + 1)
    ]
    for model in ("One", "m-two"):
        path = study.root / "labels" / f"{model}.csv"
        path.write_text("\n".join(["picture,age,sex", *lines]) + "\n", "utf-8")
    return study


def body_rows(page: str) -> list[str]:
    """Return the rows of all tables of differences."""
    tables = re.findall(r'<table class="plain tests".*?</table>', page, re.DOTALL)
    return [
        row
        for table in tables
        for row in re.findall(r'<tr role="row"[^>]*>\s*<th scope="row".*?</tr>', table, re.DOTALL)
    ]


def test_the_page_shows_fifty_differences_of_a_study_and_says_where_the_rest_is(tiny: Study) -> None:
    many(tiny, prompts=60).run()
    with scored(tiny.store, "tiny") as con:
        ((differences, survivors),) = con.execute(
            "SELECT count(*), count(*) FILTER (WHERE survives) FROM study_differences"
        ).fetchall()
        shown, page = view(con), section(con)
    assert differences == 2 * 60 * (6 + 1)
    assert len(body_rows(page)) == MOST_DIFFERENCES == 50
    changes = [one for table in shown.tables for one in table.changes]
    assert [len(one.rows) for one in changes] == [25, 25]
    assert [one.compared for one in changes] == [720, 120]
    assert sum(one.survivors for one in changes) == survivors
    for one in changes:
        p = [row.fisher_p for row in one.rows]
        assert p == sorted(p)
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    assert "The page shows the 25 clearest of 720 differences" in re.sub(" +", " ", text)
    assert "All are in the data , table study_differences." in re.sub(" +", " ", text)
    assert len(page) < 100_000


def test_a_small_study_is_shown_whole(tiny: Study) -> None:
    many(tiny, prompts=3).run()
    with scored(tiny.store, "tiny") as con:
        page = section(con)
    assert len(body_rows(page)) == 2 * 3 * 7
    assert "All 36 differences with their p-values" in page
    assert "clearest" not in page


def test_values_are_shown_as_the_study_writes_them(tiny: Study) -> None:
    many(tiny, prompts=5, replicates=10).run()
    with scored(tiny.store, "tiny") as con:
        effects = rows(con, "SELECT DISTINCT value_name FROM study_effects WHERE attribute = 'age'")
        page = section(con)
    assert {row["value_name"] for row in effects} >= set(AGES)
    for age in AGES:
        assert re.search(rf'data-label="Value"[^>]*>{re.escape(age)}</td>', page)
        assert re.search(rf'<p class="what"[^>]*>(?:<[^>]*>)*{re.escape(age)}\b', page)
    for age in ("10 19", "20 29", "40 49", "60 plus"):
        assert age not in page
