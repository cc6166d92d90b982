"""Files of another form, unreadable ones, unknown tasks and annotations, and tables are refused in one line."""

from __future__ import annotations

from typing import Any

import pytest

from assets.labeling.gold.exporter import in_order
from tests.unit.labeling.gold.people import saved
from tests.unit.labeling.gold.test_import import MAIL, Gold, filled, gold
from warehouse.errors import UsageError

__all__ = ["gold"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.json", "{", r"x\.json is no JSON"),
        ("x.json", "{}", r"x\.json is no export of Label Studio: a list of tasks is needed"),
        ("x.json", "[1]", "is no export of Label Studio"),
        ("x.csv", "picture,value\n1,2\n", r'x\.csv has no column "task"'),
        ("x.csv", "", r'x\.csv has no column "task"'),
    ],
)
def test_files_of_another_form_are_refused(gold: Gold, name: str, content: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        gold.take(content, {"": "a"}, name)


def test_unreadable_files_are_refused(gold: Gold) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*nowhere\.json: No such file"):
        gold.take_files([gold.folder / "nowhere.json"], {"": "a"})
    latin = gold.folder / "latin.csv"
    latin.write_bytes("task,é\n".encode("latin-1"))
    with pytest.raises(UsageError, match=r"latin\.csv is no UTF-8 text; save it as CSV UTF-8"):
        gold.take_files([latin], {"": "a"})


@pytest.mark.parametrize("item", [{"data": {}}, {"id": 1}, {"data": {"task": "t1"}}, {}])
def test_unknown_tasks_are_told(gold: Gold, item: dict[str, Any]) -> None:
    problems = gold.refused([item], {"": "a"})
    assert problems == (
        "x.json, task 1: neither JSON nor JSON-MIN of Label Studio: no task and no annotations",
    )


@pytest.mark.parametrize(
    "annotation", [7, {"result": [7]}, {"result": [{"value": {}}]}, {"result": [{"from_name": "a"}]}]
)
def test_unknown_annotations_are_told(gold: Gold, annotation: object) -> None:
    task = gold.sample.pictures[0].task
    document = [{"data": {"task": task}, "annotations": [annotation]}]
    problems = gold.refused(document, {"": "a"})
    assert len(problems) == 1
    assert problems[0].startswith("x.json, task 1: a")


def test_a_table_says_whose_it_is_and_no_address(gold: Gold) -> None:
    mine = saved(gold.folder, "a.csv", filled(gold.sample, "a"))
    assert gold.refused_files([mine], {"": "b"}) == ("a.csv: the table is a's, and --rater says b",)
    address = saved(gold.folder, "mail.csv", filled(gold.sample, "a").replace(",a,", f",{MAIL},"))
    assert gold.refused_files([address], {}) == (
        "mail.csv: a rater was named by an e-mail address; give a pseudonym, e.g. a or rater-1",
    )
    stranger = saved(gold.folder, "c.csv", filled(gold.sample, "a").replace(",a,", ",c,"))
    assert gold.refused_files([stranger], {})[0].startswith('c.csv: "c" is no rater of the gold set gold')
    assert gold.take_files([mine], {}).added > 0


def test_a_table_with_odd_cells_is_refused(gold: Gold) -> None:
    task = in_order(gold.sample, "a")[0].task
    text = f"task,rater,perceived_gender,beard\n{task},a,feminine,yes\n{task},a,feminine,,too,many\n"
    problems = gold.refused(text, {}, "x.csv")
    assert problems == (
        "x.csv, line 3: more cells than columns",
        f'x.csv, line 2: "{task}": nobody was asked about "beard"; known: perceived_gender, skin_tone',
    )
