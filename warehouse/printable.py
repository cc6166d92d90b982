"""Text of others on a terminal."""

import unicodedata


def printable(text: str) -> str:
    """Return a text that changes nothing in a terminal: what a provider or a model wrote may hold escape sequences."""
    if text.isprintable():
        return text
    return "".join(char if _harmless(char) else "\N{REPLACEMENT CHARACTER}" for char in text)


def _harmless(char: str) -> bool:
    # Python calls no space printable but the plain one; "6 %" has one that does not break.
    return char.isprintable() or char == "\n" or unicodedata.category(char) == "Zs"
