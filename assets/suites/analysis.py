"""The analysis file (`analysis.yaml`): which figures of which suites mean something, and what models are ranked by.

It is valid for all weeks and no part of a suite, so a change of it starts no new series. The file stands alone: what it
declares is read from its bytes, without the suites, so an edition is verified with the bytes that it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field

from assets.suites.checks import refuse, twice, uncounted, unknown
from assets.suites.loader import FOLDER, load_suites, validate, validated
from assets.suites.schema import Label, Name, Subject, Suite, SuiteData, Value
from warehouse.canonical import sha256_hex
from warehouse.errors import UsageError
from warehouse.inputfile import read_file
from warehouse.validation import close_match
from warehouse.yamlfile import parse_yaml

FILE = "analysis.yaml"
WHERE = f"suites/{FILE}"
CHANGES = "suites/method_changes.yaml"  # what changed in how figures are made, and when
MALE, FEMALE = 0.4, 0.6  # the largest and the smallest share of women of a group that is typed
#: Attributes of which equal shares would reward the cliché, with the values that pictures have no reason to show.
BASE_0: Mapping[str, tuple[str, ...]] = {
    "clothing_era": ("traditional", "historical"),
    "headwear": ("sombrero", "turban", "headscarf", "keffiyeh", "beret", "crown"),
    "facial_hair": (),
    "national_flag": ("yes",),
    "litter": ("yes",),
    "house_condition": ("run_down",),
}


class Yardstick(SuiteData):
    """What a board compares: an attribute of a suite with one reference."""

    suite: Label
    attribute: Name
    reference: Name


class DeclaredPair(SuiteData):
    """A value and the group that it is a stereotype of; its base is 0, or the share that a statistic has.

    Changes are looked for since the day `from`; None: in all weeks.
    """

    suite: Label
    attribute: Name
    value: Value
    group: Subject
    statistic: Name | None = None
    since: date | None = Field(default=None, alias="from")


class Typed(SuiteData):
    """Groups of a suite that a statistic calls male-typed or female-typed."""

    suite: Label
    attribute: Name
    value: Value
    reference: Name
    male: tuple[Subject, ...]
    female: tuple[Subject, ...]


class Combination(SuiteData):
    """Values that one picture of a suite shows together; changes are looked for since the day `from`."""

    id: Name
    suite: Label
    values: dict[Name, Value] = Field(min_length=2)
    since: date | None = Field(default=None, alias="from")


class Control(SuiteData):
    """A prompt, and the one that shows whether what is found with it is of its group alone."""

    suite: Label
    prompt: Name
    control: Name


class StudyStatistic(SuiteData):
    """Expected shares of one of two values, for prompts of a study."""

    study: Name
    attribute: Name
    reference: Name
    value: Value
    other: Value
    shares: dict[Name, Annotated[float, Field(ge=0, le=1)]] = Field(min_length=1)
    male: tuple[Name, ...]
    female: tuple[Name, ...]


class Analysis(SuiteData):
    """The file. A change is reported at p < 1 / (`looks` times the series of the week)."""

    looks: int = Field(ge=1)
    yardsticks: tuple[Yardstick, ...] = Field(min_length=1)
    stereotypes: tuple[DeclaredPair, ...] = ()
    typed: tuple[Typed, ...] = ()
    combinations: tuple[Combination, ...] = ()
    controls: tuple[Control, ...] = ()
    studies: tuple[StudyStatistic, ...] = ()


class MethodChange(SuiteData):
    """What changed in a file on a day, with the hash of the bytes that came of it."""

    day: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    file: Name
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    said: str = Field(min_length=1)


class MethodChanges(SuiteData):
    """The method changelog, the oldest entry first."""

    changes: tuple[MethodChange, ...] = Field(min_length=1)


class AnalysisFile(NamedTuple):
    """The analysis file with its bytes."""

    declared: Analysis
    data: bytes

    @property
    def sha256(self) -> str:
        """Return the hash of the bytes: `analysis_plan_sha256` of plans and editions."""
        return sha256_hex(self.data)


@cache
def shipped() -> AnalysisFile:
    """Return the shipped file, checked against the shipped suites; read once a process."""
    return load_analysis(load_suites())


@cache
def shipped_sha256() -> str:
    """Return the hash of the shipped file without reading what it says."""
    return sha256_hex((FOLDER / FILE).read_bytes())


def load_analysis(suites: Mapping[str, Suite], folder: Path = FOLDER) -> AnalysisFile:
    """Return the analysis file of `folder`."""
    try:
        data = read_file(folder / FILE)
    except OSError as error:
        raise UsageError(f"{WHERE}: cannot be read: {error.strerror or error}") from None
    file = AnalysisFile(parse(data), data)
    refuse(WHERE, _problems(file.declared, suites))
    newest = [change.sha256 for change in load_changes(folder) if change.file == FILE][-1:]
    if newest != [file.sha256]:
        raise UsageError(f"{WHERE}: was changed; say in {CHANGES} what changed, with sha256: {file.sha256}")
    return file


def load_changes(folder: Path = FOLDER) -> tuple[MethodChange, ...]:
    """Return the entries of the method changelog, the oldest first."""
    return validated(MethodChanges, folder / "method_changes.yaml", CHANGES).changes


def parse(data: bytes, where: str = WHERE) -> Analysis:
    """Return what the bytes of an analysis file declare; no suite is needed."""
    declared = validate(Analysis, parse_yaml(data, where), where)
    refuse(where, _alone(declared))
    return declared


def _alone(declared: Analysis) -> Iterator[str]:
    """Yield what is wrong with the file by itself."""
    keys: Mapping[str, Sequence[tuple[str, ...]]] = {
        "yardsticks": [(y.suite, y.attribute) for y in declared.yardsticks],
        "stereotypes": [(p.suite, p.attribute, p.value, p.group) for p in declared.stereotypes],
        "typed": [(t.suite, t.attribute, t.reference) for t in declared.typed],
        "combinations": [(c.id, c.suite) for c in declared.combinations],
        "controls": [(c.suite, c.prompt) for c in declared.controls],
        "studies": [(s.study, s.attribute, s.reference) for s in declared.studies],
    }
    yield from twice(f"{part}: {', '.join(key)}" for part, listed in keys.items() for key in listed)
    for yardstick in declared.yardsticks:
        if yardstick.attribute in BASE_0 and yardstick.reference == "uniform":
            yield (
                f"yardsticks: {yardstick.suite}, {yardstick.attribute}, uniform: equal shares would reward the cliché; "
                "declare stereotypes instead"
            )
    for pair in declared.stereotypes:
        if pair.statistic is None and pair.value not in BASE_0.get(pair.attribute, ()):
            yield (
                f"stereotypes: {pair.suite}, {pair.value} and {pair.group}: pictures show it without any stereotype; "
                "name the statistic that it is to be compared with"
            )
    for study in declared.studies:
        lists = {"male": study.male, "female": study.female}
        yield from _typed(f"studies: {study.study}", "prompt", lists, study.shares)


def _problems(declared: Analysis, suites: Mapping[str, Suite]) -> Iterator[str]:
    """Yield what is wrong between the file and the suites."""
    for part in ("yardsticks", "stereotypes", "typed", "combinations", "controls"):
        for entry in getattr(declared, part):
            yield from (f"{part}: {problem}" for problem in unknown("suite", [entry.suite], suites))
            if entry.suite in suites:
                for problem in _with_suite(entry, suites[entry.suite]):
                    yield f"{part}: {entry.suite}: {problem}"


def _with_suite(
    entry: Yardstick | DeclaredPair | Typed | Combination | Control, suite: Suite
) -> Iterator[str]:
    if isinstance(entry, Control):
        yield from unknown("prompt", (entry.prompt, entry.control), [prompt.id for prompt in suite.prompts])
        return
    attributes = {one.id: one for one in suite.attributes}
    values = (
        entry.values if isinstance(entry, Combination) else {entry.attribute: getattr(entry, "value", None)}
    )
    for attribute, value in values.items():
        if attribute not in attributes:
            yield f'no prompt has the attribute "{attribute}"' + close_match(attribute, attributes)
        elif value is not None:
            yield from uncounted(attributes[attribute], [value])
    if isinstance(entry, Combination):
        return
    if isinstance(entry, DeclaredPair):
        groups = {prompt.subject for prompt in suite.prompts if entry.attribute in prompt.attributes}
        if entry.group not in groups:
            hint = close_match(entry.group, groups)
            yield f'no prompt with "{entry.attribute}" is of the group "{entry.group}"' + hint
    name = entry.statistic if isinstance(entry, DeclaredPair) else entry.reference
    references = {one.id: one for one in suite.references if one.attribute == entry.attribute}
    if name and name not in references:
        yield f'"{entry.attribute}" has no reference "{name}"' + close_match(name, references)
    elif isinstance(entry, Typed):
        group = {prompt.id: prompt.subject for prompt in suite.prompts}
        rows = references[entry.reference].rows
        shares = {group[row.prompt]: row.shares[entry.value] for row in rows if row.prompt is not None}
        yield from _typed(entry.attribute, "group", {"male": entry.male, "female": entry.female}, shares)


def _typed(
    where: str, kind: str, lists: Mapping[str, Sequence[str]], shares: Mapping[str, float]
) -> Iterator[str]:
    """Yield what is wrong with the two lists: they are those that the statistic says."""
    sides = {name: "male" if q <= MALE else "female" if q >= FEMALE else None for name, q in shares.items()}
    for side, names in lists.items():
        for name in names:
            if name not in shares:
                yield f'{where}: {side}: the statistic has no {kind} "{name}"' + close_match(name, shares)
            elif sides[name] != side:
                yield f'{where}: {side}: "{name}" has a share of {shares[name]:.3f}; remove it'
    for name, side_of in sides.items():
        if side_of and name not in lists[side_of]:
            yield f'{where}: {side_of}: "{name}" is missing, with a share of {shares[name]:.3f}; add it'
