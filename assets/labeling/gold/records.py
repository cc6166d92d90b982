"""A gold set: the sample as it lies in the store."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from pydantic import ValidationError

from assets.gateway.records import Record
from assets.suites.schema import Attribute
from warehouse import keys
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading import gold_objects
from warehouse.store import Store
from warehouse.validation import explain

#: The person of the second round, who is given what two raters differ in; the value of two of the three counts.
THIRD = "third"
#: Stands for a picture that the labeler read nothing of.
UNREAD = "not_assessed"
_SET = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_PSEUDONYM = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class SuiteAttributes(Record):
    """The attributes of one suite version, in full: what people are asked, and what they may answer."""

    suite: str
    version: str
    attributes: tuple[Attribute, ...]


class AttributeCount(Record):
    """Of one stratum: pictures that an attribute applies to, and how many were drawn; and those of the whole suite."""

    attribute: str
    pictures: int
    sampled: int
    suite_pictures: int


class Stratum(Record):
    """Pictures of one model and suite that the labeler read one value off; `stratum` is its name in the set."""

    stratum: str
    model: str
    suite: str
    suite_major: int
    predicted: str
    labeler: str
    labeler_version: str | None
    pictures: int
    sampled: int
    attributes: tuple[AttributeCount, ...]


class GoldPicture(Record):
    """One drawn picture, given to both raters. `task` is the name that they see: it reveals nothing of its origin."""

    task: str
    model: str
    slot_key: str
    suite: str
    suite_version: str
    prompt: str
    turn: int
    image_sha256: str
    image_ext: str
    stratum: str
    inclusion_probability: float
    attributes: tuple[str, ...]
    simulated: bool


class Sample(Record):
    """A gold set as it was drawn; it never changes. `asked` is the number of pictures wanted per model."""

    format: int = gold_objects.FORMAT
    gold_set: str
    week: str
    stratified_by: str
    seed: int
    asked: int
    least: int
    raters: tuple[str, ...]
    drawn_at: str
    suites: tuple[SuiteAttributes, ...]
    strata: tuple[Stratum, ...]
    pictures: tuple[GoldPicture, ...]

    def declared(self) -> dict[tuple[str, str], dict[str, Attribute]]:
        """Return the attributes by id of each (suite, version)."""
        return {(one.suite, one.version): {a.id: a for a in one.attributes} for one in self.suites}

    def asked_of(self, picture: GoldPicture) -> tuple[Attribute, ...]:
        """Return the attributes that people are asked about a picture, in the order of its prompt."""
        known = self.declared()[picture.suite, picture.suite_version]
        return tuple(known[name] for name in picture.attributes)

    def without(self, gone: Collection[str]) -> Sample:
        """Return the set without pictures that were removed, by their hashes: nobody is asked about them any more."""
        left = tuple(picture for picture in self.pictures if picture.image_sha256 not in gone)
        return self.model_copy(update={"pictures": left})

    @property
    def simulated(self) -> int:
        """Return how many pictures are drawn by simulated models."""
        return sum(picture.simulated for picture in self.pictures)


class Label(NamedTuple):
    """One answer of one rater."""

    task: str
    attribute: str
    rater: str
    value: str


def read_sample(store: Store, gold_set: str) -> Sample:
    """Return the sample of a gold set."""
    data = gold_objects.read_sample(store, check_set(gold_set))
    try:
        return Sample.model_validate(data)
    except ValidationError as error:
        raise CorruptObjectError(explain(error, keys.gold_sample(gold_set), data=data)) from None


def check_set(name: str) -> str:
    """Return `name` if a gold set may have it; raise UsageError otherwise."""
    if not _SET.fullmatch(name):
        raise UsageError(
            f'gold set "{name}": a name has lower-case letters, digits, dots, dashes and underscores only, at most 100'
        )
    return name


def check_pseudonym(name: str) -> str:
    """Return `name` if it may stand for a rater.

    An e-mail address may not, and is not repeated, nor may what is no short plain name.
    """
    if "@" in name:
        raise UsageError("a rater was named by an e-mail address; give a pseudonym, e.g. a or rater-1")
    if not _PSEUDONYM.fullmatch(name):
        raise UsageError(
            f'rater "{name[:40]}" is no pseudonym: lower-case letters, digits, dashes and underscores, at most 32'
        )
    return name
