"""One store fixture for both kinds, so that one test class states what every store promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.store import Store, open_store


@pytest.fixture(params=["local", pytest.param("s3", marks=pytest.mark.s3)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store: a folder, or a prefix on the real S3 server."""
    if request.param == "local":
        return str(tmp_path / "bucket")
    return str(request.getfixturevalue("s3_address"))


@pytest.fixture
def store(address: str) -> Store:
    return open_store(address)
