"""The catalogs: which texts the site says, and what a translator has yet to say of them.

`make texts` (`python -m assets.leaderboard.page.catalog`) brings every catalog up to date: new texts are added without
a translation, texts that nothing says any more are removed, and no translation is ever guessed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from assets.labeling.registry import shipped_conventions
from assets.leaderboard.page import words
from assets.leaderboard.page.languages import ENGLISH, LANGUAGES, catalog_file
from assets.suites import analysis, comparisons
from assets.suites.claims import shipped_claims
from assets.suites.loader import load_attributes, suite_words
from assets.suites.published_questions import published_questions, works

_HERE = Path(__file__).parents[1]
_METHODS = [("**/pages/**.j2", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**/pages/**.j2": {"trimmed": "true", "newstyle_gettext": "true"}}
#: Lines of a catalog's head that change with time, or say nothing.
_TRANSIENT = tuple(
    f'"{name}'.encode()
    for name in ("POT-", "PO-Revision", "Project-Id", "Report-", "Last-", "Language-Team", "Generated-")
)
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "say": (1,),
    "say_n": (1, 2),
}


def texts() -> Catalog:
    """Return every text that the site says: of its code, of its templates, and the names that data files hold."""
    catalog = Catalog(charset="utf-8")
    for path, _, message, comments, context in extract_from_dir(
        _HERE, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS
    ):
        catalog.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
    for where, name in names():
        catalog.add(name, locations=[(where, 0)])
    return catalog


def names() -> Iterator[tuple[str, str]]:
    """Yield (where, text) of texts that are no literals of `say`."""
    yield "page/words.py", words.PERCEIVED
    yield from (
        ("page/words.py", name)
        for name in (*words.REFERENCES.values(), *words.LOST.values(), *words.TURNS.values())
    )
    yield from (("comparisons.yaml", comparison.title) for comparison in comparisons.shipped().comparisons)
    yield from (
        ("analysis.yaml", words.subject(pair.group)) for pair in analysis.shipped().declared.stereotypes
    )
    yield "page/words.py", words.turn_ended("not_needed", "not_needed")
    for attribute in load_attributes():
        where = "attributes.yaml"
        yield where, words.attribute(attribute.id)
        for value in (*attribute.values, *attribute.outside, *attribute.bands):
            if not (value in attribute.values and attribute.bands):  # it is said as its band
                yield where, words.caption(attribute.id, value)
                yield where, words.pictures(attribute.id, value)
                if one := words.of_value(attribute.id, value).one:
                    yield where, one
    yield from (
        ("suites", text)
        for suite in suite_words().values()
        for text in (suite.shown_as or suite.title, suite.note)
        if text
    )
    subjects = sorted(words.subjects())
    yield from (("suites", words.subject(subject)) for subject in subjects if words.has_phrase(subject))
    yield from (("suites", many) for subject in subjects if (many := words.several(subject)))
    for claim in shipped_claims():
        yield from (("claims.yaml", text) for text in (claim.sentence, claim.source, claim.then))
    yield from (("published_questions.yaml", question.title) for question in published_questions())
    yield from (("published_questions.yaml", work.title) for work in works().values())
    yield from (("palette.py", text) for text in shipped_conventions().values())


def read(language: str) -> Catalog:
    """Return the catalog of a language as it is."""
    with catalog_file(language).open("rb") as file:
        return read_po(file, locale=LANGUAGES[language])


def update(language: str) -> int:
    """Bring the catalog of a language up to date; return how many texts it does not say yet."""
    catalog = read(language)
    catalog.update(texts(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalog, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)
    lines = [line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(_TRANSIENT)]
    catalog_file(language).write_bytes(b"".join(lines))
    return len(unsaid(catalog))


def unsaid(catalog: Catalog) -> list[str]:
    """Return the texts that a catalog does not say, or says as a guess."""
    missing = []
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def main() -> None:
    """Update all catalogs, and say what is missing."""
    for language in LANGUAGES:
        if language != ENGLISH:
            print(f"{language}: {update(language)} texts without a translation")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
