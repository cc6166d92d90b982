"""The chain of manifests and the log of it: written whole, walked back, held to a hash that somebody kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from assets.leaderboard import chain
from orchestration.verifying import manifest as manifests
from orchestration.verifying import places
from orchestration.verifying.history import chain as walked
from orchestration.verifying.report import VerifyReport
from tests.orchestration.installation import NEXT, WEEK, Cliche, Installation, copy
from tests.services.loopback import Reply, Seen, serve
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.integrity.scan import read_store
from warehouse.loading.seals import sealed
from warehouse.store import open_store

FIRST, SECOND = f"{WEEK}.1", f"{NEXT}.1"


@pytest.fixture
def home(following: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = copy(following, tmp_path / "home")
    monkeypatch.setenv("CLICHE_HOME", str(made.home))
    return made


@pytest.fixture
def root(following: Installation, tmp_path: Path) -> Path:
    """A store with what the chain is walked by, and nothing else."""
    store, root = following.home / "store", tmp_path / "store"
    (root / "plans").mkdir(parents=True)  # as a store has it
    for path in (store / keys.SITE_LOG, *store.glob("editions/*/manifest.json")):
        there = root / path.relative_to(store)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(path.read_bytes())
    return root


def _sha256(home: Installation, edition: str) -> str:
    return sha256_hex(home.store.get(f"{keys.edition_prefix(edition)}manifest.json"))


def _walk(root: Path, expect: str | None = None, edition: str = SECOND) -> VerifyReport:
    """Return what the chain and the log alone tell of an edition in a store."""
    place, report = places.in_folder(root, edition), VerifyReport(edition)
    walked.compare(place, expect, report)
    return report


def test_each_manifest_states_the_one_before_and_the_log_has_a_line_of_each(
    home: Installation, tmp_path: Path, cliche: Cliche
) -> None:
    store = home.store
    stated = [json.loads(store.get(f"editions/{edition}/manifest.json")) for edition in (FIRST, SECOND)]
    assert stated[0]["before"] is None
    assert stated[1]["before"] == {"edition": FIRST, "sha256": _sha256(home, FIRST)}
    log = "".join(f"{of['created_at']} {of['edition']} {_sha256(home, of['edition'])}\n" for of in stated)
    assert store.get(keys.SITE_LOG).decode() == log
    assert read_store(store, tmp_path).problems == []
    for target in ("public", "fetched", "copy"):
        command = {
            "public": ("publish", "--to", str(tmp_path / target)),
            "fetched": ("edition", "fetch", FIRST, str(tmp_path / target)),
            "copy": ("backup", str(tmp_path / target)),
        }[target]
        assert cliche(*command).code == 0
        assert (tmp_path / target / keys.SITE_LOG).read_text() == log
    assert (
        cliche("edition", "fetch", FIRST, str(tmp_path / "fetched")).code == 0
    )  # again: it is no foreign file


def test_the_chain_is_walked_and_held_to_a_hash(following: Installation) -> None:
    first, second = _sha256(following, FIRST), _sha256(following, SECOND)
    root = following.home / "store"
    report = _walk(root, first.upper())
    assert report.notes == [
        f"the chain: 2 editions, back to {FIRST}",
        f"{first} is the manifest of {FIRST}",
    ]
    assert _walk(root, second).differences == []
    assert _walk(root, "0" * 64).differences == [
        f"{'0' * 64} is the manifest of no edition in the chain of {SECOND}"
    ]
    assert _walk(root, second, FIRST).exit_code == 1  # a later edition is not in the chain of an earlier one


@pytest.mark.parametrize("hash_", ["", "123", "g" * 64, "../x"])
def test_what_is_no_hash_is_wrong_use(fresh: Installation, cliche: Cliche, hash_: str) -> None:
    ended = cliche("verify", "--expect", hash_)
    assert (ended.code, "64 hexadecimal digits" in ended.only_line) == (2, True)


def _forged_first(root: Path) -> None:
    path = root / "editions" / FIRST / "manifest.json"
    path.chmod(0o644)
    path.write_bytes(canonical_json(json.loads(path.read_bytes()) | {"code_version": "forged"}))


def _without_first(root: Path) -> None:
    (root / "editions" / FIRST / "manifest.json").unlink()


def _log(change: Callable[[list[str]], list[str]]) -> Callable[[Path], None]:
    def changed(root: Path) -> None:
        path = root / keys.SITE_LOG
        path.chmod(0o644)
        path.write_text("".join(change(path.read_text().splitlines(keepends=True))))

    return changed


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        (
            _forged_first,
            1,
            f"editions/{FIRST}/manifest.json has another SHA-256 than the manifest of {SECOND}",
        ),
        (_without_first, 4, f"the chain before {SECOND}: editions/{FIRST}/manifest.json is missing"),
        (_log(lambda lines: [lines[0].replace(" 2", " 1"), lines[1]]), 1, f"has no line of {FIRST}"),
        (
            _log(lambda lines: [lines[0][:-9] + "00000000\n", lines[1]]),
            1,
            f"another SHA-256 of the manifest of {FIRST}",
        ),
        (_log(lambda lines: lines[1:]), 1, f"has no line of {FIRST}"),
        (_log(lambda lines: lines[:1]), 0, f"has no line of {SECOND} yet"),
        (_log(lambda lines: [*lines, "<html>\n"]), 1, "line 3, is not a time, an edition and a hash"),
    ],
)
def test_what_does_not_fit_the_chain_is_named(
    root: Path, change: Callable[[Path], None], code: int, told: str
) -> None:
    assert _walk(root).exit_code == 0
    change(root)
    report = _walk(root)
    lines = [*report.differences, *report.unchecked, *report.notes]
    assert (report.exit_code, any(told in line for line in lines)) == (code, True), lines


def test_a_chain_that_ends_early_cannot_tell_of_a_hash(root: Path, following: Installation) -> None:
    _without_first(root)
    assert _walk(root, _sha256(following, SECOND)).differences == []
    assert any("whether 0000" in line for line in _walk(root, "0" * 64).unchecked)


def test_a_fetched_folder_has_one_hash_and_the_log(fetched: Path, following: Installation) -> None:
    assert _walk(fetched, _sha256(following, FIRST)).exit_code == 0
    assert _walk(fetched, "0" * 64).exit_code == 4
    _log(lambda lines: [lines[0][:-9] + "00000000\n", lines[1]])(fetched)
    assert _walk(fetched).differences == [f"site/log.txt states another SHA-256 of the manifest of {FIRST}"]


def test_the_chain_is_walked_at_an_address(following: Installation) -> None:
    root, hidden, report = following.home / "store", set[str](), VerifyReport(SECOND)

    def answer(seen: Seen) -> Reply:
        path = root / unquote(seen.target).lstrip("/")
        there = path.is_file() and path.name not in hidden
        return Reply(body=path.read_bytes()) if there else Reply(404)

    with serve(answer) as base:
        for _ in range(2):
            with places.find(f"{base}/editions/{SECOND}/", *[lambda *_: None] * 2) as place:
                walked.compare(place, None, report)
            hidden.add("log.txt")
    assert (report.differences, report.unchecked) == ([], [])
    assert report.notes == [
        f"the chain: 2 editions, back to {FIRST}",
        f"the chain: of editions before {SECOND} nothing is here but one hash",
    ]


@pytest.mark.parametrize(
    "before", [1, [], {}, {"edition": "../x", "sha256": "0" * 64}, {"edition": FIRST, "sha256": "x"}]
)
def test_what_a_manifest_says_of_the_one_before_must_be_an_edition(
    following: Installation, before: object
) -> None:
    data = following.store.get(f"editions/{SECOND}/manifest.json")
    with pytest.raises(CorruptObjectError, match='is no manifest of an edition: "before'):
        manifests.parse(canonical_json(json.loads(data) | {"before": before}), "x")


# ---- writing ----


def _entry(edition: str, created: str, before: str | None) -> dict[str, object]:
    week, _, revision = edition.partition(".")
    link = before and {"edition": before, "sha256": "0" * 64}
    return {"edition": edition, "week": week, "revision": int(revision), "created_at": created} | {
        "replaces": None,
        "before": link,
        "sha256": "0" * 64,
    }


def test_the_order_is_that_of_the_chain_whatever_the_clock_said(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    a, b, c = f"{WEEK}.1", f"{NEXT}.1", f"{WEEK}.2"
    entries = [_entry(c, "2026-01-01", b), _entry(b, "2026-01-02", a), _entry(a, "2026-01-03", None)]
    note = sealed(keys.SITE_PAGES_NOTE, {"editions": entries, "pages": {}})
    store.replace(keys.SITE_PAGES_NOTE, note)
    known = chain.known(store)
    assert [*known] == [a, b, c]
    assert chain.tip(known) == {"edition": c, "sha256": "0" * 64}
    assert chain.gone(store) == [a, b, c]
    circle = [_entry(a, "2026-01-01", b), _entry(b, "2026-01-02", a)]
    store.replace(keys.SITE_PAGES_NOTE, sealed(keys.SITE_PAGES_NOTE, {"editions": circle, "pages": {}}))
    assert sorted(chain.known(store)) == [a, b]


def test_publish_names_an_edition_that_is_gone(home: Installation, cliche: Cliche) -> None:
    for path in (home.home / "store" / "editions" / FIRST).rglob("*"):
        if path.is_file():
            path.unlink()
    ended = cliche("publish")
    assert f"edition {FIRST} was published, and the store has it no more" in ended.err
