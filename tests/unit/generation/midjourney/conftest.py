"""A folder to download into, and the four real downloads."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.generation.pictures.png_chunks import chunks
from tests.unit.generation.midjourney.downloads import Downloads


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "downloads"
    made.mkdir()
    return made


@pytest.fixture
def download(folder: Path) -> Downloads:
    return Downloads(folder)


@pytest.fixture(scope="session")
def corpus() -> list[Path]:
    root = Path(__file__).parents[4].parent / "shared" / "corpora" / "midjourney-cc0"
    if not root.is_dir():
        pytest.skip(f"the four real downloads are not at {root}")
    return sorted(root.glob("*.png"))


@pytest.fixture(scope="session")
def accounts(corpus: list[Path]) -> set[str]:
    """The account names of the real downloads, read from them: from their names and their Author chunks."""
    authors = {
        chunk.data.partition(b"\0")[2].decode()
        for path in corpus
        for chunk in chunks(path.read_bytes())
        if chunk.data.startswith(b"Author\0")
    }
    return authors | {path.name.partition("_")[0] for path in corpus}
