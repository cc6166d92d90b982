"""A gold set is a random sample with inclusion probabilities that are known exactly, and is drawn once."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.labeling.gold.frame import read_frame
from assets.labeling.gold.records import read_sample
from assets.labeling.gold.sampling import Design, allocate, draw_sample, make_sample
from tests.unit.labeling.gold.people import BOTH, MIXED, ONE, SET, TWO, biased, build, design, drawn
from tests.warehouse import builder
from tests.warehouse.builder import WEEK
from warehouse import keys
from warehouse.errors import CorruptObjectError, RefusedError, UsageError
from warehouse.loading.seals import sealed
from warehouse.store import Store


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=12), st.integers(1, 5), st.floats(0, 1))
def test_an_allocation_is_in_proportion(sizes: list[int], least: int, part: float) -> None:
    floors = [min(least, size) for size in sizes]
    sample = sum(floors) + round(part * (sum(sizes) - sum(floors)))
    found = allocate(sizes, sample, least)
    assert sum(found) == sample
    assert all(floor <= one <= size for floor, one, size in zip(floors, found, sizes, strict=True))
    free = [i for i, size in enumerate(sizes) if found[i] > floors[i] + 1 and size]
    rates = [(found[i] - 1) / sizes[i] for i in free], [(found[i] + 1) / sizes[i] for i in free]
    if free:  # one sampling fraction fits all strata above their minimum, but for rounding
        assert max(rates[0]) <= min(rates[1]) + 1e-9


@pytest.mark.parametrize(
    ("sizes", "sample", "least", "found"),
    [
        ([100, 100], 10, 2, [5, 5]),
        ([900, 100], 100, 2, [90, 10]),
        ([990, 10], 100, 5, [95, 5]),
        ([990, 3], 100, 5, [97, 3]),
        ([10, 10, 10], 4, 1, [2, 1, 1]),
        ([5, 7], 12, 2, [5, 7]),
        ([0, 50], 10, 2, [0, 10]),
        ([20, 20], 41, 2, [20, 20]),
    ],
)
def test_allocations_as_computed_by_hand(sizes: list[int], sample: int, least: int, found: list[int]) -> None:
    assert allocate(sizes, sample, least) == found


def test_too_few_pictures_are_told() -> None:
    with pytest.raises(UsageError, match=r"3 pictures per model are too few: 2 of each of 2 strata are 4"):
        allocate([20, 20], 3)


def test_the_inclusion_probability_is_drawn_over_all_of_the_stratum(store: Store) -> None:
    build(store)
    sample = drawn(store)
    frame = read_frame(store, WEEK)
    pictures = Counter(p.stratum for p in frame.pictures)
    assert set(pictures) == {
        f"{model}/occupations@1/{value}" for model in (ONE, TWO) for value in ("feminine", "masculine")
    }
    rows = Counter(p.stratum for p in sample.pictures)
    assert sum(rows.values()) == 24
    for stratum in sample.strata:
        assert (stratum.pictures, stratum.sampled) == (pictures[stratum.stratum], rows[stratum.stratum])
        assert stratum.sampled >= 2
    for picture in sample.pictures:
        assert picture.inclusion_probability == rows[picture.stratum] / pictures[picture.stratum]
        assert picture.simulated
    # Horvitz and Thompson's weights add up to the pictures.
    assert sum(1 / p.inclusion_probability for p in sample.pictures) == pytest.approx(len(frame.pictures))


def test_anybody_can_draw_the_sample_again(store: Store) -> None:
    build(store)
    sample = drawn(store)
    for stratum in sample.strata:
        members = [p.slot.slot_key for p in read_frame(store, WEEK).pictures if p.stratum == stratum.stratum]
        lowest = sorted(members, key=lambda key: hashlib.sha256(f"7/{key}".encode()).hexdigest())
        assert {p.slot_key for p in sample.pictures if p.stratum == stratum.stratum} == {
            *lowest[: stratum.sampled]
        }


def test_over_many_seeds_every_picture_is_drawn_as_often_as_its_probability_says(store: Store) -> None:
    build(store, (ONE,))
    frame = read_frame(store, WEEK)
    times: Counter[str] = Counter()
    seeds, chance = 400, {}
    for seed in range(seeds):
        for picture in make_sample(frame, design(12, seed=seed)).pictures:
            times[picture.slot_key] += 1
            chance[picture.slot_key] = picture.inclusion_probability
    assert len(times) == len(frame.pictures) == 30
    z = [(times[key] - seeds * p) / np.sqrt(seeds * p * (1 - p)) for key, p in chance.items()]
    assert np.abs(z).max() < 4
    assert np.square(z).mean() < 2


def test_names_of_pictures_tell_nothing_and_are_no_numbers(store: Store) -> None:
    build(store)
    for picture in drawn(store).pictures:
        assert picture.task.startswith("t")
        assert len(picture.task) == 17
        for secret in (picture.slot_key[:6], picture.image_sha256[:6], ONE, "occupations"):
            assert secret not in picture.task


def test_every_model_has_two_hundred_pictures_or_all(store: Store) -> None:
    build(store, (ONE,), replicates=90)  # 270 pictures
    build(store, (TWO,), replicates=20)  # 60
    frame = read_frame(store, WEEK)
    found = Counter(p.model for p in make_sample(frame, Design(gold_set=SET, seed=7)).pictures)
    assert found == {ONE: 200, TWO: 60}
    assert Counter(p.model for p in make_sample(frame, design(50)).pictures) == {ONE: 50, TWO: 50}


def test_a_sample_is_drawn_once(store: Store) -> None:
    build(store)
    sample = drawn(store)
    before = store.get(keys.gold_sample(SET))
    with pytest.raises(RefusedError, match="the gold set gold is drawn already, and a sample is drawn once"):
        drawn(store, seed=8)
    assert store.get(keys.gold_sample(SET)) == before
    assert read_sample(store, SET) == sample


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"raters": ("a",)}, "two raters are needed, not a;"),
        ({"raters": ("a", "a")}, "two raters are needed"),
        ({"raters": ("a", "b", "c")}, "two raters are needed"),
        ({"raters": ("a", "anna@example.org")}, "a rater was named by an e-mail address; give a pseudonym"),
        ({"raters": ("a", "Anna Smith")}, 'rater "Anna Smith" is no pseudonym'),
        ({"raters": ("a", "third")}, 'no rater is called "third"'),
        ({"gold_set": "a/b"}, 'gold set "a/b": a name has'),
        ({"gold_set": "../x"}, "a name has"),
        ({"pictures": 0}, "at least one picture"),
        ({"seed": -1}, "a seed is a whole number"),
    ],
)
def test_wrong_designs_are_refused(store: Store, changes: dict[str, object], message: str) -> None:
    build(store, (ONE,))
    with pytest.raises(UsageError, match=message) as told:
        drawn(store, **{"pictures": 12, **changes})
    assert "example.org" not in str(told.value)
    assert [*store.list("gold/")] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"attribute": "perceived_gendre"}, 'no attribute "perceived_gendre" in the week .*did you mean'),
        ({"suites": ["occupation@1"]}, 'no suite "occupation@1"'),
        ({"models": ["sim-tow"]}, 'no model "sim-tow".* did you mean "sim-two"'),
    ],
)
def test_a_frame_names_what_it_does_not_know(store: Store, changes: dict[str, object], message: str) -> None:
    build(store)
    with pytest.raises(UsageError, match=message):
        read_frame(store, WEEK, **changes)  # type: ignore[arg-type]


def test_the_frame_holds_what_the_attribute_applies_to_and_tells_what_is_outside(store: Store) -> None:
    build(store, (ONE,), suites=(MIXED,), replicates=6)
    frame = read_frame(store, WEEK)
    assert len(frame.pictures) == 12
    sample = draw_sample(store, frame, design(8))
    counts = {(s.predicted, c.attribute): c for s in sample.strata for c in s.attributes}
    assert {c.suite_pictures for c in counts.values() if c.attribute == "perceived_gender"} == {12}
    tones = [c for c in counts.values() if c.attribute == "skin_tone"]
    assert {c.suite_pictures for c in tones} == {12}
    assert sum(c.pictures for c in tones) == 6  # hands are not in the frame
    assert {p.attributes for p in sample.pictures} == {("perceived_gender",), BOTH}
    assert [a.id for a in sample.suites[0].attributes] == ["perceived_gender", "skin_tone"]


def test_suites_and_models_can_be_named(store: Store) -> None:
    build(store, suites=(MIXED, builder.OCCUPATIONS))
    for name in ("mixed", "mixed@2"):
        frame = read_frame(store, WEEK, suites=[name], models=[TWO])
        assert {(p.slot.suite, p.slot.model) for p in frame.pictures} == {("mixed", TWO)}
    with pytest.raises(UsageError, match='no suite "mixed@1"'):
        read_frame(store, WEEK, suites=["mixed@1"])


def test_pictures_without_a_label_are_a_stratum_of_their_own_and_failures_are_none(store: Store) -> None:
    def labels(slot, attribute):
        return None if slot.replicate < 2 else biased(slot, attribute)

    def outcomes(slot):
        return ("refused_text",) if slot.replicate == 9 else ("ok",)

    build(store, (ONE,), labels=labels, outcomes=outcomes)
    frame = read_frame(store, WEEK)
    assert len(frame.pictures) == 27
    assert Counter(p.predicted for p in frame.pictures)["not_assessed"] == 6
    assert frame.open_slots == 0


def test_slots_that_may_still_be_asked_are_counted(store: Store) -> None:
    build(store, (ONE,), outcomes=lambda slot: {0: (), 1: ("timeout",)}.get(slot.replicate, ("ok",)))
    frame = read_frame(store, WEEK)
    assert (len(frame.pictures), frame.open_slots) == (24, 6)


def test_a_model_that_nobody_labelled_can_be_sampled(store: Store) -> None:
    build(store, (ONE,), labels=lambda slot, attribute: None)
    sample = drawn(store, 6)
    assert [(s.predicted, s.labeler, s.labeler_version) for s in sample.strata] == [
        ("not_assessed", "drawing", None)
    ]


def test_of_several_labeler_versions_the_highest_number_counts(store: Store) -> None:
    build(store, (ONE,), labeler_version="9-aa")
    slots = builder.make_slots(builder.OCCUPATIONS, WEEK, ONE, {}, 10, 0)
    rows = [
        builder.label_row(slot, "perceived_gender", ("feminine", None, None), labeler_version="10-bb")
        for slot in slots
    ]
    builder.write_labels(store, WEEK, ONE, rows)
    frame = read_frame(store, WEEK)
    assert frame.labelers[ONE] == ("drawing", "10-bb")
    assert {p.predicted for p in frame.pictures} == {"feminine"}


def test_an_unknown_set_is_told_with_those_there_are_and_a_broken_sample_by_its_key(store: Store) -> None:
    build(store, (ONE,))
    with pytest.raises(UsageError, match=r'no gold set "gold" in .* there are: none'):
        read_sample(store, SET)
    drawn(store)
    with pytest.raises(UsageError, match=r'no gold set "gld" in .* there are: gold'):
        read_sample(store, "gld")
    for name, data, message in (
        ("broken", b"{", "is damaged"),
        ("empty", {"gold_set": "empty"}, "gold/empty/sample.json: .*is missing"),
        ("other", {"gold_set": "gold"}, "is the sample of gold"),
    ):
        key = keys.gold_sample(name)
        store.put_if_absent(key, data if isinstance(data, bytes) else sealed(key, data))
        with pytest.raises(CorruptObjectError, match=message):
            read_sample(store, name)
    key = keys.gold_sample("newer")
    store.put_if_absent(key, sealed(key, {"gold_set": "newer", "format": 99}))
    with pytest.raises(UsageError, match="has format 99, written by a newer version"):
        read_sample(store, "newer")
