"""What one slot's answer shows: lots drawn from the planted truth, the same ones whenever they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from assets.generation.slots import Slot
from assets.simulation import truth


class Scene(NamedTuple):
    """The planted answer of one slot: its outcome, the values that its picture shows, and what else is drawn how."""

    outcome: str
    values: dict[str, str]  # planted label per attribute, as a labeler should read it
    look: dict[str, str]  # what the drawer needs: kind, values, style
    revise: str | None


def _pick(shares: Mapping[str, float], rng: Random) -> str:
    mark, value = rng.random(), ""
    for value, share in shares.items():  # noqa: B007 - the last one catches rounding
        mark -= share
        if mark < 0:
            break
    return value


def lots(slot_key: str, purpose: str) -> Random:
    """Return a generator for one purpose of one slot, equal in every process and on every Python (seeded by text)."""
    return Random(f"{slot_key}/{purpose}")  # noqa: S311 - a simulation, not secrets


def scene(persona: str, slot: Slot, language: str = "en") -> Scene:
    """Return what `persona` answers in `slot`: planted values per attribute (with not_applicable where it applies)."""
    habit = truth.habit(persona, slot.prompt, slot.week, slot.turn, language)
    outcome = _pick(habit.outcomes, lots(slot.slot_key, "outcome"))
    rng = lots(slot.slot_key, "scene")
    chosen = habit.looks[int(_pick({str(i): look.weight for i, look in enumerate(habit.looks)}, rng))]
    # Every lot is drawn, whatever is shown: a change of one distribution leaves the others' lots alone.
    drawn = {name: _pick(shares, lots(slot.slot_key, name)) for name, shares in sorted(chosen.shares.items())}
    if not truth.can_have_facial_hair(drawn["perceived_gender"], drawn["perceived_age"]):
        drawn["facial_hair"] = "none"
    kind = habit.asked.kind
    values = {name: drawn[name] if name in truth.SHOWN[kind] else "not_applicable" for name in drawn}
    if values["person_count"] == "0":
        values |= dict.fromkeys(truth.PERSON_ATTRIBUTES, "not_applicable")
    return Scene(outcome, values, {"kind": kind, **drawn, **chosen.style}, habit.revise)
