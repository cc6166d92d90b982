"""Anchors: sets that never change, labels once a week, what moved, and that a person accepts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from assets.labeling.anchors import drift
from assets.labeling.anchors import freeze as anchor_freeze
from assets.labeling.anchors import sets as anchors
from assets.labeling.anchors import shipped as shipped_anchors
from assets.labeling.anchors.sets import label_anchors
from assets.labeling.pictures import PictureToRead
from assets.labeling.records import Reading
from assets.labeling.registry import make_labeler
from assets.suites.loader import load_attributes
from assets.suites.schema import Attribute
from tests.unit.labeling.scripted import Labels
from tests.warehouse import builder
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError, RefusedError, UsageError
from warehouse.loading import anchor_objects
from warehouse.loading.seals import sealed
from warehouse.store import Store, open_store
from warehouse.weeks import shift

WEEKS = [shift("2026-11-02", number) for number in range(4)]
LAST = WEEKS[-1]
WHO = "scripted@1-00000000"
GENDER, TONE = builder.GENDER, builder.SKIN_TONE
PICTURES = [b"one", b"two", b"three"]


@pytest.fixture
def store(store: Store) -> Store:
    """A store with a set of three pictures, whose week's pictures the scripted labeler labeled."""
    put_set(store)
    for week in WEEKS:
        use(store, week, WHO)
    return store


def put_set(store: Store, name: str = "three", attributes: Sequence[Attribute] = (GENDER, TONE)) -> None:
    for data in PICTURES:
        store.put_if_absent(keys.image(sha256_hex(data), "png"), data)
    names = [attribute.id for attribute in attributes]
    rows = [{"image_sha256": sha256_hex(one), "image_ext": "png", "attributes": names} for one in PICTURES]
    assert anchors.write_set(store, name, attributes, rows, about="test")


def use(store: Store, week: str, who: str, model: str = "m") -> None:
    """Leave the trace of a labeler that labeled a picture of the week."""
    store.put_if_absent(keys.label_part(week, model, who, "ab" * 32), b"a part")


def says(**values: str) -> Labels:
    """A labeler that reads these values, whatever it is shown."""
    return Labels(lambda image, attribute: Reading(values.get(attribute, "cannot_tell"), 0.9), *values)


def run(store: Store, labeler: Labels, weeks: Sequence[str] = WEEKS, **more: object) -> anchors.AnchorReport:
    return label_anchors(store, weeks, weeks[-1], make=lambda name: labeler, **more)  # type: ignore[arg-type]


def rows(store: Store, week: str) -> list[dict[str, object]]:
    found = [one for one in anchor_objects.listing(store).labels if one.week == week]
    return anchor_objects.read_labels(store, found).to_pylist()


def test_the_shipped_set_is_drawn_as_it_was_when_it_was_frozen() -> None:
    frozen = shipped_anchors.frozen_hashes()
    assert [sha256_hex(image) for image, _ in shipped_anchors.pictures()] == frozen
    assert len(set(frozen)) == 60


def test_the_shipped_set_shows_every_value_and_the_shipped_labeler_reads_all_but_a_few() -> None:
    labeler, wrong = make_labeler("drawing"), 0
    seen: dict[str, set[str]] = {}
    for (image, shown), (look, _) in zip(shipped_anchors.pictures(), shipped_anchors.looks(), strict=True):
        for name, reading in labeler.read(image, shown).items():
            person = look["kind"] == "person"
            wrong += reading.value != (look[name] if person or name != "person_count" else "0")
            seen.setdefault(name, set()).add(reading.value)
    assert wrong <= 2
    declared = {attribute.id: set(attribute.values) for attribute in load_attributes()}
    declared["perceived_gender"].add("ambiguous")
    assert seen == declared


