"""models.yaml: which models are asked, with what, how often; validated before anything is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from assets.gateway.money.costs import Prices, price_problems
from assets.gateway.network.connection import Connection
from assets.suites.schema import Attribute, Name, Suite
from assets.suites.selections import WHERE, Selection, load_selections, selection_problems
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import UsageError
from warehouse.loading.plan_rows import FLOOR
from warehouse.validation import close_match, explain
from warehouse.weeks import week_of
from warehouse.yamlfile import read_yaml

#: What follows from a call whose answer was lost: its slot is asked again, or it is closed.
LostCalls = Literal["ask_again", "close"]


class _FileData(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


#: The settings of labelers that are ours, whatever the kind; all others are sent as they are.
OUR_SETTINGS = ("api", "detail", "logprobs", "max_side")


class LabelerEntry(_FileData):
    """A vision model that labels pictures: who is asked, for what, at which price.

    `labeler` names a row of the registry of labelers; `name` is what entries of models refer to.
    """

    name: Name
    labeler: Name
    model_id: str = Field(min_length=1)
    #: Of its version: raised when it changes, so that the new labels are scored.
    number: int = Field(default=1, ge=1)
    #: Sent as they are, but for the keys that are named here; part of the labeler's version.
    settings: dict[str, JsonValue] = Field(default={}, json_schema_extra={"keys": [*OUR_SETTINGS]})
    attributes: tuple[Name, ...] = ()  # those that it is asked for; none named: every attribute of a suite
    images_per_request: int = Field(default=1, ge=1, le=16)
    measured: str | None = None  # what agreement with one picture a request was found; needed to be scored
    batch: bool = False  # through the batch API, at its price
    requests_per_minute: float = Field(default=60, gt=0)
    concurrency: int = Field(default=4, ge=1)
    price: Prices = ()
    cap_usd: float | None = Field(default=None, gt=0)  # a week
    shutdown_date: dt.date | None = None  # as its maker announced it, where the list of models does not say
    connection: Connection = Connection()
    _questions: tuple[Attribute, ...] = PrivateAttr(default=())

    @property
    def questions(self) -> tuple[Attribute, ...]:
        """Return the attributes that it is asked for, in full, by their ids; none before `asked`."""
        return self._questions

    def asked(self, questions: Sequence[Attribute]) -> LabelerEntry:
        """Return this entry with the attributes that it is asked for."""
        entry = self.model_copy()
        entry._questions = tuple(sorted(questions, key=lambda attribute: attribute.id))
        return entry


class ModelEntry(_FileData):
    """One model to ask; `series` is by default the name, `until` is the last week that is asked."""

    name: Name
    title: str
    provider: Name
    model_id: str = Field(min_length=1)
    track: Literal["model", "system"] = "model"
    pinned: bool = False  # the model id names a snapshot that does not change
    from_week: dt.date | None = Field(default=None, alias="from")
    until_week: dt.date | None = Field(default=None, alias="until")
    succeeds: Name | None = None
    maker: str | None = Field(default=None, min_length=1, max_length=60)  # as readers know it
    weights: Literal["open", "closed"] | None = None  # whether anybody can download them
    series: Name | None = None
    suites: Selection  # or the name of one of `selections.yaml`, which is written out when the file is read
    params: dict[str, JsonValue] = {}
    requests_per_minute: float = Field(default=60, gt=0)
    concurrency: int = Field(default=4, ge=1)
    price: Prices = ()
    cap_usd: float | None = Field(default=None, gt=0)  # a week
    shutdown_date: dt.date | None = None  # as its maker announced it, where the list of models does not say
    lost_calls: LostCalls = "ask_again"  # read at every run, in no plan
    connection: Connection = Connection()
    labeler: Name = "photo"
    also_labelers: tuple[Name, ...] = ()  # label the same pictures beside it; no board counts them
    completeness_floor: float = Field(default=FLOOR, ge=0, le=1)

    @field_validator("suites", mode="before")
    @classmethod
    def _named(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(value, str):
            known: Mapping[str, Selection] = (info.context or {}).get("selections", {})
            if value not in known:
                raise ValueError(f'no selection "{value}" in {WHERE}{close_match(value, known)}')
            return known[value]
        if not isinstance(value, list | tuple) or any(isinstance(item, str) for item in value):
            raise ValueError("write the name of a selection alone, or a list of {suite: …, replicates: …}")
        return value

    @property
    def series_name(self) -> str:
        """Return the name of the series: the entry's own name unless it says otherwise."""
        return self.series or self.name


