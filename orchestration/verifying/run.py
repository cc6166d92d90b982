"""Verifying an edition, from the first byte to the last figure: the order of the comparisons.

The order is that of trust. Files first: nothing is opened that is not what the manifest says. Then rows, fields, pages,
and figures, which only the code that made the edition can make again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from assets.generation.workplace import Workplace
from assets.leaderboard.texts import texts_sha256
from orchestration.unwritable import cause
from orchestration.verifying import again, claims, files, page, places, site, thumbnails
from orchestration.verifying.history import chain, difference
from orchestration.verifying.manifest import written_by_publish
from orchestration.verifying.places import Place
from orchestration.verifying.report import MOST, Step, VerifiedEdition, VerifyReport, silent
from warehouse import keys
from warehouse.database.connection import limit_memory, was_interrupted
from warehouse.database.published import open_published
from warehouse.printable import one_line
from warehouse.store.local_errors import explained


def verify(
    target: str | None,
    workplace: Callable[[], Workplace],
    current: Callable[[Workplace], str],
    step: Step = silent,
    expect: str | None = None,
    against: str | None = None,
) -> VerifyReport:
    """Return what verifying finds of an edition's id, folder or address, or of the latest (None); nothing is written.

    `expect` is the SHA-256 of a manifest that somebody kept, `against` names such a manifest itself.
    """
    kept = None
    with ExitStack() as opened:
        if against is not None:
            kept = opened.enter_context(places.find(against, workplace, current)).sealed()
        place = opened.enter_context(places.find(target, workplace, current))
        return verify_place(place, step, expect, kept)


def verify_place(
    place: Place, step: Step = silent, expect: str | None = None, kept: Place | None = None
) -> VerifyReport:
    """Return what verifying an edition finds; `kept` is that edition, or one before it, as it was once."""
    manifest = place.manifest
    report = VerifyReport(manifest["edition"])
    if (stated := manifest["edition"]) != place.edition:
        report.differ(f"the manifest is of edition {stated}, and was found under the name {place.edition}")
        return report
    if not written_by_publish(place.data, manifest):
        why = "it does not fit its hash, or has a field twice"
        report.differ(f"manifest.json is not what publish writes: {why}")
    if place.seen is None:
        report.note("fetched by address: files that the manifest does not name cannot be seen")
    claims.compare_names(manifest, place.read(keys.LATEST_EDITION), report)
    chain.compare(place, expect, report)
    with places.fetched(place, step) as root:
        of = VerifiedEdition(root, manifest, report, step)
        before = len(report.differences)
        sheets = files.compare(of, place.seen or (), place.read)
        if len(report.differences) > before:
            report.note("what the files hold was not compared: first they must be those of the manifest")
            return report
        if kept is not None:
            difference.tell(kept, place, places.in_folder(root, place.edition).read, report)
        if manifest["texts_sha256"] != texts_sha256():
            report.compared = "hashes"
            release, _, commit = manifest["code_version"][:60].partition("+")
            report.skip(
                f"tables, views, pages and figures: release {release}{f', commit {commit}' * bool(commit)} made this "
                f"edition; compare them with that: git checkout {commit or 'v' + release} in a clone of the project, "
                "and make setup"
            )
            return report
        claims.compare_version(manifest, report)
        try:
            _made_again(place, of, sheets)
        except Exception as error:  # rows of somebody: whatever is wrong with them
            if was_interrupted(error) or isinstance(error, MemoryError):
                raise
            code = cause(error.__cause__ or error)
            if code is not None or isinstance(error, OSError):  # of this machine, not of the edition
                with explained("write", Path(tempfile.gettempdir())):
                    raise OSError(code or 0, str(error)) from None
            report.differ(f"it cannot be made again from its tables: {one_line(error, MOST)}")
    return report


def _made_again(place: Place, of: VerifiedEdition, sheets: set[str]) -> None:
    """Make the edition again, and compare what it holds: tables and views, then pages, then what lies at `site/`."""
    with tempfile.TemporaryDirectory(prefix="cliche-verify-") as temporary:
        if (remade := again.make(of, Path(temporary).resolve())) is None:
            return
        built, hashes = remade
        with open_published(built) as con:
            limit_memory(con)
            claims.compare_times(con, of.manifest, of.report)
            claims.compare_sources(con, of.manifest, hashes, of.report)
            page.compare(con, of, place.read)
            page.compare_sheets(con, of)
            thumbnails.compare(con, of, place)
        site.compare(place, of, built, sheets)
    taken = ", ".join(claims.TAKEN)
    of.report.note(f"taken as stated, for only the moment of publishing knows them: {taken}")
