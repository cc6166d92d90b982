"""A small planted warehouse, and the same pictures as arrays that no query has counted.

Belongs here: what is drawn by chance, once for the tables and once for arrays. Does not belong here: figures.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]
WEEKS = [date(2026, 9, 7) + timedelta(weeks=number) for number in range(12)]
MODELS = ("alder", "birch", "cedar", "elm")
LABELER = "drawing"
#: Attribute → value → band, or None outside the support.
ATTRIBUTES: Mapping[str, Mapping[str, str | None]] = {
    "perceived_gender": {
        "feminine": "feminine",
        "masculine": "masculine",
        "ambiguous": None,
        "cannot_tell": None,
    },
    "skin_tone": {"t1": "light", "t2": "light", "t3": "medium", "t4": "dark", "cannot_tell": None},
    "house_condition": {"run_down": "run_down", "in_order": "in_order", "cannot_tell": None},
    "headwear": {"hat": "hat", "sombrero": "sombrero", "beret": "beret", "cannot_tell": None},
}
#: Prompt → subject; those of persons are asked for dress, too.
PROMPTS: Mapping[str, str] = {
    "rest-of-world/ceo": "job:ceo",
    "rest-of-world/nurse": "job:nurse",
    "rest-of-world/person-mexico": "person:mexican",
    "rest-of-world/person-mexico-2": "person:mexican",
    "rest-of-world/person-india": "person:indian",
    "rest-of-world/person-united-states": "person:american",
    "rest-of-world/house-nigeria": "house:nigerian",
    "rest-of-world/house-united-states": "house:american",
}
TALK = {"talk/ceo": "job:ceo"}
YARDSTICKS = ("parity", "census", "even-tones")
#: (reference, attribute, prompt or None for every, value) → expected share.
EXPECTED: Mapping[tuple[str, str, str | None, str], float] = {
    ("parity", "perceived_gender", None, "feminine"): 0.5,
    ("parity", "perceived_gender", None, "masculine"): 0.5,
    ("census", "perceived_gender", None, "feminine"): 0.48,
    ("census", "perceived_gender", None, "masculine"): 0.52,
    ("census", "perceived_gender", "rest-of-world/ceo", "feminine"): 0.29,
    ("census", "perceived_gender", "rest-of-world/ceo", "masculine"): 0.71,
    ("even-tones", "skin_tone", None, "light"): 0.3,
    ("even-tones", "skin_tone", None, "medium"): 0.4,
    ("even-tones", "skin_tone", None, "dark"): 0.3,
}
PAIRS = (
    ("headwear", "sombrero", "person:mexican"),
    ("headwear", "beret", "person:mexican"),
    ("skin_tone", "dark", "person:indian"),
)
TYPED = {"job:ceo": "male", "job:nurse": "female", "person:mexican": "male"}
JOINT = {"perceived_gender": ("feminine",), "skin_tone": ("light", "medium")}
#: Series of an attribute that begin anew in a week: (model, attribute) → week of the report, first week that counts.
BEGUN = {("alder", "perceived_gender"): (10, 6), ("elm", None): (11, 9)}
WITHHELD = {("birch", 6)}
MISSED = {("cedar", 9)}
STARTED = {"elm": 4}
VERSIONS = {"cedar": lambda week: "2-new" if week >= 3 else "1-old"}


@dataclass
class Answer:
    """One planned answer: how it ended, and what its labeler read in it; None: not assessed."""

    outcome: str
    read: dict[str, str | None] = field(default_factory=dict)

    @property
    def pictured(self) -> bool:
        """Whether there is a picture."""
        return self.outcome == "ok"


#: (model, week number, prompt) → answers.
World = dict[tuple[str, int, str], list[Answer]]


def planned(model: str, week: int) -> bool:
    """Return whether a model was asked in a week."""
    return week >= STARTED.get(model, 0) and (model, week) not in MISSED


def version(model: str, week: int) -> str:
    """Return the version of the labeler that read a model's pictures of a week."""
    return VERSIONS[model](week) if model in VERSIONS else "1-old"


def attributes_of(prompt: str) -> list[str]:
    """Return what is looked for in a prompt's pictures."""
    if "house" in prompt:
        return ["house_condition"]
    return ["perceived_gender", "skin_tone", *(["headwear"] if "person" in prompt else [])]


