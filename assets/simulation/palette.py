"""The colors of the simulated drawings: what each visible thing is painted with, and nothing else.

Every color stands for one thing, and no two things share one. Skin tones are the ten of the Monk Skin Tone scale
(Ellis Monk, CC BY 4.0).
"""

from __future__ import annotations

from collections.abc import Mapping

CONVENTION = (
    "How the drawings say who is perceived as what: long hair, red lips and a coral earring stand for feminine; short "
    "hair and no earring for masculine; chin-length hair and a teal earring for ambiguous. Rosy cheeks and a small "
    "figure stand for a child, lines under the eyes for middle age, grey hair and pale bushy brows for older people. "
    "Pale blue figures behind the front one are the others in the picture. This is a drawing convention of the "
    "simulation, made so that a label can be read from the picture. It says nothing about real people."
)

MONK: Mapping[str, str] = {
    "monk_1": "#f6ede4",
    "monk_2": "#f3e7db",
    "monk_3": "#f7ead0",
    "monk_4": "#eadaba",
    "monk_5": "#d7bd96",
    "monk_6": "#a07e56",
    "monk_7": "#825c43",
    "monk_8": "#604134",
    "monk_9": "#3a312a",
    "monk_10": "#292420",
}
DARK_SKIN = frozenset({"monk_9", "monk_10"})  # drawn with light lines, dark ones would not be seen
DEEP_SKIN = frozenset({"monk_6", "monk_7", "monk_8", "monk_9", "monk_10"})

INK = "#17151f"
CHALK = "#efe0cc"  # lines on dark skin
HAIR: Mapping[str, str] = {
    "black": "#221c2a",
    "espresso": "#3b2620",
    "brown": "#5f3b26",
    "auburn": "#8a3d1f",
    "blond": "#bf8a40",
    "warm_brown": "#7d573c",  # on dark skin
    "copper": "#9a6844",  # on dark skin
    "grey": "#8e919b",
    "silver": "#a6a9b5",
}
BEARD: Mapping[str, str] = {
    "black": "#3a3345",
    "espresso": "#513830",
    "brown": "#744d35",
    "auburn": "#a0502f",
    "blond": "#ab7830",
    "warm_brown": "#8d6749",
    "copper": "#ab7a55",
    "grey": "#b2b5bf",
    "silver": "#c5c8d1",
}

EARRING: Mapping[str, str] = {"feminine": "#ff5a4a", "ambiguous": "#12ada3"}
LIPS = "#d8404f"
CHEEK: Mapping[bool, str] = {False: "#f0908c", True: "#b85a50"}  # by whether the skin is deep
CREASE: Mapping[bool, str] = {False: "#a57a58", True: "#caa582"}
BROW = "#d3d7e2"  # older people

CLOTHING: Mapping[str, tuple[str, ...]] = {
    "contemporary": ("#5b86d8", "#48a67d", "#e2697b", "#7b69ca", "#3da1c0", "#e58d4d", "#5d6c82", "#d9b23a"),
    "traditional": ("#b23f2e", "#c8731b", "#1e7b6e", "#8b2e62"),
    "historical": ("#6b2539", "#2e4b3d", "#35406e", "#7a4a1f"),
    "uniform": ("#2b3b5f", "#4c5b3b", "#24566b", "#7d8ba1"),
}
SCRUBS = ("#57b4ae", "#79b7e0")  # the uniform of a hospital
TRIM: Mapping[str, tuple[str, ...]] = {
    "contemporary": ("#fafbff", "#31405c", "#f4e8c1"),
    "traditional": ("#f1c24c", "#fff0cf", "#3b1d4a"),
    "historical": ("#fbf7ff", "#c79f45", "#ddd4e8"),
    "uniform": ("#eab800", "#d4dbe4", "#11182b"),
}
WIG = "#e7e3f0"
WIG_SHADE = "#bdb5cf"

HEADWEAR: Mapping[str, tuple[str, ...]] = {
    "hat": ("#7d5b3e", "#3e4659", "#8c8373"),
    "sombrero": ("#e8bb57",),
    "turban": ("#e3721c", "#7c2c8c", "#1b70b1", "#a8123f"),
    "headscarf": ("#6f90ca", "#c78aae", "#3f808d", "#8e6cb9"),
    "keffiyeh": ("#f8f5f0",),
    "beret": ("#28376c", "#a4253c", "#202a2e"),
    "crown": ("#ffce30",),
    "other": ("#fdfdf8", "#e13d26", "#f59bc1"),  # a toque, a helmet, a wreath
}
HEADWEAR_TRIM: Mapping[str, tuple[str, ...]] = {
    "hat": ("#c23a2a",),
    "sombrero": ("#c4372c", "#2f8f5b", "#cf9d35"),
    "turban": (),
    "headscarf": (),
    "keffiyeh": ("#b9323b", "#121019"),
    "beret": (),
    "crown": ("#d1235b", "#2e7ee1", "#d69f12"),
    "other": ("#dde2ea", "#f7c21e", "#5aa05a", "#fff2a8"),
}

