"""What all parts of a study file share: no unknown keys, valid patterns, names declared once.

Belongs here: the base of the models, and checks that more than one of them needs. Does not belong here: any part.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from assets.studies.declared.patterns import Pattern

#: What identifies a slot of a study; every key must give all four.
COORDINATES = ("model", "prompt", "condition", "replicate")


class Data(BaseModel):
    """A part of a study file; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def valid_pattern(text: str) -> str:
    """Return `text` if it is a pattern, else raise `ValueError`."""
    Pattern(text)
    return text


def check_coordinates(given: set[str], where: str) -> None:
    """Raise `ValueError` unless `given` names all four coordinates and nothing else."""
    missing = [name for name in COORDINATES if name not in given]
    unknown = sorted(given - set(COORDINATES))
    if missing:
        raise ValueError(f"{where} does not say {', '.join(missing)} of a slot")
    if unknown:
        raise ValueError(f'{where}: unknown field "{unknown[0]}" (known: {", ".join(COORDINATES)})')


def check_unique(names: list[str], what: str) -> None:
    """Raise `ValueError` for the first name that is there twice."""
    for number, name in enumerate(names):
        if name in names[:number]:
            raise ValueError(f'{what} "{name}" is declared twice')
