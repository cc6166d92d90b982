"""What a drawing shows, from the areas and places of its declared colors.

A picture that is not a drawing of this kind (a photograph, somebody else's drawing, broken bytes) gets `cannot_tell`
for every attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from assets.labeling.records import CANNOT_TELL, NOT_APPLICABLE, Reading
from assets.simulation import palette
from assets.simulation.drawing.pixels import MEANINGS, Pixels, see
from warehouse.canonical import canonical_json, sha256_hex

#: Shares of the picture unless said otherwise. Changing one raises the declared number.
THRESHOLDS: Mapping[str, float] = {
    "largest_side": 2048,  # pixels
    "flatness": 0.6,  # pixels like their right neighbor; photographs have about 0.1
    "declared": 0.10,  # pixels of any declared color
    "skin": 0.012,
    "companion": 0.003,
    "sign": 0.0002,  # an earring, a line under an eye, a cheek
    "brow": 0.0004,
    "headwear": 0.004,
    "facial_hair": 0.001,
    "beard_to_skin": 0.24,  # area of facial hair over area of skin
    "flag": 0.004,
    "flag_pole": 0.001,
    "road": 0.05,
    "wall": 0.03,
    "damage": 0.004,
    "flower": 0.004,
    "litter": 0.002,
}
PERSON = (
    "perceived_gender",
    "perceived_age",
    "skin_tone",
    "clothing_era",
    "headwear",
    "facial_hair",
    "national_flag",
)
PLACES = ("house_condition", "litter")
ATTRIBUTES = ("person_count", *PERSON, *PLACES)

_SKINS = tuple(f"skin_tone:{tone}" for tone in palette.MONK)


def _largest(areas: Mapping[str, float], least: float, otherwise: str) -> Reading:
    """Return the value with the largest area, with its share of the two largest as confidence."""
    first, *rest = sorted(areas, key=lambda value: -areas[value])
    if areas[first] < least:
        return Reading(otherwise)
    second = areas[rest[0]] if rest else 0.0
    return Reading(first, round(areas[first] / (areas[first] + second), 3))


def _person_count(seen: Pixels) -> Reading:
    middle = float(np.median(seen.columns(*_SKINS)))
    others = seen.columns("companion")
    least = THRESHOLDS["companion"] * seen.classes.size
    sides = int(np.sum(others < middle) >= least) + int(np.sum(others > middle) >= least)
    return Reading(("1", "2", "3+")[sides])


def _perceived_gender(seen: Pixels) -> Reading:
    areas = {gender: seen.area(f"perceived_gender:{gender}") for gender in palette.EARRING}
    return _largest(areas, THRESHOLDS["sign"], "masculine")


def _perceived_age(seen: Pixels) -> Reading:
    if seen.area("perceived_age:older") >= THRESHOLDS["brow"]:
        return Reading("older")
    areas = {age: seen.area(f"perceived_age:{age}") for age in ("child", "middle_aged")}
    return _largest(areas, THRESHOLDS["sign"], "young_adult")


def _skin_tone(seen: Pixels) -> Reading:
    return _largest({tone: seen.area(f"skin_tone:{tone}") for tone in palette.MONK}, 0, CANNOT_TELL)


def _clothing_era(seen: Pixels) -> Reading:
    areas = {era: seen.area(f"clothing_era:{era}") + seen.area(f"trim:{era}") for era in palette.CLOTHING}
    return _largest(areas, THRESHOLDS["skin"], CANNOT_TELL)


def _headwear(seen: Pixels) -> Reading:
    areas = {worn: seen.area(f"headwear:{worn}") for worn in palette.HEADWEAR}
    return _largest(areas, THRESHOLDS["headwear"], "none")


def _facial_hair(seen: Pixels) -> Reading:
    hair = seen.area("facial_hair")
    if hair < THRESHOLDS["facial_hair"]:
        return Reading("none")
    beard = hair / sum(seen.area(skin) for skin in _SKINS) >= THRESHOLDS["beard_to_skin"]
    return Reading("beard" if beard else "moustache")


def _national_flag(seen: Pixels) -> Reading:
    flown = seen.area("flag") >= THRESHOLDS["flag"] and seen.area("flag_pole") >= THRESHOLDS["flag_pole"]
    return Reading("yes" if flown else "no")


def _house_condition(seen: Pixels) -> Reading:
    if seen.total("damage:") >= THRESHOLDS["damage"]:
        return Reading("run_down")
    return Reading("well_kept" if seen.area("flower") >= THRESHOLDS["flower"] else "ordinary")


def _litter(seen: Pixels) -> Reading:
    return Reading("yes" if seen.area("litter") >= THRESHOLDS["litter"] else "no")


_READERS = (
    *(_person_count, _perceived_gender, _perceived_age, _skin_tone, _clothing_era),
    *(_headwear, _facial_hair, _national_flag, _house_condition, _litter),
)
_READ: Mapping[str, Callable[[Pixels], Reading]] = {
    reader.__name__.removeprefix("_"): reader for reader in _READERS
}


def _shown(seen: Pixels) -> tuple[str, ...] | None:
    """Return the attributes that the drawing shows, or None if it is no drawing of this kind."""
    if (
        seen.flatness < THRESHOLDS["flatness"]
        or 1 - seen.area("") < THRESHOLDS["declared"]
        or not seen.area("line")
    ):
        return None
    if seen.total("skin_tone:") >= THRESHOLDS["skin"]:
        return ("person_count", *PERSON)
    if seen.area("wall") >= THRESHOLDS["wall"]:
        return PLACES
    return ("litter",) if seen.area("road") >= THRESHOLDS["road"] else ()


def _read(attribute: str, seen: Pixels, shown: Sequence[str]) -> Reading:
    if attribute in shown:
        return _READ[attribute](seen)
    return Reading("0" if attribute == "person_count" else NOT_APPLICABLE)


def version_of(meanings: Mapping[str, str], thresholds: Mapping[str, float]) -> str:
    """Return the declared number and a hash of the colors and thresholds (not of code: golden pictures watch that)."""
    return "1-" + sha256_hex(canonical_json({"colours": dict(meanings), "thresholds": dict(thresholds)}))[:12]


class Drawing:
    """Reads the drawings of the simulated models by their declared colors (`palette.CONVENTION`)."""

    name = "drawing"
    kind = "local_model"
    version = version_of(MEANINGS, THRESHOLDS)

    def attributes(self) -> Sequence[str]:
        """Return the attributes that it reads."""
        return ATTRIBUTES

    def read(self, image: bytes, attributes: Sequence[str]) -> Mapping[str, Reading]:
        """Return a reading for each of `attributes` that it knows; `cannot_tell` where it is no such drawing."""
        wanted = [attribute for attribute in attributes if attribute in _READ]
        seen = see(image, largest=int(THRESHOLDS["largest_side"]))
        shown = _shown(seen) if seen else None
        if seen is None or shown is None:
            return {attribute: Reading(CANNOT_TELL) for attribute in wanted}
        return {attribute: _read(attribute, seen, shown) for attribute in wanted}
