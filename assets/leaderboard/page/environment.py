"""What renders templates of pages, in each language: functions that they call, their texts, statements that they show.

Everything passes jinja2's autoescape; nothing is ever marked as safe but what templates and catalogs say, as jinja2
does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from babel.support import NullTranslations
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

from assets.leaderboard.licenses import of_data
from assets.leaderboard.page import words
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.views.message import model_title

TEMPLATES = (Path(__file__).parents[1] / "templates",)
_IMPORTED = "imported"  # name → template that a page imported


def statement(table: str, **columns: object) -> str:
    """Return the SQL that finds the rows of a table with these values: a date, a text, a number, or one of several."""
    wanted = [f"{name} {_equal(value)}" for name, value in columns.items()]
    return f"FROM {table}\nWHERE " + "\n  AND ".join(wanted)


def _equal(value: object) -> str:
    if isinstance(value, tuple):
        return f"IN ({', '.join(literal(one) for one in value)})"
    return "IS NULL" if value is None else f"= {literal(value)}"


def literal(value: object) -> str:
    """Return a date, a text or a number as SQL writes it."""
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


class _Context(Context):
    """What a template calls, called at once: no function wants the context first, which jinja2 asks four times."""

    def call(self, called: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
        if named:
            named.pop("_block_vars", None)
            named.pop("_loop_vars", None)
        if type(called) is Macro:
            return called(self.eval_ctx, *given, **named)
        return called(*given, **named)


def _escape(value: Any) -> str:
    """Return what `escape` does as plain text, for it is joined at once: what is safe already is not copied."""
    if type(value) is Markup:
        return value
    return _escape_inner(value) if type(value) is str else escape(value)


class _Template(Template):
    """A template that escapes by `_escape`, and is made once for a page that imports it in several places."""

    @classmethod
    def _from_namespace(cls, environment: Environment, namespace: Any, globals: Any) -> Template:
        namespace["escape"] = _escape
        return super()._from_namespace(environment, namespace, globals)

    def render(self, *given: Any, **named: Any) -> str:
        return super().render(*given, **named, **{_IMPORTED: {}})

    def make_module(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> TemplateModule:
        imported: dict[str | None, TemplateModule] = (vars or {})[_IMPORTED]
        if self.name not in imported:
            imported[self.name] = super().make_module(vars, shared, locals)
        return imported[self.name]


class _Environment(Environment):
    context_class = _Context
    template_class = _Template

    def make_globals(self, d: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return them in one plain dictionary: each page copies it."""
        return {**self.globals, **(d or {})}


def _gettexts(translations: NullTranslations) -> dict[str, Callable[..., Markup]]:
    """Return what jinja2 says texts with, which keeps what it said: a page has a hundred texts, each page the same."""
    text = cache(translations.gettext)

    @cache
    def whole(english: str) -> Markup:
        return Markup(text(english) % {})  # noqa: S704 - texts of this code and its catalog

    def filled(english: str, values: dict[str, object]) -> Markup:
        return Markup(english % {name: _escape(value) for name, value in values.items()})  # noqa: S704 - as above

    def gettext(english: str, /, **values: object) -> Markup:
        return filled(text(english), values) if values else whole(english)

    def ngettext(one: str, many: str, number: int, /, **values: object) -> Markup:
        return filled(translations.ngettext(one, many, number), {"num": number, **values})

    return {"gettext": gettext, "_": gettext, "ngettext": ngettext}


@cache
def environment(language: str) -> Environment:
    """Return what renders the templates of pages in a language."""
    rendering = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_COMPILED,
        auto_reload=False,
    )
    rendering.policies["ext.i18n.trimmed"] = True
    own = tongue(language)
    rendering.install_gettext_translations(own.translations, newstyle=True)  # type: ignore[attr-defined]
    rendering.globals |= _gettexts(own.translations)
    for name in ("pgettext", "npgettext"):  # these want the context, and no text has one
        del rendering.globals[name]
    rendering.globals.update(
        language=language,
        t=own.say,
        number=own.number,
        decimal=own.decimal,
        percent=own.percent,
        whole=own.whole,
        percent_range=own.percent_range,
        day=own.day,
        short_day=own.short_day,
        month=own.month,
        quarter=own.quarter,
        plain=words.plain,
        statement=statement,
        called=lambda name: model_title(words.plain(name)),
        words=words,
        data_license=of_data,
    )
    return rendering
