"""Forgeries of what no figure rests on: `verify` names each, or, where only an earlier copy can tell, `diff` does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.verifying.history import difference
from orchestration.verifying.places import folder
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.run import verify_place
from tests.orchestration.installation import NEXT, WEEK, Installation
from tests.orchestration.verifying.forging import Edition, download, exchange_pictures
from tests.orchestration.verifying.stranger import BOARD, STRANGER
from tests.sampling import some
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.loading.seals import sealed

ID = f"{NEXT}.1"
#: Forgery → a statement, and what `verify` says of it; all of them are in one edition.
VERIFY_NAMES: dict[str, tuple[str, str]] = {
    "a prompt that was sent": (
        "UPDATE attempts SET prompt_sent = 'a woman' WHERE slot_key = (SELECT min(slot_key) FROM slots WHERE turn = 1)",
        f"week {WEEK}: check attempts__prompt_as_planned says pass holds, and the tables give fail ",
    ),
    "calls before their week": (
        "UPDATE attempts SET requested_at = requested_at - INTERVAL 90 DAY",
        f"week {WEEK}: check attempts__asked_in_week says pass holds, and the tables give fail ",
    ),
    "a retry that is hidden": (
        "UPDATE attempts SET attempt = 3 WHERE slot_key = (SELECT max(slot_key) FROM slots)",
        f"week {WEEK}: check attempts__numbered says pass holds, and the tables give fail ",
    ),
    "what a labeler said": (
        "UPDATE labels SET raw = 'feminine' WHERE value = 'masculine'",
        f"week {WEEK}: check labels__raw_matches says pass holds, and the tables give fail ",
    ),
    "a result that is another": (
        "UPDATE check_results SET status = 'fail', failing_rows = 1 WHERE check_name = 'figures__in_range'",
        f"week {WEEK}: check figures__in_range says fail holds, and the tables give pass holds",
    ),
    "a result that is gone": (
        "DELETE FROM check_results WHERE check_name = 'plans__week_is_monday'",
        f"week {WEEK}: check plans__week_is_monday says nothing, and the tables give pass holds",
    ),
    "a result of the store that is gone": (
        "DELETE FROM check_results WHERE check_name = 'plans__as_in_bucket'",
        f"week {WEEK}: check plans__as_in_bucket has no result",
    ),
    "a check that nobody knows": (
        f"INSERT INTO check_results VALUES (DATE '{WEEK}', NULL, 'labels__true', 'critical', 'pass', 0, 'holds')",
        f"week {WEEK}: check labels__true says pass holds, and the tables give nothing",
    ),
    "other words": (
        "UPDATE check_results SET message = 'all is well' WHERE check_name = 'counts__add_up'",
        f"week {WEEK}: check counts__add_up says pass all is well, and the tables give pass ",
    ),
    "who is withheld": (
        f"INSERT INTO withheld VALUES (DATE '{WEEK}', 'sim-one', 'late')",
        f"week {WEEK}: sim-one is withheld otherwise than by its checks: late",
    ),
    "a replicate": (
        "UPDATE slots SET replicate = replicate + 100 WHERE slot_key = (SELECT min(slot_key) FROM slots)",
        "1 row of slots have a key of another plan, prompt or number",
    ),
    "the text of a prompt that is asked of nobody": (
        "UPDATE prompts SET text = 'Photo of any CEO you like' WHERE prompt = 'startup-ceo/ceo-visionary'",
        "of prompts differ when made again",
    ),
    "the source of a statistic": (
        "UPDATE reference_values SET source = 'Invented by the operator' "
        "WHERE model = 'sim-classic' AND reference = 'bls-cps-2025'",
        "12 rows of reference_values differ when made again",
    ),
    "a value more": (
        f"INSERT INTO attribute_values VALUES (DATE '{WEEK}', 'sim-drift', 'startup-ceo', 1, 'skin_tone', 'blue', 99, "
        "TRUE, NULL, NULL)",
        "1 row of attribute_values differ when made again",
    ),
    "an outcome of another group": (
        "UPDATE outcomes SET outcome_group = 'not_asked' WHERE outcome = 'refused_text'",
        "data/outcomes.parquet: 2 rows differ when made again",
    ),
    "parameters": (
        'UPDATE plans SET params = \'{"quality":"high"}\'',
        "params_hash is not the hash of the parameters",
    ),
}
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


@pytest.fixture
def edition(following: Installation, tmp_path: Path) -> Edition:
    """An edition with two weeks and a study in a folder that works alone."""
    return Edition(download(following.store, ID, tmp_path / "downloaded"))


def forge(edition: Edition, statements: dict[str, tuple[str, str]]) -> None:
    """Change rows, write the files of all tables and the pages from them, and sign."""
    edition.sql(*(statement for statement, _ in statements.values()))
    edition.export()
    edition.page()
    edition.sign()


def missed(report: VerifyReport, told: dict[str, str]) -> list[str]:
    """Return the forgeries that no difference names."""
    return [name for name, line in told.items() if not any(line in one for one in report.differences)]


def unexplained(old: Path, new: Path) -> str:
    """Return what `diff` says without a reason of two folders of an edition."""
    before, after = (folder(str(root)).sealed() for root in (old, new))
    return "\n".join(difference.compare(before, after).differences)


def test_the_kit_has_enough_forgeries() -> None:
    assert len(VERIFY_NAMES) + len(DIFF_NAMES) + len(AROUND) + len(OF_FILES) >= 40
    assert len(STRANGER) >= 10


@pytest.mark.parametrize("last", [False, True], ids=["all but parameters", "parameters"])
def test_what_the_rows_contradict_is_named_by_verify(edition: Edition, *, last: bool) -> None:
    names = [*VERIFY_NAMES][-1:] if last else [*VERIFY_NAMES][:-1]
    forge(edition, {name: VERIFY_NAMES[name] for name in names})
    report = verify_place(folder(str(edition.root)))
    assert missed(report, {name: VERIFY_NAMES[name][1] for name in names}) == [], report.lines()


def test_what_only_an_earlier_copy_can_tell_is_named_by_diff(edition: Edition, tmp_path: Path) -> None:
    honest = Path(shutil.copytree(edition.root, tmp_path / "honest"))
    forge(edition, DIFF_NAMES)
    said = unexplained(honest, edition.root)
    for _, table in DIFF_NAMES.values():
        for week in ("without a week",) if table in _WHOLE else (WEEK, NEXT):
            assert f"{table} {week}: " in said, (table, said)


#: What is said of the forgeries of somebody who had not read `verify`: by `verify`, or by `diff` (a table, or a line).
BY_VERIFY: dict[str, str] = {
    "another text is said to have been sent": "of prompts differ when made again",
    "a picture is said to be removed": "removals of the manifest have none of ",
    "a study that nobody wrote": "studies of the manifest are not those of the tables",
    "a drawing of a board without the word simulated": f"{BOARD} is not what its version makes of the tables",
    "a document says what intervals are, otherwise": "docs/figures.md is not what its version makes",
}
BY_DIFF: dict[str, str] = {
    "calls were made weeks later than is said": f"attempts {WEEK}: ",
    "calls cost what nobody paid": f"attempts {WEEK}: ",
    "a fixed snapshot is said to have answered": f"attempts {WEEK}: ",
    "a call that was never made failed": f"attempts {WEEK}: ",
    "two pictures of a prompt are exchanged": f"images {WEEK}: ",
    "a model has another title": f"model_titles {WEEK}: ",
    "a model has a maker, open weights and an ancestor": f"plans {WEEK}: ",
    "labels of anchors, before anything is compared with them": f"anchor_labels {WEEK}: ",
    "other plans and label files are said to be the source": "is named no more, or otherwise",
    "a license that was not given": "has another manifest; what was published never changes",
}


@pytest.fixture
def first(published_once: Installation, tmp_path: Path) -> Edition:
    """An edition of one week in a folder that works alone."""
    return Edition(download(published_once.store, f"{WEEK}.1", tmp_path / "downloaded"))


def test_forgeries_of_a_stranger_are_named_by_verify(first: Edition) -> None:
    assert BY_VERIFY.keys() | BY_DIFF.keys() == STRANGER.keys()
    for name in BY_VERIFY:
        STRANGER[name](first)
    first.sign()
    report = verify_place(folder(str(first.root)))
    assert missed(report, BY_VERIFY) == [], report.lines()


@pytest.mark.parametrize("name", some(BY_DIFF, 3))
def test_forgeries_of_a_stranger_are_named_by_diff(first: Edition, tmp_path: Path, name: str) -> None:
    honest = Path(shutil.copytree(first.root, tmp_path / "honest"))
    STRANGER[name](first)
    first.sign()
    assert BY_DIFF[name] in unexplained(honest, first.root)


def _exchange_drawings(edition: Edition) -> list[str]:
    """Put each drawing in the place of another of its size; return their names."""
    drawings = sorted(edition.folder.glob("**/*.png"))
    data = [path.read_bytes() for path in drawings]
    for path, other in zip(drawings, data[1:] + data[:1], strict=True):
        path.write_bytes(other)
    return [path.relative_to(edition.folder).as_posix() for path in drawings]


#: Files of the edition's own folder that nothing but their hash would bind.
OF_FILES: dict[str, tuple[str, str, str]] = {
    "what the data are": ("croissant.json", '"description": "', '"description": "All are fair. '),
    "an audit query": ("docs/queries.json", "SELECT", "SELECT DISTINCT"),
    "the search": ("search/index.json", "sim-drift", "sim-best"),
    "a font's license": ("static/source-sans-3-OFL.txt", "Copyright", "Copyleft"),
    "a script": ("static/search.js", "search", "seek"),
    "an icon": ("static/icon.svg", "<svg", "<svg data-x='1'"),
}


def test_what_nothing_but_its_hash_binds_is_named_by_verify(edition: Edition) -> None:
    for name, old, new in OF_FILES.values():
        edition.text(name, old, new)
    drawings = _exchange_drawings(edition)
    assert len(drawings) > 1
    edition.sign()
    report = verify_place(folder(str(edition.root)))
    named = {line.partition(" ")[0] for line in report.differences if "is not what its version makes" in line}
    cards = {name for name in drawings if name.endswith("card.png")}  # their pictures are not here
    assert {*(name for name, _, _ in OF_FILES.values()), *drawings} - cards <= named


def test_what_lies_around_an_edition_is_named_by_verify(fetched: Path, following: Installation) -> None:
    clean = verify_place(folder(str(fetched)))
    assert (clean.differences, clean.unchecked) == ([], []), clean.lines()
    exchanged = exchange_pictures(fetched, following.store)
    for change, _ in AROUND.values():
        change(fetched)
    report = verify_place(folder(str(fetched)))
    assert missed(report, {name: told for name, (_, told) in AROUND.items()}) == [], report.lines()
    assert [line for line in report.differences if "shows another picture: " in line]
    assert exchanged
