"""What a Midjourney file name says, and how a file is called without naming a person.

The form is `<account>_<first words of the prompt>_<job uuid>_<grid position 0-3>.png`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from assets.generation.midjourney.metadata import UUID

HIDDEN = "…"
_SHOWN = 90  # characters of a text that are shown in a reason

_NAME = re.compile(
    rf"^(?P<before>.*?)_?(?P<job>{UUID})(?:_(?P<position>\d+))?(?P<copy> ?\(\d+\))?(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
#: Seen: account and words are cut after 61 characters, the words alone after 51. A little less counts as cut, a
#: shorter name holds the whole prompt.
_CUT_WITH_ACCOUNT, _CUT = 60, 50


@dataclass(frozen=True)
class NameParts:
    """What a file name says; `words` are the first words of the prompt, all of them unless `cut`."""

    job: str | None = None
    position: int | None = None
    words: str | None = None
    cut: bool = False
    account: str | None = None


def read_name(stem: str, author: str | None = None) -> NameParts:
    """Return the parts of a file name without its ending.

    The account ends at the first underscore, or where the `Author` chunk says if the name begins with it.
    """
    found = _NAME.match(unicodedata.normalize("NFC", stem))
    if not found:
        return NameParts()
    before = found["before"]
    account, _, words = before.partition("_")
    named = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", author)) if author else ""
    if named and before.casefold().startswith(f"{named}_".casefold()):
        account, words = before[: len(named)], before[len(named) + 1 :]
    words, *parameters = re.split(r"_--(?=\w)", words, maxsplit=1)
    position = int(found["position"]) if found["position"] and not found["rest"] else None
    return NameParts(
        job=found["job"].lower(),
        position=position,
        words=words or None,
        cut=not parameters and (len(before) >= _CUT_WITH_ACCOUNT or len(words) >= _CUT),
        account=account or None,
    )


def begins_with(prompt: str, words: str, *, cut: bool) -> bool:
    """Return whether a file name with `words` can be that of `prompt`.

    Names drop punctuation and may drop or simplify accented letters, so only ASCII letters and digits are compared;
    upper and lower case count. Words that are not `cut` must be the whole prompt.
    """
    return any(
        bool(said) and (text.startswith(said) if cut else text == said)
        for text in _spellings(prompt)
        for said in _spellings(words)
    )


def _spellings(text: str) -> set[str]:
    """Return the ASCII letters and digits of `text`, with accented letters simplified, and with them dropped."""
    forms = (unicodedata.normalize(form, text) for form in ("NFKD", "NFC"))
    return {"".join(letter for letter in form if letter.isascii() and letter.isalnum()) for form in forms}


def shown(text: str, accounts: Iterable[str] = ()) -> str:
    """Return `text` as one short line without control characters and without the accounts."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = hide(line, accounts)
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def hide(text: str, accounts: Iterable[str]) -> str:
    """Return `text` with each account replaced, whatever its case; a very short one only where it stands alone."""
    for account in sorted({a for a in accounts if a}, key=len, reverse=True):
        alone = r"(?<![^\W_]){}(?![^\W_])" if len(account) < 4 else "{}"
        text = re.sub(alone.format(re.escape(account)), HIDDEN, text, flags=re.IGNORECASE)
    return text


def display(name: str, job: str | None, position: int | None, accounts: Iterable[str]) -> str:
    """Return what a file is called in lists: its job and position, else the part of its name that names nobody.

    Where an account ends cannot be seen in a name of another form, so only what follows its last underscore is shown.
    """
    if job:
        return f"job {job}" + (f" position {position}" if position is not None else "")
    _, underscore, rest = hide(name, accounts).rpartition("_")
    return shown(f"{HIDDEN}_{rest}" if underscore else rest)
