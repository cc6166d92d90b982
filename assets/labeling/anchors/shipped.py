"""The anchor set that is shipped, `simulated-1`: sixty drawings, made by seed when they are needed.

The set never changes: what is drawn differs in no byte from the hashes in the file beside this module, or a test fails
and a set of another name is needed. Values go round, so that every value of every attribute is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random

from assets.generation.providers.registry import load_factory

NAME = "simulated-1"
SIZE = 256  # pixels
DRAWER = "assets.simulation.picture:png"  # by name, as a provider is
HASHES = Path(__file__).with_name(f"{NAME}.sha256")

#: What is drawn, as the drawer knows it; frozen here, whatever lists of values grow elsewhere.
_PERSON: Mapping[str, Sequence[str]] = {
    "perceived_gender": ("feminine", "masculine", "feminine", "masculine", "ambiguous"),
    "perceived_age": ("young_adult", "middle_aged", "older", "child"),
    "skin_tone": tuple(f"monk_{step}" for step in range(1, 11)),
    "clothing_era": ("contemporary", "traditional", "historical", "uniform"),
    "headwear": (
        *("none", "hat", "none", "sombrero", "none", "turban", "none", "headscarf"),
        *("none", "keffiyeh", "none", "beret", "none", "crown", "none", "other"),
    ),
    "facial_hair": ("none", "moustache", "beard"),
    "national_flag": ("no", "no", "yes"),
    "person_count": ("1", "1", "1", "2", "3+"),
}
_PLACES: Mapping[str, Sequence[str]] = {
    "house_condition": ("well_kept", "ordinary", "run_down"),
    "litter": ("no", "yes"),
}
_SHOWN: Mapping[str, Sequence[str]] = {
    "person": ("person_count", *(name for name in _PERSON if name != "person_count")),
    "house": ("person_count", "house_condition", "litter"),
    "street": ("person_count", "litter"),
    "object": ("person_count",),
}
_KINDS = ("person",) * 48 + ("house",) * 6 + ("street",) * 4 + ("object",) * 2


def looks() -> list[tuple[dict[str, str], Sequence[str]]]:
    """Return of each picture what is drawn (`kind` and a value for each attribute) and the attributes it shows."""
    deal = Random(NAME)  # noqa: S311 - a fixed deal of values, not secrets
    found: list[tuple[dict[str, str], Sequence[str]]] = [({"kind": kind}, _SHOWN[kind]) for kind in _KINDS]
    # Each attribute's values go round in an order of their own, so that no two attributes go together.
    for name, values in {**_PERSON, **_PLACES}.items():
        showing = [
            look for look, shown in found if name in shown and (name in _PLACES or look["kind"] == "person")
        ]
        hand = [values[number % len(values)] for number in range(len(showing))]
        deal.shuffle(hand)
        for look, value in zip(showing, hand, strict=True):
            look[name] = value
    for number, (look, _) in enumerate(found):
        if look.get("perceived_gender") == "feminine" or look.get("perceived_age") == "child":
            look["facial_hair"] = "none"  # as the drawer has it
        if look["kind"] == "object":
            look["object"] = ("chair", "bicycle")[number % 2]
    return found


@cache
def pictures() -> tuple[tuple[bytes, Sequence[str]], ...]:
    """Return the PNG bytes of each picture and the attributes it shows; drawn once a process (about a second)."""
    draw = load_factory(DRAWER)
    return tuple(
        (draw(look, f"{NAME}/{number:02d}", SIZE), shown) for number, (look, shown) in enumerate(looks())
    )


def frozen_hashes() -> list[str]:
    """Return the hashes that the set has had since it was made, in its order."""
    return HASHES.read_text("utf-8").split()
