"""What a study file says: a published study's pictures and labels, declared.

Belongs here: the shape of a study file, what makes one valid by itself, and reading one. Does not belong here: the
study's pictures and label files (`pictures`, `label_files`), or a line about any one study: that is its YAML file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import (
    Field,
    StrictStr,
    ValidationError,
    model_validator,
)

from assets.studies.declared.base import Data, check_coordinates, check_unique
from assets.studies.declared.conditions import check_baseline
from assets.studies.declared.labels import Images, LabelerEntry, LabelFiles
from assets.studies.declared.patterns import Pattern
from assets.suites.schema import Name, Version
from warehouse.errors import UsageError
from warehouse.validation import explain, one_line


class Source(Data):
    """Where the study was taken from."""

    address: StrictStr
    commit: StrictStr | None = None


class StudyModel(Data):
    """A model of the study. `folder` is how its paths spell it; by default its id."""

    id: Name
    title: StrictStr
    folder: StrictStr | None = None


class StudyPrompt(Data):
    """One text under one condition; `id` and `condition` together are unique."""

    id: Name
    subject: StrictStr
    condition: Name
    title: StrictStr
    text: StrictStr | None = None


class SameAs(Data):
    """The attribute of this project that a study's is compared with in agreement, and which values mean the same."""

    attribute: Name
    values: dict[Name, Name] = Field(
        min_length=2
    )  # the study's → the project's; what is not named means nothing


class StudyAttribute(Data):
    """An attribute, named as the study names it. `outside` values never count in a share."""

    id: Name
    title: StrictStr
    values: tuple[Name, ...] = Field(min_length=2)
    outside: tuple[Name, ...] = ()
    ordinal: bool = False  # whether the order of the values counts in agreement
    compare_with: SameAs | None = None
    note: StrictStr | None = None

    @model_validator(mode="after")
    def _closed(self) -> StudyAttribute:
        check_unique([*self.values, *self.outside], f"attribute {self.id!r}: value")
        return self


class StudyDefinition(Data):
    """A whole study file."""

    format: Literal[1] = 1
    study: Name
    version: Version
    title: StrictStr
    citation: StrictStr
    licence: StrictStr
    source: Source
    year: int | None = None
    note: StrictStr | None = None
    models: tuple[StudyModel, ...] = Field(min_length=1)
    prompts: tuple[StudyPrompt, ...] = Field(min_length=1)
    #: Pictures planned in each cell, numbered from `first_replicate`; None: those that are found.
    replicates: int | None = Field(default=None, ge=1)
    first_replicate: int = Field(default=0, ge=0)
    #: Coordinate → how paths and columns spell it → its id. What is not listed stands for itself.
    spellings: dict[Literal["prompt", "condition"], dict[StrictStr, Name]] = Field(default={})
    #: The condition that the others are compared with; `baseline` where all conditions are of `CONDITIONS`.
    baseline: Name | None = None
    attributes: tuple[StudyAttribute, ...] = ()
    images: Images | None = None
    labels: tuple[LabelFiles, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> StudyDefinition:
        check_unique([model.id for model in self.models], "model")
        check_unique([model.folder or model.id for model in self.models], "folder")
        check_unique([f"{prompt.id} / {prompt.condition}" for prompt in self.prompts], "prompt")
        check_unique([attribute.id for attribute in self.attributes], "attribute")
        if self.images is None and not self.labels:
            raise ValueError("a study has images, labels or both")
        if self.images is not None:
            given = {*Pattern(self.images.pattern).fields, *self.images.constants}
            check_coordinates(given, f'images "{self.images.pattern}"')
        _spelled_ids_exist(self)
        check_baseline(self.baseline, [prompt.condition for prompt in self.prompts])
        _one_labeler_an_attribute(self.labels)
        declared = {attribute.id: {*attribute.values, *attribute.outside} for attribute in self.attributes}
        _compared_values_exist(self.attributes, declared)
        for column in (column for files in self.labels for column in files.columns):
            if column.attribute not in declared:
                raise ValueError(f'column "{column.column}": attribute "{column.attribute}" is not declared')
            for value in column.values.values():
                if value not in declared[column.attribute]:
                    raise ValueError(f'"{value}" is not a declared value of attribute "{column.attribute}"')
        return self


def _spelled_ids_exist(study: StudyDefinition) -> None:
    known = {"prompt": {p.id for p in study.prompts}, "condition": {p.condition for p in study.prompts}}
    for coordinate, spellings in study.spellings.items():
        for spelling, name in spellings.items():
            if name not in known[coordinate]:
                raise ValueError(f'spelling "{spelling}": no {coordinate} "{name}" is declared')


def _compared_values_exist(attributes: tuple[StudyAttribute, ...], declared: Mapping[str, set[str]]) -> None:
    for attribute in attributes:
        same = attribute.compare_with
        if same is None:
            continue
        if same.attribute not in declared or same.attribute == attribute.id:
            raise ValueError(f'"{attribute.id}" is compared with "{same.attribute}", which is not declared')
        for own, other in same.values.items():
            for name, value in ((attribute.id, own), (same.attribute, other)):
                if value not in declared[name]:
                    raise ValueError(f'compare_with: "{value}" is not a declared value of attribute "{name}"')


def _one_labeler_an_attribute(labels: tuple[LabelFiles, ...]) -> None:
    pairs = [f"{files.labeler.id}: {column.attribute}" for files in labels for column in files.columns]
    check_unique(pairs, "labels of")
    kinds: dict[str, LabelerEntry] = {}
    for files in labels:
        if kinds.setdefault(files.labeler.id, files.labeler) != files.labeler:
            raise ValueError(f'labeler "{files.labeler.id}" is declared in two ways')


class _OnceLoader(yaml.SafeLoader):
    """YAML in which a key stands once: PyYAML would let the last of two value maps win without a word."""


def _mapping(loader: _OnceLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise yaml.constructor.ConstructorError(None, None, f'"{key}" stands twice', node.start_mark)
    return loader.construct_mapping(node, deep=True)


_OnceLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_definition(path: Path) -> StudyDefinition:
    """Return the study that the file declares.

    Raises:
        UsageError: one line, if there is no such file, it is no YAML, or something in it is wrong.
    """
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=_OnceLoader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise UsageError(f"{path}: no such study file") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(one_line(f"{path.name}: does not read as YAML: {error}")) from None
    try:
        return StudyDefinition.model_validate(data)
    except ValidationError as error:
        raise UsageError(
            explain(error, path.name, data=data, known=set(StudyDefinition.model_fields))
        ) from None
