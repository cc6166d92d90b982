"""The drawings: everything that can be planted is drawn and can be seen, and equal seeds give equal pictures."""

import pytest

from assets.simulation import overlays, palette, picture, places
from assets.simulation.drawing import Drawing

PERSON = {
    "kind": "person",
    "person_count": "1",
    "perceived_gender": "feminine",
    "perceived_age": "young_adult",
    "skin_tone": "monk_5",
    "clothing_era": "contemporary",
    "headwear": "none",
    "facial_hair": "none",
    "national_flag": "no",
}
ONE_AT_A_TIME = [
    *[{"headwear": value} for value in palette.HEADWEAR],
    *[{"headwear": "other", "other": value} for value in overlays.OTHER_HEADWEAR],
    *[{"clothing_era": value} for value in palette.CLOTHING],
    {"clothing_era": "uniform", "uniform": "scrubs"},
    {"clothing_era": "contemporary", "contemporary": "suit"},
    {"clothing_era": "historical", "headwear": "beret"},
    {"clothing_era": "historical", "headwear": "turban"},
    *[{"national_flag": "yes", "flag": value} for value in palette.FLAGS],
    *[
        {"skin_tone": value, "perceived_gender": "masculine", "facial_hair": "beard"}
        for value in palette.MONK
    ],
    *[{"perceived_age": value} for value in ("child", "middle_aged", "older")],
    {"perceived_gender": "ambiguous"},
    {"perceived_gender": "masculine", "facial_hair": "moustache"},
    {"person_count": "2"},
    {"person_count": "3+"},
]


@pytest.mark.parametrize("change", ONE_AT_A_TIME, ids=lambda change: "-".join(change.values()))
def test_every_value_is_drawn_so_that_it_is_read(change):
    look = PERSON | change
    readings = Drawing().read(picture.png(look, "one", 192), [name for name in PERSON if name != "kind"])
    assert {name: reading.value for name, reading in readings.items()} == {
        name: look[name] for name in readings
    }


@pytest.mark.parametrize("name", places.OBJECTS)
def test_an_object_is_drawn_with_nobody_in_it(name):
    look = {"kind": "object", "object": name}
    assert picture.svg(look, "a") != picture.svg({"kind": "object", "object": "chair"}, "b")
    assert Drawing().read(picture.png(look, "a", 128), ["person_count"])["person_count"].value == "0"


@pytest.mark.parametrize("kind", ["plate", "street", "house", "object"])
def test_equal_seeds_give_equal_drawings_and_other_seeds_others(kind):
    look = {"kind": kind, "litter": "yes", "house_condition": "run_down"}
    assert picture.svg(look, "seed") == picture.svg(look, "seed")
    assert len({picture.svg(look, str(i)) for i in range(50)}) == 50


def test_an_unknown_kind_is_an_error_of_the_program():
    with pytest.raises(KeyError):
        places.draw("castle", {}, None)


def test_no_background_takes_a_declared_colour(monkeypatch):
    free = picture._tint(0.5, 0.9, 0.5)
    monkeypatch.setattr(picture, "_DECLARED", frozenset({free}))
    assert picture._tint(0.5, 0.9, 0.5) != free


def test_two_things_of_one_colour_are_found(monkeypatch):
    monkeypatch.setattr(palette, "LIPS", palette.INK)
    with pytest.raises(ValueError, match="stands for both"):
        palette.meanings()
