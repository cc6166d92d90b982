"""Style sheets of the site are whole: a brace that is lost in a merge hides all rules after it from wide screens."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets import leaderboard

SHEETS = sorted((Path(leaderboard.__file__).parent / "static").glob("*.css"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_block_ends_before_the_next_section_begins(sheet: Path) -> None:
    depth = 0
    for number, line in enumerate(sheet.read_text(encoding="utf-8").splitlines(), 1):
        assert not (line.startswith(("/*", "@media")) and depth), (
            f"{sheet.name}:{number} is within another block"
        )
        depth += line.count("{") - line.count("}")
    assert depth == 0
