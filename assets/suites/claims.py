"""What was reported of image models in 2023 (`claims.yaml`): which pictures are counted, and for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from assets.suites.loader import FOLDER, load_suites, validated
from assets.suites.published_figures import WHERE as FIGURES
from assets.suites.published_figures import PublishedFigure, published_figures
from assets.suites.schema import Name, Prompt, Suite, Value
from warehouse.errors import UsageError
from warehouse.validation import close_match

WHERE = "suites/claims.yaml"
_Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*@\d+$")]
_Prompts = Annotated[tuple[Name, ...], Field(min_length=1)]
_Values = Annotated[tuple[Value, ...], Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class RegisteredClaim(_Data):
    """One sentence of 2023.

    `suites` are versions of one suite that hold the prompts with the same texts, the newest last; a model is asked one
    of them a week. `pictures` names parts of their prompts, each of which has a verdict; `shows` and `beside` hold
    values or bands by attribute; `threshold` is the share that the sentence stands for, None for no verdict. Changes of
    its prompts are looked for since the day `from`; None: in all weeks.
    """

    id: Name
    sentence: str = Field(min_length=3)
    source: str = Field(default="", min_length=3)
    then: str = Field(default="", min_length=1)
    threshold: float | None = Field(default=None, gt=0, lt=1)
    suites: tuple[_Label, ...] = Field(min_length=1)
    pictures: dict[Name, _Prompts] = Field(min_length=1)
    shows: dict[Name, _Values] = Field(min_length=1)
    control: tuple[Name, ...] = ()
    beside: dict[Name, _Values] = {}
    since: date | None = Field(default=None, alias="from")

    @field_validator("suites")
    @classmethod
    def _of_one_suite(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if len({label.partition("@")[0] for label in labels}) > 1 or len({*labels}) < len(labels):
            raise ValueError("must be versions of one suite, each once")
        return tuple(sorted(labels, key=lambda label: int(label.partition("@")[2])))

    @property
    def suite(self) -> str:
        """Return the id of the suite."""
        return self.suites[0].partition("@")[0]

    @property
    def majors(self) -> tuple[int, ...]:
        """Return the major versions whose pictures are counted, the newest last."""
        return tuple(int(label.partition("@")[2]) for label in self.suites)

    def full_ids(self, prompts: tuple[str, ...]) -> list[str]:
        """Return prompts of the suite by their full ids, as plans name them."""
        return [f"{self.suite}/{prompt}" for prompt in prompts]


class ClaimsFile(_Data):
    """The file."""

    claims: tuple[RegisteredClaim, ...] = Field(min_length=1)


@cache
def shipped_claims() -> tuple[RegisteredClaim, ...]:
    """Return the shipped claims, checked against the shipped suites; read once a process."""
    return load_claims(load_suites())


def load_claims(
    suites: Mapping[str, Suite],
    folder: Path = FOLDER,
    published: Mapping[str, PublishedFigure] | None = None,
) -> tuple[RegisteredClaim, ...]:
    """Return the claims of `claims.yaml` in `folder`, with the sources of `published`; None: of the shipped figures."""
    known = published_figures() if published is None else published
    found = tuple(
        _with_source(claim, known.get(claim.id))
        for claim in validated(ClaimsFile, folder / "claims.yaml", WHERE).claims
    )
    names = [claim.id for claim in found]
    for claim in found:
        if names.count(claim.id) > 1:
            raise UsageError(f'{WHERE}: claim "{claim.id}" is listed twice; remove one')
        for problem in _problems(claim, suites):
            raise UsageError(f'{WHERE}: claim "{claim.id}": {problem}')
    return found


def _with_source(claim: RegisteredClaim, published: PublishedFigure | None) -> RegisteredClaim:
    """Return a claim with who published it and the words of then; raises UsageError if nobody did."""
    if claim.source and claim.then:
        return claim
    if published is None:
        raise UsageError(f'{WHERE}: claim "{claim.id}" has no source; add it to {FIGURES}')
    return claim.model_copy(update={"source": published.source, "then": published.words})


def _problems(claim: RegisteredClaim, suites: Mapping[str, Suite]) -> Iterator[str]:
    """Yield a line for each thing that is wrong between a claim and its suites."""
    for label in claim.suites:
        if label not in suites:
            yield f'unknown suite "{label}"' + close_match(label, suites)
            return
    for label in claim.suites:
        yield from _suite_problems(claim, suites[label])
    first, *others = ({prompt.id: prompt for prompt in suites[label].prompts} for label in claim.suites)
    for other in others:
        for name in (*(name for part in claim.pictures.values() for name in part), *claim.control):
            if _asked(first[name]) != _asked(other[name]):
                yield f'prompt "{name}" is not the same in {" and ".join(claim.suites)}; name one version'


def _asked(prompt: Prompt) -> tuple[object, ...]:
    return (prompt.text, prompt.language, prompt.condition, prompt.turns)


def _suite_problems(claim: RegisteredClaim, suite: Suite) -> Iterator[str]:
    prompts = {prompt.id: prompt for prompt in suite.prompts}
    counted = [name for part in claim.pictures.values() for name in part]
    for name in (*counted, *claim.control):
        if name not in prompts:
            yield f'unknown prompt "{name}"' + close_match(name, prompts)
            return
        if (*counted, *claim.control).count(name) > 1:
            yield f'prompt "{name}" is counted twice; name it in one part, or as control'
        for attribute in (*claim.shows, *claim.beside):
            if attribute not in prompts[name].attributes:
                hint = close_match(attribute, prompts[name].attributes)
                yield f'"{attribute}" is not asked of prompt "{name}"' + hint
                return
    attributes = {attribute.id: attribute for attribute in suite.attributes}
    for attribute, values in (*claim.shows.items(), *claim.beside.items()):
        known = list(attributes[attribute].bands or attributes[attribute].values)
        for value in values:
            if value not in known:
                yield f'unknown value "{value}" of "{attribute}"' + close_match(value, known)
    for attribute, values in claim.beside.items():
        if attribute not in claim.shows:
            yield f'beside names "{attribute}", which shows does not; name an attribute of shows'
        elif {*values} & {*claim.shows[attribute]}:
            yield f'beside names a value of "{attribute}" that is counted already; remove it there'
