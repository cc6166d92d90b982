"""`cliche study remove`, what the next edition is without, and `cliche import study --check`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.leaderboard.published import latest
from orchestration.commands.editions import headline
from tests.orchestration.installation import Cliche, Installation
from tests.studies.kept import keep
from warehouse.loading.study_objects import retractions
from warehouse.weeks import current_week

WHY = "its authors withdrew it"
PAGE = "studies/index.html"


def test_the_next_edition_is_without_it_and_those_before_stay(fresh: Installation, cliche: Cliche) -> None:
    keep(fresh.store)
    assert cliche("publish").code == 0
    before, first = fresh.objects(), f"editions/{current_week()}.1/"
    assert f"{first}{PAGE}" in before
    assert headline(fresh.place()) == ["No model has been asked yet."]
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
def test_a_wrong_use(fresh: Installation, cliche: Cliche, arguments: tuple[str, ...], words: str) -> None:
    keep(fresh.store)
    told = cliche("study", "remove", *arguments)
    assert (told.code, words in told.only_line) == (2, True), told.err
    assert retractions(fresh.store, "tiny") == []


def test_a_read_only_store(fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(fresh.store)

    def refuse(*_: object, **__: object) -> int:
        raise OSError(30, os.strerror(30))

    monkeypatch.setattr("os.link", refuse)
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    told = cliche("study", "remove", "tiny", "--reason", WHY)
    assert told.code == 1
    assert str(Path(fresh.store.url)) in told.only_line


def test_checking_a_study_lists_all_mistakes_or_what_would_come_in(
    fresh: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    labels, study = tmp_path / "labels.csv", tmp_path / "s.yaml"
    study.write_text(
        "{study: s, version: 1.0.0, title: t, citation: c, license: l, source: {address: 'https://example.org/a'}, "
        "models: [{id: m, title: M}], prompts: SELECT 'ceo' AS prompt, "
        "attributes: [{id: gender, title: g, values: [woman, man]}], labelers: [{id: p, kind: person}], labels: ["
        "\"SELECT model, prompt, nr AS replicate, gender AS value, _file AS file, _row AS row FROM 'labels.csv'\"]}",
        "utf-8",
    )
    check = ("import", "study", str(study), "--root", str(tmp_path), "--check")
    labels.write_text("model,prompt,nr,gender\nm,ceo,0,woman\nm,ceo,1,womn\nm,ceu,2,woman\n", "utf-8")
    ended = cliche(*check)
    assert (ended.code, ended.out) == (2, "")
    assert [line for line in ended.err.splitlines() if line.startswith(("s: ", "2 "))] == [
        's: labels.csv: prompts are not declared: "ceu" (row 4); did you mean "ceo"?',
        's: labels.csv: gender has values that are not declared: "womn" (row 3); known: woman, man; '
        'did you mean "woman"?',
        "2 kinds of mistakes; nothing was stored",
    ]
    labels.write_text("model,prompt,nr,gender\nm,ceo,0,woman\nm,ceo,1,man\n", "utf-8")
    ended = cliche(*check)
    assert (ended.code, ended.out.splitlines()) == (
        0,
        [
            "s: 1 models, 1 prompts, 2 slots, 0 pictures",
            "p: 2 labels of gender (woman 1, man 1)",
            "No mistakes. Nothing was stored: leave out --check to import it.",
        ],
    )
    assert fresh.objects() == {}
