"""What the page of a study shows: values as its file writes them, and a page that a reader can open."""

import re

from tests.site.pages.shown import words
from tests.studies.conftest import Study
from tests.studies.shown import rows, scored, section, view

AGES = ("10-19", "20-29", "30-39", "40_49", "50-59", "60-plus")


def many(study: Study, prompts: int, replicates: int = 4) -> Study:
    """Make a study of labels alone: two models, two conditions, this many prompts, an attribute of six values and one
    of two.
    """
    names = [f"p{number}" for number in range(prompts)]
    conditions = ("baseline", "controlled")
    del study.data["pictures"]
    study.data |= {
        "prompts": "SELECT DISTINCT prompt, condition FROM 'labels.csv'",
        "attributes": [
            {"id": "age", "title": "age", "values": list(AGES)},
            {"id": "gender", "title": "gender", "values": ["f", "m"], "outside": ["both"]},
        ],
        "labels": [
            "SELECT * EXCLUDE (_file, _row) FROM (UNPIVOT 'labels.csv' ON age, gender INTO NAME attribute VALUE value)"
        ],
    }
    lines = [
        f"{model},{name},{condition},{number},{AGES[(place * 7 + number) % 6 if later else 1]},{'fm'[later]}"
        for model in ("One", "m-two")
        for place, name in enumerate(names)
        for later, condition in enumerate(conditions)
        for number in range(1, replicates + 1)
    ]
    text = "\n".join(["model,prompt,condition,replicate,age,gender", *lines, ""])
    (study.root / "labels.csv").write_text(text, "utf-8")
    return study


def test_of_many_changes_the_page_counts_all_and_lists_the_clear_ones(tiny: Study) -> None:
    many(tiny, prompts=60).run()
    with scored(tiny.store, "tiny") as con:
        ((listed, clear),) = con.execute(
            "SELECT count(*), count(*) FILTER (WHERE clear) FROM words WHERE subject IS NOT NULL AND value <> 'm'"
        ).fetchall()
        shown, page = view(con), section(con)
    assert listed == 2 * 60 * (6 + 1)
    assert sum(one.compared + one.missing for one in shown.changes) == listed
    assert sum(len(one.clear) for one in shown.changes) == clear
    assert len(page) < 300_000


def test_values_are_shown_as_the_study_writes_them(tiny: Study) -> None:
    many(tiny, prompts=5, replicates=10).run()
    with scored(tiny.store, "tiny") as con:
        found = rows(con, "SELECT DISTINCT value FROM words WHERE attribute = 'age'")
        page = section(con)
    assert {row["value"] for row in found} >= set(AGES)
    means = page.partition('id="conditions"')[2]
    for age in AGES:
        assert re.search(rf'<th scope="col" class="num">{re.escape(age)}</th>', means)
    for age in ("10 19", "20 29", "60 plus"):
        assert age not in words(page)