def test_the_shipped_set_is_written_once_and_whole(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert anchors.ensure_shipped(store, load_attributes())
    before = {key: store.head(key) for key in store.list("")}
    assert len(before) == 61
    assert not anchors.ensure_shipped(store, load_attributes())
    assert {key: store.head(key) for key in store.list("")} == before
    (found,) = anchor_objects.listing(store).sets
    assert [
        row["image_sha256"] for row in anchor_objects.read_pictures(store, found).to_pylist()
    ] == shipped_anchors.frozen_hashes()


def test_a_labeler_in_use_labels_every_set_for_every_week_and_reads_it_once(store: Store) -> None:
    put_set(store, "other", (TONE,))
    labeler = says(perceived_gender="feminine", skin_tone="monk_3")
    report = run(store, labeler)
    assert report.labelled == {(name, week, WHO): 3 for week in WEEKS for name in ("other", "three")}
    assert not report.gaps
    assert len(labeler.calls) == 6
    assert len(rows(store, LAST)) == 3 * 2 + 3
    assert {row["labeled_at"] is None for row in rows(store, LAST)} == {False}


def test_what_is_labelled_is_not_labelled_again_and_no_byte_changes(store: Store) -> None:
    run(store, says(perceived_gender="feminine"))
    before = {key: store.get(key) for key in store.list("anchors/")}
    again = says(perceived_gender="masculine")
    assert run(store, again) == anchors.AnchorReport()
    assert not again.calls
    assert {key: store.get(key) for key in store.list("anchors/")} == before


def test_who_labelled_no_picture_of_the_week_labels_no_anchors(store: Store) -> None:
    unused = shift(LAST, 1)
    labeler = says(perceived_gender="feminine")
    run(store, labeler, [*WEEKS, unused])
    assert not rows(store, unused)
    assert anchors.in_use(store, LAST) == [WHO]
    store.put_if_absent(
        f"{keys.labels_prefix(unused, 'm')}labeler={WHO}/attempts-0123456789abcdef.parquet", b"x"
    )
    assert anchors.in_use(store, unused) == []  # it was asked and gave no label


def test_a_version_that_is_not_installed_leaves_a_gap(store: Store) -> None:
    labeler = Labels(lambda image, attribute: Reading("feminine"), "perceived_gender", version="2-11111111")
    report = run(store, labeler)
    assert set(report.gaps.values()) == {"version 2-11111111 is installed"}
    assert not labeler.calls


def test_a_value_outside_the_list_of_the_set_is_invalid(store: Store) -> None:
    run(store, says(perceived_gender="robot"))
    assert {(row["value"], row["raw"]) for row in rows(store, LAST)} == {("invalid", "robot")}


def test_a_damaged_picture_leaves_a_gap_and_stops_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "store" / keys.image(sha256_hex(PICTURES[0]), "png")
    path.chmod(0o644)
    path.write_bytes(b"other")
    report = run(store, says(perceived_gender="feminine"))
    assert "does not hold the bytes" in report.gaps[LAST, WHO]
    assert not rows(store, LAST)


class Paid(Labels):
    """A labeler that is asked."""

    kind = "vision_model"


Answers = Mapping[str, Mapping[str, Reading]]


def asking(answers: Callable[[str], Mapping[str, Reading] | None]) -> tuple[list[str], anchors.Asks]:
    weeks: list[str] = []

    def ask(labeler: object, week: str, pictures: Sequence[PictureToRead]) -> Answers:
        weeks.append(week)
        found = {picture.sha256: answers(picture.sha256) for picture in pictures}
        return {sha256: read for sha256, read in found.items() if read is not None}

    return weeks, ask


def test_a_labeler_that_costs_money_is_asked_for_the_published_week_alone(store: Store) -> None:
    labeler = Paid(lambda image, attribute: Reading("x"), "perceived_gender")
    weeks, ask = asking(lambda sha256: {"perceived_gender": Reading("feminine", 0.8)})
    over = "the week is over, and the labeler is asked of the present only"
    late = run(store, labeler, [LAST], ask=ask, present=shift(LAST, 2))
    assert (weeks, late.gaps[LAST, WHO], late.labelled) == ([], over, {})
    report = run(store, labeler, ask=ask, present=shift(LAST, 1))
    assert weeks == [LAST]
    assert report.labelled == {("three", LAST, WHO): 3}
    assert {report.gaps[week, WHO] for week in WEEKS[:-1]} == {over}
    assert not labeler.calls


def test_answers_that_are_not_whole_leave_a_gap_and_are_tried_again(store: Store) -> None:
    labeler = Paid(lambda image, attribute: Reading("x"), "perceived_gender")
    first = sha256_hex(PICTURES[0])
    _, ask = asking(lambda sha256: None if sha256 == first else {"perceived_gender": Reading("feminine")})
    assert run(store, labeler, [LAST], ask=ask, present=LAST).gaps == {
        (LAST, WHO): "1 of 3 pictures of three got no answer"
    }
    assert not rows(store, LAST)
    _, ask = asking(lambda sha256: {} if sha256 == first else {"perceived_gender": Reading("feminine")})
    assert run(store, labeler, [LAST], ask=ask, present=LAST).labelled == {("three", LAST, WHO): 2}
    assert first not in {row["image_sha256"] for row in rows(store, LAST)}  # it declined: no label


def relabelled(store: Store, *genders: Sequence[str], attribute: str = "perceived_gender") -> None:
    """Label the anchors of as many weeks; each week says what is read off the three pictures."""
    for number, values in enumerate(genders):
        said = dict(zip(PICTURES, values, strict=True))
        labeler = Labels(lambda image, name, said=said: Reading(said[image]), attribute)  # type: ignore[misc]
        run(store, labeler, WEEKS[: number + 1])


F, M = "feminine", "masculine"


def test_a_label_that_moved_is_an_event_with_counts_and_examples(store: Store) -> None:
    relabelled(store, [F, F, M], [F, F, M], [F, M, "cannot_tell"])
    (one,) = anchors.drifts(store, LAST)
    assert (one.week, one.baseline_week, one.previous_week) == (WEEKS[2], WEEKS[0], WEEKS[1])
    assert (one.pictures, one.moved, one.moved_since_previous, one.open) == (3, 2, 2, True)
    two, three = (sha256_hex(data)[:12] for data in PICTURES[1:])
    assert set(str(one.examples).split("; ")) == {
        f"{two}: feminine → masculine",
        f"{three}: masculine → cannot_tell",
    }


def test_what_moved_stays_moved_until_it_is_accepted_and_is_then_what_is_compared_with(store: Store) -> None:
    relabelled(store, [F, F, M], [M, F, M], [M, F, M])
    (one,) = anchors.drifts(store, LAST)
    assert (one.week, one.moved, one.moved_since_previous, one.open) == (WEEKS[2], 1, 0, True)
    event = {"labeler": "scripted", "attribute": "perceived_gender", "week": WEEKS[1]}
    accepted = anchors.accept(store, **event, reason=" looked right ", by="kim")
    assert [found.moved for found in accepted] == [1]
    (one,) = anchors.drifts(store, LAST)
    assert (one.baseline_week, one.moved, one.open) == (WEEKS[1], 0, False)
    (then,) = anchors.drifts(store, WEEKS[1])
    assert (then.moved, then.open) == (1, False)
    assert (then.accepted_reason, then.accepted_by) == ("looked right", "kim")
    relabelled(store, [F, F, M], [M, F, M], [M, F, M], [F, F, M])  # it moves back: that is moving too
    (one,) = anchors.drifts(store, LAST)
    assert (one.baseline_week, one.moved, one.open) == (WEEKS[1], 1, True)


def test_a_new_version_is_a_new_series_and_has_not_moved(store: Store) -> None:
    relabelled(store, [F, F, M])
    assert anchors.drifts(store, LAST) == []  # there is nothing before it
    use(store, WEEKS[1], "scripted@2-11111111")
    newer = Labels(lambda image, attribute: Reading(M), "perceived_gender", version="2-11111111")
    run(store, newer, WEEKS[:2])
    assert {row["labeler_version"] for row in rows(store, WEEKS[1])} == {"2-11111111"}
    assert anchors.drifts(store, WEEKS[1]) == []


def test_acceptance_needs_an_event_a_reason_and_no_account_name(store: Store) -> None:
    relabelled(store, [F, F, M], [M, F, M])
    event = {"labeler": "scripted", "attribute": "perceived_gender", "week": WEEKS[1]}
    with pytest.raises(UsageError, match="give a reason"):
        anchors.accept(store, **event, reason="  ")
    with pytest.raises(UsageError, match="pseudonym"):
        anchors.accept(store, **event, reason="fine", by="kim@example.org")
    for wrong in ({"labeler": "drawing"}, {"attribute": "skin_tone"}, {"week": WEEKS[0]}):
        with pytest.raises(UsageError, match="did not move"):
            anchors.accept(store, **{**event, **wrong}, reason="fine")
    assert not anchor_objects.listing(store).accepted
    anchors.accept(store, **{**event, "labeler": WHO}, reason="fine")
    with pytest.raises(RefusedError, match="is accepted: fine"):
        anchors.accept(store, **event, reason="finer")
    (kept,) = anchor_objects.read_accepted(store, anchor_objects.listing(store).accepted)
    assert (kept["reason"], kept["accepted_by"]) == ("fine", None)


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ("2026-13-45", {}),
        (WEEKS[0], {"reason": ["fine"]}),
        (WEEKS[0], {"accepted_at": "soon"}),
        (WEEKS[0], {"accepted_at": 5}),
    ],
)
def test_a_broken_acceptance_is_named(store: Store, week: str, said: dict[str, object]) -> None:
    key = anchor_objects.accepted_key("set", week, WHO, "perceived_gender")
    store.put_if_absent(key, sealed(key, {"reason": "fine", **said}))
    accepted = anchor_objects.Accepted("set", week, "drawing", "1", "perceived_gender", key)
    with pytest.raises(CorruptObjectError, match=r"^anchors/set/accepted/.*restore it from a backup$"):
        anchor_objects.accepted_table(store, [accepted])


