"""What all parts of a study file share: no unknown keys, valid patterns, names declared once."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictStr, field_validator

from assets.studies.declared.patterns import Pattern
from warehouse.validation import close_match

#: What identifies a slot of a study.
COORDINATES = ("model", "prompt", "condition", "replicate")
#: How the pictures of a cell are numbered: as the files say, in their order, or by the order of named fields.
Numbering = Literal["given", "order"] | tuple[StrictStr, ...]
NUMBERED_BY: dict[str, tuple[str, ...]] = {"given": ("replicate",), "order": ()}


class Data(BaseModel):
    """A part of a study file; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def valid_pattern(text: str) -> str:
    """Return `text` if it is a pattern, else raise `ValueError`."""
    Pattern(text)
    return text


def valid_path(text: str) -> str:
    """Return `text` if it is a pattern of paths within the study's folder, else raise `ValueError`."""
    if "\\" in text:
        raise ValueError(f'"{text}" has a backslash; write / between folders')
    if text.startswith(("/", "~")) or ".." in text.split("/") or text[1:2] == ":":
        raise ValueError(f'"{text}" leads out of the study\'s folder; write a path below --root')
    return valid_pattern(text)


def check_fields(given: Collection[str], where: str, numbering: Numbering, *, rows: bool) -> None:
    """Raise `ValueError` unless `given` says which slot a picture or, with `rows`, a row of labels is about.

    Model, prompt and condition are needed, and what numbers the pictures of a cell. A running `{number}` stands for
    prompt, condition and replicate; a row that names its `{picture}` needs nothing else.
    """
    keys = NUMBERED_BY.get(numbering, numbering) if isinstance(numbering, str) else numbering
    known = {*COORDINATES, "number", "picture", *(("rater",) if rows else ()), *keys}
    unknown = sorted(set(given) - known)
    if unknown:
        raise ValueError(f'{where}: unknown field "{unknown[0]}"{close_match(unknown[0], known)}')
    if "number" in given and numbering != "given":
        raise ValueError(f'{where}: "{{number}}" numbers the pictures by itself; leave out numbering')
    if rows and "picture" in given:
        return
    needed = ["model"] if "number" in given else ["model", "prompt", "condition", *keys]
    missing = [name for name in needed if name not in given]
    if missing:
        raise ValueError(f"{where} does not say {', '.join(missing)} of a slot")


def check_unique(names: Sequence[str], what: str) -> None:
    """Raise `ValueError` for the first name that is there twice."""
    for number, name in enumerate(names):
        if name in names[:number]:
            raise ValueError(f'{what} "{name}" is declared twice')


def near(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean "…"?` if one of `known` is close to `name`, else an empty string."""
    folded = {text.casefold().strip(): text for text in known}
    found = difflib.get_close_matches(name.casefold().strip(), sorted(folded), n=1, cutoff=0.6)
    return f'; did you mean "{folded[found[0]]}"?' if found else ""


class KeyColumn(Data):
    """A column whose text says which slot its row is about, by a pattern."""

    column: StrictStr
    pattern: StrictStr

    _pattern = field_validator("pattern")(valid_pattern)


def _as_list(value: object) -> object:
    """Take `{file_name: '{picture}'}` for a list of one column with its pattern."""
    if isinstance(value, dict) and not {"column", "pattern"} <= value.keys():
        return [{"column": column, "pattern": pattern} for column, pattern in value.items()]
    return value


Key = Annotated[tuple[KeyColumn, ...], BeforeValidator(_as_list)]


def fields_of(key: Iterable[KeyColumn]) -> set[str]:
    """Return the fields that the columns give."""
    return {field for column in key for field in Pattern(column.pattern).fields}
