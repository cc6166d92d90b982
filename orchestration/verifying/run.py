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
from assets.leaderboard.published import identity
from assets.leaderboard.texts import texts_sha256
from orchestration.unwritable import cause
from orchestration.verifying import again, claims, compared, database, files, page, site, sources, thumbnails
from orchestration.verifying import manifest as manifests
from orchestration.verifying.archive import past
from orchestration.verifying.history import chain, difference, sides
from orchestration.verifying.history.sides import ComparedEdition
from orchestration.verifying.report import PARTS, Step, VerifyReport, silent
from orchestration.verifying.sources import StatedSource
from orchestration.verifying.verified import VerifiedEdition
from warehouse.canonical import sha256_hex
from warehouse.database.connection import limit_memory, was_interrupted
from warehouse.database.published import open_published
from warehouse.errors import CorruptObjectError
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
        report.note("fetched by address: files that the manifest does not name cannot be seen")
    claims.compare_names(manifest, source.named, report)
    claims.compare_latest(manifest, source.latest, report)
    chain.compare(source, manifest, sha256_hex(data), expect, report)
    before = len(report.differences)
    sheets = past.compare_files(source.root, manifest, report, step, extras=source.extras)
    files.compare(
        source.folder,
        source.root,
        manifest,
        report,
        step,
        extras=source.extras,
        past=sheets,
        read=source.read,
    )
    if len(report.differences) > before:
        report.note("what the files hold was not compared: first they must be those of the manifest")
        return report
    if kept is not None:
        difference.tell(
            kept, ComparedEdition(manifest, sha256_hex(data), sources.reader(source.root)), report
        )
    if manifest["texts_sha256"] != texts_sha256():
        report.skip(_other_release(manifest["code_version"]), *PARTS[1:])
        return report
    claims.compare_version(manifest, report)
    of = VerifiedEdition(source.folder, source.root, manifest, report, step)
    try:
        _made_again(source, of, sheets)
    except Exception as error:  # rows of somebody: whatever is wrong with them
        if was_interrupted(error) or isinstance(error, MemoryError):
            raise
        code = cause(error.__cause__ or error)
        if code is not None or isinstance(error, OSError):  # of this machine, and nothing about the edition
            with explained("write", Path(tempfile.gettempdir())):
                raise OSError(code or 0, str(error)) from None
        report.differ(f"it cannot be made again from its tables: {database.one_line(error)}")
    return report


def _other_release(version: str) -> str:
    """Return what is not compared of an edition that other code made, and how to compare it."""
    release, _, commit = version[:60].partition("+")
    return (
        f"tables, views, pages and figures: release {release}{f', commit {commit}' * bool(commit)} made this edition. "
        f"Compare them with that: git checkout {commit or 'v' + release} in a clone of the project and make setup, or "
        "pip install the file of its wheel; never by name, for cliche on the package index is another project"
    )


def _made_again(source: StatedSource, of: VerifiedEdition, sheets: set[str]) -> None:
    """Make the edition again, and compare what it holds: tables and views, then pages, then what lies at `site/`."""
    with tempfile.TemporaryDirectory(prefix="cliche-verify-") as temporary:
        remade = again.make(of, Path(temporary).resolve())
        if remade is None:
            return
        with open_published(remade.file) as con:
            limit_memory(con)
            manifest = of.manifest
            compared.compare_hashes(remade.hashes, manifest["table_hashes"], of)
            if identity(remade.hashes) != manifest["content_sha256"]:
                of.report.differ("content_sha256 is not the hash of what the figures rest on")
            claims.compare_times(con, manifest, of.report)
            claims.compare_sources(con, manifest, of.report)
            page.compare(con, of, source.read)
            past.compare_made(con, of.root, manifest, of.report, of.step)
            read = source.read or sources.reader(of.root)
            thumbnails.compare(con, of, read, every=not source.distant, alone=source.alone)
        site.compare(source, of, remade.file, sheets)
    of.report.note(
        f"taken as stated, for only the moment of publishing knows them: {', '.join(claims.TAKEN)}"
    )
