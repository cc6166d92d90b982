"""In a home that is read-only, commands that compute much; with keys that may only read, commands that only read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.orchestration.alerts.watching import Watch
from tests.orchestration.installation import NEXT, WEEK, Cliche, Installation
from tests.orchestration.test_read_only_home import COMMANDS, MUCH, assert_as_told, watch
from tests.services.seaweedfs import READER, SeaweedFS

__all__ = ["watch"]  # a fixture


def test_what_computes_much_works_or_says_one_line(watch: Watch, tmp_path: Path) -> None:
    assert_as_told(watch, tmp_path / "to", [line for line in COMMANDS if MUCH.match(line)])


@pytest.mark.s3
def test_keys_that_may_only_read_suffice_for_what_only_reads(
    published: Installation,
    cliche: Cliche,
    seaweedfs: SeaweedFS,
    s3_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("pages", "thumbnails"):  # fewer objects
        shutil.rmtree(published.home / "store" / name)
    assert cliche("backup", s3_address).code == 0
    published.configure(store=s3_address)
    for name in ("store", "published", "editions"):
        shutil.rmtree(published.home / name, ignore_errors=True)
    published.settings.warehouse.unlink()
    before = published.objects()
    for name, value in seaweedfs.environment(READER).items():
        monkeypatch.setenv(name, value)
    for words in (
        ("status", "--week", WEEK),
        ("status", "--week", WEEK, "--json"),
        ("run", "--dry-run", "--week", WEEK),
        ("rebuild",),
        ("sql", "SELECT count(*) FROM plans"),
        ("edition", "list"),
        ("anchors", "list"),
    ):
        ended = cliche(*words)
        assert ended.code == 0, (words, ended)
    ended = cliche("run", "--week", NEXT)
    assert (ended.code, "access denied" in ended.error) == (1, True), ended
    assert published.objects() == before
