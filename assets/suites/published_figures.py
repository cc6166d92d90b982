"""What others published (`published_figures.yaml`): figures of claims, shares of questions, sources of suites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from assets.suites.checks import refuse, twice, uncounted, unknown
from assets.suites.loader import FOLDER, load_suites, validated
from assets.suites.schema import Name, Suite, SuiteData, Value
from warehouse.validation import close_match

WHERE = "suites/published_figures.yaml"
Url = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")]
_Text = Annotated[str, Field(min_length=1)]


class PublishedFigure(SuiteData):
    """A figure as its source has it: a share of `n` pictures, or words alone; `exact` where n is no estimate."""

    id: Name
    source: str = Field(min_length=3)
    url: Url | None = None
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
    words: _Text
    share: float | None = Field(default=None, ge=0, le=1)
    n: int | None = Field(default=None, ge=1)
    exact: bool = True

    @property
    def year(self) -> str:
        """Return the year in which it was published."""
        return self.date[:4]

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return Wilson's 95 % interval of the share; None where it or n is not known."""
        return None if self.share is None or self.n is None else _wilson(round(self.share * self.n), self.n)


class CitedSource(SuiteData):
    """Where the prompts of a suite, or the numbers of a statistic, come from."""

    of: Name
    title: str = Field(min_length=3)
    url: Url


class PublishedWork(SuiteData):
    """Who published shares, and when: a year, or a month of it.

    `counted`: its authors print no share, so that k and n are counted here from their label files.
    """

    id: Name
    title: str = Field(min_length=3)
    url: Url | None = None
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")]
    labeled: Literal["people", "program"] | None = None
    counted: bool = False


class PublishedShare(SuiteData):
    """What one model drew: k of n pictures; `exact` where n is no estimate."""

    model: _Text
    k: int = Field(ge=0)
    n: int = Field(ge=1)
    exact: bool = True

    @model_validator(mode="after")
    def _of_its_pictures(self) -> PublishedShare:
        if self.k > self.n:
            raise ValueError(f"k is {self.k} and n {self.n}; k counts some of the n pictures")
        return self

    @property
    def share(self) -> float:
        """Return k / n."""
        return self.k / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Return Wilson's 95 % interval."""
        return _wilson(self.k, self.n)


class WorkShares(SuiteData):
    """The shares of one work that answer a question: what was `asked`, and `at` which place in it the numbers are."""

    work: Name
    asked: _Text
    at: _Text
    shares: tuple[PublishedShare, ...] = Field(min_length=1)


class PublishedQuestion(SuiteData):
    """What several works counted, and the cell of our suites that asks it too."""

    id: Name
    title: str = Field(min_length=3)
    prompt: Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]+/[a-z0-9._-]+$")]
    attribute: Name
    value: Value
    published: tuple[WorkShares, ...] = Field(min_length=1)


class PublishedFile(SuiteData):
    """The file."""

    figures: tuple[PublishedFigure, ...] = Field(min_length=1)
    sources: tuple[CitedSource, ...] = ()
    works: tuple[PublishedWork, ...] = ()
    questions: tuple[PublishedQuestion, ...] = ()


def _wilson(k: int, n: int) -> tuple[float, float]:
    from scipy.stats import binomtest  # every command reads claims, and few draw them

    interval = binomtest(k, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


@cache
def _file(folder: Path) -> PublishedFile:
    """Return the file in `folder`, in which nothing is listed twice; read once a process."""
    file = validated(PublishedFile, folder / "published_figures.yaml", WHERE)
    for kind, entries in (("figure", file.figures), ("work", file.works), ("question", file.questions)):
        refuse(WHERE, twice(f'{kind} "{one.id}"' for one in entries))
    return file


def sources_of(name: str) -> tuple[CitedSource, ...]:
    """Return where a suite (its id, without a version) or a statistic comes from."""
    return tuple(one for one in _file(FOLDER).sources if one.of == name)


def published_figures(folder: Path = FOLDER) -> Mapping[str, PublishedFigure]:
    """Return the figures of claims by their ids."""
    return {one.id: one for one in _file(folder).figures}


def works(folder: Path = FOLDER) -> Mapping[str, PublishedWork]:
    """Return who published shares, by their ids."""
    return {one.id: one for one in _file(folder).works}


@cache
def published_questions() -> tuple[PublishedQuestion, ...]:
    """Return the shipped questions, checked against the shipped suites."""
    return load_questions(load_suites())


def load_questions(suites: Mapping[str, Suite], folder: Path = FOLDER) -> tuple[PublishedQuestion, ...]:
    """Return the questions of the file in `folder`, the works of each from the oldest on."""
    known = works(folder)
    questions = _file(folder).questions
    for question in questions:
        refuse(f'{WHERE}: question "{question.id}"', _problems(question, known, suites))
    return tuple(
        one.model_copy(update={"published": tuple(sorted(one.published, key=lambda of: known[of.work].date))})
        for one in questions
    )


def _problems(
    question: PublishedQuestion, known: Mapping[str, PublishedWork], suites: Mapping[str, Suite]
) -> Iterator[str]:
    """Yield what is wrong between a question, its works and the suites; each line relies on those before it."""
    named = [of.work for of in question.published]
    yield from unknown("work", named, known)
    yield from twice(f'work "{name}"' for name in named)
    prompts = {
        f"{suite.id}/{prompt.id}": (suite, prompt) for suite in suites.values() for prompt in suite.prompts
    }
    yield from unknown("prompt", [question.prompt], prompts)
    suite, prompt = prompts[question.prompt]
    if question.attribute not in prompt.attributes:
        hint = close_match(question.attribute, prompt.attributes)
        yield f'"{question.attribute}" is not asked of prompt "{question.prompt}"' + hint
    attribute = next(one for one in suite.attributes if one.id == question.attribute)
    yield from uncounted(attribute, [question.value])
