"""Reading of the suites' data files: everything is validated before anything is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError, model_validator

from assets.suites import checks, published
from assets.suites.references import Catalogue, ReferenceUse, build
from assets.suites.schema import Attribute, Name, Prompt, Suite, SuiteData, Value, Version
from warehouse.errors import UsageError
from warehouse.validation import close_match, explain
from warehouse.yamlfile import read_yaml

FOLDER = Path(__file__).parent
Model = TypeVar("Model", bound=BaseModel)


class ValueWords(SuiteData):
    """What pictures with a value show: `one` of them, `many`, as the object of "draws more …", `short` under one."""

    short: str | None = None
    one: str | None = None
    many: str | None = None
    pictures: str | None = None


class Said(SuiteData):
    """Words for one attribute; `place` is that of its boards, those without one come after them by name."""

    title: str | None = None
    place: int | None = None
    values: dict[Value, ValueWords] = Field(default_factory=dict)


class AttributeEntry(Attribute):
    """An attribute, and how people say it and its values: words that never enter a suite, so no plan either."""

    said: Said = Said()

    @model_validator(mode="after")
    def _known(self) -> AttributeEntry:
        for name in self.said.values:
            if name not in {*self.values, *self.outside, *self.bands}:
                raise ValueError(f"said: {name} is neither a value nor a band")
        return self


class AttributeFile(SuiteData):
    """`attributes.yaml`: every attribute that a suite may name."""

    attributes: tuple[AttributeEntry, ...]


class SuiteFile(SuiteData):
    """One file of `data/`; `sets` names lists of attributes, which a prompt may name instead of listing them.

    `sensitive`, `note` and `shown_as` are for the site alone and never enter a suite: whether its pictures are shown
    only when asked for, why there is another version of it, and what pages call it where its title, which is frozen,
    does not say what all of its prompts ask for.
    """

    id: Name
    version: Version
    title: str
    source: str
    replicates: int = Field(ge=1)
    conversations: int = Field(default=0, ge=0)
    sensitive: bool = False
    note: str | None = None
    shown_as: str | None = None
    sets: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)
    prompts: tuple[Prompt, ...] = Field(min_length=1)
    references: tuple[ReferenceUse, ...] = ()


def load_attributes(folder: Path | None = None) -> tuple[Attribute, ...]:
    """Return every attribute of `attributes.yaml` in `folder`, by default the shipped one, without its words."""
    return tuple(Attribute(**entry.model_dump(exclude={"said"})) for entry in _entries(folder))


@cache
def attribute_words(folder: Path | None = None) -> Mapping[str, Said]:
    """Return how every attribute of `attributes.yaml` is said, by its id; each has a title."""
    return {
        entry.id: entry.said.model_copy(update={"title": entry.said.title or entry.title})
        for entry in _entries(folder)
    }


@cache
def suite_words(folder: Path | None = None) -> Mapping[str, SuiteFile]:
    """Return the file of every suite by `<id>@<major>`, for what the site says of it."""
    files: dict[str, SuiteFile] = {}
    for path in sorted(((folder or FOLDER) / "data").glob("*.yaml")):
        where = f"suites/{path.name}"
        file = validate(SuiteFile, _expand_sets(read_yaml(path, where), where), where)
        files[f"{file.id}@{file.version.partition('.')[0]}"] = file
    return files


def _entries(folder: Path | None) -> tuple[AttributeEntry, ...]:
    where = "suites/attributes.yaml"
    entries = validated(AttributeFile, (folder or FOLDER) / "attributes.yaml", where).attributes
    checks.refuse(where, checks.twice(f'attribute "{one.id}"' for one in entries))
    return entries


def load_suites(folder: Path | None = None) -> dict[str, Suite]:
    """Return every suite by `<id>@<major>`, validated and equal to its frozen copy where it has one."""
    return dict(shipped_suites()) if folder is None else _loaded(folder)


@cache
def shipped_suites() -> Mapping[str, Suite]:
    """Return the suites that come with the code and do not change while it runs, by `<id>@<major>`."""
    return _loaded(FOLDER)


def _loaded(folder: Path) -> dict[str, Suite]:
    attributes = load_attributes(folder)
    where = "suites/references/catalogue.yaml"
    catalogue = validated(Catalogue, folder / "references" / "catalogue.yaml", where)
    checks.refuse(where, checks.twice(f'reference "{one.id}"' for one in catalogue.references))
    suites: dict[str, Suite] = {}
    for path in sorted((folder / "data").glob("*.yaml")):
        where = f"suites/{path.name}"
        suite = _load(path, where, attributes, catalogue, folder)
        if suite.label in suites:
            raise UsageError(
                f"{where}: {suite.label} is in another file too; keep one file per major version"
            )
        published.assert_as_published(suite, folder / "published", where)
        suites[suite.label] = suite
    if not suites:
        raise UsageError(f"suites: no suite in {folder / 'data'}; there must be at least one .yaml file")
    return suites


def _load(
    path: Path, where: str, attributes: Sequence[Attribute], catalogue: Catalogue, folder: Path
) -> Suite:
    data = read_yaml(path, where)
    file = validate(SuiteFile, _expand_sets(data, where), where)
    if path.stem.split("@")[0] != file.id:
        raise UsageError(f'{where}: the id is "{file.id}"; name the file {file.id}.yaml')
    known = {attribute.id: attribute for attribute in attributes}
    for prompt in file.prompts:
        for name in prompt.attributes:
            if name not in known:
                hint = close_match(name, known)
                raise UsageError(f'{where}: prompt "{prompt.id}": unknown attribute "{name}"{hint}')
    used = {name for prompt in file.prompts for name in prompt.attributes}
    built = []
    for use in file.references:
        if use.attribute not in used:
            hint = close_match(use.attribute, used)
            raise UsageError(
                f'{where}: reference "{use.id}": no prompt has the attribute "{use.attribute}"{hint}'
            )
        try:
            built.append(build(use, file.prompts, known[use.attribute], catalogue, folder / "references"))
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None
        except ValidationError as error:
            raise UsageError(explain(error, f'{where}: reference "{use.id}"')) from None
    suite = Suite(
        **file.model_dump(exclude={"sensitive", "note", "shown_as", "sets", "references"}),
        attributes=tuple(attribute for attribute in attributes if attribute.id in used),
        references=tuple(built),
    )
    checks.refuse(where, checks.problems(suite))
    return suite


def _expand_sets(data: Any, where: str) -> Any:
    """Return the data with the name of a set replaced by the set's attributes."""
    if not isinstance(data, dict) or not isinstance(data.get("prompts"), list):
        return data
    sets: dict[Any, Any] = data["sets"] if isinstance(data.get("sets"), dict) else {}
    prompts = []
    for prompt in data["prompts"]:
        name = prompt.get("attributes") if isinstance(prompt, dict) else None
        if isinstance(name, str):
            if name not in sets:
                hint = close_match(name, sets)
                raise UsageError(
                    f'{where}: prompt "{prompt.get("id")}": unknown set of attributes "{name}"{hint}'
                )
            prompt = {**prompt, "attributes": sets[name]}  # noqa: PLW2901
        prompts.append(prompt)
    return {**data, "prompts": prompts}


def validated(model: type[Model], path: Path, where: str) -> Model:
    """Return what a YAML file holds; raises `UsageError` with one line if it is not valid."""
    return validate(model, read_yaml(path, where), where)


def validate(model: type[Model], data: Any, where: str) -> Model:
    """Return what the content of a file holds; raises `UsageError` with one line if it is not valid."""
    if not isinstance(data, dict):
        keys = f"key{'s' * (len(model.model_fields) > 1)} {', '.join(model.model_fields)}"
        raise UsageError(f"{where}: must be a mapping with the {keys}")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise UsageError(explain(error, where, data=data, shape=model)) from None