FLAG_POLE = "#9c6c3e"
FLAG_KNOB = "#f3d75d"
FLAGS: Mapping[str, tuple[str, ...]] = {  # bands from left or top; drawn by `overlays.flag`
    "american": ("#b82b3c", "#ffffff", "#2d407d"),
    "french": ("#25449c", "#fffffe", "#e33845"),
    "indian": ("#ff9b34", "#fffeff", "#138b3d"),
    "mexican": ("#0c6c4b", "#fefeff", "#ca152f"),
    "nigerian": ("#0b8b55", "#feffff", "#0b8b55"),
    "chinese": ("#df2c20", "#ffdf18"),
    "indonesian": ("#d7141c", "#fffefe"),
    "other": ("#1f9ad6", "#fefefe", "#f2b705"),
}

COMPANION: Mapping[str, str] = {"face": "#cdd5ea", "clothes": "#b1bddb", "line": "#8f9cc0"}

WALLS = ("#f2c9a1", "#e9a48f", "#a9cfc0", "#f0d98a", "#b7c4e6", "#dcb6cf")
TIRED_WALLS = ("#b9ab98", "#a89f96", "#b5a184")
ROOFS = ("#b5553f", "#7a4b52", "#4f6475", "#8f5f35")
GLASS = "#bfe4f3"
FRAME = "#fcfaf4"
DOORS = ("#3c6e8f", "#8a4a3c", "#3f7d58", "#6b4c86")
LAWN: Mapping[str, str] = {"well_kept": "#7cc46b", "ordinary": "#a3bd78", "run_down": "#b3a873"}
FLOWERS = ("#f2557f", "#f7d13d", "#9a5fd0")
LEAF = "#3f8f4a"
DAMAGE: Mapping[str, str] = {"hole": "#1d2026", "board": "#7e6a55", "crack": "#4a4038", "weed": "#8a8a3c"}
ROAD = "#8c9099"
KERB = "#c9ccd2"
LINE = "#f5f0dc"
FACADES = ("#d9b48f", "#c98f7d", "#9dbfb2", "#d8c47e", "#a5b1d3", "#c3a0b8")
LITTER = ("#d2452f", "#2f9e8f", "#f2e9d5", "#c0a05a", "#4d6fd0")
PLATE = ("#fbfbf6", "#d5dae3")
TABLE = ("#b98a5f", "#8fa7a0", "#a5778a")
FOOD = ("#e0552f", "#f0b429", "#5f9e3a", "#8f4a2b", "#f6e3b4", "#c8374a")
OBJECT = ("#d92f2f", "#2f6fd9", "#f2a516", "#2e9a63", "#7a4cc2", "#3a3f4b", "#f4f1e8", "#9aa3ad")


def meanings() -> dict[str, str]:
    """Return what each declared color stands for: color → `<thing>` or `<thing>:<value>`.

    Colors that several flags share in look differ by one level, so that each is in one row.
    """
    table: dict[str, str] = {}

    def put(thing: str, *colours: str) -> None:
        for colour in colours:
            if table.setdefault(colour, thing) != thing:
                raise ValueError(f"{colour} stands for both {table[colour]} and {thing}")

    for tone, colour in MONK.items():
        put(f"skin_tone:{tone}", colour)
    put("line", INK, CHALK)
    put("hair", *HAIR.values())
    put("facial_hair", *BEARD.values())
    for gender, colour in EARRING.items():
        put(f"perceived_gender:{gender}", colour)
    put("lips", LIPS)
    put("perceived_age:child", *CHEEK.values())
    put("perceived_age:middle_aged", *CREASE.values())
    put("perceived_age:older", BROW)
    for era in CLOTHING:
        put(f"clothing_era:{era}", *CLOTHING[era])
        put(f"trim:{era}", *TRIM[era])
    put("clothing_era:uniform", *SCRUBS)
    put("wig", WIG, WIG_SHADE)
    for headwear in HEADWEAR:
        put(f"headwear:{headwear}", *HEADWEAR[headwear])
        put(f"headwear_trim:{headwear}", *HEADWEAR_TRIM[headwear])
    put("flag_pole", FLAG_POLE, FLAG_KNOB)
    for bands in FLAGS.values():
        put("flag", *bands)
    put("companion", COMPANION["face"])
    put("companion_rest", COMPANION["clothes"], COMPANION["line"])
    put("wall", *WALLS, *TIRED_WALLS)
    put("house", *ROOFS, GLASS, FRAME, *DOORS)
    for condition, colour in LAWN.items():
        put(f"lawn:{condition}", colour)
    put("flower", *FLOWERS)
    put("leaf", LEAF)
    for damage, colour in DAMAGE.items():
        put(f"damage:{damage}", colour)
    put("road", ROAD)
    put("street", KERB, LINE, *FACADES)
    put("litter", *LITTER)
    put("thing", *PLATE, *TABLE, *FOOD, *OBJECT)
    return table
