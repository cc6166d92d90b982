"""Forgeries of what no figure rests on, and of what lies around an edition: each is named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from orchestration.verifying import manifest as manifests
from orchestration.verifying import site, thumbnails
from orchestration.verifying.history import chain, difference
from orchestration.verifying.places import folder
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from tests.orchestration.installation import NEXT, WEEK, Cliche, Installation
from tests.orchestration.verifying.forging import Edition, exchange_pictures
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.published import open_published
from warehouse.loading.seals import sealed

ID = f"{NEXT}.1"
#: Forgery → a statement, and the table of which `diff` says that it changed; nothing of an edition tells by itself.
DIFF_NAMES: dict[str, tuple[str, str]] = {
    "seeds": ("UPDATE attempts SET seed = 1 WHERE model = 'sim-drift'", "attempts"),
    "the model that answered": ("UPDATE attempts SET model_reported = 'gpt-image-2'", "attempts"),
    "what calls cost": ("UPDATE attempts SET cost_usd = 7", "attempts"),
    "how long calls took": ("UPDATE attempts SET latency_ms = 1", "attempts"),
    "status codes": ("UPDATE attempts SET http_status = 200", "attempts"),
    "ids of requests": ("UPDATE attempts SET request_sha256 = repeat('0', 64)", "attempts"),
    "a prompt that was rewritten": ("UPDATE attempts SET revised_prompt = 'a fair CEO'", "attempts"),
    "words of a refusal": ("UPDATE attempts SET refusal_text = 'I may not'", "attempts"),
    "a title": ("UPDATE model_titles SET title = 'GPT Image 2'", "model_titles"),
    "a maker": ("UPDATE plans SET maker = 'OpenAI', weights = 'open'", "plans"),
    "confidence": ("UPDATE labels SET confidence = 0.01", "labels"),
    "when pictures were labeled": ("UPDATE labels SET labeled_at = labeled_at - INTERVAL 1 HOUR", "labels"),
    "the title of a study": ("UPDATE studies SET title = 'Nothing found'", "studies"),
    "who is cited": ("UPDATE studies SET citation = 'Nobody', license = 'CC0-1.0'", "studies"),
    "what a study asked": ("UPDATE study_prompts SET text = 'a woman'", "study_prompts"),
    "a model of a study": ("UPDATE study_models SET title = 'GPT Image 2'", "study_models"),
    "the words of a study": ("UPDATE study_attributes SET title = 'Fairness'", "study_attributes"),
}
#: Tables without a week that no manifest but by `table_hashes` binds.
_WHOLE = {"studies", "study_prompts", "study_models", "study_attributes"}


def _text(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / name
        before = path.read_text(encoding="utf-8")
        assert old in before, old
        path.write_text(before.replace(old, new, 1), encoding="utf-8")

    return change


def _add(name: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("<script>1</script>", encoding="utf-8")

    return change


def _log(root: Path) -> None:
    path = root / keys.SITE_LOG
    path.write_bytes(re.sub(rb"[0-9a-f]{64}\n$", b"0" * 64 + b"\n", path.read_bytes()))


def _database(root: Path) -> None:
    """Put another file in the place of the DuckDB file, with a note that agrees."""
    data = b"another file"
    (root / keys.SITE_DATABASE).write_bytes(data)
    note = {"edition": ID, "sha256": sha256_hex(data), "bytes": len(data)}
    (root / keys.SITE_DATABASE_NOTE).write_bytes(sealed(keys.SITE_DATABASE_NOTE, note))


#: Forgery of what lies around an edition → how it is made, and what `verify` says of it.
AROUND: dict[str, tuple[Callable[[Path], None], str]] = {
    "a script at the front door": (
        _text("site/index.html", "</body>", "<script>1</script></body>"),
        "site/index.html is not what its version makes",
    ),
    "false words in French": (
        _text("site/fr/index.html", "</body>", "<p>Juste.</p></body>"),
        "site/fr/index.html is not what its version makes",
    ),
    "the list of editions": (
        _text("site/editions/index.html", "</body>", "<p>All are fair.</p></body>"),
        "site/editions/index.html is not what its version makes",
    ),
    "a feed": (
        _text("site/changes/feed.xml", "</title>", " and all are fair</title>"),
        "site/changes/feed.xml is not what its version makes",
    ),
    "a line of the log": (_log, "site/log.txt states another SHA-256 of the manifest"),
    "a page more at the site": (_add("site/evil.html"), f"site/evil.html is not of edition {ID}"),
    "a page more beside it": (_add("evil.html"), f"evil.html is not of edition {ID}"),
    "a part of a table more": (
        _add(f"tables/labels/week={WEEK}/{'0' * 64}.parquet"),
        f"{'0' * 64}.parquet is not of edition {ID}",
    ),
    "a page among thumbnails": (
        _add("thumbnails/evil.html"),
        "'thumbnails/evil.html' is no thumbnail of a picture",
    ),
    "the description of the folder": (
        _text("croissant.json", '"description": "', '"description": "All are fair. '),
        f"croissant.json is not of edition {ID}",
    ),
    "another DuckDB file": (_database, "site/cliche.duckdb cannot be read"),
}


def around(root: Path, built: Path) -> VerifyReport:
    """Return what is said of what lies around a fetched edition."""
    place, report = folder(str(root)), VerifyReport(ID)
    of = VerifiedEdition(root, place.manifest, report)
    chain.compare(place, None, report)
    with open_published(built) as con:
        thumbnails.compare(con, of, place)
    site.compare(place, of, built, {*manifests.sheets(place.manifest, place.get)})
    return report


def test_what_lies_around_an_edition_is_named(fetched: Path, following: Installation, built: Path) -> None:
    clean = around(fetched, built)
    assert (clean.differences, clean.unchecked) == ([], []), clean.lines()
    exchanged = exchange_pictures(fetched, following.store)
    for change, _ in AROUND.values():
        change(fetched)
    report = around(fetched, built)
    missed = [
        name for name, (_, told) in AROUND.items() if not any(told in line for line in report.differences)
    ]
    assert missed == [], report.lines()
    assert [line for line in report.differences if "shows another picture: " in line]
    assert exchanged


def test_a_fetched_edition_verifies_and_is_held_to_hashes_that_somebody_kept(
    fetched: Path, following: Installation, tmp_path: Path, cliche: Cliche
) -> None:
    kept = following.store.get(f"editions/{WEEK}.1/manifest.json")
    (tmp_path / "kept.json").write_bytes(kept)
    ended = cliche(
        *("verify", str(fetched), "--expect", sha256_hex(kept), "--against", str(tmp_path / "kept.json"))
    )
    assert ended.code == 0, ended.out  # of two weeks and a study
    assert f"{sha256_hex(kept)} is the manifest of {WEEK}.1" in ended.out
    assert f"against the manifest that was kept: {WEEK}.1 → {ID}" in ended.out


def test_what_only_an_earlier_copy_can_tell_is_named_by_diff(edition: Edition, tmp_path: Path) -> None:
    honest = Path(shutil.copytree(edition.root, tmp_path / "honest"))
    edition.sql(*(statement for statement, _ in DIFF_NAMES.values()))
    edition.export({table for _, table in DIFF_NAMES.values()})
    edition.sign()
    before, after = (folder(str(root)).sealed() for root in (honest, edition.root))
    said = "\n".join(difference.compare(before, after).differences)
    for _, table in DIFF_NAMES.values():
        for week in ("without a week",) if table in _WHOLE else (WEEK, NEXT):
            assert f"{table} {week}: " in said, (table, said)
