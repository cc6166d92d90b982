"""A picture as it is shown: upright, in 8 bits, on white, in sRGB. Thumbnails and perceptual hashes are of this."""

from __future__ import annotations

import io
from contextlib import suppress

from PIL import Image, ImageCms, ImageOps


def as_shown(picture: Image.Image) -> Image.Image:
    """Return an opened picture in RGB, turned as its EXIF data say; `picture` may be changed."""
    profile = picture.info.get("icc_profile")
    with suppress(Exception):  # data that do not read are left out, as most viewers do
        ImageOps.exif_transpose(picture, in_place=True)
    return _in_srgb(_on_white(_eight_bit(picture)), profile)


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Return a picture with 16 bits per pixel in 8: Pillow itself would show all but the darkest as white."""
    if not picture.mode.startswith("I"):
        return picture
    gray = picture.point(lambda value: value * (1 / 256)).convert("L")
    gray.info.pop("transparency", None)  # a gray value of 16 bits
    return gray


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture in RGB, what is transparent laid on white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB; a profile that cannot be applied is left out, as most viewers do."""
    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
    return changed or picture
