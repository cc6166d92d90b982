"""What tests of vision labelers share: entries that point at a server of the loopback, and pictures."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, PngImagePlugin

from assets.gateway.models_file import LabelerEntry
from assets.labeling.registry import with_questions
from assets.suites.loader import load_suites
from tests.services.vision_contract import Vision

SUITES = load_suites()
KEY = "sk-label-0123456789abcdef"
KEY_ENV = "LABELER_KEY"
#: Kind of labeler, the settings that choose its endpoint, and the path that it then asks.
KINDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "responses": ("openai_vision", {}, "/v1/responses"),
    "chat": ("openai_vision", {"api": "chat"}, "/v1/chat/completions"),
    "decisions": ("openai_decisions", {}, "/v1/decisions"),
    "messages": ("anthropic_vision", {}, "/v1/messages"),
}
PRICE: dict[str, Any] = {
    "per_image_usd": 0.001,
    "per_million_usd": {"text_in": 1.0, "cached_text_in": 0.1, "text_out": 4.0},
    "source": "a test",
    "date": "2026-11-01",
}


def entry(server: Vision | None, kind: str = "responses", **more: Any) -> LabelerEntry:
    """Return the entry `eye` of a kind of `KINDS`, asked about everything that suites ask."""
    labeler, settings, _ = KINDS[kind]
    base_url = None if server is None else server.address if kind == "messages" else server.base_url
    values: dict[str, Any] = {
        "name": "eye",
        "labeler": labeler,
        "model_id": "gpt-6-luna",
        "price": PRICE,
        "connection": {"base_url": base_url, "key_env": KEY_ENV, "allow_private": True, "timeout_s": 10},
    }
    values |= more
    values["settings"] = {**settings, **values.get("settings", {})}
    made = LabelerEntry.model_validate(values)
    return with_questions([made], SUITES)[made.name]


def picture(shade: int = 0, *, size: tuple[int, int] = (24, 16), text: dict[str, str] | None = None) -> bytes:
    """Return a small PNG of one shade, with text chunks."""
    info = PngImagePlugin.PngInfo()
    for name, value in (text or {}).items():
        info.add_text(name, value)
    buffer = io.BytesIO()
    Image.new("RGB", size, (shade, 255 - shade, 90)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def encoded(image: Image.Image, form: str = "PNG", **settings: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **settings)
    return buffer.getvalue()


def shade_of(data: bytes) -> int:
    """Return the shade of a picture that was made here, from what was sent."""
    with Image.open(io.BytesIO(data)) as opened:
        return int(opened.convert("RGB").getpixel((0, 0))[0])  # type: ignore[index]
