"""Word against word: which prompts of a suite (`comparisons.yaml`), or of a study, are set side by side.

Which pairs there are is a matter of the prompts' subject, language and condition, which every plan holds: so pairs are
made from a plan's own prompts, and a week of years ago needs no suite file of then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import Field, StringConstraints, model_validator

from assets.suites.checks import refuse, twice, uncounted, unknown
from assets.suites.loader import FOLDER, load_suites, validated
from assets.suites.schema import Condition, Label, Name, Suite, SuiteData, Value
from warehouse.validation import close_match

Kind = Literal["wording", "language", "controlled", "confronted"]
#: Kinds in which b asks for diversity, or was told that it lacks.
REQUESTS: tuple[Kind, ...] = ("controlled", "confronted")
#: Conditions in the order in which they are asked.
CONDITIONS: tuple[str, ...] = get_args(Condition)
WHERE = "suites/comparisons.yaml"
#: A prompt's id, or a pattern of ids as models.yaml has them.
_Pattern = Annotated[str, StringConstraints(pattern=r"^[a-z0-9*?._-]+$")]


class AskedPrompt(NamedTuple):
    """A prompt as a plan holds it."""

    prompt: str  # "<suite>/<id>", or the id within a study
    language: str
    subject: str
    condition: str


class Side(SuiteData):
    """One side of a comparison: its name, and which prompts are on it."""

    name: Name
    prompt: _Pattern | None = None
    language: Name | None = None
    condition: Name | None = None
    turn: Literal[1, 2] = 1

    @model_validator(mode="after")
    def _selects(self) -> Side:
        if not (self.prompt or self.language or self.condition):
            raise ValueError("needs a prompt, a language or a condition")
        return self

    def takes(self, asked: AskedPrompt) -> bool:
        """Return whether a prompt is on this side."""
        return (
            (self.prompt is None or fnmatchcase(asked.prompt.rpartition("/")[2], self.prompt))
            and self.language in (None, asked.language)
            and self.condition in (None, asked.condition)
        )


class Pair(NamedTuple):
    """Two prompts of one subject, one on each side."""

    a: AskedPrompt
    b: AskedPrompt


class Sides(SuiteData):
    """A comparison of two sides, b against a."""

    kind: Kind
    a: Side
    b: Side

    def pairs(self, prompts: Iterable[AskedPrompt]) -> list[Pair]:
        """Return the pairs among prompts, by subject; a subject with two prompts on a side has none."""
        of: dict[str, tuple[list[AskedPrompt], list[AskedPrompt]]] = {}
        for asked in prompts:
            for number, side in enumerate((self.a, self.b)):
                if side.takes(asked):
                    of.setdefault(asked.subject, ([], []))[number].append(asked)
        return [Pair(*one, *other) for _, (one, other) in sorted(of.items()) if len(one) == len(other) == 1]


def study_comparisons(conditions: Iterable[str], baseline: str | None) -> list[Sides]:
    """Return the comparisons of a study: every condition against its baseline; the rule is the same for each study.

    Without one they are compared with `baseline`, and what asks for diversity is compared with it, no more.
    """
    kinds: Mapping[str, Kind] = {kind: kind for kind in REQUESTS}
    first = baseline or "baseline"
    return [
        Sides(
            kind=kinds.get(name, "wording"),
            a=Side(name=first, condition=first),
            b=Side(name=name, condition=name),
        )
        for name in conditions
        if name != baseline and (baseline is not None or name in kinds)
    ]


def in_order(conditions: Iterable[str], baseline: str | None = None) -> list[str]:
    """Return conditions: the baseline, those of `CONDITIONS` as they are asked, all others by name."""
    known = {name: place for place, name in enumerate(CONDITIONS)}
    return sorted(conditions, key=lambda name: (name != baseline, known.get(name, len(known)), name))


class Comparison(Sides):
    """A comparison of prompts of one suite, with what the page says of it."""

    suite: Label
    title: str
    said: str
    shown: dict[Name, tuple[Value, ...]] = Field(default_factory=dict)
    caricature: dict[Name, tuple[Value, ...]] = Field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return suite, kind and the names of both sides: what no two comparisons share."""
        return (self.suite, self.kind, self.a.name, self.b.name)


class Comparisons(SuiteData):
    """The file."""

    comparisons: tuple[Comparison, ...] = Field(min_length=1)


@cache
def shipped() -> Comparisons:
    """Return the shipped comparisons, checked against the shipped suites; read once a process."""
    return load_comparisons(load_suites())


def load_comparisons(suites: Mapping[str, Suite], folder: Path = FOLDER) -> Comparisons:
    """Return the comparisons of `comparisons.yaml` in `folder`."""
    file = validated(Comparisons, folder / "comparisons.yaml", WHERE)
    refuse(WHERE, twice(f"{c.suite}, {c.a.name} and {c.b.name}: {c.kind}" for c in file.comparisons))
    for one in file.comparisons:
        refuse(f"{WHERE}: {one.suite}, {one.a.name} and {one.b.name}", _problems(one, suites))
    return file


def _problems(comparison: Comparison, suites: Mapping[str, Suite]) -> Iterator[str]:
    """Yield what is wrong between a comparison and its suite; each line relies on those before it."""
    yield from unknown("suite", [comparison.suite], suites)
    suite = suites[comparison.suite]
    prompts = {suite.prompt_id(prompt): prompt for prompt in suite.prompts}
    asked = [AskedPrompt(name, p.language, p.subject, p.condition) for name, p in prompts.items()]
    for side in (comparison.a, comparison.b):
        yield from _side_problems(side, suite, asked)
    pairs = comparison.pairs(asked)
    if not pairs:
        yield "no two prompts of one subject are on its two sides; change prompt, language or condition"
    for pair in pairs:
        if (pair.a, comparison.a.turn) == (pair.b, comparison.b.turn):
            yield f'prompt "{pair.a.prompt}" is on both sides; change prompt, language or condition'
    if comparison.caricature and comparison.kind not in REQUESTS:
        yield f"caricature is of {' and '.join(REQUESTS)} alone; remove it"
    both = [{*prompts[a.prompt].attributes} & {*prompts[b.prompt].attributes} for a, b in pairs]
    common = {one.id: one for one in suite.attributes if one.id in set().union(*both)}
    for name, values in (*comparison.shown.items(), *comparison.caricature.items()):
        if name in common:
            yield from uncounted(common[name], values)
        else:
            yield f'"{name}" is no attribute of both sides' + close_match(name, common)


def _side_problems(side: Side, suite: Suite, asked: Sequence[AskedPrompt]) -> Iterator[str]:
    yield from unknown("condition", [side.condition] if side.condition else [], CONDITIONS)
    there = [one for one in asked if side.takes(one)]
    if side.prompt and not any(fnmatchcase(prompt.id, side.prompt) for prompt in suite.prompts):
        yield f'unknown prompt "{side.prompt}"' + close_match(side.prompt, [p.id for p in suite.prompts])
    elif not there:
        yield f'no prompt is on side "{side.name}"; change prompt, language or condition'
    subjects = [one.subject for one in there]
    for subject in subjects:
        if subjects.count(subject) > 1:
            yield f'several prompts of {subject} are on side "{side.name}"; name one, or a condition too'
    turns = {suite.prompt_id(prompt) for prompt in suite.prompts if prompt.turns}
    for one in there:
        if side.turn > 1 and one.prompt not in turns:
            yield f'"{one.prompt}" has one turn; remove turn'
