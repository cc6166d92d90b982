"""Verifying an edition, from the first byte to the last figure: the order of the comparisons.

The order is that of trust. Files first: nothing is opened that is not what the manifest says. Then the catalog of the
DuckDB file, if the edition has one: nothing is run that is not known. Then rows, fields, pages, and scores.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb

from assets.generation.workplace import Workplace
from orchestration.unwritable import cause
from orchestration.verifying import analysis, claims, database, files, page, scores, sources, tables, version
from orchestration.verifying import manifest as manifests
from orchestration.verifying.archive import built, contents, expected, past, site, views
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import Step, VerifyReport, silent
from orchestration.verifying.sources import StatedSource
from orchestration.verifying.version import Version
from warehouse.database import marts
from warehouse.errors import ClicheError, CorruptObjectError
from warehouse.store.local_errors import explained


def verify(
    target: str | None,
    workplace: Callable[[], Workplace],
    current: Callable[[Workplace], str],
    step: Step = silent,
) -> VerifyReport:
    """Return what verifying finds; nothing is written beside a temporary folder.

    The target is an edition's id, its folder or address; None is the latest of the store.
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
    if not manifests.fits_its_seal(data, manifest):
        report.differ("manifest.json was changed after it was written: it does not fit the hash in it")
    for name in source.strange:
        report.differ(f"{name[:120]!r} is not in the manifest")
    if not source.extras:
        report.notes.append("fetched by address: files that the manifest does not name cannot be seen")
    claims.compare_names(manifest, source.named, report)
    claims.compare_latest(manifest, source.latest, report)
    pages = partial(past.compare_files, source.root, manifest, report, step, extras=source.extras)
    if not files.compare(
        source.folder, source.root, manifest, report, step, extras=source.extras, past=pages
    ):
        report.notes.append("what the files hold was not compared: first they must be those of the manifest")
        return report
    made_by = version.find(manifest, report)
    contents = _of_parts if manifest["format"] > 1 else _of_one_file
    try:
        contents(source, manifest, made_by, report, step)
    except (ClicheError, duckdb.Error) as error:
        code = cause(error.__cause__ or error)
        if code is not None:  # of this machine, and nothing about the edition
            with explained("write", Path(tempfile.gettempdir())):
                raise OSError(code, str(error)) from None
        report.differ(database.one_line(error))
    return report


def _of_one_file(
    source: StatedSource, manifest: Manifest, made_by: Version, report: VerifyReport, step: Step
) -> None:
    """Compare what an edition of format 1 holds: a DuckDB file of its own, and all of it as Parquet and CSV, too."""
    if database.FILE not in manifest["files"]:
        report.differ(f"{database.FILE} is not in the manifest")
        return
    folder = source.folder
    with database.locked(folder / database.FILE, folder) as con:
        safe = database.compare_catalog(con, made_by, report)
        if safe is None:
            report.notes.append(
                f"what {database.FILE} holds was not compared: something in it does not belong there"
            )
            return
        present = database.kinds(con)
        page.compare_set(manifest, made_by.relations if made_by.decided else present, report)
        base_tables = {name for name, view in present.items() if not view}
        hashes = tables.compare_hashes(con, manifest, report)
        tables.compare_grains(con, base_tables & made_by.relations.keys(), report)
        known = {name: present[name] for name in safe & present.keys()}
        tables.compare_files(con, folder, known, manifest, report, step)
        if not made_by.relations.keys() <= present.keys():
            report.notes.append("claims, pages and scores were not compared: tables are missing")
            return
        views = all(name in safe for name, view in present.items() if view)
        marts.add_filters(con)
        _figures(con, folder, manifest, made_by, hashes, report, step, views=views)


def _of_parts(
    source: StatedSource, manifest: Manifest, made_by: Version, report: VerifyReport, step: Step
) -> None:
    """Compare what an edition of format 2 holds: Parquet files, most of them shared, and a DuckDB file made of them."""
    folder, root = source.folder, source.root
    complete = expected.compare(manifest, made_by, report)
    with database.locked(None, folder, root) as con:
        found = contents.compare(con, folder, root, manifest, made_by, report, step)
        views.compare_csv(con, folder, root, manifest, found, report)
    if not complete or found.unusable:
        report.notes.append("views, claims, pages and scores were not compared: rows of tables are missing")
        return
    with tempfile.TemporaryDirectory(prefix="cliche-verify-") as temporary:
        file = built.build(Path(temporary).resolve(), folder, root, manifest, found, step)
        with database.locked(file, folder, root) as con:
            known = built.known_views(made_by, found, report)
            agree = views.compare(con, folder, root, manifest, found, known, made_by, report, step)
            asked = (agree or made_by.decided) and "views" not in report.open_parts
            _figures(con, folder, manifest, made_by, found.hashes, report, step, views=asked)
            past.compare_made(con, root, manifest, report, step)
        if source.store is not None:
            site.compare(source.store, folder, file, manifest, found, report, step, same=made_by.same)


def _figures(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    made_by: Version,
    hashes: dict[str, str],
    report: VerifyReport,
    step: Step,
    *,
    views: bool,
) -> None:
    """Compare what is said of the rows: in the manifest, on the page, and as counts and scores."""
    analysis.compare(con, folder, manifest, report)
    claims.compare_times(con, manifest, report)
    claims.compare_sources(con, manifest, report, views=views, same=made_by.same)
    step("page", 0, 1)
    page.compare_page(con if views else None, folder, manifest, made_by, hashes, report)
    if not views:
        report.skip("counts and scores: they are asked of views that are not known here", "views")
        return
    scores.compare(con, report, step, same=made_by.same)
