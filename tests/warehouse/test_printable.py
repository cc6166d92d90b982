"""Text of others on a terminal."""

import pytest

from warehouse.printable import printable


@pytest.mark.parametrize("text", ["6\u00a0%", "6\u202f%", "два", "多\n行"])
def test_what_people_write_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize("char", ["\x1b", "\r", "\x00", "\u202e", "\u2066", "\u2028", "\u200b", "\ud800"])
def test_what_steers_a_terminal_does_not(char: str) -> None:
    assert printable(f"a{char}b") == "a\N{REPLACEMENT CHARACTER}b"
