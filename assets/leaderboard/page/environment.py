"""What renders templates of pages, in each language: functions that they call, their texts, statements that they show.

Everything passes jinja2's autoescape; nothing is ever marked as safe but what templates and catalogs say, as jinja2
does it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from types import CodeType

from babel.support import NullTranslations
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from assets.leaderboard.page import page, words
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.views.message import model_title


def statement(table: str, **columns: object) -> str:
    """Return the SQL that finds the rows of a table with these values: a date, a text, a number, or one of several."""
    wanted = [f"{name} {_equal(value)}" for name, value in columns.items()]
    return f"FROM {table}\nWHERE " + "\n  AND ".join(wanted)


def _equal(value: object) -> str:
    if isinstance(value, tuple):
        return f"IN ({', '.join(_literal(one) for one in value)})"
    return f"= {_literal(value)}"


def _literal(value: object) -> str:
    if isinstance(value, date):
        return f"DATE '{value}'"
    return str(value) if isinstance(value, int) else "'" + words.plain(str(value)).replace("'", "''") + "'"


class _Compiled(BytecodeCache):
    """Templates as the first language compiled them: for the others they are the same code."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _gettext(translations: NullTranslations) -> Callable[..., Markup]:
    """Return jinja2's function `gettext`, which keeps what it said: a page has a hundred texts, each page the same."""

    @cache
    def text(said: str) -> Markup:
        return Markup(translations.gettext(said))  # noqa: S704 - texts of this code and its catalog

    @cache
    def whole(said: str) -> Markup:
        return text(said) % {}

    def gettext(said: str, /, **values: object) -> Markup:
        return text(said) % values if values else whole(said)

    return gettext


@cache
def environment(language: str) -> Environment:
    """Return what renders the templates of pages in a language."""
    made = Environment(
        loader=FileSystemLoader(page.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_COMPILED,
    )
    made.policies["ext.i18n.trimmed"] = True
    own = tongue(language)
    made.install_gettext_translations(own.translations, newstyle=True)  # type: ignore[attr-defined]
    said = _gettext(own.translations)
    made.globals.update(
        language=language,
        gettext=said,
        _=said,
        t=own.say,
        number=own.number,
        decimal=own.decimal,
        percent=own.percent,
        percent_range=own.percent_range,
        day=own.day,
        short_day=own.short_day,
        quarter=own.quarter,
        plain=words.plain,
        statement=statement,
        called=lambda name: model_title(words.plain(name)),
        words=words,
    )
    return made
