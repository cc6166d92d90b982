"""Text of others on a terminal."""


def printable(text: str) -> str:
    """Return a text that changes nothing in a terminal: what a provider or a model wrote may hold escape sequences."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in text
    )
