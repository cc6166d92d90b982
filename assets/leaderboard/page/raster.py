"""Drawings as PNG, with fonts of this software and none of the machine's: equal drawings have equal pictures."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

import numpy as np
import resvg_py
from PIL import Image

from assets.gateway.workers import may_have_processes, pool_for, result_of

_FONTS = Path(__file__).parents[1] / "evidence" / "fonts"
#: Of so many pixels one has a say in the choice of colors: choosing among all takes thirty times as long.
_EVERY = 17
_LEVEL = 6  # of compression; 8 takes three times as long for six bytes in a hundred
#: How files that are drawn end. Another processor may draw them otherwise: they are in no hash of content.
DRAWN = ".png"
COLORS = 16  # of a drawing without photographs
_PNG = b"\x89PNG"
#: So many are drawn here. Of more, processes save what it takes to begin them.
_FEW = 60
_AHEAD = 400  # files that wait for a drawing before them
#: What is said of a process that made pages or drew for them.
KILLED = "a process that made pages was killed; publish again to go on"
BOLD, REGULAR = _FONTS / "SourceSans3-Bold.ttf", _FONTS / "SourceSans3-Regular.ttf"


def drawn(svg: str) -> Image.Image:
    """Return a drawing as a picture; nothing in it is fetched."""
    with Image.open(io.BytesIO(_png(svg))) as picture:
        return picture.convert("RGB")


@lru_cache(maxsize=256)  # a week that is published again has most of its drawings again
def _png(svg: str) -> bytes:
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(BOLD), str(REGULAR)],
            font_family="Source Sans 3",
        )
    )


def as_png(picture: Image.Image, colors: int) -> bytes:
    """Return a picture with few colors as PNG; they are chosen among a part of its pixels, on all lines."""
    some = np.asarray(picture).reshape(-1, 3)[::_EVERY]
    palette = Image.fromarray(some[np.newaxis]).quantize(colors, method=Image.Quantize.MEDIANCUT, kmeans=1)
    written = io.BytesIO()
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(written, "PNG", compress_level=_LEVEL)
    return written.getvalue()


def painted(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) with every PNG that is still an SVG drawn, many of them by all cores; in the same order.

    Meanwhile the next files are taken.
    """
    waiting: deque[tuple[str, bytes | Future[bytes]]] = deque()
    here, alone = 0, not may_have_processes()
    with ExitStack() as stack:
        pool = None
        for path, content in files:
            if not path.endswith(DRAWN) or not content or content.startswith(_PNG):
                waiting.append((path, content))
            elif alone or here < _FEW:
                waiting.append((path, _painted(content)))
                here += 1
            else:
                pool = pool or stack.enter_context(pool_for(KILLED, _nothing))
                waiting.append((path, pool.submit(_painted, content)))
            if len(waiting) > _AHEAD:
                yield _taken(waiting)
        while waiting:
            yield _taken(waiting)


def _taken(waiting: deque[tuple[str, bytes | Future[bytes]]]) -> tuple[str, bytes]:
    path, content = waiting.popleft()
    return path, content if isinstance(content, bytes) else result_of(content)


def _painted(svg: bytes) -> bytes:
    return as_png(drawn(svg.decode()), COLORS)


def _nothing() -> None:
    """Begin a process: it needs nothing."""
