"""Anchors through the command: labeled when a week is published, told when they move, accepted with a reason."""

from __future__ import annotations

from assets.labeling.anchors.shipped import NAME, frozen_hashes, looks
from assets.labeling.registry import make_labeler
from tests.orchestration.installation import WEEK, Cliche, Installation
from warehouse import keys

VERSION = make_labeler("drawing").version
FEMININE = sum(look.get("perceived_gender") == "feminine" for look, _ in looks())  # of 48 people


def test_publishing_labels_the_shipped_set_once_and_lists_it(published: Installation, cliche: Cliche) -> None:
    stored = [
        key
        for key in published.objects()
        if key.startswith("anchors/") and not key.endswith(".parquet.json") and ".parquet." not in key
    ]
    assert stored == [
        f"anchors/{NAME}/anchors.json",
        f"anchors/{NAME}/labels/week={WEEK}/labeler=drawing@{VERSION}.parquet",
    ]
    assert {keys.image(sha256, "png") for sha256 in frozen_hashes()} <= published.objects().keys()
    ended = cliche("anchors", "list")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[1].split() == [NAME, "60", f"drawing@{VERSION}", "1", WEEK, WEEK]
    before = published.objects()
    assert cliche("publish", "--week", WEEK).code == 0
    assert published.objects() == before


def test_a_set_of_ones_own_needs_sixty_pictures_and_a_name_of_its_own(
    published: Installation, cliche: Cliche
) -> None:
    few = cliche("anchors", "freeze", "mine", "--from-week", WEEK)
    assert (few.code, few.only_line) == (
        2,
        f"the week {WEEK} has 8 different pictures with something to label, not 60",
    )
    assert cliche("anchors", "freeze", "mine", "--from-week", WEEK, "--n", "8").code == 2
    assert cliche("anchors", "freeze", NAME, "--from-week", WEEK).code == 3
