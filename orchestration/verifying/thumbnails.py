"""Thumbnails that pages link to (no manifest names them), against the published perceptual hashes of their pictures."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial

import duckdb
from PIL import Image

from assets.generation.pictures.image_check import bits_against
from orchestration.verifying import manifest as manifests
from orchestration.verifying.files import Read, present
from orchestration.verifying.places import Place
from orchestration.verifying.report import VerifiedEdition
from warehouse import keys
from warehouse.errors import CorruptObjectError
from warehouse.loading.webp_seals import encoder_of
from warehouse.store.many import ahead

_FOLDER = "thumbnails"
_ABSENT, _NO_HASH = "is not here", "has a picture without a published hash"
#: The published perceptual hash of each picture.
_HASHES = """
SELECT image_sha256, max(image_phash)
FROM (
    SELECT image_sha256, image_phash FROM images
    UNION ALL
    SELECT image_sha256, image_phash FROM study_slots WHERE image_sha256 IS NOT NULL
)
GROUP BY ALL
"""
_AT_ONCE = 8  # as files of an edition at an address
#: Most bits of 64 that a thumbnail may clearly contradict. Measured: 1 in one of 13,327 drawings, none of 1,428 of
#: photographs. Of pictures exchanged within a model, prompt and week 3.2 % of drawings and 0.05 % of photographs pass.
MOST = 3


def shown(pages: Iterable[tuple[str, bytes]], files: Collection[str]) -> dict[str, bool]:
    """Return the thumbnails that pages (path, bytes) link to, and whether a page with a card among `files` does."""
    found: dict[str, bool] = {}
    for path, page in pages:
        card = f"{path.rpartition('/')[0]}/card.png" in files
        for linked in keys.THUMBNAIL.finditer(page.decode(errors="replace")):
            found[linked[0]] = card or found.get(linked[0], False)
    return found


def first(on_pages: Mapping[str, bool], newest: Collection[str]) -> set[str]:
    """Return those of share cards and of the newest week's pictures: what is fetched by default."""
    return {key for key, card in on_pages.items() if card or keys.picture_of(key) in newest}


def compare(con: duckdb.DuckDBPyConnection, of: VerifiedEdition, place: Place) -> None:
    """Compare thumbnails that are there, of an edition that is alone all, with the published hashes of their pictures.

    Over a network those of share cards and of the newest week are compared, on this machine all that pages show.
    """
    hashes: dict[str, str | None] = dict(con.execute(_HASHES).fetchall())
    on_pages = shown(_pages(of), of.manifest["files"])
    of_week = con.execute("SELECT image_sha256 FROM images WHERE week = $week", {"week": of.manifest["week"]})
    wanted = {*on_pages} if place.root else first(on_pages, {sha256 for (sha256,) in of_week.fetchall()})
    for path, plain in present(of.root / _FOLDER).items() if place.alone else ():
        key = f"{_FOLDER}/{path}"
        if plain and keys.THUMBNAIL.fullmatch(key) and keys.picture_of(key) in hashes:
            wanted.add(key)
        else:
            of.report.differ(f"{key[:150]!r} is no thumbnail of a picture of the edition")
    counts = Counter[str]()
    faults = ahead(partial(_fault, place.read, hashes), ordered := sorted(wanted), _AT_ONCE)
    for key, fault in zip(ordered, faults, strict=True):
        of.step(_FOLDER, counts.total(), len(ordered))
        counts[fault] += 1
        if fault not in {"", _ABSENT, _NO_HASH}:
            of.report.differ(f"{key} {fault}")
    if counts[_NO_HASH]:
        of.report.skip(f"{counts[_NO_HASH]:,} thumbnails: no perceptual hash of their pictures is published")
    left = len(on_pages.keys() - wanted) + counts[_ABSENT]
    of.report.note(
        f"{len(wanted) - counts[_ABSENT] - counts[_NO_HASH]:,} thumbnails compared with the published hashes of their "
        "pictures" + f"; {left:,} more that pages show are not here or were left out" * bool(left)
    )


def _pages(of: VerifiedEdition) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of the edition's pages and sheets of quarters."""
    sheets = manifests.sheets(of.manifest, lambda key: (of.root / key).read_bytes())
    for folder, paths in ((of.folder, of.manifest["files"]), (of.root, sheets)):
        yield from ((path, (folder / path).read_bytes()) for path in paths if path.endswith(".html"))


def _fault(read: Read, hashes: Mapping[str, str | None], key: str) -> str:
    """Return what is wrong with a thumbnail, why it was not compared, or nothing."""
    data, phash = read(key), hashes.get(keys.picture_of(key) or "")
    if data is None or phash is None:
        return _ABSENT if data is None else _NO_HASH
    try:
        encoder_of(key, data)
        with Image.open(io.BytesIO(data), formats=("WEBP",)) as opened:
            if max(opened.size) > keys.THUMBNAIL_PX:  # before a pixel is decoded
                return f"has {opened.width} × {opened.height} pixels, more than any thumbnail"
            against = bits_against(opened, phash)
    except CorruptObjectError:
        return "has bytes that do not match the hash in them"
    except Exception as error:  # noqa: BLE001 - decoders raise anything, and all of it means the same
        return f"does not decode, or the hash of its picture is none ({type(error).__name__})"
    if against > MOST:
        return f"shows another picture: {against} of 64 bits contradict the published hash of its own"
    return ""
