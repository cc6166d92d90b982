"""What real models drew (`published_questions.yaml`): shares that others published, question by question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from assets.suites.checks import refuse, twice, uncounted, unknown
from assets.suites.loader import FOLDER, load_suites, validated
from assets.suites.published_figures import Text, Url, wilson
from assets.suites.schema import Name, Suite, SuiteData, Value
from warehouse.validation import close_match

WHERE = "suites/published_questions.yaml"


class PublishedWork(SuiteData):
    """Who published shares, and when: a year, or a month of it.

    `counted`: its authors print no share, so that k and n are counted here from their label files. `study` imports it.
    """

    id: Name
    title: str = Field(min_length=3)
    url: Url | None = None
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")]
    labeled: Literal["people", "program"] | None = None
    counted: bool = False
    study: Name | None = None


class PublishedShare(SuiteData):
    """What one model drew: k of n pictures; `exact` where neither is an estimate."""

    model: Text
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
        return wilson(self.k, self.n)


class WorkShares(SuiteData):
    """The shares of one work that answer a question: what was `asked`, and `at` which place in it the numbers are.

    `study_prompt` names the pictures that are counted, where a study imports the work.
    """

    work: Name
    asked: Text
    at: Text
    study_prompt: Text | None = None
    shares: tuple[PublishedShare, ...] = Field(min_length=1)


class PublishedQuestion(SuiteData):
    """What works counted, and the cell of our suites that asks it too; none where our suites do not ask it."""

    id: Name
    title: str = Field(min_length=3)
    prompt: Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]+/[a-z0-9._-]+$")] | None = None
    attribute: Name | None = None
    value: Value | None = None
    published: tuple[WorkShares, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> PublishedQuestion:
        if len({given is None for given in (self.prompt, self.attribute, self.value)}) > 1:
            raise ValueError("prompt, attribute and value name a cell together: give all three, or none")
        return self


class QuestionsFile(SuiteData):
    """The file."""

    works: tuple[PublishedWork, ...] = ()
    questions: tuple[PublishedQuestion, ...] = ()


@cache
def _file(folder: Path) -> QuestionsFile:
    """Return the file in `folder`, in which nothing is listed twice; read once a process."""
    file = validated(QuestionsFile, folder / "published_questions.yaml", WHERE)
    for kind, entries in (("work", file.works), ("question", file.questions)):
        refuse(WHERE, twice(f'{kind} "{one.id}"' for one in entries))
    return file


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
    for of in question.published:
        if of.study_prompt and not known[of.work].study:
            yield f'work "{of.work}" has no study, and study_prompt names a prompt of one'
    if question.prompt is None or question.attribute is None or question.value is None:
        return
    prompts = {suite.prompt_id(one): (suite, one) for suite in suites.values() for one in suite.prompts}
    yield from unknown("prompt", [question.prompt], prompts)
    suite, prompt = prompts[question.prompt]
    if question.attribute not in prompt.attributes:
        hint = close_match(question.attribute, prompt.attributes)
        yield f'"{question.attribute}" is not asked of prompt "{question.prompt}"' + hint
    attribute = next(one for one in suite.attributes if one.id == question.attribute)
    yield from uncounted(attribute, [question.value])
