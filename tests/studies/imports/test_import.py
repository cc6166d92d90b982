"""What an import writes, and that it writes all of it or nothing."""

import io
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from assets.studies.reading.slots import StudySlot, slot_key
from tests.studies.conftest import Study, picture
from warehouse.canonical import sha256_hex
from warehouse.errors import StoreError, UsageError
from warehouse.loading.study_objects import TABLES, read_study


def rows(study: Study, table: str) -> list[dict[str, Any]]:
    found = read_study(study.store, study.name).get(table)
    return found.to_pylist() if found else []


def test_pictures_labels_and_declarations_become_rows(tiny: Study) -> None:
    report = tiny.run()
    assert (report.slots, report.images, report.images_already, report.missing) == (8, 8, 0, 0)
    assert report.changed
    slots = {row["slot_key"]: row for row in rows(tiny, "study_slots")}
    key = slot_key("tiny", StudySlot("m-one", "ceo", "baseline", 2))
    assert slots[key]["image_sha256"] == sha256_hex((tiny.root / "pics/One/chief_2.png").read_bytes())
    assert (slots[key]["status"], slots[key]["image_width"], slots[key]["image_height"]) == (
        "present",
        24,
        16,
    )
    (label,) = [row for row in rows(tiny, "study_labels") if row["slot_key"] == key]
    assert (label["value"], label["raw"], label["labeler_kind"]) == ("f", "woman", "person")
    assert label["image_sha256"] == slots[key]["image_sha256"]
    values = [
        (row["value"], row["position"], row["in_support"]) for row in rows(tiny, "study_attribute_values")
    ]
    assert values == [("f", 0, True), ("m", 1, True), ("both", 2, False)]
    assert rows(tiny, "study_prompts")[1]["text"] is None


def test_importing_twice_writes_nothing_new_and_says_so(tiny: Study) -> None:
    tiny.run()
    before = tiny.written()
    again = tiny.run()
    assert tiny.written() == before
    assert (again.changed, again.images_already) == (False, 8)
    assert again.lines()[0].startswith("tiny: imported before, nothing new was written")


def test_the_order_in_which_a_query_returns_prompts_is_no_change(tiny: Study) -> None:
    more = "UNION ALL SELECT 'p' || i, 'prompt:p', 'P', NULL FROM range(30) AS r (i)"
    tiny.data["prompts"] = f"{tiny.data['prompts']} {more} ORDER BY random()"
    tiny.run()
    before = tiny.written()
    assert not tiny.run().changed
    assert tiny.written() == before


def test_a_raised_version_becomes_current_and_the_former_stays(tiny: Study) -> None:
    tiny.run()
    before = tiny.written()
    tiny.data |= {"title": "A corrected title", "version": "1.0.1"}
    report = tiny.run()
    assert report.changed
    assert "it replaces version 1.0.0, whose objects stay in the store" in report.lines()
    after = tiny.written()
    assert before.items() <= after.items()
    assert "studies/tiny/current-0002.json" in after
    assert rows(tiny, "studies")[0]["title"] == "A corrected title"


