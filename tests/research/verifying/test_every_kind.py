"""An edition of a store that holds objects of every kind verifies, and says when its store was read."""

from __future__ import annotations

import json

from tests.orchestration.installation import Cliche, Installation
from tests.warehouse.integrity.conftest import whole, whole_once

__all__ = ["whole", "whole_once"]  # fixtures


def test_an_edition_of_every_kind_of_object_verifies_and_says_when_the_store_was_read(
    whole: Installation, cliche: Cliche
) -> None:
    verified = cliche("verify")
    assert (verified.code, " agree " in verified.out) == (0, True), verified.out
    first, second = (
        json.loads(whole.store.get(f"editions/2026-11-09.{revision}/manifest.json")) for revision in (1, 2)
    )
    assert first["store_read"] is None
    assert second["store_read"].endswith("all as recorded")
