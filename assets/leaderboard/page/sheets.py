"""Markup: the many pages of an edition, one by one, in every language.

Everything passes jinja2's autoescape; nothing is ever marked as safe but what templates and catalogs say, as jinja2
does it. A page is rendered without the name of its edition, which enters when its content is known to be new (`named`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Any

from assets.leaderboard.page.environment import environment
from assets.leaderboard.page.languages import ENGLISH, LANGUAGES, NAMES, tongue
from assets.leaderboard.replies import Reply, reply_of
from assets.leaderboard.views.kind import PageKind, PastFolders, Sheet, SheetFile, Thumbnails
from assets.leaderboard.views.message import Quarter
from warehouse import keys

_ADDRESS = re.compile(r"([a-z0-9][a-z0-9._-]*/)*")
#: First folders of other files of an edition, and of the languages beside English.
_TAKEN = {"docs", "static", "pictures", *LANGUAGES}
_INDEX = "index.html"


@dataclass(frozen=True)
class SitePlace:
    """Where the site is and who publishes it, as far as it is said.

    Attributes:
        url: of the store's root, for canonical addresses and for those who link to a page; no slash at the end.
        public_store: of the store, where anybody can read the original pictures; no slash at the end.
        contact: an address of e-mail or of a page.
        replies: what makers of models wrote, by the names of entries; an edition keeps it in files.
    """

    url: str | None = None
    public_store: str | None = None
    publisher: str | None = None
    contact: str | None = None
    data_license: str | None = None
    replies: Mapping[str, bytes] = field(default_factory=dict)

    def stated(self) -> dict[str, str]:
        """Return what is said, replies left out."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "replies"}
        return {name: value for name, value in values.items() if value}


def site_of(manifest: Mapping[str, Any]) -> SitePlace:
    """Return where the site was when an edition was made."""
    stated = manifest["site"]
    texts = [one.name for one in fields(SitePlace) if one.name != "replies"]
    values: dict[str, Any] = {name: stated[name] for name in texts if isinstance(stated.get(name), str)}
    return SitePlace(**values)


@dataclass(frozen=True)
class ShownModels:
    """What people call models, by names of entries, and whether "all" or "some" are drawn by this software."""

    titles: Mapping[str, str] = field(default_factory=dict)
    simulated: str | None = None


NO_MODELS = ShownModels()
#: Of a site that nobody knows the address of.
NOWHERE = SitePlace()


@dataclass(frozen=True)
class Around:
    """Where a page is that no edition holds.

    Attributes:
        folder: that its address is in, from the root of the site; of pages of past weeks, any of as many levels.
        styles: of a page of a past week, which links to no edition: file in `static/` → its key.
    """

    folder: str = keys.SITE
    styles: Mapping[str, str] | None = None


#: At `site/`.
AROUND = Around()