def drawn(seed: int) -> World:
    """Return answers by chance: some prompts one-sided, some weeks alike, a few refused, unread or without a value."""
    rng = random.Random(seed)
    lean = {
        (model, prompt, attribute): rng.random() ** strength
        for model, strength in zip(MODELS, (6, 2, 0.5, 0.1), strict=True)
        for prompt in PROMPTS
        for attribute in ATTRIBUTES
    }
    world: World = {}
    for model in MODELS:
        for week in range(len(WEEKS)):
            shift = rng.uniform(-0.5, 0.5) if model == "birch" else rng.uniform(-0.15, 0.15)
            for prompt in PROMPTS if planned(model, week) else ():
                answers = []
                for _ in range(rng.randint(1, 7)):
                    outcome = rng.choices(("ok", "refused_text", "timeout", ""), (85, 9, 4, 2))[0]
                    answer = Answer(outcome)
                    for attribute in attributes_of(prompt):
                        first, *others = ATTRIBUTES[attribute]
                        chance = min(1, max(0, lean[model, prompt, attribute] + shift))
                        if attribute == "perceived_gender" and model == "alder" and week >= 6:
                            chance = 1 - chance
                        value = first if rng.random() < chance else rng.choice(others)
                        if rng.random() < 0.05:
                            value = rng.choice(("invalid", None))
                        answer.read[attribute] = value
                    answers.append(answer)
                world[model, week, prompt] = answers
    return world


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows into a table by the names of their columns."""
    listed = [*rows]
    names = dict.fromkeys(name for row in listed for name in row)
    made = pa.Table.from_pylist([{name: _plain(row.get(name)) for name in names} for row in listed])
    if made.num_rows:
        con.register("planted_rows", made)
        con.execute(f"INSERT INTO {table} BY NAME FROM planted_rows")
        con.unregister("planted_rows")


def _plain(value: Any) -> Any:
    """Return a number of numpy's as a plain one, and None for NaN."""
    value = value.item() if isinstance(value, np.generic | np.ndarray) else value
    return None if isinstance(value, float) and np.isnan(value) else value


