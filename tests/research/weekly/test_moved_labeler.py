"""A labeler that moved: told when a week is published, stops its attribute, accepted with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from assets.labeling.anchors.shipped import NAME, looks
from assets.labeling.registry import LABELERS, make_labeler
from tests.orchestration import moving
from tests.orchestration.installation import MODELS, NEXT, Cliche, Installation, entry
from warehouse import keys

VERSION = make_labeler("drawing").version
FEMININE = sum(look.get("perceived_gender") == "feminine" for look, _ in looks())  # of 48 people


@pytest.fixture
def moved(published: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The installation after its labeler changed under its version."""
    monkeypatch.setitem(LABELERS, "drawing", moving.ADDRESS)
    return published


def page(of: Installation, edition: str, address: str) -> str:
    text = of.store.get(f"{keys.edition_prefix(edition)}{address}/index.html").decode()
    return re.sub(r"\s+", " ", text)


def reliable(of: Installation) -> Iterator[tuple[str, bool | None]]:
    with duckdb.connect(str(of.settings.warehouse), read_only=True) as con:
        yield from con.execute(
            "SELECT attribute, reliable FROM reliability WHERE week = $week",
            {"week": NEXT},
        ).fetchall()


def test_a_labeler_that_moved_stops_its_attribute_until_accepted(moved: Installation, cliche: Cliche) -> None:
    enough = [{"suite": "startup-ceo@1", "replicates": 5, "prompts": ["ceo-his", "ceo-their"]}]
    moved.write_models(*(entry(model, suites=enough) for model in MODELS))
    ran = cliche("run", "--week", NEXT)
    assert ran.code == 0, ran.err
    assert f"perceived_gender: {FEMININE} of 48 labels of drawing on the anchors {NAME} moved" in ran.out
    assert {name for name, found in reliable(moved) if found is False} == {"perceived_gender"}
    first = page(moved, f"{NEXT}.1", "changes")
    assert f"the labeler drawing now reads {FEMININE} of 48 control pictures in another way" in first
    boards = [key for key in moved.objects() if f"editions/{NEXT}.1/boards/" in key and "gender" in key]
    why = f"the labeler drawing reads {FEMININE} of 48 control pictures in another way than before"
    assert any(why in moved.store.get(key).decode() for key in boards if key.endswith(".html"))
    status = cliche("status", "--week", NEXT).out
    line = f"labeler drift: drawing@{VERSION} moved in perceived_gender on {FEMININE} of 48 anchors of {NAME}"
    assert status.count("labeler drift") == 1
    assert line in " ".join(status.split())
    assert line in " ".join(cliche("anchors", "list").out.split())

    arguments = ["--labeler", "drawing", "--attribute", "perceived_gender", "--week", NEXT]
    told = cliche("anchors", "accept", *arguments, "--reason", "  ")
    assert (told.code, told.only_line[:14]) == (2, "give a reason:")
    wrong = cliche("anchors", "accept", *arguments[:3], "skin_tone", *arguments[4:], "--reason", "x")
    assert (wrong.code, wrong.only_line) == (
        2,
        f"drawing did not move in skin_tone in the week {NEXT}; cliche anchors list",
    )
    done = cliche("anchors", "accept", *arguments, "--reason", "a <test>", "--by", "kim")
    assert (done.code, done.err) == (0, "")
    again = cliche("anchors", "accept", *arguments, "--reason", "a test")
    assert (again.code, again.only_line) == (
        3,
        f"drawing, perceived_gender, week {NEXT} is accepted: a <test>",
    )
    assert "labeler drift" not in cliche("status", "--week", NEXT).out

    published = cliche("publish", "--week", NEXT)
    assert f"Edition {NEXT}.2 is current" in published.out
    assert {found for _, found in reliable(moved)} == {None}
    second = page(moved, f"{NEXT}.2", "changes")
    assert "accepted: a &lt;test&gt;" in second
    for key in moved.objects():
        if f"editions/{NEXT}.2/boards/" in key and key.endswith(".html"):
            assert "not reliable" not in moved.store.get(key).decode()
    assert cliche("verify").code == 0
