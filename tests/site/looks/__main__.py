"""Look at every kind of page of a home's newest edition: `python -m tests.site.looks HOME` (`CLICHE_CHROMIUM` is set).

Of each kind the first, the last and the largest page, in both languages: at four widths, light and dark, without
scripts, by keyboard, in print; and all links of all pages. It prints what is wrong, and how much was looked at.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.site.looks.links import dead
from tests.site.looks.page import by_keyboard, complaints, in_print, opened_browser, without_scripts
from warehouse import keys

WIDTHS = (390, 768, 1280, 1600)
#: Of the page at the root, which leads on.
REFRESH = 'http-equiv="refresh"'
_FRENCH = "fr"


def kinds_of(store: Path, edition: str) -> dict[str, list[Path]]:
    """Return kind → its pages, of an edition, of the site and of past quarters, in English and in French apart."""
    folder = store / keys.edition_prefix(edition)
    kinds: dict[str, list[Path]] = {}
    for page in [*folder.rglob("*.html"), *(store / keys.SITE).rglob("*.html")]:
        parts = page.relative_to(folder if page.is_relative_to(folder) else store).parts
        kinds.setdefault(_kind(parts), []).append(page)
    for page in (store / keys.PAST).rglob("*.html"):
        period, _, _, *parts = page.relative_to(store / keys.PAST).parts
        kinds.setdefault(f"past {'quarter' if 'Q' in period else 'week'} {_kind(parts)}", []).append(page)
    shown = {
        kind: sorted(page for page in pages if REFRESH not in page.read_text(encoding="utf-8"))
        for kind, pages in sorted(kinds.items())
    }
    return {kind: pages for kind, pages in shown.items() if pages}


def largest(pages: Iterable[Path]) -> Path:
    return max(pages, key=lambda page: page.stat().st_size)


def _kind(parts: tuple[str, ...] | list[str]) -> str:
    """Return what tells kinds of pages apart: language, first folder, how deep a page is, its last folder if fixed."""
    language, parts = (parts[0], parts[1:]) if parts[0] == _FRENCH else ("en", parts)
    fixed = parts[-2] if len(parts) > 2 and parts[-2] in {"history", "query", "labels", "quote"} else ""
    file = "" if parts[-1] == "index.html" else parts[-1]
    return f"{language} {parts[0] if len(parts) > 1 else ''} {len(parts)} {fixed}{file}"


def main(home: Path, part: str = "") -> int:
    """Look at a home's newest edition, of kinds whose name begins with `part`; return how much is wrong."""
    store = (home / "store").resolve()
    edition = json.loads((store / keys.LATEST_EDITION).read_bytes())["edition"]
    counted: Counter[str] = Counter()
    wrong = 0

    def report(kind: str, page: Path, how: str, found: list[str]) -> int:
        counted[how.partition(" ")[0]] += 1
        for one in found:
            print(f"{kind}: {page.relative_to(store)} ({how}): {one}", flush=True)
        return len(found)

    for browser in opened_browser(os.environ["CLICHE_CHROMIUM"]):
        for kind, pages in kinds_of(store, edition).items():
            if not re.sub("past (week|quarter) ", "", kind).startswith(part):
                continue
            print(f"- {kind}", flush=True)
            for page in {pages[0], pages[-1], largest(pages)}:
                for width in WIDTHS:
                    wrong += report(kind, page, f"widths {width}", complaints(browser, page, width, store))
                for how, look in (
                    ("scripts", without_scripts),
                    ("keyboard", by_keyboard),
                    ("print", in_print),
                ):
                    wrong += report(kind, page, how, look(browser, page, store))
    pages = [*(store / keys.edition_prefix(edition)).rglob("*.html"), *(store / keys.SITE).rglob("*.html")]
    lost = dead([*pages, *(store / keys.PAST).rglob("*.html")]) if not part else []
    for page, link in lost:
        print(f"{page.relative_to(store)} leads nowhere: {link}")
    print(f"{edition}: {dict(counted)}, {len(pages)} pages of the edition; {wrong + len(lost)} wrong")
    return wrong + len(lost)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), *sys.argv[2:]) > 0)
