"""What `cliche edition diff` says of wrong names, of what is no edition, and of addresses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.installation import Cliche, Installation
from tests.orchestration.verifying.history.test_difference import FIRST, SECOND
from tests.services.loopback import Reply, serve


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(300_000_000)


@pytest.mark.parametrize(
    ("make", "code", "told"),
    [
        (lambda path: None, 2, "is no edition, no folder"),
        (lambda path: path.mkdir(), 2, "is no edition, no folder"),
        (lambda path: path.write_text("{}"), 1, "is no manifest of an edition"),
        (lambda path: path.write_text("[" * 100_000), 1, "is no manifest of an edition"),
        (lambda path: path.write_bytes(b"\xff\x00"), 1, "is no manifest of an edition"),
        (_large, 1, "has more than 32,000,000 bytes"),
    ],
)
def test_what_is_no_edition_gives_one_line(
    fresh: Installation, tmp_path: Path, cliche: Cliche, make: Callable[[Path], None], code: int, told: str
) -> None:
    path = tmp_path / "x"
    make(path)
    for command in (("edition", "diff", str(path), SECOND), ("verify", "--against", str(path))):
        ended = cliche(*command)
        assert (ended.code, told in ended.only_line) == (code, True), ended.err


@pytest.mark.parametrize("target", ["../x", "a\0b", "ftp://x/y", "x" * 5000, "2026-11-16.9"])
def test_a_name_of_nothing_is_wrong_use(fresh: Installation, cliche: Cliche, target: str) -> None:
    ended = cliche("edition", "diff", target, SECOND)
    assert ended.code == 2
    assert ended.only_line


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(500), "the server answered 500"),
        (Reply(302, headers={"location": "http://169.254.169.254/"}), "redirects to another host"),
        (Reply(body=b"<html>"), "is no manifest of an edition"),
    ],
)
def test_an_address_without_a_manifest_gives_one_line(
    fresh: Installation, cliche: Cliche, reply: Reply, told: str
) -> None:
    with serve(lambda seen: reply) as base:
        ended = cliche("edition", "diff", f"{base}/editions/{SECOND}/", SECOND)
    assert (ended.code, told in ended.only_line) == (1, True), ended.err


def test_two_editions_at_addresses_are_compared(following: Installation, cliche: Cliche) -> None:
    root = Path(following.settings.store)

    def answer(seen: Any) -> Reply:
        path = root / seen.target.lstrip("/")
        return Reply(body=path.read_bytes()) if path.is_file() else Reply(404)

    with serve(answer) as base:
        ended = cliche("edition", "diff", f"{base}/editions/{FIRST}/", f"{base}/editions/{SECOND}/index.html")
    assert (ended.code, f"{FIRST} → {SECOND}" in ended.out) == (0, True), ended.out