def test_a_picture_without_a_label_in_one_of_the_weeks_has_not_moved() -> None:
    common = {"anchor_set": "s", "labeler": "l", "labeler_version": "1-a", "attribute": "a"}
    before = [{**common, "week": WEEKS[0], "image_sha256": name, "value": F} for name in "abc"]
    now = [{**common, "week": WEEKS[1], "image_sha256": name, "value": F} for name in "bcd"]
    (one,) = drift.compare([*before, *now], [], WEEKS[1])
    assert (one.pictures, one.moved) == (2, 0)


def filled(tmp_path: Path, replicates: int = 15) -> Store:
    store = open_store(tmp_path / "asked")
    for model in ("sim-one", "sim-two"):
        builder.build_partition(store, LAST, model, replicates=replicates, suites=(builder.OCCUPATIONS,))
    return store


def test_a_set_is_drawn_by_lot_evenly_from_models_and_suites(tmp_path: Path) -> None:
    store = filled(tmp_path)
    frozen = anchor_freeze.freeze(store, "mine", LAST, size=61)
    assert sorted(frozen.pictures.values()) == [30, 31]
    assert set(frozen.pictures) == {("sim-one", "occupations"), ("sim-two", "occupations")}
    document = anchor_objects.read_list(store, "mine")
    assert (document["seed"], document["week"], len(document["pictures"])) == ("mine", LAST, 61)
    assert [attribute["id"] for attribute in document["attributes"]] == ["perceived_gender", "skin_tone"]
    again = anchor_freeze.freeze(filled(tmp_path / "again"), "other", LAST, size=61, seed="mine")
    assert again.pictures == frozen.pictures
    other = anchor_freeze.freeze(filled(tmp_path / "third"), "third", LAST, size=61)
    assert other.seed == "third"


@pytest.mark.parametrize(
    ("name", "size", "error", "says"),
    [
        ("mine", 59, UsageError, "60 pictures or more, not 59"),
        ("mine", 91, UsageError, "has 90 different pictures"),
        ("Mine/..", 60, UsageError, "is no name"),
        ("simulated-1", 60, RefusedError, "a set never changes"),
    ],
)
def test_a_set_that_cannot_be_is_refused(
    tmp_path: Path, name: str, size: int, error: type[Exception], says: str
) -> None:
    store = filled(tmp_path)
    with pytest.raises(error, match=says):
        anchor_freeze.freeze(store, name, LAST, size=size)
    assert not anchor_objects.listing(store).sets


def test_a_set_is_never_frozen_twice(tmp_path: Path) -> None:
    store = filled(tmp_path)
    anchor_freeze.freeze(store, "mine", LAST)
    before = store.get(anchor_objects.list_key("mine"))
    with pytest.raises(RefusedError, match="a set never changes"):
        anchor_freeze.freeze(store, "mine", LAST, size=70)
    assert store.get(anchor_objects.list_key("mine")) == before
