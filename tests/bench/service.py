"""A service of pictures that costs next to nothing: answers in the form of OpenAI's images API, made beforehand.

Usage: python -m tests.bench.service --latency-s 2 --image-bytes 1500000 [--limit 300 --kind window --retry-after]
Prints its port; GET /counts says how many requests it answered and refused, and after its first minute.

Belongs here: the server of the benchmarks of paid models. Does not belong here: what asks it (`client`), a server that
checks what it is asked (`tests.services.openai_contract`).
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import json
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import numpy as np
from PIL import Image

from tests.services.children import die_with_parent
from tests.unit.gateway.limited import Bucket, FixedWindow, Server

KINDS = {"bucket": lambda limit: Bucket(limit, limit / 60), "window": FixedWindow}
_HEADER_BYTES = (
    33  # signature and IHDR of a PNG: base64 of what follows begins anew, 33 being a multiple of 3
)


def picture(size: int) -> bytes:
    """Return a PNG of about so many bytes: a gradient with noise."""
    side = 64 if size < 100_000 else 1024
    chance = np.random.default_rng(1)
    base = np.linspace(0, 200, side)[None, :, None] + np.zeros((side, side, 3))
    data = b""
    for noise in range(1, 128):
        pixels = (base + chance.integers(0, noise, (side, side, 3))).clip(0, 255).astype("uint8")
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "PNG")
        data = out.getvalue()
        if len(data) >= size:
            break
    return data


def number_chunk(number: int) -> bytes:
    """Return a text chunk that makes a picture another one; 27 bytes, so that base64 stays in step."""
    body = b"tEXt" + b"n\0" + b"%013d" % number
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


class Answers:
    """Everything of an answer but the chunk with its number."""

    def __init__(self, size: int) -> None:
        data = picture(size)
        head, tail = data[:_HEADER_BYTES], data[_HEADER_BYTES:]
        usage = {
            "input_tokens": 10,
            "input_tokens_details": {"image_tokens": 0, "text_tokens": 10},
            "output_tokens": 1000,
            "total_tokens": 1010,
        }
        opening = b'{"created": 1, "data": [{"b64_json": "' + base64.b64encode(head)
        closing = base64.b64encode(tail) + b'"}], "usage": ' + json.dumps(usage).encode() + b"}"
        self._length = len(opening) + 36 + len(closing)
        self._opening, self._closing = opening, closing

    def of(self, number: int) -> tuple[bytes, bytes]:
        """Return one whole HTTP response in two parts, the large one shared by all."""
        head = (
            f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_{number}\r\n"
            f"content-length: {self._length}\r\n\r\n"
        )
        return head.encode() + self._opening + base64.b64encode(number_chunk(number)), self._closing


class Service(asyncio.Protocol):
    """One connection; all share what is in the class."""

    answers: Answers
    latency_s: float
    limit: Server | None = None
    retry_after = False
    began: float | None = None
    counts = {"answered": 0, "refused": 0, "late": 0, "refused_late": 0}  # noqa: RUF012
    number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._buffer = bytearray()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if not found:
            return
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        if len(rest) < length:
            return
        self._buffer = bytearray(rest[length:])
        if lines[0].startswith(b"get /counts"):
            self._send(_response("200 OK", json.dumps(self.counts).encode()))
        else:
            self._asked()

    def _asked(self) -> None:
        now = time.monotonic()
        Service.began = began = now if Service.began is None else Service.began
        late = now - began > 61
        self.counts["late"] += late
        if self.limit is not None and not self.limit.admit(now - began):
            self.counts["refused"] += 1
            self.counts["refused_late"] += late
            wait_s = self.limit.opens_at(now - began) - (now - began)
            headers = f"retry-after: {wait_s:.3f}\r\n" if self.retry_after else ""
            body = b'{"error": {"code": "rate_limit_exceeded", "type": "requests", "message": "Rate limit reached"}}'
            self._send(_response("429 Too Many Requests", body, headers))
            return
        Service.number += 1
        self.counts["answered"] += 1
        parts = self.answers.of(Service.number)
        asyncio.get_running_loop().call_later(self.latency_s, self._send, *parts)

    def _send(self, *parts: bytes) -> None:
        assert isinstance(self._transport, asyncio.Transport)
        for part in parts:
            self._transport.write(part)


def _response(status: str, body: bytes, headers: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Running:
    """A server in a process of its own."""

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self._counts = f"http://127.0.0.1:{port}/counts"

    def counts(self) -> dict[str, int]:
        """Return what was answered and refused."""
        with urlopen(self._counts, timeout=10) as answer:
            return dict(json.loads(answer.read()))


@contextmanager
def service(*arguments: str) -> Iterator[Running]:
    """Start the server with command-line arguments, and end it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.service", *arguments],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
        preexec_fn=die_with_parent,  # noqa: PLW1509
    )
    try:
        assert process.stdout is not None
        yield Running(int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until killed; the first line printed is the port."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--latency-s", type=float, default=2.0)
    parser.add_argument("--image-bytes", type=int, default=1_500_000)
    parser.add_argument("--limit", type=int, help="requests a minute")
    parser.add_argument("--kind", choices=sorted(KINDS), default="window")
    parser.add_argument("--retry-after", action="store_true")
    chosen = parser.parse_args()
    Service.answers = Answers(chosen.image_bytes)
    Service.latency_s = chosen.latency_s
    Service.limit = KINDS[chosen.kind](chosen.limit) if chosen.limit else None
    Service.retry_after = chosen.retry_after
    asyncio.run(_serve())


if __name__ == "__main__":
    main()