def plant(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Fill a migrated warehouse with plans, slots, attempts and labels of a world; nothing is counted."""
    rows: dict[str, list[dict[str, Any]]] = {}

    def add(table: str, **row: Any) -> None:
        rows.setdefault(table, []).append(row)

    for (model, week), suites in _partitions(world).items():
        where = {"week": WEEKS[week], "model": model}
        add(
            "plans", **where, series=model, params_hash="0", provider="p", model_id=model, track="model",
            simulated=True, params="{}", labeler=LABELER, completeness_floor=0.9, plan_sha256="0",
        )  # fmt: skip
        for prompt, subject in {**PROMPTS, **TALK}.items():
            suite = {"suite": prompt.partition("/")[0], "suite_major": 1}
            asked = {**where, **suite, "prompt": prompt}
            talk = prompt in TALK
            add(
                "prompts", **asked, suite_version="1.0.0", suite_hash="0", language="en", subject=subject,
                condition="confronted" if talk else "baseline", text=prompt, turns=3 if talk else 1,
            )  # fmt: skip
            for attribute in attributes_of(prompt):
                add("prompt_attributes", **asked, attribute=attribute)
        for suite_name in ("rest-of-world", "talk"):
            suite = {**where, "suite": suite_name, "suite_major": 1}
            for attribute, values in ATTRIBUTES.items():
                for position, (value, band) in enumerate(values.items()):
                    shown = band if band != value else None
                    add(
                        "attribute_values", **suite, attribute=attribute, value=value, position=position,
                        in_support=band is not None, band=shown,
                    )  # fmt: skip
            for (reference, attribute, of, value), share in EXPECTED.items():
                if of is None or suite_name == "rest-of-world":
                    add(
                        "reference_values", **suite, reference=reference, attribute=attribute, prompt=of, value=value,
                        expected_share=share, banded=attribute == "skin_tone",
                    )  # fmt: skip
        for prompt, answers in suites.items():
            for number, answer in enumerate(answers):
                _add_slot(add, where, prompt, f"{number}", 1, None, answer, version(model, week))
        _talk(add, where, random.Random(f"{model} {week}"))
    for model, week in WITHHELD:
        add("withheld", week=WEEKS[week], model=model, reason="planted")
    for attribute, values in JOINT.items():
        for suite_name in ("rest-of-world", "talk"):
            for value in values:
                add(
                    "joint_values",
                    joint="american-white-woman",
                    suite=suite_name,
                    suite_major=1,
                    attribute=attribute,
                    value=value,
                )
    base = {"suite": "rest-of-world", "suite_major": 1}
    for reference in YARDSTICKS:
        attribute = next(key[1] for key in EXPECTED if key[0] == reference)
        add("yardsticks", **base, attribute=attribute, reference=reference, metric="distance", better="lower")
    add(
        "yardsticks",
        **base,
        attribute="headwear",
        reference="stereotypes",
        metric="stereotype_share",
        better="lower",
    )
    for attribute, value, subject in PAIRS:
        add("stereotype_pairs", **base, attribute=attribute, value=value, subject=subject, statistic=None)
    add(
        "stereotype_pairs",
        **base,
        attribute="headwear",
        value="beret",
        subject="person:indian",
        statistic="census",
    )
    for subject, side in TYPED.items():
        add(
            "typed_subjects",
            **base,
            attribute="perceived_gender",
            value="feminine",
            reference="census",
            subject=subject,
            side=side,
        )
    for table, made in rows.items():
        insert(con, table, made)


def _partitions(world: World) -> dict[tuple[str, int], dict[str, list[Answer]]]:
    found: dict[tuple[str, int], dict[str, list[Answer]]] = {}
    for (model, week, prompt), answers in world.items():
        found.setdefault((model, week), {})[prompt] = answers
    return found


def _add_slot(
    add: Any,
    where: Mapping[str, Any],
    prompt: str,
    name: str,
    turn: int,
    conversation: str | None,
    answer: Answer,
    of: str,
) -> None:
    key = f"{where['week']}/{where['model']}/{prompt}/{name}/{turn}"
    slot = {**where, "slot_key": key}
    add(
        "slots", **slot, suite=prompt.partition("/")[0], suite_version="1.0.0", prompt=prompt, replicate=int(name),
        turn=turn, conversation=conversation,
    )  # fmt: skip
    tries = ["rate_limited", answer.outcome] if len(key) % 3 == 0 else [answer.outcome]
    for attempt, outcome in enumerate(tries if answer.outcome else [], start=1):
        add("attempts", **slot, attempt=attempt, provider="p", track="model", outcome=outcome)
    for attribute, value in answer.read.items() if answer.pictured else ():
        if value is not None:
            label = {**slot, "attribute": attribute, "value": value}
            add("labels", **label, labeler=LABELER, labeler_version=of)
            if (
                attribute == "perceived_gender" and int(name) == 1
            ):  # somebody else reads a few, and an older version
                add("labels", **label, labeler="second", labeler_version="1-b")
                if of.startswith("2"):
                    add("labels", **{**label, "value": "feminine"}, labeler=LABELER, labeler_version="1-old")


def _talk(add: Any, where: Mapping[str, Any], rng: random.Random) -> None:
    """Add conversations of three turns; the last is not needed where the second has a picture."""
    for number in range(4):
        second = rng.choice(("ok", "no_image", "unknown_charge"))
        third = "not_needed" if second == "ok" else rng.choice(("ok", "timeout", "blocked_output", ""))
        if number == 3:
            second = third = "ok"
        for turn, outcome in enumerate(("ok", second, third), start=1):
            read: dict[str, str | None] = {
                "perceived_gender": rng.choice(["feminine", "masculine"]),
                "skin_tone": "t1",
            }
            _add_slot(
                add, where, "talk/ceo", f"{number}", turn, f"talk {number}", Answer(outcome, read), "1-old"
            )


@dataclass(frozen=True)
class Arrays:
    """Counts (models, prompts, values, twelve weeks) of one attribute in the span that ends with a week."""

    models: list[str]
    prompts: list[str]
    values: list[str]
    counts: Floats


def spanned(
    world: World, end: int, attribute: str | None, joint: bool = False, whole: bool = False
) -> Arrays:
    """Return what was read of an attribute (None: refusals; joint: of all parts of `JOINT`) up to a week.

    With `whole` no reported change begins it anew.
    """
    models = [m for m in MODELS if planned(m, end) and (m, end) not in WITHHELD]
    prompts = [p for p in PROMPTS if attribute is None or attribute in attributes_of(p)]
    values = ["shown", "other"] if joint else ["refused", "pictures"]
    if attribute is not None and not joint:
        values = [*dict.fromkeys(band for band in ATTRIBUTES[attribute].values() if band)]
    counts = np.zeros((len(models), len(prompts), len(values), 12))
    for row, model in enumerate(models):
        since = _since(model, end, attribute, joint)
        for week in range(max(0 if whole else since, end - 11), end + 1):
            if (model, week) in WITHHELD or not planned(model, week):
                continue
            for place, prompt in enumerate(prompts):
                for answer in world[model, week, prompt]:
                    value = _value(answer, model, week, end, attribute, joint)
                    if value in values:
                        counts[row, place, values.index(value), 11 - (end - week)] += 1
    return Arrays(models, prompts, values, counts)


def missed(world: World, end: int, model: str, prompt: str, attribute: str) -> int:
    """Return how many answers of the four weeks may have shown a value: refused, or a picture without one."""
    joint = attribute.startswith("all:")
    found = 0
    for week in range(max(_since(model, end, attribute, joint), end - 3), end + 1):
        for answer in world.get((model, week, prompt), []) if (model, week) not in WITHHELD else ():
            found += answer.outcome == "refused_text"
            if answer.pictured and version(model, week) == version(model, end):
                outside = not joint and answer.read[attribute] == "ambiguous"
                found += _value(answer, model, week, end, attribute, joint) is None and not outside
    return found


def _since(model: str, end: int, attribute: str | None, joint: bool) -> int:
    parts: Sequence[str | None] = [*JOINT] if joint else [attribute]
    return max(
        [first for part in parts if (b := BEGUN.get((model, part))) and b[0] <= end for first in b[1:]],
        default=0,
    )


def _value(answer: Answer, model: str, week: int, end: int, attribute: str | None, joint: bool) -> str | None:
    if attribute is None:
        return "refused" if answer.outcome == "refused_text" else "pictures" if answer.pictured else None
    if not answer.pictured or version(model, week) != version(model, end):
        return None
    if not joint:
        return ATTRIBUTES[attribute].get(answer.read[attribute] or "")
    bands = {part: ATTRIBUTES[part].get(answer.read[part] or "") for part in JOINT}
    if any(band is not None and band not in JOINT[part] for part, band in bands.items()):
        return "other"
    return "shown" if all(bands.values()) else None


STUDY, CONDITIONS = "tiny", ("baseline", "controlled")
STUDY_PROMPTS = {"ceo": "job:ceo", "nurse": "job:nurse", "chef": "job:chef"}
#: Prompt → share of women by a statistic, and whose job it calls that.
STUDY_CENSUS = {"ceo": (0.29, "male"), "nurse": (0.87, "female")}


def plant_study(con: duckdb.DuckDBPyConnection, seed: int) -> Mapping[str, Arrays]:
    """Fill a warehouse with a small study; return the counts of its one attribute by condition (one column)."""
    rng = random.Random(seed)
    values = ["female", "male"]
    found = {}
    rows: dict[str, list[dict[str, Any]]] = {"study_slots": [], "study_labels": [], "study_prompts": []}
    for condition in CONDITIONS:
        counts = np.zeros((3, len(STUDY_PROMPTS), 2, 1))
        for place, (prompt, subject) in enumerate(STUDY_PROMPTS.items()):
            of = {"study": STUDY, "prompt": prompt, "condition": condition}
            rows["study_prompts"].append({**of, "subject": subject, "title": prompt})
            for row, lean in enumerate((0.05, 0.5, 0.9) if condition == "baseline" else (0.6, 0.5, 0.4)):
                for replicate in range(18):
                    key = f"{condition}/{prompt}/{row}/{replicate}"
                    slot = {"study": STUDY, "slot_key": key, "model": MODELS[row], "prompt": prompt}
                    picture = {"condition": condition, "replicate": replicate, "status": "present"}
                    rows["study_slots"].append(
                        {**slot, **picture, "image_sha256": key if replicate else None}
                    )
                    said = rng.choices(["female", "male", "both"], (lean, 1 - lean, 0.1))[0]
                    if said in values:
                        counts[row, place, values.index(said), 0] += 1
                    label = {
                        "attribute": "gender",
                        "labeler": "people",
                        "labeler_kind": "person",
                        "value": said,
                    }
                    named = {name: slot[name] for name in ("study", "slot_key")}
                    rows["study_labels"].append({**named, **label, "labeler_version": "1"})
        found[condition] = Arrays([*MODELS[:3]], [*STUDY_PROMPTS], values, counts)
    of_gender = {"study": STUDY, "attribute": "gender"}
    rows["study_attribute_values"] = [
        {**of_gender, "value": value, "position": position, "in_support": value in values}
        for position, value in enumerate([*values, "both"])
    ]
    rows["study_references"] = [
        {
            **of_gender,
            "reference": "census",
            "prompt": prompt,
            "value": value,
            "expected_share": part,
            "side": side,
        }
        for prompt, (share, whose) in STUDY_CENSUS.items()
        for value, part, side in (("female", share, whose), ("male", 1 - share, None))
    ]
    for table, made in rows.items():
        insert(con, table, made)
    return found
