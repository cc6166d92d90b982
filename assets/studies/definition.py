"""What a study file says: a published study's pictures and labels, declared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import (
    Field,
    StrictStr,
    ValidationError,
    model_validator,
)

from assets.studies.declared.base import Data, Numbering, check_unique, fields_of
from assets.studies.declared.conditions import check_baseline
from assets.studies.declared.labels import LabelFiles, StudyLabeler
from assets.studies.declared.patterns import Pattern
from assets.studies.declared.pictures import Images
from assets.studies.declared.prompts import PromptTable
from assets.studies.declared.source import Problems, explained, read_source
from assets.studies.mistakes import MistakesError
from assets.suites.schema import Name, Version
from warehouse.validation import close_match

#: What pages of studies count beside declared values.
COUNTED_APART = frozenset({"invalid", "not_assessed", "missing"})


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
    #: What else the study says of the prompt, e.g. the country that it is about or a statistic.
    facts: dict[StrictStr, StrictStr | int | float] = Field(default={})


class SameAs(Data):
    """The attribute of this project that a study's is compared with in agreement, and which values mean the same."""

    attribute: Name
    values: dict[Name, Name] = Field(
        min_length=2
    )  # the study's → the project's; what is not named means nothing


class StudyAttribute(Data):
    """An attribute, named as the study names it.

    `values` are the support of shares. `answers` ("pass", "unsure") are no share; they have a rate and count in
    agreement. `outside` values are no share either; they have a rate and are not compared.
    A `numeric` one has no values: its labels are numbers, kept as such, and there are no shares of them.
    """

    id: Name
    title: StrictStr
    kind: Literal["named", "numeric"] = "named"
    unit: StrictStr | None = None
    low: float | None = None
    high: float | None = None
    values: tuple[Name, ...] = ()
    answers: tuple[Name, ...] = ()
    outside: tuple[Name, ...] = ()
    ordinal: bool = False  # whether the order of the values counts in agreement
    compare_with: SameAs | None = None
    note: StrictStr | None = None

    @model_validator(mode="after")
    def _closed(self) -> StudyAttribute:
        if self.kind == "numeric" and (self.declared or self.compare_with):
            raise ValueError(f'attribute "{self.id}" is numeric: it has no values')
        if self.kind == "named" and len(self.values) < 2:
            raise ValueError(f'attribute "{self.id}": values must hold at least 2')
        if self.kind == "named" and (self.unit, self.low, self.high) != (None, None, None):
            raise ValueError(f'attribute "{self.id}": only a numeric attribute has unit, low and high')
        check_unique([*self.declared], f"attribute {self.id!r}: value")
        if self.ordinal and self.answers:
            raise ValueError(
                f'attribute "{self.id}": the order of its values counts, and "{self.answers[0]}" has no place in it; '
                "list it under outside, or leave out ordinal"
            )
        if taken := [name for name in self.declared if name in COUNTED_APART]:
            raise ValueError(
                f'attribute "{self.id}": "{taken[0]}" is counted apart; call the value something else'
            )
        return self

    @property
    def declared(self) -> tuple[str, ...]:
        """Return every value that a label may have."""
        return (*self.values, *self.answers, *self.outside)


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
    prompts: tuple[StudyPrompt, ...] = ()
    prompts_from: PromptTable | None = None
    #: Pictures planned in each cell, numbered from `first_replicate`; None: those that are found.
    replicates: int | None = Field(default=None, ge=1)
    first_replicate: int = Field(default=0, ge=0)
    #: What a file says of a picture's number within its cell; or the fields whose order numbers the pictures.
    numbering: Numbering = "given"
    first_number: int = Field(
        default=1, ge=0
    )  # of `{number}`, which runs over all prompts, `replicates` for each
    #: Coordinate → how paths and columns spell it → its id. What is not listed stands for itself.
    spellings: dict[Literal["model", "prompt", "condition"], dict[StrictStr, Name]] = Field(default={})
    #: The condition that the others are compared with; `baseline` where all conditions are of `CONDITIONS`.
    baseline: Name | None = None
    attributes: tuple[StudyAttribute, ...] = ()
    images: Images | None = None
    labels: tuple[LabelFiles, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> StudyDefinition:
        problems = Problems()
        with problems:
            check_unique([model.id for model in self.models], "model")
        with problems:
            check_unique([model.folder or model.id for model in self.models], "folder")
        with problems:
            check_unique([f"{prompt.id} / {prompt.condition}" for prompt in self.prompts], "prompt")
        with problems:
            check_unique([attribute.id for attribute in self.attributes], "attribute")
        with problems:
            _some_prompts_and_files(self)
        if self.images is not None:
            with problems:
                self.images.check(self.numbering)
        for files in self.labels:
            with problems:
                files.check(self.numbering)
        _spelled_ids_exist(self, problems)
        if self.prompts:  # else they come from a table, and are checked with it
            with problems:
                check_baseline(self.baseline, [prompt.condition for prompt in self.prompts])
        with problems:
            _one_labeler_an_attribute(self.labels)
        declared = {attribute.id: {*attribute.declared} for attribute in self.attributes}
        with problems:
            _compared_values_exist(self.attributes, declared)
        _columns_hold_declared_values(self, declared, problems)
        problems.stop()
        return self


def _some_prompts_and_files(study: StudyDefinition) -> None:
    if bool(study.prompts) == bool(study.prompts_from):
        raise ValueError("a study has prompts, or a table of them under prompts_from")
    if study.images is None and not study.labels:
        raise ValueError("a study has images, labels or both")
    fields = {name for files in study.labels for name in fields_of(files.key)}
    if study.images is None and "picture" in fields:
        raise ValueError('labels name a "{picture}", but the study file declares no images')
    if study.numbering == "order":
        for files in study.labels:
            _rows_can_be_counted(files, study.images is not None)
    fields |= {*Pattern(study.images.pattern).fields} if study.images and study.images.pattern else set()
    if "number" in fields and not study.replicates:
        raise ValueError('"{number}" runs over all prompts: say replicates, the pictures of each')


def _rows_can_be_counted(files: LabelFiles, pictures: bool) -> None:
    """Raise where "the next row is the next picture" would be a guess."""
    if "picture" in fields_of(files.key):
        return
    why = (
        "the study has pictures"
        if pictures
        else "it is in the long form"
        if files.long
        else "rows name raters"
    )
    if pictures or files.long or "rater" in {*fields_of(files.key), *Pattern(files.file).fields}:
        raise ValueError(
            f'labels "{files.file}": with numbering: order a row counts as the next picture, but {why}; '
            "name the picture in the key, or number by fields"
        )


def _spelled_ids_exist(study: StudyDefinition, problems: Problems) -> None:
    known = {
        "model": {m.id for m in study.models},
        "prompt": {p.id for p in study.prompts},
        "condition": {p.condition for p in study.prompts},
    }
    for coordinate, spellings in study.spellings.items():
        if coordinate != "model" and not study.prompts:  # a table that is not read yet
            continue
        for spelling, name in spellings.items():
            if name not in known[coordinate]:
                with problems:
                    raise ValueError(
                        f'spelling "{spelling}": no {coordinate} "{name}" is declared'
                        f"{close_match(name, known[coordinate])}"
                    )


def _columns_hold_declared_values(
    study: StudyDefinition, declared: Mapping[str, set[str]], problems: Problems
) -> None:
    numeric = {attribute.id for attribute in study.attributes if attribute.kind == "numeric"}
    for column in (column for files in study.labels for column in files.columns):
        known = declared.get(column.attribute)
        with problems:
            if known is None:
                raise ValueError(
                    f'column "{column.column}": attribute "{column.attribute}" is not declared'
                    f"{close_match(column.attribute, declared)}"
                )
            if column.attribute in numeric and column.values:
                raise ValueError(f'column "{column.column}": a numeric attribute takes no map of values')
        for value in dict.fromkeys(column.values.values() if known else ()):
            if known and value not in known:
                with problems:
                    raise ValueError(
                        f'"{value}" is not a declared value of attribute "{column.attribute}"'
                        f"{close_match(value, known)}"
                    )


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
    kinds: dict[str, StudyLabeler] = {}
    for files in labels:
        if kinds.setdefault(files.labeler.id, files.labeler) != files.labeler:
            raise ValueError(f'labeler "{files.labeler.id}" is declared in two ways')


def load_definition(path: Path) -> StudyDefinition:
    """Return the study that the file declares."""
    data, written = read_source(path)
    try:
        return StudyDefinition.model_validate(data)
    except ValidationError as error:
        raise MistakesError(explained(error, path.name, data, written, StudyDefinition)) from None