class ModelsFile(_FileData):
    """The whole of models.yaml."""

    models: tuple[ModelEntry, ...] = Field(min_length=1)
    labelers: tuple[LabelerEntry, ...] = ()


def load_models_file(
    path: Path,
    suites: Mapping[str, Suite],
    *,
    selections: Mapping[str, Selection] | None = None,
    providers: Collection[str] | None = None,
) -> ModelsFile:
    """Return a models file: its models, with what they are asked written out, and its labelers.

    Suites are by `<id>@<major>`, `selections` by name (None: the shipped ones); without `providers`, their names are
    not checked. Errors name the file without its folder.
    """
    data = read_yaml(path, path.name)
    if not isinstance(data, dict):
        raise UsageError(f"{path.name}: must be a mapping with the key models")
    try:
        known = load_selections(suites) if selections is None else selections
        parsed = ModelsFile.model_validate(data, context={"selections": known})
    except ValidationError as error:
        raise UsageError(explain(error, path.name, data=data, shape=ModelsFile)) from None
    for problem in (*_problems(parsed.models, suites, providers), *_labeler_problems(parsed.labelers)):
        raise UsageError(f"{path.name}: {problem}")
    return parsed


def find(models: Sequence[ModelEntry], name: str) -> ModelEntry:
    """Return the entry of that name."""
    for entry in models:
        if entry.name == name:
            return entry
    raise UsageError(
        f'no model "{name}" in models.yaml' + close_match(name, [entry.name for entry in models])
    )


def active(models: Sequence[ModelEntry], week: str) -> list[ModelEntry]:
    """Return the entries that are asked in `week` (a Monday, `2026-11-23`), in the order of the file."""
    monday = dt.date.fromisoformat(week)
    return [
        entry for entry in models if (entry.from_week or monday) <= monday <= (entry.until_week or monday)
    ]


def params_hash(params: Mapping[str, Any]) -> str:
    """Return the first eight hexadecimal digits of the SHA-256 of the parameters' canonical JSON."""
    return sha256_hex(canonical_json(dict(params)))[:8]


def _problems(
    entries: Sequence[ModelEntry], suites: Mapping[str, Suite], providers: Collection[str] | None
) -> Iterator[str]:
    names = [entry.name for entry in entries]
    series: dict[str, str] = {}
    for entry in entries:
        if names.count(entry.name) > 1:
            yield f'two models have the name "{entry.name}"; give each its own'
        other = series.setdefault(entry.series_name, entry.name)
        if other != entry.name:
            yield (
                f'models "{other}" and "{entry.name}" have one series name, "{entry.series_name}"; '
                "give each its own"
            )
        for problem in (
            *_weeks(entry),
            *_names(entry, names, providers),
            *price_problems(entry.price),
            *selection_problems(entry.suites, suites, track=entry.track),
        ):
            yield f'model "{entry.name}": {problem}'


def _weeks(entry: ModelEntry) -> Iterator[str]:
    for key, day in (("from", entry.from_week), ("until", entry.until_week)):
        if day and day.weekday() != 0:
            yield f"{key} {day} is a {day:%A}; weeks are named by their Monday, {week_of(day)}"
    if entry.from_week and entry.until_week and entry.until_week < entry.from_week:
        yield f"until {entry.until_week} lies before from {entry.from_week}; until is the last week that is asked"


def _names(entry: ModelEntry, names: Sequence[str], providers: Collection[str] | None) -> Iterator[str]:
    if entry.succeeds == entry.name:
        yield "succeeds itself; name the model that came before, or remove succeeds"
    elif entry.succeeds and entry.succeeds not in names:
        yield f'succeeds the unknown model "{entry.succeeds}"' + close_match(entry.succeeds, names)
    if providers is not None and entry.provider not in providers:
        yield f'unknown provider "{entry.provider}"' + close_match(entry.provider, providers)
    for name in entry.also_labelers:
        if name == entry.labeler:
            yield f'also_labelers names "{name}", which labels already; remove it there'
        elif entry.also_labelers.count(name) > 1:
            yield f'also_labelers names "{name}" twice; once is enough'


def _labeler_problems(labelers: Sequence[LabelerEntry]) -> Iterator[str]:
    names = [entry.name for entry in labelers]
    for entry in labelers:
        if names.count(entry.name) > 1:
            yield f'two labelers have the name "{entry.name}"; give each its own'
        yield from (f'labeler "{entry.name}": {problem}' for problem in price_problems(entry.price))
