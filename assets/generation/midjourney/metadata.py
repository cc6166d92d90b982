"""What a Midjourney PNG says in its chunks."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
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
    jobs = frozenset(found.lower() for found in (job, xmp[1] if xmp else None) if found)
    return Metadata(prompt, parameters, jobs, parse_time(texts.get("Creation Time", "")), texts.get("Author"))


def parse_description(text: str) -> tuple[str | None, dict[str, str], str | None]:
    """Return (prompt, parameters by long name, job id) of `<prompt> --chaos 5 --v 7 Job ID: <uuid>`."""
    found = _JOB.search(text)
    job = found[1].lower() if found else None
    words, *parameters = _FIRST_PARAMETER.split(text[: found.start()] if found else text)
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
