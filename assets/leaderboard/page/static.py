"""Files that all pages of an edition share: styles, scripts, the icon."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"


def static_files() -> dict[str, bytes]:
    """Return path in the edition → bytes."""
    return {f"static/{path.name}": path.read_bytes() for path in sorted(STATIC.iterdir()) if path.is_file()}
