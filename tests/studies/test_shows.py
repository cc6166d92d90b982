"""What a study found: rows of its page as its file declares them, its finding, and the same after a rebuild."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assets.leaderboard.evidence.study_findings import cards, lead
from assets.leaderboard.evidence.study_readings import Shows
from assets.leaderboard.page.languages import tongue
from assets.metrics.plain.intervals import wilson
from assets.metrics.week import score_study
from assets.studies.definition import SHIPPED, load_definition
from assets.studies.importer import check, import_study
from tests.site.pages import hostile, shown
from tests.studies.conftest import PUBLISHED, Study
from tests.studies.shown import scored, section
from tests.warehouse.world.compared import rows
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import CorruptObjectError
from warehouse.loading.load import load_study
from warehouse.loading.study_objects import SHOWS, read_study
from warehouse.store.local import LocalStore

SAY = tongue("en").say


def declared(study: Study, *shows: dict[str, Any]) -> Study:
    """Give the small study facts of its prompts, and something to show."""
    study.data["prompts"] = (
        "FROM (VALUES ('ceo', 'occupation:ceo', 'CEO', 'a CEO', 'office'), "
        "('nurse', 'occupation:nurse', 'Nurse', NULL, 'ward')) AS of_it (prompt, subject, title, text, place)"
    )
    study.data["shows"] = list(shows)
    return study


def many(study: Study, prompts: str, pictures: dict[str, str], **more: Any) -> Study:
    """Make a study of labels alone: model → prompt → values, a letter for each picture."""
    del study.data["pictures"]
    lines = [
        f"{model},{prompt},{number},{value}"
        for prompt, values in pictures.items()
        for model in ("One", "m-two")
        for number, value in enumerate(values)
    ]
    (study.root / "labels.csv").write_text("\n".join(["model,prompt,replicate,value", *lines, ""]))
    study.data |= {"prompts": prompts, "labels": ["SELECT * EXCLUDE (_file, _row) FROM 'labels.csv'"], **more}
    return study


@pytest.mark.corpora
@pytest.mark.parametrize("name", ["raza2025", "saac2023", "kauandugi2025", "csds447-2025"])
def test_rows_of_shipped_studies_are_those_of_their_labels(name: str, tmp_path: Path) -> None:
    """Counted from labels by the study file alone; the tables that the page reads have no part in it."""
    if not (PUBLISHED / name).is_dir():
        pytest.skip("needs ../shared/studies-as-published")
    store, definition = LocalStore(tmp_path / "store"), load_definition(SHIPPED / f"{name}.yaml")
    import_study(store, SHIPPED / f"{name}.yaml", PUBLISHED / name)
    with scored(store, name) as con:
        labels = rows(
            con,
            "SELECT l.*, s.model, s.prompt, s.condition, p.subject, p.facts FROM study_labels AS l "
            "JOIN study_slots AS s USING (study, slot_key) JOIN study_prompts AS p USING (study, prompt, condition)",
        )
        shows, page = Shows(con), section(con)
        single = rows(con, "FROM figures WHERE figure = 'share' AND estimate IS NOT NULL")
    assert definition.shows
    labeled = [show for show in definition.shows if show.attribute in {row["attribute"] for row in labels}]
    assert [show.title for show in shows.of[name]] == [show.title for show in labeled]
    facts = {row["facts"]: json.loads(row["facts"] or "{}") for row in labels}
    shares = 0
    for show, wanted in zip(shows.of[name], labeled, strict=True):
        support = next(one for one in definition.attributes if one.id == wanted.attribute).values
        expected: dict[tuple[str, ...], Counter[str]] = {}
        numbers: dict[tuple[str, ...], dict[str, list[float]]] = {}
        for row in labels:
            of = {**facts[row["facts"]], **{key: row[key] for key in ("prompt", "subject", "condition")}}
            kept = all(of.get(key) in values for key, values in wanted.where.items())
            if row["attribute"] == wanted.attribute and kept and wanted.by in of:
                key = (of[wanted.by], row["model"])
                expected.setdefault(key, Counter())[row["value"]] += 1
                numbers.setdefault(key, {}).setdefault(row["slot_key"], []).append(row["number"])
        table = show.tables[0]
        found = {(line.row, line.model): line for row in table.lines for line in row}
        assert found.keys() == expected.keys()
        for key, line in found.items():
            if show.numeric:
                means = [sum(of) / len(of) for of in numbers[key].values()]
                assert (line.n, line.mean) == (len(means), pytest.approx(sum(means) / len(means)))
                continue
            n = sum(expected[key][value] for value in support)
            for value, one in line.of.items():
                assert (one.k, line.n) == (expected[key][value], n)
                if n >= 5:
                    ends = [float(end) for end in wilson(one.k, n)]
                    assert (one.share, one.low, one.high) == (one.k / n, *ends)
                    shares += 1
    assert shares or name == "kauandugi2025"
    if name == "raza2025":  # a row of one prompt is its published figure
        for row in single:
            if row["condition"] == "baseline":
                line = next(
                    line
                    for show in shows.of[name]
                    if show.attribute == row["attribute"] and show.position < 2
                    for of in show.tables[0].lines
                    for line in of
                    if line.model == row["model"]
                    and line.row.endswith(row["prompt"].replace("swe", "software_engineer"))
                )
                one = line.of[row["value"]]
                assert (row["k"], row["n"]) == (one.k, line.n)
                assert (row["low"], row["high"]) == (
                    pytest.approx(one.low, abs=1e-9),
                    pytest.approx(one.high, abs=1e-9),
                )
    assert "Mean shares: each prompt counts alike" not in page


@pytest.mark.corpora
def test_the_sentence_that_leads_has_the_counts_of_the_labels(raza_store: LocalStore) -> None:
    with scored(raza_store, "raza2025") as con:
        found, (card,) = lead(con), cards(con)
        assert found is not None
        ((men, all_of_them),) = con.execute(
            "SELECT count(*) FILTER (WHERE value = 'male'), count(*) FROM study_labels JOIN study_slots USING (study, "
            "slot_key) WHERE attribute = 'gender' AND model = ? AND prompt = 'ceo' AND condition = 'baseline'",
            [found.model],
        ).fetchall()
        pictures = {
            sha256
            for (sha256,) in con.execute(
                "SELECT image_sha256 FROM study_slots WHERE model = ? AND prompt = 'ceo' AND condition = 'baseline'",
                [found.model],
            ).fetchall()
        }
        con.execute("UPDATE studies SET license = 'ask us'")
        without, (hidden,) = lead(con), cards(con)
        listed = shown.files(con, "studies")["studies/index.html"]
    assert (men, all_of_them) == (10, 10)
    assert (
        SAY(found.sentence) == f"Of {all_of_them} CEOs that Grok-2 Image drew in 2025, people saw {men} men."
    )
    assert {one.sha256 for one in found.grid} == pictures
    assert all(one.framed for one in found.grid)
    assert SAY(card.finding.sentence) == SAY(found.sentence)
    assert {one.sha256 for one in card.grid} < pictures
    assert without is not None
    assert (without.grid, [*hidden.grid]) == ([], [])
    assert SAY(hidden.why) == "The license is not known to allow it: no picture is shown."
    assert "<img" not in listed


def test_what_asks_for_the_value_is_of_few_or_was_read_by_a_program_does_not_lead(tiny: Study) -> None:
    asked = [
        ("ceo", "occupation:ceo", "a CEO", "none"),
        ("wife", "person:wife", "a wife in a house", "none"),
        ("boss", "role:boss", "a boss", "m"),
        ("few", "role:few", "few", "none"),
        ("mixed", "role:clerk", "a clerk", "none"),
    ]
    prompts = f"FROM (VALUES {', '.join(map(str, asked))}) AS of_it (prompt, subject, text, asked)"
    pictures = {
        "ceo": "m" * 9 + "f",
        "wife": "f" * 30,
        "boss": "m" * 30,
        "few": "ffff",
        "mixed": "f" * 9 + "bbb",
    }
    many(tiny, prompts, pictures, year=2024).data["attributes"][0] |= {"outside": {"both": ["b"]}}
    tiny.data["labelers"].append({"id": "program", "kind": "local_model"})  # it sees men alone
    tiny.data["labels"] = [
        f"SELECT * EXCLUDE (_file, _row) REPLACE ({value} AS value), '{labeler}' AS labeler FROM 'labels.csv'"
        for labeler, value in (("tiny-people", "value"), ("program", "'m'"))
    ]
    tiny.run()
    with scored(tiny.store, "tiny") as con:
        found = lead(con)
        assert found is not None
        assert SAY(found.sentence) == "Of 10 CEOs that Model One drew in 2024, people saw 9 men."
        ((k, n),) = con.execute(
            "SELECT count(*) FILTER (WHERE value = 'f'), count(*) FROM study_labels JOIN study_slots USING (study, "
            "slot_key) WHERE model = 'm-one' AND prompt = 'mixed' AND labeler = 'tiny-people'"
        ).fetchall()
        con.execute("UPDATE study_prompts SET text = 'a lady CEO' WHERE prompt = 'ceo'")
        other = lead(con)
    assert other is not None
    assert SAY(other.sentence) == (
        "Of 12 pictures that Model One drew for “a clerk” in 2024, 9 count: people saw 9 women."
    )
    assert (k, n, other.k, other.drawn) == (9, 12, 9, 12)


def test_shows_are_kept_in_the_store_and_an_import_of_before_loads_as_it_was(tiny: Study) -> None:
    before = tiny.run()
    assert not [key for key in tiny.store.list("studies/") if SHOWS in key]
    declared(tiny, {"title": "Women", "attribute": "gender", "by": "place", "where": {"place": "office"}})
    tiny.data["version"] = "1.1.0"
    assert (before.changed, tiny.run().changed, tiny.run().changed) == (True, True, False)
    tables = []
    for _ in range(2):  # from the bucket alone, twice
        with connect(None) as con:
            make_tables(con)
            load_study(con, tiny.store, "tiny")
            score_study(con, "tiny")
            tables.append(rows(con, f"FROM {SHOWS}"))
            page = section(con)
    assert tables[0] == tables[1]
    assert [(row["prompt"], row["shown_in"]) for row in tables[0]] == [("ceo", "office")]
    found = page[page.index('id="shows"') :].partition("</section>")[0]
    assert ">Women</h2>" in found
    assert "nurse" not in found.lower()
    key = next(key for key in tiny.store.list("studies/") if key.endswith(f"{SHOWS}.parquet"))
    Path(tiny.store.url, key).unlink()
    with pytest.raises(CorruptObjectError, match="is missing; import the study again"):
        read_study(tiny.store, "tiny")


def test_all_that_names_nothing_is_named_at_once(tiny: Study) -> None:
    declared(
        tiny,
        {"title": "A", "attribute": "gendre", "by": "plaze", "where": {"plase": "x"}},
        {"title": "B", "attribute": "gender", "by": "all", "value": "both"},
        {"title": "C", "attribute": "gender", "by": "model", "where": {"place": ["moon", "mars"]}},
    )
    mistakes, _ = check(tiny.save(), tiny.root)
    assert mistakes == [
        'tiny: shows "A": attributes are not declared: "gendre"; did you mean "gender"?',
        'tiny: shows "A": by is no fact of the prompts: "plaze"; did you mean "place"?',
        'tiny: shows "A": where names no fact of the prompts: "plase"; did you mean "place"?',
        'tiny: shows "B": gender has no such value to count: "both"; known: f, m',
        'tiny: shows "C": its where leaves no prompt; look at the values of its facts, and take out what no prompt has',
    ]


def test_several_prompts_of_a_row_have_their_pictures_in_one_place(tiny: Study) -> None:
    declared(tiny, {"title": "Women of all prompts", "attribute": "gender", "by": "all", "value": "f"}).run()
    with scored(tiny.store, "tiny") as con:
        page = section(con)
        own = {
            sha
            for (sha,) in con.execute("SELECT image_sha256 FROM study_slots WHERE model = 'm-one'").fetchall()
        }
    (place,) = re.findall(r'lang="en">Model One</th>.*?<a href="#([^"]+)">2 of 3</a>', page)
    grid = page.partition(f'id="{place}"')[2].partition("</ul>")[0]
    assert {*re.findall(r"([0-9a-f]{64})-160", grid)} == own
    assert grid.count('class="framed"') == 2


def test_a_study_of_no_labels_and_a_huge_one_have_pages(tiny: Study) -> None:
    tiny.data |= {"labels": [], "labelers": [], "attributes": []}
    tiny.run()
    with scored(tiny.store, "tiny") as con:
        page, (card,) = section(con), cards(con)
        assert lead(con) is None
        listed = shown.words(shown.files(con, "studies")["studies/index.html"])
    assert 'id="shows"' not in page
    assert (card.finding, len(card.grid)) == (None, 6)
    assert "2 models · 8 pictures · no labels" in listed


def test_three_hundred_prompts_with_three_thousand_facts_make_a_page_of_bounded_size(tiny: Study) -> None:
    facts = ", ".join(
        f"'{hostile.TEXTS[n].replace(chr(39), chr(39) * 2)[:200]}' || i AS \"fact {n}\"" for n in range(10)
    )
    prompts = f"SELECT 'p' || i AS prompt, 'job ' || i AS text, {facts} FROM range(300) AS r (i)"
    title = "<script>owned()</script> \u202egnp"
    shows = [{"title": title, "attribute": "gender", "by": f"fact {n}", "value": "f"} for n in range(10)]
    many(
        tiny, prompts, {f"p{i}": "f" * (i % 9) + "mmm" for i in range(300)}, shows=shows, title="=cmd()"
    ).run()
    with scored(tiny.store, "tiny") as con:
        page = section(con)
        file = shown.files(con, "study")["studies/tiny/shows.csv"]
        listed = shown.files(con, "studies")["studies/index.html"]
    assert len(page) < 300_000
    assert "<script>" not in page + listed
    assert "\u202e" not in page + file
    lines = [*csv.reader(io.StringIO(file))]
    assert len(lines) == 1 + 10 * 300 * 2, "all of them are in the file"
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "@"))]
    assert "rows between these are in the file" in page
