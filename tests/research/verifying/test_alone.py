"""Each forgery alone, by the whole of `verify`; and what came after a week was published gives no false alarm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assets.generation.slots import Slot
from assets.labeling.anchors.sets import write_set
from assets.labeling.gold.simulated import simulated_gold
from assets.suites.loader import load_attributes
from orchestration import weekly
from orchestration.verifying import places
from orchestration.verifying.run import verify_place
from tests.orchestration.conftest import ask
from tests.orchestration.installation import MODELS, NEXT, WEEK, Installation
from tests.orchestration.verifying import kit, test_facts, test_forged_parts
from tests.orchestration.verifying.forging import Edition, download
from tests.warehouse import builder
from warehouse.database.connection import connect


@pytest.fixture
def first(published_once: Installation, tmp_path: Path) -> Edition:
    """An edition of one week in a folder that works alone."""
    return Edition(download(published_once.store, f"{WEEK}.1", tmp_path / "downloaded"))


def _forge(edition: Edition, forgery: kit.Forgery) -> None:
    forgery.change(edition)
    edition.sign()
    edition.manifest |= forgery.signed(edition)
    edition.write()
    report = verify_place(places.folder(str(edition.root)))
    assert report.exit_code == 1
    assert forgery.reported(report.differences), report.lines()


@pytest.mark.parametrize("name", kit.FORGERIES)
def test_a_forgery_is_reported_by_name(first: Edition, name: str) -> None:
    _forge(first, kit.FORGERIES[name])


@pytest.mark.parametrize("name", test_forged_parts.FORGERIES)
def test_a_forged_part_is_reported_by_name(edition: Edition, name: str) -> None:
    _forge(edition, test_forged_parts.FORGERIES[name])


@pytest.mark.parametrize("name", test_facts.NAMED)
def test_what_the_rows_contradict_is_reported_by_name(edition: Edition, name: str) -> None:
    statement, told = test_facts.NAMED[name]
    _forge(edition, kit.Forgery(kit.sql(statement), told))


def _labeled_again(made: Installation) -> None:
    """Add labels of another labeler, and gold, for the week that was published."""
    with connect(made.settings.warehouse, read_only=True) as con:
        rows = con.execute(
            "FROM slots INNER JOIN images USING (week, model, slot_key) WHERE model = 'sim-drift'"
        )
        there = rows.to_arrow_table().to_pylist()
    late = [
        builder.label_row(
            Slot(**{name: row[name] for name in Slot.model_fields} | {"week": WEEK}),
            *("perceived_gender", ("feminine", 0.9, "female"), "photo", "1-abcdef"),
            row["image_sha256"],
        )
        for row in there
    ]
    assert builder.write_labels(made.store, WEEK, "sim-drift", late)
    simulated_gold(made.store, WEEK, MODELS, pictures=8)


def _anchored(made: Installation) -> None:
    """Add an anchor set of one picture."""
    with connect(made.settings.warehouse, read_only=True) as con:
        ((picture,),) = con.execute("SELECT min(image_sha256) FROM images").fetchall()
    gender = [one for one in load_attributes() if one.id == "perceived_gender"]
    anchor = {"image_sha256": picture, "image_ext": "png", "attributes": ["perceived_gender"]}
    assert write_set(made.store, "mine", gender, [anchor], about="one", frozen_at="2026-11-16T00:00:00Z")


@pytest.mark.parametrize(("later", "weeks"), [(_labeled_again, 0), (_anchored, 1)])
def test_what_came_after_a_week_was_published_gives_no_false_alarm(
    later: Callable[[Installation], None], weeks: int, published: Installation, tmp_path: Path
) -> None:
    later(published)
    ask(published, NEXT)
    weekly.publish(published.place(), published.settings, NEXT, note=lambda text: None)
    edition = Edition(download(published.store, f"{NEXT}.1", tmp_path / "downloaded"))
    report = test_facts.told(edition, tmp_path)
    assert (report.differences, report.unchecked) == ([], [])
    said = f"check anchor_labels__present says otherwise on the tables in 1 of 2 weeks, first {WEEK}; "
    assert [line.startswith(said) for line in report.notes if line != test_facts.TAKEN] == [True] * weeks
