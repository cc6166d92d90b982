"""`cliche gold`: from a published week to a project for two raters and back, with one line for every refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.installation import MODELS, NEXT, WEEK, Cliche, Installation
from warehouse import keys

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


def test_a_set_gets_a_name_and_its_seed_is_told(published: Installation, cliche: Cliche) -> None:
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
        (("--week", WEEK, "--n", "4", "--raters", f"a,{MAIL}"), 2, "a rater was named by an e-mail address"),
        (("--week", WEEK, "--n", "4", "--attribute", "beard"), 2, 'no attribute "beard"'),
    ],
)
def test_samples_that_cannot_be_drawn_are_told_in_one_line(
    reads: Installation, cliche: Cliche, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = cliche("gold", "sample", *arguments)
    assert done.code == code
    assert done.only_line.startswith(message)
    assert "example.org" not in done.out + done.err
    assert [*reads.store.list("gold/")] == []


def test_refusals_of_a_drawn_set_are_told(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    assert cliche(*SAMPLE).code == 0
    before = published.objects()
    again = cliche(*SAMPLE)
    assert (again.code, again.only_line.partition(",")[0]) == (3, "the gold set mine is drawn already")
    third = cliche("gold", "export", "mine", "--third", "--to", str(tmp_path / "third"))
    assert (third.code, third.only_line.partition(";")[0]) == (3, "gold set mine: no answers of a and b yet")
    assert not (tmp_path / "third").exists()
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


def test_all_problems_of_an_import(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
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


def test_answers_need_no_warehouse(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    assert cliche(*SAMPLE).code == 0
    folder = tmp_path / "raters"
    assert cliche("gold", "export", "mine", "--to", str(folder)).code == 0
    published.settings.warehouse.unlink()
    published.settings.warehouse.mkdir()
    done = cliche("gold", "import", "mine", str(answered(folder, "a", 1)), "--rater", "a")
    assert done.code == 1
    assert "The answers are kept in the store, but they were not loaded" in done.err
    assert len([*published.store.list("gold/mine/labels-")]) == 1
