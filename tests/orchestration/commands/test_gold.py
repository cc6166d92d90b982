"""`cliche gold`: from a published week to a project for two raters and back, with one line for every refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assets.leaderboard.published import read_manifest
from tests.orchestration.installation import MODELS, NEXT, WEEK, Cliche, Installation
from warehouse import keys
from warehouse.database.connection import connect

MAIL = "anna@example.org"
SAMPLE = (
    "gold",
    "sample",
    "--week",
    WEEK,
    "--set",
    "mine",
    "--seed",
    "7",
    *["--n", "3", "--least", "1"],
)


def answered(folder: Path, rater: str, account: object, value: str = "masculine") -> Path:
    """A rater's project as Label Studio exports it when every picture shows one man of middle age."""
    says = {
        "person_count": "1",
        "perceived_gender": value,
        "perceived_age": "middle_aged",
        "skin_tone": "monk_5",
        "clothing_era": "contemporary",
        "headwear": "none",
        "facial_hair": "none",
    }
    tasks: list[dict[str, Any]] = json.loads((folder / "project-1" / f"tasks-{rater}.json").read_text())
    for number, task in enumerate(tasks, start=1):
        result = [
            {"from_name": name, "to_name": "image", "type": "choices", "value": {"choices": [one]}}
            for name, one in says.items()
        ]
        task |= {"id": number, "annotations": [{"completed_by": account, "result": result}]}
    file = folder / f"{rater}-export.json"
    file.write_text(json.dumps(tasks))
    return file


