"""A picture that was removed: copies of the store and sites do not bring it back."""

from __future__ import annotations

from pathlib import Path

from tests.orchestration.installation import WEEK, Cliche, Installation
from tests.orchestration.taking_back.conftest import home, twins_once
from tests.orchestration.taking_back.pictures import WHY, on_a_card, own
from warehouse import keys
from warehouse.store import open_store

__all__ = ["home", "twins_once"]
FIRST, SECOND = f"{WEEK}.1", f"{WEEK}.2"


def test_copies_and_sites_do_not_bring_it_back(home: Installation, cliche: Cliche, tmp_path: Path) -> None:
    sha256, copied, site = on_a_card(home), tmp_path / "copy", tmp_path / "site"
    gone = own(home, sha256)
    assert cliche("backup", str(copied)).code == 0
    removed = cliche("remove", sha256, "--reason", WHY, "--yes")
    assert (removed.code, f"the last known: {copied}" in removed.out) == (0, True)
    assert cliche("restore", str(copied)).code == 0  # of before the removal
    assert own(home, sha256) == {}
    told = cliche("backup", str(copied))
    assert (told.code, f"still holds {len(gone)} objects that removals name" in told.out) == (0, True)
    (home.home / "store").rename(tmp_path / "lost")
    assert cliche("restore", str(copied)).code == 0
    assert own(home, sha256) == {}
    assert cliche("verify", "--store").code == 0
    fresh = tmp_path / "fresh"
    assert cliche("backup", str(fresh)).code == 0
    assert {*open_store(fresh).list("removals/")} == {keys.removal(sha256)}
    assert not [key for key in open_store(fresh).list("") if key in gone]
    for edition in (FIRST, SECOND):
        folder = tmp_path / edition
        assert cliche("edition", "fetch", edition, str(folder)).code == 0
        assert cliche("verify", str(folder)).code == 0
    sent = cliche("publish", "--to", str(site))
    assert (sent.code, "missing" in sent.out) == (0, False)
    assert not [key for key in gone if (site / key).exists()]
    assert (site / keys.removal(sha256)).exists()
