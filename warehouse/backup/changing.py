"""What publishing makes anew: which edition is the newest, and the root of the site, read as one state of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from warehouse import keys
from warehouse.backup.order import may_change
from warehouse.canonical import sha256_hex
from warehouse.integrity.findings import Problem
from warehouse.store.base import Store

_PUBLISHING = "edition"  # the lease that a publish holds
_NOTES = (keys.SITE_PAGES_NOTE, keys.SITE_DATABASE_NOTE)


def read(store: Store) -> tuple[dict[str, bytes], list[Problem]]:
    """Return key → bytes of all that may change, but the one DuckDB file, and what is wrong with it; notes come last.

    Nothing of the site while a publish writes it: the next copy has it.
    """
    found: dict[str, bytes] = {}
    if store.head(keys.LATEST_EDITION):
        found[keys.LATEST_EDITION] = store.get(keys.LATEST_EDITION)
    site = {
        key: store.get(key) for key in store.list(keys.SITE) if may_change(key) and key != keys.SITE_DATABASE
    }
    if _PUBLISHING in dict(store.leases()):
        return found, []
    if not _is_one_state(site):
        what = "does not fit the pages beside it, which are not copied; cliche publish writes them again"
        return found, [Problem("damaged", keys.SITE_PAGES_NOTE, what)]
    return found | {key: site[key] for key in sorted(site, key=lambda key: (key in _NOTES, key))}, []


def _is_one_state(site: Mapping[str, bytes]) -> bool:
    """Return whether the pages are those that the note beside them names."""
    try:
        stated = json.loads(site[keys.SITE_PAGES_NOTE])["pages"]
    except (KeyError, ValueError, TypeError):
        return keys.SITE_PAGES_NOTE not in site
    return all(sha256_hex(site[key]) == sha256 for key, sha256 in stated.items() if key in site)


def database_hash(site: Mapping[str, bytes]) -> str | None:
    """Return the SHA-256 of the one DuckDB file that the note beside it states; None if there is no note."""
    try:
        return str(json.loads(site[keys.SITE_DATABASE_NOTE])["sha256"])
    except (KeyError, ValueError, TypeError):
        return None


def age(data: bytes | None) -> tuple[str, int]:
    """Return week and revision of what `editions/latest.json` names; of none, one before all others."""
    try:
        named = json.loads(data or b"")
        return str(named["week"]), int(named["revision"])
    except (ValueError, KeyError, TypeError):
        return "", 0
