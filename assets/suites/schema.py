"""What a suite, a prompt, an attribute and a reference are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
#: A value of an attribute: a name that may hold a plus, as `3+`.
Value = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._+-]*$")]
#: `<suite>@<major>`, as models.yaml and the page name a suite.
Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*@\d+$")]
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
Subject = Annotated[str, StringConstraints(pattern=r"^[a-z]+:[a-z0-9][a-z0-9._-]*$")]
Condition = Literal["baseline", "controlled", "confronted"]


class SuiteData(BaseModel):
    """What a data file holds: no unknown key, no infinite number."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Attribute(SuiteData):
    """What is looked for in a picture, with its closed list of values.

    `values` are the values that can be in a reference's support, in order; `outside` are the declared values that
    never are (`ambiguous`, `cannot_tell`, `not_applicable`). Any other answer is stored as `invalid`.
    """

    id: Name
    title: str
    question: str  # what a labeler is asked
    ordinal: bool = False
    values: tuple[Value, ...] = Field(min_length=2)
    outside: tuple[Value, ...]
    bands: dict[Name, tuple[Value, ...]] = {}  # e.g. light: [monk_1, monk_2, monk_3]

    @model_validator(mode="after")
    def _closed(self) -> Attribute:
        everything = [*self.values, *self.outside]
        if len(set(everything)) != len(everything):
            raise ValueError("a value is listed twice")
        if "cannot_tell" not in self.outside:
            raise ValueError("outside must hold cannot_tell")
        banded = [value for band in self.bands.values() for value in band]
        if self.bands and sorted(banded) != sorted(self.values):
            raise ValueError("bands must cover each value once")
        return self

    @property
    def counted(self) -> list[str]:
        """Return what pictures are counted by: the bands, or the values of an attribute without bands."""
        return [*(self.bands or self.values)]


class Prompt(SuiteData):
    """One text in one language. `turns` holds the texts of a conversation, its first equal to `text`."""

    id: Name  # within the suite; the full id is "<suite>/<id>"
    text: str = Field(min_length=3)
    language: Name = "en"
    subject: Subject  # person:indian, house:nigerian, occupation:ceo, object:bicycle
    condition: Condition = "baseline"
    attributes: tuple[Name, ...] = ()
    turns: tuple[str, ...] = ()
    wording_source: str | None = None

    @model_validator(mode="after")
    def _turns(self) -> Prompt:
        if self.turns and (self.turns[0] != self.text or self.condition != "confronted"):
            raise ValueError("turns start with the text and have condition confronted")
        return self


class ReferenceRow(SuiteData):
    """The expected share of each value for one prompt (`prompt` None: for every prompt of the suite).

    The support of the reference for that prompt is the keys of `shares`: values that are not named are left out.
    """

    prompt: Name | None = None
    shares: dict[Value, float]
    source: str | None = None  # year, table and row of a cited statistic

    @model_validator(mode="after")
    def _sums_to_one(self) -> ReferenceRow:
        if any(share < 0 for share in self.shares.values()) or abs(sum(self.shares.values()) - 1) > 1e-9:
            raise ValueError(f"shares of {self.prompt or 'the reference'} must be >= 0 and add up to 1")
        return self


class Reference(SuiteData):
    """A distribution to compare with; it names its support. No row for a prompt: no number for it."""

    id: Name  # parity, uniform, bls-cps-2025, un-wpp-2019
    attribute: Name
    values: Literal["values", "bands"] = "values"  # whether the support is of values or of bands
    rows: tuple[ReferenceRow, ...] = Field(min_length=1)
    source: str | None = None
    note: str | None = None  # e.g. that the mapping of age bands is ours


class Suite(SuiteData):
    """A versioned, frozen set of prompts with the attributes and references that go with them."""

    id: Name
    version: Version
    title: str
    source: str
    replicates: int = Field(ge=1)  # recommended, a week
    conversations: int = Field(default=0, ge=0)
    prompts: tuple[Prompt, ...] = Field(min_length=1)
    attributes: tuple[Attribute, ...]  # those that the prompts use, in full
    references: tuple[Reference, ...] = ()

    @property
    def major(self) -> int:
        """Return the major version; a new one starts new series."""
        return int(self.version.split(".")[0])

    @property
    def label(self) -> str:
        """Return `<id>@<major>`, as models.yaml and the page name the suite."""
        return f"{self.id}@{self.major}"

    def prompt_id(self, prompt: Prompt) -> str:
        """Return the full id of a prompt, `<suite>/<prompt>`."""
        return f"{self.id}/{prompt.id}"