def render_sheet(
    kind: PageKind,
    sheet: Sheet,
    week: date,
    site: SitePlace,
    shown: str | None = None,
    thumbnails: Thumbnails | None = None,
    around: Around = AROUND,
    models: ShownModels = NO_MODELS,
    past: PastFolders | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Yield (path in the edition, bytes) of a page in every language, without the name of its edition.

    A chart that is to be a PNG is still an SVG: `painted` draws those of many pages.

    At `site/`, outside of all editions, a page links to those of the edition `shown`. Files that are drawn are empty
    without `thumbnails`.
    """
    if not _ADDRESS.fullmatch(sheet.address) or sheet.address.partition("/")[0] in _TAKEN:
        raise ValueError(f"{sheet.address!r} of {kind.id} is no address of a page")
    same: dict[str, str] = {}

    def once(key: str, caller: Callable[[], str]) -> str:
        """Return what a template says once for all languages that have the same key."""
        return same.get(key) or same.setdefault(key, caller())

    tongues = {language: tongue(language).with_titles(models.titles) for language in LANGUAGES}
    for language, own in tongues.items():
        path = path_of(sheet.address, language)
        given = {
            "sheet": sheet,
            "view": sheet.view,
            "week": week,
            "site": site,
            "t": own.say,
            "everywhere": lambda sentence: [one.say(sentence) for one in tongues.values()],
            "reply": _reply(site),
            "once": once,
            "simulated": models.simulated,
        }
        links = _Links(sheet.address, language, site, shown, around, past or {})
        given |= links.helpers()
        templates: dict[str, tuple[str, object]] = {path: (f"{kind.template(sheet)}.html.j2", None)}
        for file in sheet.files:
            name = beside(sheet, file, language)
            if file.raster and file.template is not None:
                svg = environment(language).get_template(f"pages/{file.template}")
                seen = svg.render(given, about=file.about) if thumbnails else ""
                yield name, seen.encode()
            elif file.template is not None:
                templates[name] = file.template, file.about
            elif file.draw is not None:
                yield name, file.draw(language, thumbnails, models.titles) if thumbnails else b""
            elif file.content is not None and language == ENGLISH:
                yield name, file.content
        for written, (made_of, about) in templates.items():
            template = environment(language).get_template(f"pages/{made_of}")
            yield written, template.render(given, about=about).encode()


def path_of(address: str, language: str) -> str:
    """Return the path of a page in the edition."""
    return f"{'' if language == ENGLISH else f'{language}/'}{address}{_INDEX}"


def beside(sheet: Sheet, file: SheetFile, language: str) -> str:
    """Return the path in the edition of a file beside a page."""
    return f"{path_of(sheet.address, language).removesuffix(_INDEX)}{file.name}"


def named(content: bytes, edition: str, site: SitePlace) -> bytes:
    """Return a page with the name of its edition."""
    for place in _places(site):
        content = content.replace(place % b"", place % edition.encode())
    return content


def _places(site: SitePlace) -> Iterator[bytes]:
    """Yield where `_base.html.j2` has the name: in tags, so that no text of anybody reads alike."""
    yield b'<b class="edition">%b</b>'
    yield b'"version": "%b"'  # of JSON-LD
    yield b'/editions/index.html#%b"'
    if site.url:
        for before in (b'="', b': "'):  # in JSON: within its texts a quotation mark follows a backslash
            yield before + site.url.encode().replace(b"%", b"%%") + b"/editions/%b/"


def _reply(site: SitePlace) -> Callable[[str], Reply | None]:
    return lambda model: reply_of(model, site.replies[model]) if model in site.replies else None


@lru_cache(maxsize=10_000)  # forty models have a page at the same address, each in a folder of its own
def _between(address: str, start: str) -> str:
    return posixpath.relpath(f"/{address}{_INDEX}", f"/{start}")


class _Links:
    """Relative links of a page, all of which name their file: they hold in folders, in buckets, under any path."""

    def __init__(
        self,
        address: str,
        language: str,
        site: SitePlace,
        shown: str | None,
        around: Around,
        past: PastFolders,
    ) -> None:
        self._address, self._language, self._site, self._shown = address, language, site, shown
        self._past, self._styles = past, around.styles
        outside = shown or around.styles is not None
        self._around = around.folder if outside else keys.edition_prefix("")
        self._up = "../" * path_of(address, language).count("/")  # to the edition, or to what is around it
        self._root = self._up + "../" * (around.folder if outside else keys.edition_prefix("any")).count("/")

    def helpers(self) -> dict[str, object]:
        return {
            "home": self.home(),
            "link": self.link,
            "asset": self.asset,
            "store": self.store,
            "thumbnail": self.thumbnail,
            "original": self.original,
            "other_languages": self.other_languages,
            "canonical": self.canonical,
            "editions": self.editions,
            "frozen": self._styles is not None,
            "past": self.past,
            "past_quarters": self.quarters,
        }

    def home(self) -> str:
        """Return the link to the front page; from a page of a past week, to that of the newest edition."""
        if self._styles is None:
            return self.link("")
        return self.store(f"{keys.SITE}{path_of('', self._language)}")

    def link(self, address: str) -> str:
        """Return the link to a page in the same language."""
        if self._shown:
            return self.asset(path_of(address, self._language))
        return _between(address, self._address)

    def asset(self, path: str) -> str:
        """Return the link to a file of the edition."""
        if self._styles is not None:
            return self.store(self._styles[path])
        return self.store(f"{keys.edition_prefix(self._shown)}{path}") if self._shown else f"{self._up}{path}"

    def store(self, key: str) -> str:
        """Return the link to an object of the store."""
        return f"{self._root}{key}"

    def past(self, period: date | Quarter, model: str, address: str) -> str | None:
        """Return the link to the sheet of what a model drew in a quarter, or a week of it; None if it has none."""
        quarter = period if isinstance(period, Quarter) else Quarter.of(period)
        folder = self._past.get(quarter.name, {}).get(model)
        anchor = f"#w{period}" if isinstance(period, date) else ""
        return folder and self.store(f"{folder}{path_of(address, self._language)}{anchor}")

    def quarters(self, model: str) -> list[Quarter]:
        """Return the quarters of which there are contact sheets of a model, the newest first."""
        periods = (period for period, models in self._past.items() if model in models)
        return [Quarter(period) for period in sorted(periods, reverse=True)]

    def thumbnail(self, sha256: str) -> str:
        """Return the link to a thumbnail of a picture."""
        return self.store(keys.thumbnail(sha256))

    def original(self, sha256: str, ext: str) -> str | None:
        """Return the address of a picture as its model gave it; None where the store is not public."""
        return self._site.public_store and f"{self._site.public_store}/{keys.image(sha256, ext)}"

    def other_languages(self) -> list[tuple[str, str, str]]:
        """Return (language, its name, link) of this page in the other languages."""
        return [
            (language, NAMES[language], f"{self._up}{path_of(self._address, language)}")
            for language in LANGUAGES
            if language != self._language
        ]

    def canonical(self) -> str | None:
        """Return the address of this page in its edition, whose name is left out; None if the site has no address.

        A page of a past week does not know its own, which is by its content.
        """
        if self._styles is not None:
            return None
        return self._site.url and f"{self._site.url}/{self._around}{path_of(self._address, self._language)}"

    def editions(self) -> str:
        """Return the link to the list of editions."""
        return self.store(f"{keys.SITE}{path_of('editions/', self._language)}")
