"""What a Midjourney download says in its chunks and in its name, and how it is called without naming a person.

A name has the form `<account>_<first words of the prompt>_<job uuid>_<grid position 0-3>.png`.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from assets.generation.pictures.png_chunks import PngError, chunks

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

_LONGEST_TEXT = 1_000_000  # bytes of a compressed text chunk, unpacked
_JOB = re.compile(rf"\s*Job ID:\s*({UUID})\s*$", re.IGNORECASE)
_XMP_JOB = re.compile(rf'DigImageGUID\s*(?:=\s*["\']|>)\s*({UUID})', re.IGNORECASE)
_FIRST_PARAMETER = re.compile(r"(?:^|\s)--(?=\w)")

#: Short and other spellings of parameters.
_LONG = {
    "v": "version", "ar": "aspect", "c": "chaos", "s": "stylize", "w": "weird", "q": "quality", "r": "repeat",
    "p": "profile", "personalize": "profile",
}  # fmt: skip


@dataclass(frozen=True)
class Metadata:
    """What the chunks say; None and empty where they do not. `author` is kept in memory only, to hide it."""

    prompt: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)  # long names; a flag's value is ""
    jobs: frozenset[str] = frozenset()  # more than one: the chunks contradict each other
    created_at: datetime | None = None  # naive UTC
    author: str | None = field(default=None, repr=False)


def read(png: bytes) -> Metadata:
    """Return what the text chunks of `png` say; of a broken PNG, what stands before the break."""
    texts = _texts(png)
    description = texts.get("Description")
    prompt, parameters, job = parse_description(description) if description else (None, {}, None)
    xmp = _XMP_JOB.search(texts.get("XML:com.adobe.xmp", ""))
    jobs = frozenset(name.lower() for name in (job, xmp[1] if xmp else None) if name)
    return Metadata(prompt, parameters, jobs, parse_time(texts.get("Creation Time", "")), texts.get("Author"))


def parse_description(text: str) -> tuple[str | None, dict[str, str], str | None]:
    """Return (prompt, parameters by long name, job id) of `<prompt> --chaos 5 --v 7 Job ID: <uuid>`."""
    match = _JOB.search(text)
    job = match[1].lower() if match else None
    words, *parameters = _FIRST_PARAMETER.split(text[: match.start()] if match else text)
    named = (parameter.split(maxsplit=1) for parameter in parameters)
    values = {_LONG.get(name.lower(), name.lower()): " ".join(value).strip() for name, *value in named}
    return " ".join(words.split()) or None, values, job


def parse_time(text: str) -> datetime | None:
    """Return naive UTC of an RFC 2822 or ISO 8601 time; None if it is neither or names no zone (none is guessed)."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(text.strip())
        except (ValueError, TypeError, OverflowError):
            continue
        if moment.tzinfo is not None:
            return moment.astimezone(UTC).replace(tzinfo=None)
    return None


def _texts(png: bytes) -> dict[str, str]:
    """Return the text chunks by keyword, the first of each."""
    texts: dict[str, str] = {}
    try:
        for chunk in chunks(png):
            if chunk.kind in _READERS:
                keyword, _, rest = chunk.data.partition(b"\0")
                texts.setdefault(keyword.decode("latin-1"), _READERS[chunk.kind](rest))
    except PngError:
        pass  # image_check says what is broken; what was read still helps to hide the account
    return texts


def _plain(data: bytes) -> str:
    """Decode; the specification says Latin-1, and many write UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _unpack(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _LONGEST_TEXT)
    except zlib.error:
        return b""


def _international(data: bytes) -> str:
    packed, rest = data[:1] == b"\1", data[2:]
    text = rest.split(b"\0", 2)[-1]  # behind the language and the translated keyword
    return _plain(_unpack(text) if packed else text)


_READERS = {b"tEXt": _plain, b"zTXt": lambda data: _plain(_unpack(data[1:])), b"iTXt": _international}


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
    match = _NAME.match(unicodedata.normalize("NFC", stem))
    if not match:
        return NameParts()
    before = match["before"]
    account, _, words = before.partition("_")
    named = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", author)) if author else ""
    if named and before.casefold().startswith(f"{named}_".casefold()):
        account, words = before[: len(named)], before[len(named) + 1 :]
    words, *parameters = re.split(r"_--(?=\w)", words, maxsplit=1)
    position = int(match["position"]) if match["position"] and not match["rest"] else None
    return NameParts(
        job=match["job"].lower(),
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
        bool(spelling) and (text.startswith(spelling) if cut else text == spelling)
        for text in _spellings(prompt)
        for spelling in _spellings(words)
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
