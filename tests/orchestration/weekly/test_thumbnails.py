"""Thumbnails are made when a week is labeled; publishing makes those of weeks that were labeled before."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from assets.generation.workplace import Listener
from assets.labeling.partition import label
from assets.labeling.thumbnails.partition import pictures
from assets.leaderboard.asset import publish_week
from tests.orchestration.installation import MODELS, WEEK, Installation
from warehouse import keys
from warehouse.store import Store


def there(store: Store) -> dict[str, bytes]:
    return {key: store.get(key) for key in store.list("thumbnails/")}


def test_labeling_makes_them_and_publishing_makes_what_is_missing(published: Installation) -> None:
    store, told = published.store, list[str]()
    before = there(store)
    names = {one.sha256 for model in MODELS for one in pictures(store, WEEK, model)}
    notes = {*store.list(keys.thumbnail_notes_prefix())}
    assert {*before} == {keys.thumbnail(sha256) for sha256 in names} | notes
    assert len(notes) == len(MODELS)
    place = replace(published.place(), listener=Listener(told=told.append))
    shutil.rmtree(Path(store.url) / "thumbnails")
    label(place, MODELS[0], WEEK)
    assert len([*store.list(keys.thumbnail_notes_prefix())]) == 1
    assert publish_week(place, WEEK).published is False
    assert [line.endswith(f"of {MODELS[1]}, week {WEEK}, made (1 of 1).") for line in told] == [True]
    assert there(store) == before
