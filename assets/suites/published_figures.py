"""What others published (`published_figures.yaml`): figures of claims, and where suites and statistics come from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assets.suites.loader import FOLDER, validated
from assets.suites.schema import Name
from warehouse.errors import UsageError

WHERE = "suites/published_figures.yaml"
Url = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")]


class PublishedFigure(BaseModel):
    """A figure as its source has it: a share of `n` pictures, or words alone; `exact` where n is no estimate."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: Name
    source: str = Field(min_length=3)
    url: Url | None = None
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
    words: str = Field(min_length=1)
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
        if self.share is None or self.n is None:
            return None
        from scipy.stats import binomtest  # every command reads claims, and few draw them

        found = binomtest(round(self.share * self.n), self.n).proportion_ci(method="wilson")
        return float(found.low), float(found.high)


class CitedSource(BaseModel):
    """Where the prompts of a suite, or the numbers of a statistic, come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: Name
    title: str = Field(min_length=3)
    url: Url


class PublishedFile(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    figures: tuple[PublishedFigure, ...] = Field(min_length=1)
    sources: tuple[CitedSource, ...] = ()


@cache
def sources_of(name: str) -> tuple[CitedSource, ...]:
    """Return where a suite (its id, without a version) or a statistic comes from."""
    file = validated(PublishedFile, FOLDER / "published_figures.yaml", WHERE)
    return tuple(one for one in file.sources if one.of == name)


@cache
def published_figures() -> Mapping[str, PublishedFigure]:
    """Return the shipped figures by their ids; read once a process."""
    return load_published_figures()


def load_published_figures(folder: Path = FOLDER) -> Mapping[str, PublishedFigure]:
    """Return the figures of `published_figures.yaml` in `folder` by their ids."""
    found = validated(PublishedFile, folder / "published_figures.yaml", WHERE).figures
    names = [one.id for one in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f'{WHERE}: figure "{name}" is listed twice; remove one')
    return {one.id: one for one in found}
