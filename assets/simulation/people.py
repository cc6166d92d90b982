"""A person in a picture: one figure in front, and the others behind."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from assets.simulation import overlays
from assets.simulation import palette as p
from assets.simulation.peeps import part

# Heads of open-peeps by perceived gender: with the head bare, and those that fit under headwear.
_BARE: Mapping[str, tuple[str, ...]] = {
    "feminine": (
        *("long", "longBangs", "longCurly", "bangs", "medium2"),
        *("medium3", "mediumBangs", "bun", "bun2", "mediumBangs3"),
    ),
    "masculine": (
        *("short1", "short2", "short4", "short5", "flatTop"),
        *("pomp", "shaved1", "shaved2", "twists2", "dreads2"),
    ),
    "ambiguous": ("medium1", "bangs2"),
}
_COVERED: Mapping[str, tuple[str, ...]] = {
    "feminine": ("long", "medium2", "medium3"),
    "masculine": ("short1", "short2"),
    "ambiguous": ("medium1",),
}
_OLD_MEN = ("noHair1", "noHair2", "noHair3", "grayShort", "short1", "short2", "shaved1")
_OLD_WOMEN = ("grayBun", "grayMedium", "long", "bangs", "medium2")
_FACES = ("smile", "smile", "calm", "cute", "contempt", "cheeky", "eatingHappy", "smileBig", "explaining")
_PLAIN_FACES = ("smile", "smile", "calm", "cute")  # their mouths are small enough for lips
_GLASSES = ("glasses", "glasses2", "glasses3", "glasses5")
_BEARDS = ("full", "full2", "full3")
_MOUSTACHES = ("moustache5", "moustache6", "moustache7")
_PEEPS_HEADWEAR = {"turban": "turban", "headscarf": "hijab"}


def _hair(skin: str, age: str, rng: Random) -> str:
    if age == "older":
        return rng.choice(("grey", "silver"))
    if skin in p.DARK_SKIN:
        return rng.choice(("warm_brown", "copper"))
    if skin in p.DEEP_SKIN:
        return rng.choice(("black", "espresso"))
    if skin in {"monk_4", "monk_5"}:
        return rng.choice(("black", "espresso", "brown"))
    return rng.choice(("black", "espresso", "brown", "auburn", "blond"))


def _head(gender: str, age: str, headwear: str, rng: Random) -> str:
    if headwear in _PEEPS_HEADWEAR:
        return _PEEPS_HEADWEAR[headwear]
    if headwear != "none":
        return rng.choice(_COVERED[gender])
    if age == "older" and gender != "ambiguous":
        return rng.choice(_OLD_MEN if gender == "masculine" else _OLD_WOMEN)
    return rng.choice(_BARE[gender])


def figure(look: Mapping[str, str], rng: Random) -> str:
    """Return the front figure of a picture as SVG in 704 units; `look` maps each person attribute to its value."""
    skin_name, gender, age = look["skin_tone"], look["perceived_gender"], look["perceived_age"]
    headwear, era = look["headwear"], look["clothing_era"]
    skin, deep = p.MONK[skin_name], skin_name in p.DEEP_SKIN
    hair_name = _hair(skin_name, age, rng)
    hair, face_ink = p.HAIR[hair_name], p.CHALK if skin_name in p.DARK_SKIN else p.INK
    clothes = look.get(era, era)  # a kind of the era's clothes, where the planted truth names one
    cloth = rng.choice(p.SCRUBS if clothes == "scrubs" else p.CLOTHING[era])
    wigged = era == "historical"
    head = "noHair1" if wigged and headwear not in _PEEPS_HEADWEAR else _head(gender, age, headwear, rng)
    contrast, head_cloth, head_ink = hair, cloth, hair
    if headwear in _PEEPS_HEADWEAR:
        head_cloth = rng.choice(p.HEADWEAR[headwear])
        head_ink = p.INK if headwear == "turban" else head_cloth
    if wigged and headwear not in _PEEPS_HEADWEAR:
        head_ink = p.HAIR["warm_brown"] if skin_name in p.DARK_SKIN else p.INK
    elif head in {"grayBun", "grayMedium", "grayShort", "bangs", "short4", "noHair3"}:
        head_ink = p.INK if skin_name not in p.DARK_SKIN else p.HAIR["warm_brown"]
    if head in {"bun", "bun2"}:
        head_cloth = rng.choice(p.TRIM["contemporary"])
    face = rng.choice(_PLAIN_FACES if gender == "feminine" else _FACES)

    def put(kind: str, variant: str, *, clothing: str = cloth, ink: str = p.INK) -> str:
        return part(kind, variant, skin=skin, clothing=clothing, contrast=contrast, ink=ink)

    out = put("body", "") + overlays.dress(clothes, cloth, rng)
    out += put("head", head, clothing=head_cloth, ink=head_ink)
    out += put("expression", face, ink=face_ink)
    if look["facial_hair"] != "none":
        variant = rng.choice(_BEARDS if look["facial_hair"] == "beard" else _MOUSTACHES)
        out += put("facialHair", variant, ink=p.BEARD[hair_name])
    if wigged:
        out += overlays.wig()
    out += overlays.headwear(headwear, look.get("other", ""), rng)
    out += overlays.signs(gender, age, deep=deep)
    if rng.random() < (0.4 if age == "older" else 0.15):
        out += put("accessories", rng.choice(_GLASSES), ink=face_ink)
    return out


def companion(rng: Random) -> str:
    """Return one of the people behind, drawn wholly in pale blue, as SVG in 704 units."""
    face, clothes, ink = p.COMPANION["face"], p.COMPANION["clothes"], p.COMPANION["line"]
    head = rng.choice([*_BARE["feminine"][:7], *_BARE["masculine"]])
    kinds = (("body", ""), ("head", head), ("expression", rng.choice(_PLAIN_FACES)))
    return "".join(
        part(kind, name, skin=face, clothing=clothes, contrast=clothes, ink=ink) for kind, name in kinds
    )
