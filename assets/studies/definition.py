"""What a study file says: who made the study, what was looked for, and one query per set of its published files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from assets.studies.mistakes import MOST_LINES, MistakesError
from assets.suites.comparisons import CONDITIONS, in_order
from assets.suites.schema import Name, Version
from warehouse.canonical import canonical_json
from warehouse.validation import close_match, one_line, problems
from warehouse.yamlfile import read_yaml

#: What pages of studies count beside declared values.
COUNTED_APART = frozenset({"invalid", "not_assessed", "missing"})
#: Labelers that the raters of one entry may be: each has figures of its own, and is compared with each other one.
MOST_RATERS = 60
SHIPPED = Path(__file__).with_name("shipped")

#: A value as the study writes it.
Text = Annotated[StrictStr, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]
Query = Annotated[StrictStr, StringConstraints(min_length=1)]


class Data(BaseModel):
    """A part of a study file; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _spelled(value: object) -> object:
    """Take `[female, male]` for `{female: [], male: []}`, and `{male: M}` for `{male: [M]}`."""
    if isinstance(value, list):
        check_unique(value, "value")
        return {name: [] for name in value}
    if isinstance(value, dict):
        return {name: [how] if isinstance(how, str) else how or [] for name, how in value.items()}
    return value


#: Value → how else the files spell it.
Spelled = Annotated[dict[Text, tuple[StrictStr, ...]], BeforeValidator(_spelled)]


class Source(Data):
    """Where the study was taken from.

    A repository that can be cloned has a `commit` and the `megabytes` of its checkout, or of its `paths` if not all of
    it is needed.
    """

    address: Annotated[StrictStr, StringConstraints(pattern=r"^https://[^\s]+$")]
    commit: Annotated[StrictStr, StringConstraints(pattern=r"^[0-9a-f]{40}$")] | None = None
    megabytes: int | None = Field(default=None, ge=1)
    paths: tuple[StrictStr, ...] = ()


class StudyModel(Data):
    """A model of the study, and how else its files spell it."""

    id: Name
    title: StrictStr
    spelled: tuple[StrictStr, ...] = ()


class SameAs(Data):
    """The attribute of this project that a study's is compared with in agreement, and which values mean the same."""

    attribute: Name
    #: The study's → the project's; what is not named means nothing.
    values: dict[Text, Text] = Field(min_length=2)


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
    values: Spelled = {}
    answers: Spelled = {}
    outside: Spelled = {}
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
        check_unique(self.declared, f'attribute "{self.id}": value')
        spellings = [*self.declared, *(how for hows in self._all.values() for how in hows)]
        check_unique(spellings, f'attribute "{self.id}": spelling')
        if self.ordinal and self.answers:
            raise ValueError(
                f'attribute "{self.id}": the order of its values counts, and "{next(iter(self.answers))}" has no place '
                "in it; list it under outside, or leave out ordinal"
            )
        if taken := [name for name in self.declared if name in COUNTED_APART]:
            raise ValueError(
                f'attribute "{self.id}": "{taken[0]}" is counted apart; call the value something else'
            )
        return self

    @property
    def _all(self) -> Mapping[str, Sequence[str]]:
        return {**self.values, **self.answers, **self.outside}

    @property
    def declared(self) -> tuple[str, ...]:
        """Return every value that a label may have."""
        return (*self.values, *self.answers, *self.outside)

    @property
    def spellings(self) -> Mapping[str, str]:
        """Return spelling → value."""
        return {how: value for value, hows in self._all.items() for how in (value, *hows)}


