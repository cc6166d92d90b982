"""Where links of pages lead. Belongs here: following them in files. Does not belong here: which pages there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

LINK = re.compile(r'(?:href|src)="([^"]*)"')


def dead(pages: Iterable[Path]) -> list[tuple[Path, str]]:
    """Return (page, link) of links within the site that lead to no file, or to no place on its page."""
    ids: dict[Path, set[str]] = {}
    wrong: list[tuple[Path, str]] = []
    for page in pages:
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            path, _, anchor = unquote(link).partition("#")
            if ":" in path:
                assert path.startswith(("mailto:", "http")), link
                continue
            target = (page.parent / path).resolve() if path else page
            if not target.is_file():
                wrong.append((page, link))
            elif anchor and not (anchor.startswith("sql=") and target.parent.name == "query"):
                if target not in ids:
                    ids[target] = set(re.findall(r' id="([^"]+)"', target.read_text(encoding="utf-8")))
                if anchor not in ids[target]:
                    wrong.append((page, link))
    return wrong
