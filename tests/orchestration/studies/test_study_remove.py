"""`cliche study remove`: what the operator sees, and what the next edition is without."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.leaderboard.published import latest
from assets.studies.removal import remove_study
from tests.orchestration.installation import Cliche, Installation
from tests.studies.kept import keep
from warehouse.database.connection import connect
from warehouse.loading.study_objects import retractions
from warehouse.weeks import current_week

WHY = "its authors withdrew it"
PAGE = "studies/index.html"


def test_the_next_edition_is_without_it_and_those_before_stay(fresh: Installation, cliche: Cliche) -> None:
    keep(fresh.store)
    assert cliche("publish").code == 0
    before, first = fresh.objects(), f"editions/{current_week()}.1/"
    assert f"{first}{PAGE}" in before
    removed = cliche("study", "remove", "tiny", "--reason", WHY)
    assert (removed.code, removed.err) == (0, "")
    assert "tiny 1.0.0 is removed: retractions/study-tiny-1.json says why" in removed.out
    assert "Next:  cliche publish" in removed.out
    # It was the only one, and no model was ever asked: an edition of nothing takes its place.
    assert cliche("publish").code == 0
    edition = latest(fresh.store)
    assert edition
    assert edition.id == f"{current_week()}.2"
    after = fresh.objects()
    assert not [key for key in after if key.startswith(f"editions/{edition.id}/studies/")]
    changed = {key for key, data in before.items() if after.get(key) != data}
    assert [key for key in changed if not key.startswith("site/")] == ["editions/latest.json"]
    assert cliche("verify", f"{current_week()}.1").code == 0
    assert cliche("verify").code == 0


def test_a_removal_whose_loading_was_killed_counts_for_the_next_command(
    fresh: Installation, cliche: Cliche
) -> None:
    keep(fresh.store)
    keep(fresh.store, "other")
    assert cliche("rebuild").code == 0
    remove_study(fresh.store, "tiny", WHY)  # and the process died
    again = cliche("study", "remove", "tiny", "--reason", WHY)
    assert (again.code, "was removed" in again.only_line) == (2, True)
    assert cliche("study", "remove", "other", "--reason", WHY).code == 0
    with connect(fresh.settings.warehouse, read_only=True) as con:
        assert con.execute("SELECT count(*) FROM studies").fetchall() == [(0,)]
        assert con.execute("SELECT count(*) FROM study_loads").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none", "--reason", WHY), "no study 'none' in"),
        (("../tiny", "--reason", WHY), "no study '../tiny' in"),
        (("t\u00edny\u202e", "--reason", WHY), "no study 't\u00edny\\u202e' in"),
        (("tiny", "--reason", " "), "give a reason"),
        (("tiny", "--reason", "x" * 5000), "the reason has 5,000 characters"),
        (("tiny",), "--reason"),
    ],
)
def test_wrong_use_is_one_line(
    fresh: Installation, cliche: Cliche, arguments: tuple[str, ...], words: str
) -> None:
    keep(fresh.store)
    told = cliche("study", "remove", *arguments)
    assert (told.code, words in told.only_line) == (2, True), told.err
    assert retractions(fresh.store, "tiny") == []


def test_labeling_a_removed_study_says_that_it_was_removed(fresh: Installation, cliche: Cliche) -> None:
    keep(fresh.store)
    assert cliche("study", "remove", "tiny", "--reason", WHY).code == 0
    told = cliche("study", "label", "tiny", "--labeler", "drawing")
    assert (
        told.code,
        f"tiny 1.0.0 was removed (retractions/study-tiny-1.json: {WHY})" in told.error,
    ) == (2, True)


def test_a_store_that_is_read_only_is_one_line(
    fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(fresh.store)

    def refuse(*_: object, **__: object) -> int:
        raise OSError(30, os.strerror(30))

    monkeypatch.setattr("os.link", refuse)
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    told = cliche("study", "remove", "tiny", "--reason", WHY)
    assert told.code == 1
    assert str(Path(fresh.store.url)) in told.only_line
