"""Weeks that are gone from the store are named when a week is published; so are weeks in which nobody was asked."""

from __future__ import annotations

from tests.orchestration.installation import MODELS, NEXT, WEEK, Cliche, Installation
from tests.orchestration.weekly.test_withheld import complete
from warehouse import keys

LATER = "2026-11-23"


def test_publish_names_what_is_gone_from_the_store(published: Installation, cliche: Cliche) -> None:
    complete(published.place(), LATER)
    missed = f"Nobody was asked in {NEXT}: a gap on the pages.\n"
    ended = cliche("publish", "--week", LATER)
    assert (ended.code, ended.err) == (0, missed)
    (published.home / "store" / keys.plan(WEEK, MODELS[0])).unlink()
    lost = (
        f"week {WEEK}: the store has no plan of {MODELS[0]} any more, whose pictures were published: "
        "restore it from a copy (cliche restore); "
    )
    ended = cliche("publish")
    assert (ended.code, ended.err) == (0, f"{lost}until cliche rebuild they are shown as before\n{missed}")
    assert cliche("rebuild").code == 0
    ended = cliche("publish")
    assert (ended.code, ended.err) == (0, f"{lost}this edition shows a gap\n{missed}")
    assert f"Edition {LATER}.2 is current" in ended.out