CHANGES: dict[str, tuple[Callable[[Study], Any], str]] = {
    "the title": (lambda study: study.data.update(title="Another"), "the study file"),
    "a label": (
        lambda study: study.replace("labels/One.csv", "ceo_1.png,M", "ceo_1.png,F"),
        "labels of tiny-people",
    ),
    "man and woman": (
        lambda study: study.data["attributes"][0].update(values={"f": ["m2"], "m": ["woman"]}),
        "the study file, labels of tiny-people",
    ),
    "a picture": (
        lambda study: (study.root / "pics/One/ceo_1.png").write_bytes(picture(77)),
        "study_slots: 8 rows, 8 now, 1 new or changed",
    ),
    "a prompt": (
        lambda study: study.data.update(prompts=study.data["prompts"].replace("a CEO", "one CEO")),
        "study_prompts: 2 rows, 2 now, 1 new or changed",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_other_contents_of_the_same_version_are_refused_and_named(tiny: Study, case: str) -> None:
    change, said = CHANGES[case]
    tiny.run()
    before = tiny.written()
    change(tiny)
    with pytest.raises(UsageError) as caught:
        tiny.run()
    message = str(caught.value)
    assert message.startswith("tiny: version 1.0.0 is imported already, with other contents (")
    assert said in message
    assert message.endswith("; raise version if this is meant to replace it")
    assert tiny.written() == before
    tiny.data["version"] = "1.1.0"
    assert tiny.run().replaces == "1.0.0"


def test_an_earlier_version_is_refused(tiny: Study) -> None:
    tiny.data["version"] = "1.10.0"
    tiny.run()
    tiny.data["version"] = "1.9.0"
    with pytest.raises(UsageError, match=r"version 1\.10\.0 is imported, and 1\.9\.0 is an earlier one"):
        tiny.run()


def test_labels_that_changed_get_a_new_version_and_only_it_is_current(tiny: Study) -> None:
    first = next(iter(tiny.run().labels))
    tiny.replace("labels/One.csv", "ceo_1.png,M", "ceo_1.png,F")
    tiny.data["version"] = "1.0.1"
    second = next(iter(tiny.run().labels))
    assert first != second
    assert {f"tiny-people@{row['labeler_version']}" for row in rows(tiny, "study_labels")} == {second}
    assert len(rows(tiny, "study_labels")) == 8
    assert any(f"labeler={first}/" in key for key in tiny.written())


def test_a_study_of_images_only_has_no_labels(tiny: Study) -> None:
    del tiny.data["labels"], tiny.data["attributes"], tiny.data["labelers"]
    report = tiny.run()
    assert (report.images, report.labels) == (8, {})
    assert rows(tiny, "study_labels") == []


def test_missing_pictures_are_said_to_be_missing_where_allowed(tiny: Study) -> None:
    (tiny.root / "pics/One/ceo_1.png").unlink()
    tiny.data["pictures"] += " UNION ALL SELECT 'One', 'ceo', '1', NULL"
    report = tiny.run()
    assert (report.images, report.missing, report.missing_by_model) == (7, 1, {"m-one": 1})
    assert "1 planned pictures are missing: m-one 1" in report.lines()
    gone = [row for row in rows(tiny, "study_slots") if row["status"] == "missing"]
    assert [(row["model"], row["prompt"], row["replicate"]) for row in gone] == [("m-one", "ceo", 1)]
    labelled = {row["slot_key"]: row["image_sha256"] for row in rows(tiny, "study_labels")}
    assert labelled[gone[0]["slot_key"]] is None


def test_the_type_is_what_the_bytes_say(tiny: Study) -> None:
    (tiny.root / "pics/One/ceo_1.png").write_bytes(picture(1, "JPEG"))
    tiny.run()
    slot = next(
        row for row in rows(tiny, "study_slots") if row["model"] == "m-one" and row["prompt"] == "ceo"
    )
    assert (slot["image_ext"], slot["image_mime"]) == ("jpg", "image/jpeg")
    assert tiny.store.head(f"images/{slot['image_sha256'][:2]}/{slot['image_sha256']}.jpg")


def test_objects_lie_where_the_layout_says(tiny: Study) -> None:
    report = tiny.run()
    names = [key for key in tiny.written() if key.startswith("studies/tiny/")]
    tables = sorted(TABLES)
    (folder,) = {key.rsplit("/", 1)[0] for key in names if "/tables-" in key}
    found = sorted(key for key in names if "/tables-" in key)
    assert [key for key in found if key.endswith(".parquet")] == [
        f"{folder}/{name}.parquet" for name in tables
    ]
    beside = [f"{key}.{sha256_hex(tiny.store.get(key))}.json" for key in found if key.endswith(".parquet")]
    assert [key for key in found if key.endswith(".json")] == beside
    labeler = next(iter(report.labels))
    (part,) = [key for key in names if "/labels/" in key and key.endswith(".parquet")]
    assert part.startswith(f"studies/tiny/labels/labeler={labeler}/part-")
    assert pq.read_table(io.BytesIO(tiny.store.get(part))).num_rows == 8
    assert "studies/tiny/current-0001.json" in names


def test_nothing_becomes_current_if_the_store_fails_half_way(tiny: Study, monkeypatch: Any) -> None:
    put = tiny.store.put_if_absent

    def full(key: str, data: bytes) -> bool:
        if "tables-" in key:
            raise StoreError("the disk is full")
        return put(key, data)

    monkeypatch.setattr(tiny.store, "put_if_absent", full)
    with pytest.raises(StoreError):
        tiny.run()
    monkeypatch.undo()
    assert not list(tiny.store.list("studies/tiny/current-"))
    with pytest.raises(UsageError, match=r"no study 'tiny' in .*import it first"):
        read_study(tiny.store, "tiny")
    assert tiny.run().images == 8


def test_progress_counts_up_to_the_number_of_pictures(tiny: Study) -> None:
    told: list[tuple[str, int, int]] = []
    tiny.run(progress=lambda *what: told.append(what))
    assert ("checking pictures", 8, 8) in told
    assert told[-1] == ("storing pictures", 8, 8)
