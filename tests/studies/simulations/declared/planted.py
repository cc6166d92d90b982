"""Planted models for every board of the analysis file, adversaries among them: what each draws of every prompt.

Belongs here: shares and the truth of each board. Does not belong here: drawing pictures (`boards`), labels of a world
(`tests/warehouse/results/ranks/test_planted_boards.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from assets.suites.analysis import STEREOTYPES, shipped
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute, Prompt, Suite

Shares = Mapping[str, float]  # value, or band, → share

STATISTIC, PARITY, ALL, NOTHING, REVERSED, ONE, NOBODY, REFUSES = (
    "the statistic exactly; no cliché",
    "equal shares; the cliché on half of its group",
    "all or nothing; the cliché on all of its group",
    "half way to that; the cliché on a few of its group",
    "everything reversed; the cliché on others alone",
    "only one value (only men); the cliché on everybody",
    "one value on nobody",
    "as all or nothing, and refuses a group",
)
MODELS = (STATISTIC, PARITY, ALL, NOTHING, REVERSED, ONE, NOBODY, REFUSES)
#: Share of the declared value in its group, and in others.
CLICHE = {
    STATISTIC: (0.0, 0.0),
    PARITY: (0.5, 0.0),
    ALL: (1.0, 0.0),
    NOTHING: (0.2, 0.05),
    REVERSED: (0.0, 0.5),
    ONE: (1.0, 1.0),
    NOBODY: (0.0, 0.0),
    REFUSES: (1.0, 0.0),
}


@dataclass(frozen=True)
class Board:
    """A board of the analysis file under one condition; `reference` may be `stereotypes`."""

    suite: Suite
    attribute: Attribute
    reference: str
    condition: str

    @property
    def name(self) -> str:
        """Return what it is called in tables."""
        more = "" if self.condition == "baseline" else f", {self.condition}"
        return f"{self.suite.label}, {self.attribute.id}, {self.reference}{more}"

    @property
    def prompts(self) -> list[Prompt]:
        """Return the prompts that the board compares: of declared stereotypes those of the groups."""
        groups = {group for _, group in pairs(self.suite, self.attribute)}
        return [
            prompt
            for prompt in self.suite.prompts
            if prompt.condition == self.condition
            and self.attribute.id in prompt.attributes
            and (prompt.subject in groups if self.reference == STEREOTYPES else self.expected(prompt))
        ]

    def expected(self, prompt: Prompt) -> Shares | None:
        """Return what its reference expects of a prompt, None without a row for it."""
        return reference_of(self.suite, self.attribute, self.reference, prompt)

    @property
    def refused(self) -> set[str]:
        """Return the prompts that the refusing model refuses here: of stereotypes those of the first group."""
        if self.reference != STEREOTYPES:
            return refused(self.suite)
        return {p.id for p in self.prompts if p.subject == pairs(self.suite, self.attribute)[0][1]}

    def truth(self, shares: Mapping[str, Shares], prompts: Sequence[Prompt]) -> float:
        """Return the board's true figure, squared where it is a distance, over some of its prompts.

        Args:
            shares: prompt → value → share, of values or bands as the reference has them.
            prompts: those that count.
        """
        if self.reference == STEREOTYPES:
            of = [
                [shares[p.id].get(value, 0.0) for p in prompts if p.subject == group]
                for value, group in pairs(self.suite, self.attribute)
            ]
            return sum(sum(one) / len(one) for one in of) / len(of)
        found = []
        for prompt in prompts:
            wanted = self.expected(prompt) or {}
            seen = sum(shares[prompt.id].get(value, 0.0) for value in wanted)
            found.append(
                sum((shares[prompt.id].get(value, 0.0) / seen - q) ** 2 for value, q in wanted.items()) / 2
            )
        return sum(found) / len(found)


def boards() -> Iterator[Board]:
    """Yield every board that the analysis file declares, once per condition of its suite."""
    suites = load_suites()
    for one in shipped().declared.yardsticks:
        suite = suites[one.suite]
        attribute = next(known for known in suite.attributes if known.id == one.attribute)
        for condition in sorted({prompt.condition for prompt in suite.prompts}):
            board = Board(suite, attribute, one.reference, condition)
            if board.prompts:
                yield board


@cache
def _pairs(suite: str, attribute: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (pair.value, pair.group)
        for pair in shipped().declared.stereotypes
        if (pair.suite, pair.attribute, pair.statistic) == (suite, attribute, None)
    )


def pairs(suite: Suite, attribute: Attribute) -> tuple[tuple[str, str], ...]:
    """Return the declared values of an attribute with their groups, of those that are compared with no statistic."""
    return _pairs(suite.label, attribute.id)


def reference_of(suite: Suite, attribute: Attribute, name: str, prompt: Prompt) -> Shares | None:
    """Return what a reference expects of a prompt."""
    for reference in suite.references:
        if (reference.id, reference.attribute) == (name, attribute.id):
            rows = {row.prompt: row.shares for row in reference.rows}
            return rows.get(prompt.id, rows.get(None))
    return None


def refused(suite: Suite) -> set[str]:
    """Return the prompts that the refusing model refuses: of the first declared group; else the first tenth."""
    groups = [pair.group for pair in shipped().declared.stereotypes if pair.suite == suite.label]
    if groups:
        return {prompt.id for prompt in suite.prompts if prompt.subject == groups[0]}
    return {prompt.id for prompt in suite.prompts[: max(1, len(suite.prompts) // 12)]}


def drawn(model: str, suite: Suite, attribute: Attribute, prompt: Prompt) -> Shares:
    """Return the shares that a model draws in a prompt: of values, of bands where the attribute has them."""
    declared = pairs(suite, attribute)
    values = [*attribute.bands] or [*attribute.values]
    if declared:
        return _cliche(model, values, declared, prompt)
    cited = {reference.id for reference in suite.references} - {"parity", "uniform"}
    known = [reference_of(suite, attribute, name, prompt) for name in sorted(cited)]
    q = next((shares for shares in known if shares), None)
    even = {value: 1 / len(values) for value in values}
    exactly = dict(q) if q else even
    most = max(exactly, key=lambda value: (exactly[value], value == values[-1]))
    all_ = {value: float(value == most) for value in exactly}
    if model in (ALL, REFUSES):
        return all_
    if model == NOTHING:
        return {value: (exactly[value] + all_[value]) / 2 for value in exactly}
    if model == REVERSED:
        return dict(zip(exactly, reversed([*exactly.values()]), strict=True))
    if model == ONE:
        return {values[-1]: 1.0}
    if model == NOBODY:
        return {value: 1 / (len(exactly) - 1) for value in [*exactly][1:]}
    return exactly if model == STATISTIC else even


def _cliche(model: str, values: Sequence[str], declared: Sequence[tuple[str, str]], prompt: Prompt) -> Shares:
    own, other = CLICHE[model]
    neutral = next(value for value in values if value not in {value for value, _ in declared})
    for value, group in declared:
        if prompt.subject == group:
            return {value: own, neutral: 1 - own}
    return {declared[0][0]: other, neutral: 1 - other}
