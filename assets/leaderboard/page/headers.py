"""With which headers objects of the site are served: what they are, and for how long a reader may keep them."""

from __future__ import annotations

from pathlib import PurePosixPath

from warehouse import keys

#: Of what never changes under its name: content by its hash, and editions.
FOREVER = "public, max-age=31536000, immutable"
#: Of what shows the newest edition.
SHORT = "public, max-age=300, must-revalidate"
#: Prefixes of what never changes.
UNCHANGING = (keys.TABLES, "thumbnails/", "pages/", f"{keys.SITE}engine/", "editions/")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".xml": "application/atom+xml; charset=utf-8",
    ".yaml": "application/yaml",
}


def content_type(key: str) -> str:
    """Return what an object is; what no browser shows is bytes."""
    if key == keys.SITE_MAP:
        return "application/xml"
    return _TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")


def cache_control(key: str) -> str:
    """Return for how long an object may be kept without asking again."""
    return FOREVER if key.startswith(UNCHANGING) and key != keys.LATEST_EDITION else SHORT


def headers_file() -> str:
    """Return the rules in a file `_headers`, as Cloudflare Pages and Netlify read it."""
    rules = [f"/{prefix}*\n  Cache-Control: {FOREVER}\n" for prefix in UNCHANGING]
    return "".join([*rules, f"/{keys.LATEST_EDITION}\n  ! Cache-Control\n  Cache-Control: {SHORT}\n"])
