"""The chain of manifests, walked back from an edition, and the log beside it.

Each manifest states the SHA-256 of the one before it, so whoever holds one hash holds all that came before.
"""

from __future__ import annotations

import json

from assets.leaderboard import chain
from orchestration.verifying.files import Read
from orchestration.verifying.manifest import NAME, Link
from orchestration.verifying.places import Place
from orchestration.verifying.report import VerifyReport
from warehouse import keys
from warehouse.canonical import sha256_hex

_MOST_BYTES = 2_000_000_000  # of manifests that are read


def compare(place: Place, expect: str | None, report: VerifyReport) -> None:
    """Walk the chain as far as the place holds it, compare the log, and look for a hash that somebody kept."""
    log, edition, stated = place.read(keys.SITE_LOG), place.edition, place.manifest.get("before")
    held = [Link(edition=edition, sha256=sha256_hex(place.data))]
    before = stated if stated is None else Link.model_validate(stated)
    whole = before is None
    if before and place.whole:
        whole = _walk(place.read, before, held, report)
        report.note(f"the chain: {len(held):,} editions, back to {held[-1].edition}")
    elif before:
        held.append(before)
        if log is None:
            report.note(f"the chain: of editions before {edition} nothing is here but one hash")
    if log is not None:
        _compare_log(log, held, report)
    if expect is not None:
        expect = expect.lower()
        if kept := [link.edition for link in held if link.sha256 == expect]:
            report.note(f"{expect} is the manifest of {kept[0]}")
        elif whole or report.differences:
            report.differ(f"{expect} is the manifest of no edition in the chain of {held[0].edition}")
        else:
            report.skip(
                f"whether {expect} is an edition of the chain: it was not walked to its first edition"
            )


def _walk(read: Read, before: Link | None, held: list[Link], report: VerifyReport) -> bool:
    """Add the editions before the last that is held; return whether the first of the chain was reached."""
    left = _MOST_BYTES
    while before is not None:
        after, name = held[-1].edition, f"{keys.edition_prefix(before.edition)}{NAME}"
        held.append(before)
        data = read(name) if left > 0 else None
        if data is None:
            report.skip(f"the chain before {after}: {name} is missing, or cannot be read here")
            return False
        left -= len(data)
        if sha256_hex(data) != before.sha256:
            report.differ(f"{name} has another SHA-256 than the manifest of {after} states")
            return False
        try:
            stated = json.loads(data).get("before")
            before = stated if stated is None else Link.model_validate(stated)
        except (ValueError, AttributeError, RecursionError):
            report.differ(f"{name} is no manifest")
            return False
    return True


def _compare_log(log: bytes, held: list[Link], report: VerifyReport) -> None:
    """Compare the lines of the log with the editions that are held, the newest first; others are left alone."""
    lines = chain.lines(log)
    if None in lines:
        report.differ(f"{keys.SITE_LOG}, line {lines.index(None) + 1}, is not a time, an edition and a hash")
    stated = dict(line for line in lines if line)
    later = False
    for edition, sha256 in ((one.edition, one.sha256) for one in held):
        if stated.get(edition, sha256) != sha256:
            report.differ(f"{keys.SITE_LOG} states another SHA-256 of the manifest of {edition}")
        elif edition not in stated and later:
            report.differ(f"{keys.SITE_LOG} has no line of {edition}")
        elif edition not in stated:  # a publish that was stopped
            report.note(f"{keys.SITE_LOG} has no line of {edition} yet; the next publish writes it")
        later = later or edition in stated
