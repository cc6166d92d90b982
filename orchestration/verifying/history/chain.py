"""The chain of manifests, walked back from an edition, and the log beside it.

Each manifest states the SHA-256 of the one before it, so whoever holds one hash holds all that came before.
"""

from __future__ import annotations

import json

from assets.leaderboard import chain
from orchestration.verifying import manifest as manifests
from orchestration.verifying.manifest import Link, Manifest
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.sources import StatedSource
from warehouse import keys
from warehouse.canonical import sha256_hex

_MOST_BYTES = 2_000_000_000  # of manifests that are read


def compare(
    source: StatedSource, manifest: Manifest, sha256: str, expect: str | None, report: VerifyReport
) -> None:
    """Walk the chain as far as the source holds it, compare the log, and look for a hash that somebody kept."""
    log = source.read(keys.SITE_LOG) if source.read else None
    held, whole = [Link(edition=manifest["edition"], sha256=sha256)], True
    before = manifests.link(manifest.get("before"))
    if before and not source.chained and log is None:
        report.note(f"the chain: of editions before {manifest['edition']} nothing is here but one hash")
    if before and not source.chained:
        held, whole = [*held, before], False
    elif before:
        whole = _walk(source, before, held, report)
        report.note(f"the chain: {len(held):,} editions, back to {held[-1].edition}")
    if log is not None:
        _compare_log(log, held, report)
    if expect is not None:
        _expect(expect.lower(), held, whole, report)


def _walk(source: StatedSource, before: Link | None, held: list[Link], report: VerifyReport) -> bool:
    """Add the editions before the last that is held; return whether the first of the chain was reached."""
    left = _MOST_BYTES
    while before is not None:
        after = held[-1].edition
        held.append(before)
        name = f"{keys.edition_prefix(before.edition)}{manifests.NAME}"
        data = source.read(name) if source.read and left > 0 else None
        if data is None:
            report.skip(f"the chain before {after}: {name} is missing, or cannot be read here")
            return False
        left -= len(data)
        if sha256_hex(data) != before.sha256:
            report.differ(f"{name} has another SHA-256 than the manifest of {after} states")
            return False
        try:
            before = manifests.link(json.loads(data).get("before"))
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
    for one in held:
        edition, sha256 = one.edition, one.sha256
        if edition in stated and stated[edition] != sha256:
            report.differ(f"{keys.SITE_LOG} states another SHA-256 of the manifest of {edition}")
        elif edition not in stated and later:
            report.differ(f"{keys.SITE_LOG} has no line of {edition}")
        elif edition not in stated:  # a publish that was stopped
            report.note(f"{keys.SITE_LOG} has no line of {edition} yet; the next publish writes it")
        later = later or edition in stated


def _expect(expect: str, held: list[Link], whole: bool, report: VerifyReport) -> None:
    found = [link.edition for link in held if link.sha256 == expect]
    if found:
        report.note(f"{expect} is the manifest of {found[0]}")
    elif whole or report.differences:
        report.differ(f"{expect} is the manifest of no edition in the chain of {held[0].edition}")
    else:
        report.skip(f"whether {expect} is an edition of the chain: it was not walked to its first edition")
