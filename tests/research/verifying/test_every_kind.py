"""Both editions of a store that holds objects of every kind verify."""

from __future__ import annotations

import pytest

from tests.orchestration.installation import Cliche, Installation
from tests.warehouse.integrity.conftest import whole, whole_once

__all__ = ["whole", "whole_once"]  # fixtures


@pytest.mark.parametrize("revision", [1, 2])
def test_an_edition_of_every_kind_of_object_verifies(
    whole: Installation, cliche: Cliche, revision: int
) -> None:
    verified = cliche("verify", f"2026-11-09.{revision}")
    assert (verified.code, " agree " in verified.out) == (0, True), verified.out
