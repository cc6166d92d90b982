"""The planted windows, made once for all tests of a process: a test that writes rolls back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.warehouse.windows.planted import Con, loaded


@pytest.fixture(scope="session")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    with loaded(tmp_path_factory.mktemp("windows")) as made:
        yield made