class StudyLabeler(Data):
    """Who labeled; `number` is raised when the labels are redone.

    With `raters` the labelers are `<id>-1` … `<id>-<raters>`. A `consensus` is what others agreed on (a majority):
    it has shares and is compared with nobody.
    """

    id: Name
    kind: Literal["person", "vision_model", "local_model", "consensus"]
    number: int = Field(default=1, ge=1)
    raters: int | None = Field(default=None, ge=1, le=MOST_RATERS)

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the names that the queries may return."""
        if self.raters is None:
            return (self.id,)
        return tuple(f"{self.id}-{number}" for number in range(1, self.raters + 1))


class Correction(Data):
    """A known slip in the files: rows of a set that have `where` (column → text) get `set`, exactly `rows` times."""

    of: Literal["prompts", "pictures", "labels"]
    where: dict[StrictStr, StrictStr] = Field(min_length=1)
    set: dict[StrictStr, StrictStr] = Field(min_length=1)
    rows: int = Field(ge=1)
    reason: StrictStr


class PrintedFigures(Data):
    """Figures that the authors printed: name → as printed, and the query over the study's tables that gives them again.

    The query returns `name` and `value`. `differs` says why a figure cannot come out as printed.
    """

    title: StrictStr
    where: StrictStr  # where the authors print them
    query: Query
    values: dict[StrictStr, StrictStr] = Field(min_length=1)
    differs: dict[StrictStr, StrictStr] = {}


def _several(value: object) -> object:
    """Take `none` for `[none]`."""
    return [value] if isinstance(value, str) else value


class Show(Data):
    """What the page of a study shows first: shares of an attribute's values, a row for each `by`.

    `by` is `prompt`, `subject`, `condition`, `model`, a fact of the prompts, or `all`. `where` names facts, or what
    else `by` may name, and the values that prompts must have.
    """

    title: Annotated[StrictStr, StringConstraints(min_length=1, max_length=200)]
    attribute: Name
    by: StrictStr
    where: dict[
        StrictStr, Annotated[tuple[StrictStr, ...], BeforeValidator(_several), Field(min_length=1)]
    ] = {}
    value: Text | None = None


class StudyDefinition(Data):
    """A whole study file."""

    study: Name
    version: Version
    title: StrictStr
    citation: StrictStr
    license: StrictStr
    source: Source
    year: int | None = None
    note: StrictStr | None = None
    models: tuple[StudyModel, ...] = Field(min_length=1)
    attributes: tuple[StudyAttribute, ...] = ()
    labelers: tuple[StudyLabeler, ...] = ()
    #: The condition that the others are compared with; `baseline` where all conditions are of `CONDITIONS`.
    baseline: Name | None = None
    prompts: Query
    pictures: Query | None = None
    ignore: tuple[StrictStr, ...] = ()  # patterns of paths of pictures that are not of the study
    labels: tuple[Query, ...] = ()
    corrections: tuple[Correction, ...] = ()
    published: tuple[PrintedFigures, ...] = ()
    shows: tuple[Show, ...] = Field(default=(), max_length=30)

    def to_bytes(self) -> bytes:
        """Return it as canonical JSON; a file without `shows` is what it was before there were any."""
        return canonical_json(self.model_dump(mode="json", exclude=None if self.shows else {"shows"}))

    @model_validator(mode="after")
    def _holds_together(self) -> StudyDefinition:
        check_unique([model.id for model in self.models], "model")
        spellings = [how for model in self.models for how in (model.id, *model.spelled)]
        check_unique(spellings, "spelling of a model")
        check_unique([attribute.id for attribute in self.attributes], "attribute")
        check_unique([name for labeler in self.labelers for name in labeler.ids], "labeler")
        if self.pictures is None and not self.labels:
            raise ValueError("a study has pictures, labels or both")
        if self.labels and not self.labelers:
            raise ValueError(
                "labelers: is missing; say who labeled, e.g. labelers: [{id: annotators, kind: person}]"
            )
        for attribute in self.attributes:
            _compared_values_exist(attribute, self.attributes)
        for published in self.published:
            if unknown := [name for name in published.differs if name not in published.values]:
                raise ValueError(
                    f'published "{published.title}": differs names "{unknown[0]}", which is no value'
                )
        return self


def check_unique(names: Sequence[str], what: str) -> None:
    """Raise `ValueError` for the first name that is there twice."""
    for number, name in enumerate(names):
        if name in names[:number]:
            raise ValueError(f'{what} "{name}" is declared twice')


def check_baseline(baseline: str | None, conditions: Iterable[str]) -> None:
    """Raise `ValueError` unless it is known which of the conditions the others are compared with."""
    there = in_order(set(conditions))
    if baseline is not None:
        if baseline not in there:
            raise ValueError(
                f'baseline: no prompt has the condition "{baseline}"{close_match(baseline, there)} '
                f"(the conditions are {', '.join(there)})"
            )
        return
    own = [condition for condition in there if condition not in CONDITIONS]
    if own and len(there) > 1:
        raise ValueError(
            f'condition "{own[0]}" is none of {", ".join(CONDITIONS)}; say which condition the others are compared '
            f"with, baseline: {there[0]}, or select it as one of these"
        )


def _compared_values_exist(attribute: StudyAttribute, attributes: Collection[StudyAttribute]) -> None:
    same = attribute.compare_with
    if same is None:
        return
    declared = {one.id: one.declared for one in attributes}
    if same.attribute not in declared or same.attribute == attribute.id:
        raise ValueError(f'"{attribute.id}" is compared with "{same.attribute}", which is not declared')
    for own, other in same.values.items():
        for name, value in ((attribute.id, own), (same.attribute, other)):
            if value not in declared[name]:
                raise ValueError(f'compare_with: "{value}" is not a declared value of attribute "{name}"')


def load_definition(path: Path) -> StudyDefinition:
    """Return the study that the file declares."""
    data = read_yaml(path, path.name)
    try:
        return StudyDefinition.model_validate(data)
    except ValidationError as error:
        found = problems(error, data=data, shape=StudyDefinition)
        raise MistakesError([one_line(f"{path.name}: {one}") for one in found[:MOST_LINES]]) from None


def shipped(name: str) -> Path | None:
    """Return the file of a study that is shipped, None if there is none of that name."""
    return next((file for file in SHIPPED.glob("*.yaml") if file.stem == name), None)
