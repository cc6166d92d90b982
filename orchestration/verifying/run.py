"""Verifying an edition, from the first byte to the last figure: the order of the comparisons.

The order is that of trust. Files first: nothing is opened that is not what the manifest says. Then rows, fields, pages,
and figures, which only the code that made the edition can make again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import duckdb

from assets.generation.workplace import Workplace
from assets.leaderboard.texts import texts_sha256
from orchestration.unwritable import cause
from orchestration.verifying import analysis, claims, database, figures, files, page, sources
from orchestration.verifying import manifest as manifests
from orchestration.verifying.archive import built, contents, expected, past, site, views
from orchestration.verifying.history import chain, difference, sides
from orchestration.verifying.history.sides import ComparedEdition
from orchestration.verifying.report import PARTS, Step, VerifyReport, silent
from orchestration.verifying.sources import StatedSource
from orchestration.verifying.verified import VerifiedEdition
from warehouse.canonical import sha256_hex
from warehouse.errors import ClicheError, CorruptObjectError
from warehouse.store.local_errors import explained


def verify(
    target: str | None,
    workplace: Callable[[], Workplace],
    current: Callable[[Workplace], str],
    step: Step = silent,
    expect: str | None = None,
    against: str | None = None,
) -> VerifyReport:
    """Return what verifying finds; nothing is written beside a temporary folder.

    The target is an edition's id, its folder or address; None is the latest of the store. `expect` is the SHA-256 of a
    manifest that somebody kept, `against` names such a manifest itself.
    """
    with ExitStack() as opened:
        kept = opened.enter_context(sides.find(against, workplace)) if against is not None else None
        source = opened.enter_context(sources.find(target, workplace, current, step))
        return verify_source(source, step, expect, kept)


def verify_source(
    source: StatedSource, step: Step = silent, expect: str | None = None, kept: ComparedEdition | None = None
) -> VerifyReport:
    """Return what verifying an edition in a folder finds; `kept` is that edition, or one before it, as it was once."""
    path = source.folder / manifests.NAME
    if path.stat().st_size > manifests.MOST_BYTES:
        raise CorruptObjectError(f"{path} is no manifest of an edition: it is too large")
    data = path.read_bytes()
    manifest = manifests.parse(data, str(path))
    report = VerifyReport(manifest["edition"])
    if not manifests.written_by_publish(data, manifest):
        report.differ("manifest.json is not in the form that publish writes; a field may be there twice")
    if not manifests.fits_its_seal(data, manifest):
        report.differ("manifest.json was changed after it was written: it does not fit the hash in it")
    for name in source.strange:
        report.differ(f"{name[:120]!r} is not in the manifest")
    if not source.extras:
        report.notes.append("fetched by address: files that the manifest does not name cannot be seen")
    claims.compare_names(manifest, source.named, report)
    claims.compare_latest(manifest, source.latest, report)
    chain.compare(source, manifest, sha256_hex(data), expect, report)
    pages = partial(past.compare_files, source.root, manifest, report, step, extras=source.extras)
    if not files.compare(
        source.folder, source.root, manifest, report, step, extras=source.extras, past=pages, read=source.read
    ):
        report.notes.append("what the files hold was not compared: first they must be those of the manifest")
        return report
    if kept is not None:
        difference.tell(
            kept, ComparedEdition(manifest, sha256_hex(data), sources.reader(source.root)), report
        )
    if manifest["texts_sha256"] != texts_sha256():
        report.skip(
            f"tables, views, pages and figures: other code made this edition; verify it with cliche "
            f"{manifest['code_version'][:60]}",
            *PARTS[1:],
        )
        return report
    claims.compare_version(manifest, report)
    of = VerifiedEdition(source.folder, source.root, manifest, report, step)
    try:
        _of_parts(source, of)
    except (ClicheError, duckdb.Error) as error:
        code = cause(error.__cause__ or error)
        if code is not None:  # of this machine, and nothing about the edition
            with explained("write", Path(tempfile.gettempdir())):
                raise OSError(code, str(error)) from None
        report.differ(database.one_line(error))
    return report


def _of_parts(source: StatedSource, of: VerifiedEdition) -> None:
    """Compare what an edition holds: Parquet files, most of them shared, and a DuckDB file made of them."""
    complete = expected.compare(of.manifest, of.report)
    with database.locked(None, of.folder, of.root) as con:
        found = contents.compare(con, of)
        views.compare_csv(con, of, found)
    if not complete or found.unusable:
        of.report.notes.append(
            "views, claims, pages and figures were not compared: rows of tables are missing"
        )
        return
    with tempfile.TemporaryDirectory(prefix="cliche-verify-") as temporary:
        file = built.build(Path(temporary).resolve(), of, found)
        with database.locked(file, of.folder, of.root) as con:
            views.compare(con, of, found)
            _stated(con, of, found.hashes)
            past.compare_made(con, of.root, of.manifest, of.report, of.step)
        figures.compare(file, file.parent, of.report, of.step)
        if source.store is not None:
            site.compare(source.store, of, file, found)


def _stated(con: duckdb.DuckDBPyConnection, of: VerifiedEdition, hashes: dict[str, str]) -> None:
    """Compare what is said of the rows: in the manifest, and on pages."""
    manifest, report = of.manifest, of.report
    analysis.compare(con, of.folder, manifest, report)
    claims.compare_times(con, manifest, report)
    claims.compare_sources(con, manifest, report)
    of.step("page", 0, 1)
    page.compare_page(con, of.folder, manifest, hashes, report)
