"""A home with two published weeks and a study."""

from __future__ import annotations

import pytest

from tests.once import made_once
from tests.orchestration.conftest import publish_two_weeks
from tests.orchestration.installation import Installation


@pytest.fixture(scope="session")
def following(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Two weeks and a study in parts; read only, for copying."""
    return Installation(made_once(tmp_path_factory, "two-weeks", publish_two_weeks))
