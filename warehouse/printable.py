"""Text for people: that of others on a terminal, errors in one line, numbers of things."""

import unicodedata


def printable(text: str) -> str:
    """Return a text that changes nothing in a terminal: what a provider or a model wrote may hold escape sequences."""
    if text.isprintable():
        return text
    return "".join(char if _harmless(char) else "\N{REPLACEMENT CHARACTER}" for char in text)


def _harmless(char: str) -> bool:
    # Python calls no space printable but the plain one; "6 %" has one that does not break.
    return char.isprintable() or char == "\n" or unicodedata.category(char) == "Zs"


def one_line(error: object, most: int | None = None) -> str:
    """Return the words of an error in one line, the first so many characters of it."""
    return " ".join(str(error).split())[:most]


def counted(n: int, what: str) -> str:
    """Return `1 model`, `2 models`."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"
