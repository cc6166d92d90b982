"""Sentences that are said in the language of the page that shows them: English with places for values.

English is the key of the catalogs (`locales/`), where `make texts` puts what is written here as a literal, and the
names of attributes, values, suites, prompts and models that data files hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True)
class Percent:
    """A share, 0 to 1, that is said in percent."""

    share: float


@dataclass(frozen=True)
class Quarter:
    """A quarter of a year, `2026-Q3`, that is said as the language does."""

    name: str

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter that a day is in."""
        return cls(f"{day.year}-Q{(day.month + 2) // 3}")

    def holds(self, day: date) -> bool:
        """Return whether a day is in it."""
        return self.first <= day and (day.year, (day.month + 2) // 3) == (self.first.year, int(self.name[-1]))

    def goes_on(self, week: date) -> bool:
        """Return whether the week after one is in it, too."""
        return self.holds(week + timedelta(weeks=1))

    @property
    def first(self) -> date:
        """Return its first day."""
        return date(int(self.name[:4]), 3 * int(self.name[-1]) - 2, 1)


@dataclass(frozen=True)
class Message:
    """A sentence, or a name of data. `plural` and `count` are of sentences that count something.

    Of a model the text is the name of its entry: pages show its title instead.
    """

    text: str
    values: Mapping[str, str | int | float | date | Percent | Quarter | Message] = field(default_factory=dict)
    plural: str | None = None
    count: int = 0
    is_model: bool = False


def say(text: str, **values: str | int | float | date | Percent | Quarter | Message) -> Message:
    """Return a sentence; `text` is a literal with `%(name)s` for each value."""
    return Message(text, values)


def say_n(
    one: str, many: str, n: int, **values: str | int | float | date | Percent | Quarter | Message
) -> Message:
    """Return a sentence that counts `n` things; both texts are literals, in which `%(n)s` is the number."""
    return Message(one, {**values, "n": n}, many, n)


def model_title(name: str) -> Message:
    """Return what people call a model; `name` is its entry's, without marks of direction and control characters."""
    return Message(name, is_model=True)


def verbatim(text: str) -> Message:
    """Return words of others, which no catalog says: as they are, in every language."""
    return Message("%(text)s", {"text": text})


def title(name: str) -> Message:
    """Return a name that data holds; one that no catalog knows is shown as it is."""
    return Message(name)
