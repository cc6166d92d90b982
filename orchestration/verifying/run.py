"""Verifying an edition, from the first byte to the last figure: the order of the comparisons.

The order is that of trust. Files first: nothing is opened that is not what the manifest says. Then the catalog of the
DuckDB file: nothing is run that is not known. Then rows, fields, pages, and scores.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from assets.generation.workplace import Workplace
from orchestration.verifying import analysis, claims, database, files, page, scores, sources, tables, version
from orchestration.verifying import manifest as manifests
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import Step, VerifyReport, silent
from orchestration.verifying.sources import StatedSource
from warehouse.errors import CorruptObjectError


def verify(
    target: str | None,
    workplace: Callable[[], Workplace],
    current: Callable[[Workplace], str],
    step: Step = silent,
) -> VerifyReport:
    """Return what verifying finds; nothing is written beside a temporary folder.

    Args:
        target: an edition's id, its folder or address; None is the latest of the store.
        workplace: makes the surroundings with the store, which a folder or an address does not need.
        current: the id of the latest edition.
        step: called with (what, done, total) while it works.

    Raises:
        UsageError: if there is no such edition.
        CorruptObjectError: if its manifest is none.
        ClicheError: if it cannot be fetched.
    """
    with sources.find(target, workplace, current, step) as source:
        return verify_source(source, step)


def verify_source(source: StatedSource, step: Step = silent) -> VerifyReport:
    """Return what verifying an edition in a folder finds."""
    path = source.folder / manifests.NAME
    if path.stat().st_size > manifests.MOST_BYTES:
        raise CorruptObjectError(f"{path} is no manifest of an edition: it is too large")
    data = path.read_bytes()
    manifest = manifests.parse(data, str(path))
    report = VerifyReport(manifest["edition"])
    if not manifests.written_by_publish(data, manifest):
        report.differ("manifest.json is not in the form that publish writes; a field may be there twice")
    for name in source.strange:
        report.differ(f"{name[:120]!r} is not in the manifest")
    if not source.extras:
        report.notes.append("fetched by address: files that the manifest does not name cannot be seen")
    claims.compare_names(manifest, source.named, report)
    claims.compare_latest(manifest, source.latest, report)
    if not files.compare(source.folder, manifest, report, step, extras=source.extras):
        report.notes.append("what the files hold was not compared: first they must be those of the manifest")
        return report
    _contents(source.folder, manifest, report, step)
    return report


def _contents(folder: Path, manifest: Manifest, report: VerifyReport, step: Step) -> None:
    """Compare what the files hold, each of which is what the manifest says."""
    made_by = version.find(manifest, report)
    if database.FILE not in manifest["files"]:
        report.differ(f"{database.FILE} is not in the manifest")
        return
    try:
        with database.locked(folder) as con:
            _rows(con, folder, manifest, made_by, report, step)
    except CorruptObjectError as error:
        report.differ(str(error))
    except duckdb.Error as error:
        report.differ(f"{database.FILE} cannot be read: {database.one_line(error)}")


def _rows(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    made_by: version.Version,
    report: VerifyReport,
    step: Step,
) -> None:
    safe = database.compare_catalog(con, made_by, report)
    if safe is None:
        report.notes.append(
            f"what {database.FILE} holds was not compared: something in it does not belong there"
        )
        return
    present = database.kinds(con)
    expected = made_by.relations if made_by.decided else present
    page.compare_set(manifest, expected, report)
    base_tables = {name for name, view in present.items() if not view}
    hashes = tables.compare_hashes(con, manifest, report)
    tables.compare_grains(con, base_tables & made_by.relations.keys(), report)
    tables.compare_files(con, folder, {n: present[n] for n in safe & present.keys()}, manifest, report, step)
    if not made_by.relations.keys() <= present.keys():
        report.notes.append("claims, pages and scores were not compared: tables are missing")
        return
    analysis.compare(con, folder, manifest, report)
    claims.compare_times(con, manifest, report)
    views = all(name in safe for name, view in present.items() if view)
    claims.compare_sources(con, manifest, report, views=views, same=made_by.same)
    step("page", 0, 1)
    page.compare_page(con if views else None, folder, manifest, made_by, hashes, report)
    if not views:
        report.skip("counts and scores: they are asked of views that are not known here", "views")
        return
    scores.compare(con, report, step, same=made_by.same)
