"""Labels of random pictures read again: the same ones for a seed, what differs, and what was not compared."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from assets.labeling.records import Reading
from assets.labeling.relabel import relabel
from tests.unit.labeling.scripted import Labels
from tests.unit.labeling.test_run import WEEK, Use, asked, nobody, run
from warehouse import keys
from warehouse.loading.beside import parquet, put_named
from warehouse.loading.objects import read_parquet
from warehouse.store import Store

NAME = "scripted@1-00000000"


def labeled(store: Store, use: Use, *attributes: str) -> None:
    use(Labels(nobody, *(attributes or ("person_count",))))
    run(store, asked(store))


def forge(store: Store, **values: str) -> str:
    """Change the first label of the only part; return its picture."""
    (key,) = [key for key in store.list("labels/") if "/part-" in key]
    rows, schema = read_parquet(store, key).to_pylist(), read_parquet(store, key).schema
    (Path(store.url) / key).unlink()
    rows[0] |= values
    data = parquet(pa.Table.from_pylist(rows, schema=schema))
    put_named(store, lambda sha256: keys.label_part(WEEK, "m", NAME, sha256), data)
    return str(rows[0]["image_sha256"])


def test_what_was_labeled_is_read_as_it_is_stated(store: Store, use: Use) -> None:
    labeled(store, use)
    found = relabel(store, 100, 1, workers=0)
    assert (found.known, found.pictures, len(found.labels), found.differing) == (6, 6, 6, 0)
    assert {(one.attribute, one.stated, one.read) for one in found.labels} == {("person_count", "0", "0")}
    assert all(store.head(one.picture) and one.slot.startswith(f"m, {WEEK}, canary/") for one in found.labels)
    assert not (+found.left)
    assert not (found.unchecked)


def test_a_seed_names_the_pictures(store: Store, use: Use) -> None:
    labeled(store, use)
    samples = [[one.picture for one in relabel(store, 2, seed, workers=0).labels] for seed in (1, 1, 2, 3, 4)]
    assert samples[0] == samples[1]
    assert {len(some) for some in samples} == {2}
    assert len({*map(tuple, samples)}) > 1


def test_a_changed_label_differs(store: Store, use: Use) -> None:
    labeled(store, use)
    sha256 = forge(store, value="2")
    found = relabel(store, 6, 1, workers=0)
    assert found.differing == 1
    (one,) = [one for one in found.labels if one.stated != one.read]
    assert (one.picture, one.stated, one.read) == (keys.image(sha256, "png"), "2", "0")


def test_a_label_that_its_labeler_never_gives_differs(store: Store, use: Use) -> None:
    labeled(store, use)
    labels = use(Labels(nobody, "person_count"))
    labels.read = lambda image, attributes: {}  # type: ignore[method-assign]
    assert {one.read for one in relabel(store, 6, 1, workers=0).labels} == {"not read"}


def test_equal_bytes_of_two_slots_are_read_once_and_both_labels_are_compared(store: Store, use: Use) -> None:
    from assets.gateway.records import Answer, Outcome
    from tests.unit.generation.scripted import picture

    labels = use(Labels(nobody, "person_count"))
    run(store, asked(store, lambda request, number: Answer(outcome=Outcome.OK, image=picture("aaaaaa"))))
    labels.calls.clear()
    found = relabel(store, 5, 1, workers=0)
    assert (found.pictures, len(found.labels), len(labels.calls)) == (1, 6, 1)


def test_another_version_and_other_labelers_are_not_compared(store: Store, use: Use) -> None:
    labeled(store, use)
    use(Labels(lambda image, attribute: Reading("2"), "person_count", version="2-00000000"))
    found = relabel(store, 6, 1, workers=0)
    assert (found.known, found.labels) == (0, [])
    assert found.unchecked == {f"{NAME} read them, and this is scripted@2-00000000": 6}


def test_removed_and_damaged_pictures_are_left_out_and_counted(store: Store, use: Use) -> None:
    labeled(store, use)
    first, second, *rest = sorted({one.picture for one in relabel(store, 6, 1, workers=0).labels})
    (Path(store.url) / first).unlink()
    store.put_if_absent(keys.removal(Path(first).stem), b"{}")
    (Path(store.url) / second).unlink()
    found = relabel(store, 6, 1, {second}, workers=0)
    assert sorted({one.picture for one in found.labels}) == rest
    assert +found.left == {
        "removed, and a record in the store says why": 1,
        "damaged or missing, as is said above": 1,
    }
