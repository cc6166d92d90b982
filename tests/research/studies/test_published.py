"""The larger shipped studies, cloned from repositories as published."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.forked_sandbox import fork_queries
from tests.studies.imports.test_shipped import STUDIES, gives_every_figure


@pytest.mark.corpora
@pytest.mark.parametrize("name", [name for name in STUDIES if name not in ("kauandugi2025", "saac2023")])
def test_a_clone_gives_every_published_figure(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork_queries(monkeypatch)
    gives_every_figure(name, tmp_path)