def test_a_week_is_sampled_exported_rated_imported_and_published(
    published: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    done = cliche(*SAMPLE)
    assert (done.code, done.err) == (0, "")
    assert "Gold set mine: 6 of 8 pictures of week 2026-11-09" in done.out
    assert "seed 7" in done.out
    assert "6 of the pictures are drawn by simulated models" in done.out
    assert "Raters: a and b, each of whom labels every picture" in done.out

    folder = tmp_path / "raters"
    done = cliche("gold", "export", "mine", "--to", str(folder))
    assert done.code == 0, done.err
    assert "6 pictures in " in done.out
    assert len([*(folder / "images").iterdir()]) == 6
    assert cliche("gold", "export", "mine", "--to", str(tmp_path / "csv"), "--format", "csv").code == 0

    assert "0 of 6 pictures rated" in cliche("gold", "status", "mine").out
    a, b = (answered(folder, "a", {"id": 4, "email": MAIL}), answered(folder, "b", 31, value="feminine"))
    done = cliche("gold", "import", "mine", str(a), str(b), "--rater", f"{MAIL}=a", "--rater", "31=b")
    assert (done.code, done.err) == (0, "")
    assert "6 of 6 pictures rated; 6 are of simulated models" in done.out
    assert (
        "Both raters answered 42 questions and differ in 6; of these a third person agrees with one of the two in 0, "
        "with neither in 0; 6 wait for that person\nNext:  cliche gold export mine --third --to DIR\n"
        in done.out
    )
    third = tmp_path / "third"
    done = cliche("gold", "export", "mine", "--third", "--to", str(third))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("a and b differ in 6 of 42 questions; 6 of them are for a third person\n")
    assert done.out.endswith("Next:  cliche gold import mine FILE --rater third\n")
    tasks = json.loads((third / "project-1" / "tasks-third.json").read_text())
    assert len(tasks) == 6
    says = {"from_name": "perceived_gender", "type": "choices", "value": {"choices": ["masculine"]}}
    for task in tasks:
        task["annotations"] = [{"completed_by": 5, "result": [says]}]
    c = third / "export.json"
    c.write_text(json.dumps(tasks))
    done = cliche("gold", "import", "mine", str(c), "--rater", "third")
    assert "a third person agrees with one of the two in 6, with neither in 0; 0 wait" in done.out
    with connect(published.settings.warehouse, read_only=True) as con:
        assert con.execute("SELECT count(*) FROM gold_labels").fetchall() == [(90,)]
        assert con.execute(
            "SELECT value, raters, differed, count(*) FROM gold_answers WHERE attribute = 'perceived_gender' "
            "GROUP BY ALL"
        ).fetchall() == [("masculine", 3, True, 6)]
    before = published.objects()
    done = cliche("gold", "import", "mine", str(a), "--rater", "a")
    assert "0 answers imported, " in done.out
    assert published.objects() == before
    assert all(MAIL.encode() not in data for data in before.values())

    done = cliche("publish", "--week", WEEK)
    assert done.code == 0, done.err
    assert f"Edition {WEEK}.2 is current" in done.out
    corrected = (
        "SELECT model FROM figures WHERE figure IN ('mean_share', 'corrected_share') AND estimate IS NOT NULL"
    )
    rows = json.loads(cliche("sql", corrected, "--format", "json").out)
    rests_on = read_manifest(published.store, f"{WEEK}.2")
    assert [(one["gold_set"], len(one["labels"])) for one in rests_on["gold"]] == [("mine", 2)]
    assert [one["anchor_set"] for one in rests_on["anchors"]] == ["simulated-1"]
    named = [key for part in ("gold", "anchors") for one in rests_on[part] for key in one["labels"]]
    named += [rests_on["gold"][0]["sample"], rests_on["anchors"][0]["pictures"]]
    assert len(named) == 5
    assert all(published.store.head(key) for key in named)
    assert rows == []  # four pictures of a model have no mean share, so none that people could correct
    assert cliche("verify").code == 0
    assert cliche("rebuild").code == 0
    with connect(published.settings.warehouse, read_only=True) as con:
        assert con.execute("SELECT count(*) FROM gold_labels").fetchall() == [(90,)]
        failed = con.execute(
            "SELECT check_name, message FROM check_results WHERE check_name LIKE 'gold%' AND status <> 'pass'"
        ).fetchall()
        assert failed == []


def test_a_name_is_given_to_a_set_that_has_none_and_the_seed_is_told(
    published: Installation, cliche: Cliche
) -> None:
    done = cliche("gold", "sample", "--week", WEEK)
    assert f"Gold set {WEEK}-perceived_gender: 8 of 8 pictures" in done.out
    assert all(f"  {model}: 4: all that it has, fewer than 200\n" in done.out for model in MODELS)
    sample = json.loads(published.store.get(keys.gold_sample(f"{WEEK}-perceived_gender")))
    assert f"seed {sample['seed']}" in done.out
    assert {picture["inclusion_probability"] for picture in sample["pictures"]} == {1.0}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--week", "2026-11-10", "--n", "4"), 2, "week 2026-11-10 is no Monday; did you mean 2026-11-09?"),
        (("--week", NEXT, "--n", "4"), 2, f"nothing was planned in the week {NEXT}; run it first"),
        (("--week", WEEK, "--n", "1"), 2, "1 pictures per model are too few"),
        (("--week", WEEK, "--n", "4", "--raters", "a"), 2, "two raters are needed, not a;"),
        (("--week", WEEK, "--n", "4", "--raters", f"a,{MAIL}"), 2, "a rater was named by an e-mail address"),
        (("--week", WEEK, "--n", "4", "--set", "My Set"), 2, 'gold set "My Set": a name has'),
        (("--week", WEEK, "--n", "4", "--suite", "startup-ceo@9"), 2, 'no suite "startup-ceo@9"'),
        (("--week", WEEK, "--n", "4", "--model", "dall-e"), 2, 'no model "dall-e"'),
        (("--week", WEEK, "--n", "4", "--attribute", "beard"), 2, 'no attribute "beard"'),
    ],
)
def test_samples_that_cannot_be_drawn_are_told_in_one_line(
    published: Installation, cliche: Cliche, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = cliche("gold", "sample", *arguments)
    assert done.code == code
    assert done.only_line.startswith(message)
    assert "example.org" not in done.out + done.err
    assert [*published.store.list("gold/")] == []


def test_refusals_of_a_drawn_set_have_exit_codes_of_their_own(
    published: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    assert cliche(*SAMPLE).code == 0
    before = published.objects()
    again = cliche(*SAMPLE)
    assert (again.code, again.only_line.partition(",")[0]) == (3, "the gold set mine is drawn already")
    for arguments, message in (
        (("status", "yours"), 'no gold set "yours" in '),
        (("export", "yours", "--to", str(tmp_path / "x")), 'no gold set "yours" in '),
        (("export", "mine", "--to", str(tmp_path / "x"), "--format", "xml"), 'no format "xml"'),
        (("export", "mine", "--to", str(published.home)), f"{published.home} is not an empty folder"),
        (("export", "yours", "--third", "--to", str(tmp_path / "x")), 'no gold set "yours" in '),
        (("import", "mine", str(tmp_path / "x.json"), "--rater", "a"), f"cannot read {tmp_path}/x.json"),
        (("import", "mine", "x.json", "--rater", MAIL), "a rater was named by an e-mail address"),
    ):
        done = cliche("gold", *arguments)
        assert done.code == 2
        assert done.only_line.startswith(message)
        assert "example.org" not in done.out + done.err
    assert published.objects() == before


def test_all_problems_of_an_import_are_listed_before_the_one_line(
    published: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    assert cliche(*SAMPLE).code == 0
    folder = tmp_path / "raters"
    assert cliche("gold", "export", "mine", "--to", str(folder)).code == 0
    file = answered(folder, "a", MAIL, value="male\x1b[31m")
    before = published.objects()
    done = cliche("gold", "import", "mine", str(file), "--rater", "a")
    lines = done.out.splitlines()
    assert done.code == 2
    assert len(lines) >= 3
    assert all(line.startswith("a-export.json, task ") and "is no value" in line for line in lines)
    assert "\x1b" not in done.out
    assert done.only_line == (
        f"nothing was imported: {len(lines)} problems in 1 file; fix what is listed and import again"
    )
    done = cliche("gold", "import", "mine", str(file))
    assert done.out.startswith("a-export.json: an account without a number is nobody's")
    assert MAIL not in done.out + done.err
    assert published.objects() == before
    assert not (published.store.head(keys.gold_labels("mine", "x")))


def test_answers_are_kept_where_the_warehouse_cannot_be_opened(
    published: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    assert cliche(*SAMPLE).code == 0
    folder = tmp_path / "raters"
    assert cliche("gold", "export", "mine", "--to", str(folder)).code == 0
    published.settings.warehouse.unlink()
    published.settings.warehouse.mkdir()
    done = cliche("gold", "import", "mine", str(answered(folder, "a", 1)), "--rater", "a")
    assert done.code == 1
    assert "The answers are kept in the store, but they were not loaded" in done.err
    assert len([*published.store.list("gold/mine/labels-")]) == 1


def test_a_second_round_before_two_have_answered_is_refused_in_one_line(
    published: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    assert cliche(*SAMPLE).code == 0
    folder, third = (
        tmp_path / "raters",
        ("gold", "export", "mine", "--third", "--to", str(tmp_path / "third")),
    )
    assert cliche("gold", "export", "mine", "--to", str(folder)).code == 0
    done = cliche(*third)
    assert (done.code, done.only_line.partition(";")[0]) == (3, "gold set mine: no answers of a and b yet")
    for rater in "ab":
        file = answered(folder, rater, 1)
        assert cliche("gold", "import", "mine", str(file), "--rater", rater).code == 0
    done = cliche(*third)
    assert (done.code, done.out) == (3, "")
    assert done.only_line.startswith("gold set mine: a and b agree in all 42 questions that both answered;")
    assert not (tmp_path / "third").exists()
