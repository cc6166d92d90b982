"""What a file is, from its first bytes, where that is something else than was expected."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of file: how it begins, what it is called, and what to do about one that is out of place."""

    begins: tuple[bytes, ...]
    called: str
    fix: str


_LATER = "unpack it"
#: In the order in which they are tried.
KINDS = (
    Kind(
        (b"version https://git-lfs.github.com/spec/",),
        "a Git LFS pointer",
        "fetch the file with git lfs pull",
    ),
    Kind(
        (b"/annex/objects/", b"../.git/annex/objects/", b".git/annex/objects/"),
        "a git-annex pointer",
        "fetch the file with git annex get",
    ),
    Kind((b"\x1f\x8b",), "a gzip archive", _LATER),
    Kind((b"BZh",), "a bzip2 archive", _LATER),
    Kind((b"\xfd7zXZ\x00",), "an xz archive", _LATER),
    Kind((b"\x28\xb5\x2f\xfd",), "a zstd archive", _LATER),
    Kind((b"7z\xbc\xaf\x27\x1c",), "a 7z archive", _LATER),
    Kind(
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
        "an old Excel workbook (.xls), or one with a password",
        "save it as .xlsx or CSV",
    ),
    Kind((b"PAR1",), "a Parquet file", "say format: parquet"),
    Kind((b"%PDF-",), "a PDF", "a table is needed"),
    Kind((b"SQLite format 3\x00",), "a SQLite database", "export the table as CSV"),
    Kind((b"\x89HDF\r\n\x1a\n",), "an HDF5 file", "export the table as CSV"),
    Kind((b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8"), "a picture", "a table is needed"),
)
_XLSX = Kind((), "an Excel workbook (.xlsx)", "say format: xlsx")
_ZIP = Kind((), "a zip archive", _LATER)
_HTML = Kind((), "a web page (HTML)", "download the file itself")
_JSON = Kind((), "JSON", "say format: json, or format: label_studio for an export of Label Studio")
_UTF16 = Kind((), "UTF-16 text", "say encoding: utf-16, or save it as UTF-8")
_UTF32 = Kind((), "UTF-32 text", "say encoding: utf-32, or save it as UTF-8")


def kind_of(data: bytes) -> Kind | None:
    """Return what `data` certainly is, or None for plain text and for bytes of no kind that is known here."""
    for kind in KINDS:
        if data.startswith(kind.begins):
            return kind
    if data.startswith(b"PK\x03\x04"):
        return _XLSX if b"xl/" in data or b"[Content_Types].xml" in data[:4096] else _ZIP
    return _wide(data[:512]) or _markup(data[:512])


def _wide(start: bytes) -> Kind | None:
    if start.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return _UTF32
    halves = (start[::2].count(0), start[1::2].count(0)) if len(start) >= 4 else (0, 0)
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff")) or max(halves) > len(start) / 3
    return _UTF16 if wide else None


def _markup(start: bytes) -> Kind | None:
    start = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.lower().startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml")):
        return _HTML
    return _JSON if start.startswith((b'[{"', b'{"', b"[\n", b"[ {", b"{\n")) else None


def refuse(data: bytes, wanted: str, allowed: tuple[str, ...] = ()) -> str | None:
    """Return a line if `data` is of a known kind that is not among `allowed` (their names), else None."""
    kind = kind_of(data)
    if kind is None or kind.called in allowed:
        return None
    return f"is {kind.called}, not {wanted}; {kind.fix}"
