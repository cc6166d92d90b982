"""Which keys a YAML file may have, read from the pydantic models that check it, and the near miss of a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

Model = type[BaseModel]
#: How alike two keys are (difflib's ratio): surely meant, and probably meant.
_SURE, _NEAR, _NEAR_ELSEWHERE = 0.85, 0.6, 0.75
_DEEPEST = 4  # levels below a key's own at which it is looked for


@dataclass(frozen=True)
class _Place:
    """A key elsewhere: the keys that lead to it from one level, and how each is written around the next."""

    path: tuple[str, ...]
    brackets: tuple[str, ...]
    key: str

    def written(self) -> str:
        """Return how it is written, e.g. `connection: {base_url: …}`."""
        text = f"{self.key}: …"
        for name, brackets in zip(reversed(self.path), reversed(self.brackets), strict=True):
            text = f"{name}: {brackets.replace('*', text)}"
        return text


def meant(root: Model, location: Sequence[str | int], key: str) -> str:
    """Return `; did you mean …?` for an unknown key, `; known: …` if nothing is near, or an empty string.

    The location is that of the key in the file, as pydantic gives it, without the key itself.
    """
    levels = [*_levels(root, location)]
    here = levels[-1][1]
    own = [*_keys(here)]
    if sure := _near(key, own, _SURE):
        return f'; did you mean "{sure}"?'
    below = [*_below(here)]
    outside = [*_outside(levels)]
    if there := _there(key, below, outside):
        return there
    if near := _near(key, own, _NEAR):
        return f'; did you mean "{near}"?'
    for places in ([place.key for place in below], [place.key for place, _ in outside]):
        if name := _near(key, places, _NEAR_ELSEWHERE):
            return _there(name, below, outside)
    return f"; known: {', '.join(sorted(own))}" if own else ""


def _there(key: str, below: Sequence[_Place], outside: Sequence[tuple[_Place, str]]) -> str:
    """Return where a key belongs that is known elsewhere: further in, else around; empty if it is not known."""
    for place in below:
        if place.key == key:
            return f"; did you mean {place.written()}?"
    for place, left in outside:
        if place.key == key:
            return f'; did you mean {place.written()} beside "{left}", not inside it?'
    return ""


def _near(key: str, known: Collection[str], cutoff: float) -> str | None:
    """Return the known key that is most like `key`, else the only one with a word of it (`url`: `base_url`)."""
    if close := difflib.get_close_matches(key.lower().replace("-", "_"), sorted(known), n=1, cutoff=cutoff):
        return close[0]
    if cutoff == _SURE:
        return None
    words = {word for word in key.lower().split("_") if len(word) > 2}
    sharing = {name for name in known if words & {*name.split("_")}}
    return sharing.pop() if len(sharing) == 1 else None


def _levels(root: Model, location: Sequence[str | int]) -> Iterator[tuple[str, tuple[Model, ...]]]:
    """Yield the key that leads to each level and the models that describe it, from the root to where the key is."""
    here: tuple[Model, ...] = (root,)
    yield "", here
    for step in location:
        field = next((found for model in here if (found := _field(model, step)) is not None), None)
        if (
            field is not None
        ):  # else the number of an item, a name, or pydantic's word for one of several models
            here = tuple(_models(field.annotation))
            yield str(step), here


def _outside(levels: Sequence[tuple[str, tuple[Model, ...]]]) -> Iterator[tuple[_Place, str]]:
    """Yield the keys around the level, from the nearest, with the key that was followed to get inside."""
    for number in range(len(levels) - 1, 0, -1):
        step, around = levels[number][0], levels[number - 1][1]
        for name in _keys(around):
            yield _Place((), (), name), step
        for place in _below(around) if number > 1 else ():  # one entry's keys are no other entry's
            yield place, step


def _below(models: Sequence[Model]) -> Iterator[_Place]:
    """Yield the keys further in, level by level."""
    level: list[tuple[tuple[str, ...], tuple[str, ...], Model]] = [((), (), model) for model in models]
    for _ in range(_DEEPEST):
        deeper = []
        for path, brackets, model in level:
            for name, field in _fields(model):
                for key in _free_keys(field):
                    yield _Place((*path, name), (*brackets, "{*}"), key)
                for inner in _models(field.annotation):
                    deeper.append(((*path, name), (*brackets, _written_as(field)), inner))
        for path, brackets, inner in deeper:
            for key in _keys((inner,)):
                yield _Place(path, brackets, key)
        level = deeper


def _written_as(field: FieldInfo) -> str:
    """Return how one value of a field is written: `{*}`, or `[{*}]` in a list."""
    origins = {get_origin(part) for part in _parts(field.annotation)}
    one_is_enough = any(isinstance(one, BeforeValidator) for one in field.metadata)
    if origins & {tuple, list} and not one_is_enough:
        return "[{*}]"
    return "{NAME: {*}}" if origins & {dict, Mapping} else "{*}"


def _fields(model: Model) -> Iterator[tuple[str, FieldInfo]]:
    """Yield the fields that a file may hold, by their keys; what is excluded is set in another way."""
    for name, field in model.model_fields.items():
        if not field.exclude:
            yield field.alias or name, field


def _free_keys(field: FieldInfo) -> Sequence[str]:
    """Return the keys that a mapping without a model of its own declares (`json_schema_extra={"keys": […]}`)."""
    extra = field.json_schema_extra
    keys = extra.get("keys") if isinstance(extra, dict) else None
    return [str(key) for key in keys] if isinstance(keys, list) else []


def _field(model: Model, step: str | int) -> FieldInfo | None:
    fields = {**model.model_fields, **dict(_fields(model))}
    return fields.get(step) if isinstance(step, str) else None


def _keys(models: Sequence[Model]) -> Iterator[str]:
    for model in models:
        yield from (name for name, _ in _fields(model))


def _models(annotation: Any) -> Iterator[Model]:
    """Yield the models that an annotation names, containers and unions looked into."""
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield an annotation and what it is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
