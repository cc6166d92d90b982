"""Which license holds for what of an edition: the one table of it, for the page "About" and `croissant.json`.

A license is said as whoever gave it says it, and linked. Nothing is said where nobody gave one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import rows

#: Licenses with a page at spdx.org, by their names there; "CC BY 4.0" is read as CC-BY-4.0.
_SPDX = {
    *("Apache-2.0", "BSD-3-Clause", "MIT", "ODbL-1.0", "ODC-By-1.0", "PDDL-1.0", "CC0-1.0", "CC-BY-3.0-IGO"),
    *("CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"),
}
_CC0 = "CC0-1.0"
_BY = "CC-BY-4.0"
_OPENAI = "https://openai.com/policies/services-agreement/"
#: The provider that has no service: whoever loads weights has their license.
WEIGHTS = "diffusers"
#: Provider → the terms of its service.
SERVICES: Mapping[str, str] = {
    "openai_batch": _OPENAI,
    "openai_images": _OPENAI,
    "openai_responses": _OPENAI,
    "bedrock": "https://aws.amazon.com/service-terms/",
    "bfl": "https://bfl.ai/legal/developer-terms-of-service",
    "gemini": "https://ai.google.dev/gemini-api/terms",
    "midjourney": "https://docs.midjourney.com/hc/en-us/articles/32083055291277-Terms-of-Service",
    "openrouter": "https://openrouter.ai/terms",
}
#: Reference that is a statistic of others → what it is, its license.
STATISTICS: Mapping[str, tuple[Message, str]] = {
    "bls-cps-2025": (
        say("U.S. labor statistics (Bureau of Labor Statistics, CPS Table 11, 2025): public domain."),
        "https://www.bls.gov/cps/cpsaat11.htm",
    ),
    "un-wpp-2019": (
        say("UN population figures (World Population Prospects 2019): CC BY 3.0 IGO."),
        "https://spdx.org/licenses/CC-BY-3.0-IGO.html",
    ),
}
#: Licenses under which anybody may show pictures, whatever for; any other text is none of them.
_FREE = re.compile(
    r"MIT|BSD[ -][23][ -]Clause|Apache([ -]License)?[ -]2\.0|CC0([ -]1\.0)?|Public domain"
    r"|CC[ -]BY([ -]SA)?([ -]\d\.\d)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PartLicense:
    """What the license of a part of an edition is, in a sentence; where it or its source is, if that is known."""

    said: Message
    url: str | None = None
    source: str = ""


def address_of(license: str) -> str | None:
    """Return where a license is that is named as most people name it; None of any other text."""
    name = "-".join(license.split())
    return f"https://spdx.org/licenses/{name}.html" if name in _SPDX else None


def may_show(license: str) -> bool:
    """Return whether a study's license lets pictures be shown; of one that is not known they are not."""
    return _FREE.fullmatch(license.strip()) is not None


def of_data(stated: str | None) -> PartLicense:
    """Return the license of tables, labels and figures: what the publisher states."""
    if not stated:
        return PartLicense(say("Data of the editions: no license is stated."))
    terms = words.plain(stated)
    return PartLicense(say("Data of the editions: %(license)s.", license=terms), address_of(terms))


def of_sources(con: duckdb.DuckDBPyConnection) -> Iterator[PartLicense]:
    """Yield the licenses of what figures are held against, and of imported studies."""
    yield PartLicense(say("Skin tones: Monk Skin Tone Scale by Ellis Monk, CC BY 4.0."), address_of(_BY))
    used = con.execute("SELECT DISTINCT reference FROM reference_values ORDER BY reference").fetchall()
    yield from (PartLicense(*STATISTICS[name]) for (name,) in used if name in STATISTICS)
    for row in rows(con, "studies"):
        title, terms = words.plain(row["title"]), words.plain(row["license"])
        text = say("Study “%(title)s”: %(license)s.", title=title, license=terms)
        yield PartLicense(text, address_of(terms), words.plain(row["source"]))


def of_pictures(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[PartLicense]:
    """Yield the licenses of the pictures that the tables are about, which are no part of an edition."""
    makers = rows(con, "about_models", {"week": week.isoformat()})
    if any(row["simulated"] for row in makers):
        yield PartLicense(
            say("Simulated pictures: made of Open Peeps by Pablo Stanley, CC0 1.0."), address_of(_CC0)
        )
    for provider in sorted({row["provider"] for row in makers if not row["simulated"]}):
        if provider == WEIGHTS:
            yield PartLicense(say("Pictures drawn with downloaded weights: license of the model."))
            continue
        yield PartLicense(
            say("Pictures drawn through %(name)s: terms of the service.", name=words.plain(provider)),
            SERVICES.get(provider),
        )
