"""What others published (`published_figures.yaml`): figures of claims, and sources of suites."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from assets.suites.checks import refuse, twice
from assets.suites.loader import FOLDER, validated
from assets.suites.schema import Name, SuiteData

WHERE = "suites/published_figures.yaml"
Url = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")]
Text = Annotated[str, Field(min_length=1)]


class PublishedFigure(SuiteData):
    """A figure as its source has it: a share of `n` pictures, or words alone; `exact` where n is no estimate."""

    id: Name
    source: str = Field(min_length=3)
    url: Url | None = None
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
    words: Text
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
        return None if self.share is None or self.n is None else wilson(round(self.share * self.n), self.n)


class CitedSource(SuiteData):
    """Where the prompts of a suite, or the numbers of a statistic, come from."""

    of: Name
    title: str = Field(min_length=3)
    url: Url


class PublishedFile(SuiteData):
    """The file."""

    figures: tuple[PublishedFigure, ...] = Field(min_length=1)
    sources: tuple[CitedSource, ...] = ()


def wilson(k: int, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of k of n."""
    from scipy.stats import binomtest  # every command reads claims, and few draw them

    interval = binomtest(k, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


@cache
def _file(folder: Path) -> PublishedFile:
    """Return the file in `folder`, in which nothing is listed twice; read once a process."""
    file = validated(PublishedFile, folder / "published_figures.yaml", WHERE)
    refuse(WHERE, twice(f'figure "{one.id}"' for one in file.figures))
    return file


def sources_of(name: str) -> tuple[CitedSource, ...]:
    """Return where a suite (its id, without a version) or a statistic comes from."""
    return tuple(one for one in _file(FOLDER).sources if one.of == name)


def published_figures(folder: Path = FOLDER) -> Mapping[str, PublishedFigure]:
    """Return the figures of claims by their ids."""
    return {one.id: one for one in _file(folder).figures}
