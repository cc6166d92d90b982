"""Pictures as they are shown to a vision model: the pixels and nothing else.

The bytes of a picture can hold the prompt that it was made with: text chunks of a PNG, EXIF and XMP of a JPEG. A
labeler must not see it. So pictures are decoded and written anew, without loss (PNG) where that is small enough.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from assets.generation.pictures.image_check import as_shown


@dataclass(frozen=True)
class PictureToRead:
    """One picture and what is to be read off it."""

    sha256: str
    ext: str
    attributes: tuple[str, ...]


@dataclass(frozen=True)
class Preparation:
    """What is done to a picture before it is sent; part of a labeler's version.

    Attributes:
        max_side: the longer side in pixels above which a picture is scaled down.
        jpeg_quality: of that JPEG, without subsampling of colors.
    """

    max_side: int = 2048
    max_png_bytes: int = 3_500_000  # 4.7 MB in base64, below the 5 MB that the strictest API takes
    jpeg_quality: int = 95


@dataclass(frozen=True)
class ShownPicture:
    """A picture ready to be sent."""

    data: bytes
    mime: str

    @property
    def base64(self) -> str:
        """Return the bytes as base64."""
        return base64.b64encode(self.data).decode("ascii")

    @property
    def data_url(self) -> str:
        """Return the picture as a data URL."""
        return f"data:{self.mime};base64,{self.base64}"


class UnreadableError(ValueError):
    """The bytes do not decode as a picture; the message is one line."""


def prepare(image: bytes, preparation: Preparation = Preparation()) -> ShownPicture:
    """Return a picture as a new file without metadata: upright, in sRGB, on white, no larger than `max_side`."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            picture = as_shown(opened)
    except Exception as error:  # noqa: BLE001 - decoders raise anything, and all of it means the same
        raise UnreadableError(f"the picture does not decode ({type(error).__name__})") from None
    picture.thumbnail((preparation.max_side, preparation.max_side), Image.Resampling.LANCZOS)
    picture.info.clear()
    png = _encoded(picture, "PNG", compress_level=1)
    if len(png) <= preparation.max_png_bytes:
        return ShownPicture(png, "image/png")
    return ShownPicture(
        _encoded(picture, "JPEG", quality=preparation.jpeg_quality, subsampling=0),
        "image/jpeg",
    )


def _encoded(picture: Image.Image, form: str, **settings: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format=form, **settings)
    return buffer.getvalue()
