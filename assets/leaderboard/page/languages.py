"""The languages of the site: catalogs, and how each says numbers, shares and days."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from copy import copy
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

from assets.leaderboard.views.message import Message, Percent, Quarter

LOCALES = Path(__file__).parents[1] / "locales"
#: Language → locale whose numbers and days it has; the first is that of the texts in code and templates.
LANGUAGES: Mapping[str, str] = {"en": "en_US", "fr": "fr_FR"}
ENGLISH = next(iter(LANGUAGES))
NAMES: Mapping[str, str] = {"en": "English", "fr": "Français"}
_FIRST_OF_MONTH = re.compile(r"^1(?= )")


class Tongue:
    """What is said, in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = Locale.parse(LANGUAGES[language])
        self.translations = _translations(language)
        self._titles: Mapping[str, str] = {}
        #: Pages have the same few numbers and days over and over.
        self._number = lru_cache(maxsize=10_000)(lambda n: str(format_decimal(n, locale=self._locale)))
        self._day = lru_cache(maxsize=1000)(self._long_day)

    def with_titles(self, titles: Mapping[str, str]) -> Tongue:
        """Return this tongue with titles of models, by the names of their entries."""
        own = copy(self)
        own._titles = titles
        return own

    def say(self, sentence: Message | str) -> str:
        """Return a message, or a name of data, in this language."""
        message = Message(sentence) if isinstance(sentence, str) else sentence
        if message.is_model:
            return self._titles.get(message.text, message.text)
        if message.plural is None:
            text = self.translations.gettext(message.text) if message.text else ""
        else:
            text = self.translations.ngettext(message.text, message.plural, message.count)
        if not message.values:
            return text
        return text % {name: self._value(value) for name, value in message.values.items()}

    def number(self, count: int) -> str:
        """Return an integer with the separators of thousands of the language."""
        return self._number(count)

    def decimal(self, value: float, digits: int = 2) -> str:
        """Return a number with so many digits after the point, or comma."""
        rounded = round(value, digits) + 0.0  # no sign before nothing
        return str(format_decimal(rounded, f"#,##0.{'0' * digits}", locale=self._locale))

    def percent(self, share: float) -> str:
        """Return a share in percent; what is neither 0 nor 1 is never rounded to it."""
        if 0 < share <= 0.005:
            return f"<\N{NO-BREAK SPACE}{self._whole(0.01)}"
        if 0.995 <= share < 1:
            return f">\N{NO-BREAK SPACE}{self._whole(0.99)}"
        return self._whole(int(f"{100 * share:.0f}") / 100)

    def whole(self, share: float) -> str:
        """Return a share in percent without the sign, as in intervals of tables: "43"."""
        if 0 < share <= 0.005:
            return "<1"
        return ">99" if 0.995 <= share < 1 else f"{100 * share:.0f}"

    def percent_range(self, low: float, high: float) -> str:
        """Return two shares, the ends of an interval."""
        return self.translations.gettext("%(low)s to %(high)s") % {
            "low": self.percent(low),
            "high": self.percent(high),
        }

    def day(self, day: date) -> str:
        """Return "23 November 2026"."""
        return self._day(day)

    def _long_day(self, day: date) -> str:
        return self._first(str(format_date(day, "d MMMM y", locale=self._locale)))

    def month(self, of: str) -> str:
        """Return "March 2023" of a month (`2023-03`); of a year alone its number."""
        if len(of) == len("2023"):
            return of
        return str(format_date(date.fromisoformat(f"{of}-01"), "MMMM y", locale=self._locale))

    def quarter(self, of: Quarter) -> str:
        """Return "3rd quarter of 2026"."""
        ordinal = str(format_date(of.first, "QQQQ", locale=self._locale))
        return self.translations.gettext("%(quarter)s of %(year)s") % {
            "quarter": ordinal,
            "year": of.first.year,
        }

    def short_day(self, day: date) -> str:
        """Return "23 Nov"."""
        return self._first(str(format_date(day, "d MMM", locale=self._locale)))

    def _first(self, day: str) -> str:
        return _FIRST_OF_MONTH.sub("1er", day) if self.language == "fr" else day

    def _whole(self, share: float) -> str:
        return str(format_percent(share, locale=self._locale))

    def _value(self, value: str | float | date | Percent | Quarter | Message) -> str:
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, Quarter):
            return self.quarter(value)
        if isinstance(value, Percent):
            return self.percent(value.share)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, float):
            return str(format_decimal(value, "#,##0.#", locale=self._locale))
        return self.number(value) if isinstance(value, int) else value


def catalog_file(language: str) -> Path:
    """Return where the catalog of a language is."""
    return LOCALES / language / "LC_MESSAGES" / "site.po"


@cache
def tongue(language: str) -> Tongue:
    """Return the tongue of a language of the site."""
    return Tongue(language)


def _translations(language: str) -> NullTranslations:
    """Return what a catalog says, read from its text: nothing compiled is kept. English is the texts themselves."""
    if language == ENGLISH:
        return NullTranslations()
    with catalog_file(language).open("rb") as file:
        catalog = read_po(file, locale=LANGUAGES[language])
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)
