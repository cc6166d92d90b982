"""What was reported of image models in 2023 (`claims.yaml`): which pictures are counted, and for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from assets.suites.checks import refuse, twice, uncounted, unknown
from assets.suites.loader import FOLDER, load_suites, validated
from assets.suites.published_figures import WHERE as FIGURES
from assets.suites.published_figures import PublishedFigure, published_figures
from assets.suites.schema import Label, Name, Prompt, Suite, SuiteData, Value
from warehouse.errors import UsageError
from warehouse.validation import close_match

WHERE = "suites/claims.yaml"
_Prompts = Annotated[tuple[Name, ...], Field(min_length=1)]
_Values = Annotated[tuple[Value, ...], Field(min_length=1)]


class RegisteredClaim(SuiteData):
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
    suites: tuple[Label, ...] = Field(min_length=1)
    pictures: dict[Name, _Prompts] = Field(min_length=1)
    shows: dict[Name, _Values] = Field(min_length=1)
    control: tuple[Name, ...] = ()
    beside: dict[Name, _Values] = Field(default_factory=dict)
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


class ClaimsFile(SuiteData):
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
    claims = tuple(
        _with_source(claim, known.get(claim.id))
        for claim in validated(ClaimsFile, folder / "claims.yaml", WHERE).claims
    )
    refuse(WHERE, twice(f'claim "{claim.id}"' for claim in claims))
    for claim in claims:
        refuse(f'{WHERE}: claim "{claim.id}"', _problems(claim, suites))
    return claims


def _with_source(claim: RegisteredClaim, published: PublishedFigure | None) -> RegisteredClaim:
    """Return a claim with who published it and the words of then; raises UsageError if nobody did."""
    if claim.source and claim.then:
        return claim
    if published is None:
        raise UsageError(f'{WHERE}: claim "{claim.id}" has no source; add it to {FIGURES}')
    return claim.model_copy(update={"source": published.source, "then": published.words})


def _problems(claim: RegisteredClaim, suites: Mapping[str, Suite]) -> Iterator[str]:
    """Yield what is wrong between a claim and its suites; each line relies on those before it."""
    yield from unknown("suite", claim.suites, suites)
    names = [*(name for part in claim.pictures.values() for name in part), *claim.control]
    for label in claim.suites:
        yield from _suite_problems(claim, names, suites[label])
    first, *others = ({prompt.id: prompt for prompt in suites[label].prompts} for label in claim.suites)
    for other in others:
        for name in names:
            if _asked(first[name]) != _asked(other[name]):
                yield f'prompt "{name}" is not the same in {" and ".join(claim.suites)}; name one version'


def _asked(prompt: Prompt) -> tuple[object, ...]:
    return (prompt.text, prompt.language, prompt.condition, prompt.turns)


def _suite_problems(claim: RegisteredClaim, names: Sequence[str], suite: Suite) -> Iterator[str]:
    prompts = {prompt.id: prompt for prompt in suite.prompts}
    for name in names:
        yield from unknown("prompt", [name], prompts)
        if names.count(name) > 1:
            yield f'prompt "{name}" is counted twice; name it in one part, or as control'
        for attribute in (*claim.shows, *claim.beside):
            if attribute not in prompts[name].attributes:
                hint = close_match(attribute, prompts[name].attributes)
                yield f'"{attribute}" is not asked of prompt "{name}"' + hint
    attributes = {attribute.id: attribute for attribute in suite.attributes}
    for name, values in (*claim.shows.items(), *claim.beside.items()):
        yield from uncounted(attributes[name], values)
    for name, values in claim.beside.items():
        if name not in claim.shows:
            yield f'beside names "{name}", which shows does not; name an attribute of shows'
        elif {*values} & {*claim.shows[name]}:
            yield f'beside names a value of "{name}" that is counted already; remove it there'
