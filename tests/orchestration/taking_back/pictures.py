"""What tests ask of a home: its pictures, the hashes of its tables, and where bytes are found."""

from __future__ import annotations

from typing import Any

from assets.gateway.receipts import read_partition
from assets.leaderboard.published import read_manifest
from tests.orchestration.installation import WEEK, Installation
from warehouse import keys

MODEL = "sim-classic"
WHY = "it shows a real person"


def slots(home: Installation, model: str = MODEL) -> dict[str, list[str]]:
    """Return picture → its slots, of a model."""
    found: dict[str, list[str]] = {}
    for receipt in read_partition(home.store, WEEK, model).receipts:
        if receipt.outcome == "ok" and receipt.image_sha256:
            found.setdefault(receipt.image_sha256, []).append(receipt.slot_key)
    return found


def on_a_card(home: Installation) -> str:
    """Return a picture of one slot that a card of the first edition is drawn with."""
    files, single = (
        manifest(home, f"{WEEK}.1")["files"],
        {sha for sha, of in slots(home).items() if len(of) == 1},
    )
    return next(sha for entry in files.values() for sha in entry.get("pictures", ()) if sha in single)


def shared(home: Installation) -> str:
    """Return the picture of two slots."""
    (found,) = [sha256 for sha256, of in slots(home).items() if len(of) == 2]
    return found


def manifest(home: Installation, edition: str) -> dict[str, Any]:
    """Return the manifest of an edition."""
    return read_manifest(home.store, edition)


def own(home: Installation, sha256: str) -> dict[str, bytes]:
    """Return key → bytes of a picture, its thumbnails, and the cards that are drawn with it."""
    prefix = keys.edition_prefix(f"{WEEK}.1")
    drawn = {
        prefix + name
        for name, entry in manifest(home, f"{WEEK}.1")["files"].items()
        if sha256 in entry.get("pictures", ())
    }
    return {
        key: data for key, data in home.objects().items() if keys.picture_of(key) == sha256 or key in drawn
    }
