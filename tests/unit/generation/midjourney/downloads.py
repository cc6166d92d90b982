"""Makes downloads from a real encoder's bytes and real text chunks, and suites and slots for them."""

from __future__ import annotations

import io
import uuid
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from assets.generation.midjourney.files import read_folder
from assets.generation.midjourney.matching import Import, match
from assets.generation.pictures.png_chunks import SIGNATURE, chunk, chunks
from assets.generation.slots import Slot, slot_key
from assets.suites.schema import Suite

WEEK = "2026-11-23"
IN_WEEK = "Tue, 24 Nov 2026 10:00:00 GMT"
ACCOUNT = "Jo_Doe.99"


def text_chunk(keyword: str, text: str, kind: bytes = b"tEXt") -> bytes:
    packed = zlib.compress(text.encode())
    body = {b"tEXt": text.encode(), b"zTXt": b"\0" + packed, b"iTXt": b"\1\0en\0\0" + packed}[kind]
    return chunk(kind, keyword.encode() + b"\0" + body)


def with_chunks(png: bytes, extra: list[bytes], drop: frozenset[bytes] = frozenset()) -> bytes:
    """`png` with `extra` behind its header and without its chunks of the kinds in `drop`."""
    header, *rest = chunks(png)
    return SIGNATURE + header.raw + b"".join(extra) + b"".join(c.raw for c in rest if c.kind not in drop)


def plain_png(seed: int = 0) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise, "RGB").save(out, "PNG")
    return out.getvalue()


class Downloads:
    """Writes downloads into a folder; each call is another job unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def __call__(
        self,
        prompt: str | None = "a French person",
        *,
        parameters: str = "--v 7",
        job: str | None = None,
        position: int | None = 0,
        created: str | None = IN_WEEK,
        author: str | None = ACCOUNT,
        account: str = ACCOUNT,
        words: str | None = None,
        kind: bytes = b"tEXt",
        name: str | None = None,
        data: bytes | None = None,
    ) -> Path:
        self.count += 1
        job = job or str(uuid.UUID(int=self.count))
        texts = {"Creation Time": created, "Author": author}
        if prompt is not None:
            texts["Description"] = f"{prompt} {parameters} Job ID: {job}"
        extra = [text_chunk(keyword, text, kind) for keyword, text in texts.items() if text is not None]
        words = words if words is not None else (prompt or "").replace(" ", "_")[:51]
        end = "" if position is None else f"_{position}"
        path = self.folder / (name or f"{account}_{words}_{job}{end}.png")
        path.write_bytes(with_chunks(plain_png(self.count), extra) if data is None else data)
        return path


def make_suite(suite_id: str, prompts: dict[str, str]) -> Suite:
    raw = [{"id": key, "text": text, "subject": "person:any"} for key, text in prompts.items()]
    return Suite.model_validate(
        {"id": suite_id, "version": "1.0.0", "title": suite_id, "source": "test", "replicates": 2}
        | {"prompts": raw, "attributes": []}
    )


def make_slots(suite: Suite, model: str, replicates: int) -> list[Slot]:
    slots = []
    for prompt in suite.prompts:
        common = {"suite": suite.id, "suite_version": suite.version, "prompt": suite.prompt_id(prompt)}
        for replicate in range(replicates):
            named = {**common, "model": model, "week": WEEK, "replicate": replicate}
            slots.append(Slot(slot_key=slot_key(params={}, turn=1, **named), **named))
    return slots


@dataclass(frozen=True)
class Entry:
    """What is read of an entry of models.yaml."""

    name: str = "mj-7"
    provider: str = "midjourney"
    model_id: str = "7"
    params: dict[str, object] = field(default_factory=dict)


FRENCH = make_suite("french", {"en": "a French person", "fr": "une personne française"})
SUITES = {FRENCH.label: FRENCH}


def prepare(folder: Path, *args: Any, **options: Any) -> Import:
    return match(read_folder(folder), *args, **options)
