"""Picture files in which a name is hidden, and hostile ones, made of a real encoder's bytes."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from assets.generation.pictures.png_chunks import SIGNATURE, chunk, chunks

NAME = "Jo_Doe.99"
ARTIST, COPYRIGHT, XP_AUTHOR, MAKER_NOTE, ORIENTATION = 0x013B, 0x8298, 0x9C9D, 0x927C, 0x0112
XMP = f'<x:xmpmeta><rdf:li xmlns:dc="dc" dc:creator="{NAME}">{NAME}</rdf:li></x:xmpmeta>'.encode()
ICC = b"\0\0\2\x0cprofile" + bytes(512)


def image() -> Image.Image:
    noise = np.random.default_rng(3).integers(0, 256, (24, 40, 3), dtype=np.uint8)
    return Image.fromarray(noise, "RGB").resize((80, 48), Image.Resampling.BICUBIC)


def encode(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image().save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int | None = None) -> bytes:
    """Exif with a name in every field that can hold one, as Pillow writes it."""
    made = Image.Exif()
    made[ARTIST] = NAME
    made[COPYRIGHT] = f"(c) {NAME}"
    made[XP_AUTHOR] = NAME.encode("utf-16-le")
    made.get_ifd(0x8769)[MAKER_NOTE] = NAME.encode()
    made.get_ifd(0x8825)[29] = "2026:11:24"
    if orientation:
        made[ORIENTATION] = orientation
    return made.tobytes()


def with_png(*extra: bytes) -> bytes:
    header, *rest = chunks(encode("PNG"))
    return SIGNATURE + header.raw + b"".join(extra) + b"".join(part.raw for part in rest)


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_jpeg(*extra: bytes, at: int = 2, **options: object) -> bytes:
    plain = encode("JPEG", **options)
    return plain[:at] + b"".join(extra) + plain[at:]


def riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def with_webp(*extra: bytes, **options: object) -> bytes:
    body = encode("WEBP", **options)[12:] + b"".join(extra)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def text(keyword: str, kind: bytes) -> bytes:
    packed = zlib.compress(NAME.encode())
    body = {b"tEXt": NAME.encode(), b"zTXt": b"\0" + packed, b"iTXt": b"\1\0en\0\0" + packed}[kind]
    return chunk(kind, keyword.encode() + b"\0" + body)


def itxt(keyword: str, data: bytes) -> bytes:
    return chunk(b"iTXt", keyword.encode() + b"\0\0\0\0\0" + data)


PHOTOSHOP = (
    b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0" + struct.pack(">I", 14) + b"\x1c\x02\x50\0\x09" + NAME.encode()
)
THUMBNAIL = b"\x10\x10" + NAME.encode() + bytes(3 * 256 - len(NAME))
#: What is hidden → (the file that hides it, what it hides in that file's bytes).
HIDDEN: dict[str, Callable[[], bytes]] = {
    **{
        f"PNG {kind.decode()} {keyword}": lambda kind=kind, keyword=keyword: with_png(text(keyword, kind))
        for kind in (b"tEXt", b"zTXt", b"iTXt")
        for keyword in ("Author", "Copyright", "Software", "Anything at all")
    },
    "PNG XMP": lambda: with_png(itxt("XML:com.adobe.xmp", XMP)),
    "PNG IPTC of ImageMagick": lambda: with_png(text("Raw profile type iptc", b"zTXt")),
    "PNG Exif": lambda: encode("PNG", exif=exif()),
    "PNG C2PA": lambda: with_png(chunk(b"caBX", NAME.encode())),
    "PNG private chunk": lambda: with_png(chunk(b"prVt", NAME.encode())),
    "PNG text behind the pixels": lambda: encode("PNG")[:-12] + text("Author", b"tEXt") + chunk(b"IEND", b""),
    "JPEG Exif": lambda: encode("JPEG", exif=exif()),
    "JPEG XMP": lambda: with_jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)),
    "JPEG longer XMP": lambda: with_jpeg(segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + XMP)),
    "JPEG IPTC": lambda: with_jpeg(segment(0xED, PHOTOSHOP)),
    "JPEG comment": lambda: with_jpeg(segment(0xFE, NAME.encode())),
    "JPEG C2PA": lambda: with_jpeg(segment(0xEB, b"JP" + NAME.encode())),
    "JPEG Ducky": lambda: with_jpeg(segment(0xEC, b"Ducky" + NAME.encode())),
    "JPEG several pictures": lambda: with_jpeg(segment(0xE2, b"MPF\0" + NAME.encode())),
    "JPEG thumbnail of JFIF": lambda: _in_jfif(THUMBNAIL),
    "JPEG behind the Adobe bytes": lambda: with_jpeg(segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + NAME.encode())),
    "JPEG between header segments": lambda: with_jpeg(NAME.encode(), at=20),
    "JPEG between scans": lambda: _before_last_scan(segment(0xFE, NAME.encode())),
    "WebP Exif": lambda: encode("WEBP", exif=exif()),
    "WebP Exif with a JPEG's prefix": lambda: encode("WEBP", exif=b"Exif\0\0" + exif().removeprefix(b"Exif\0\0")),
    "WebP XMP": lambda: encode("WEBP", xmp=XMP),
    "WebP lossless XMP": lambda: encode("WEBP", xmp=XMP, lossless=True),
    "WebP private chunk": lambda: with_webp(riff(b"WHO?", NAME.encode())),
}  # fmt: skip


def _in_jfif(thumbnail: bytes) -> bytes:
    plain = encode("JPEG")
    assert plain[2:4] == b"\xff\xe0"
    end = 4 + struct.unpack(">H", plain[4:6])[0]
    return plain[:2] + segment(0xE0, plain[6:18] + thumbnail) + plain[end:]


def _before_last_scan(extra: bytes) -> bytes:
    plain = encode("JPEG", progressive=True)
    at = plain.rindex(b"\xff\xda")
    # the tables of a scan stand before it
    tables = plain.rindex(b"\xff\xc4", 0, at)
    return plain[:tables] + extra + plain[tables:]


def names_left(data: bytes) -> bool:
    """Return whether the name is in the bytes, as text, as UTF-16, or packed in a text chunk of a PNG."""
    found = [data, *(zlib.decompress(part) for part in _packed(data))]
    return any(name in part for part in found for name in (NAME.encode(), NAME.encode("utf-16-le")))


def _packed(data: bytes) -> list[bytes]:
    if not data.startswith(SIGNATURE):
        return []
    texts = [part.data for part in chunks(data) if part.kind in {b"zTXt", b"iTXt"}]
    return [one[one.index(b"\x78\x9c") :] for one in texts if b"\x78\x9c" in one]


def pixels(data: bytes) -> tuple[bytes, tuple[int, int], object]:
    with Image.open(io.BytesIO(data)) as opened:
        return opened.tobytes(), opened.size, opened.info.get("icc_profile")


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


HOSTILE = {
    "PNG cut off": lambda: _cut(encode("PNG", pnginfo=_author())),
    "PNG text of 4 GB": lambda: with_png(b"\xff\xff\xff\xfftEXt"),
    "PNG text without end": lambda: with_png(struct.pack(">I", 10**6) + b"tEXtAuthor\0"),
    "JPEG cut off": lambda: _cut(encode("JPEG", exif=exif())),
    "JPEG segment of no length": lambda: with_jpeg(b"\xff\xe1\0\0"),
    "JPEG segment of length one": lambda: with_jpeg(b"\xff\xe1\0\1"),
    "JPEG segment past the end": lambda: with_jpeg(b"\xff\xe1\xff\xff"),
    "WebP cut off": lambda: _cut(encode("WEBP", xmp=XMP)),
    "WebP chunk of 4 GB": lambda: with_webp(b"EXIF\xff\xff\xff\xff" + NAME.encode()),
    "WebP half a chunk": lambda: with_webp(b"EX"),
    "WebP that says it is larger": lambda: _larger(encode("WEBP", xmp=XMP)),
    "nothing": lambda: b"",
    "a page": lambda: b"<html>",
}


def _author() -> PngInfo:
    info = PngInfo()
    info.add_text("Author", NAME)
    return info


def _larger(webp: bytes) -> bytes:
    return webp[:4] + struct.pack("<I", 2**32 - 1) + webp[8:]
