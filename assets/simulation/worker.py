"""A process that renders pictures for its parent, one after the other, until its input ends.

A parent that is killed closes the pipe, so no worker outlives it by more than a picture.

A message is four bytes of length (big endian) and that many bytes: JSON `[look, seed, size]` one way; one byte,
0 for a PNG and 1 for an error text, and the rest the other way.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import IO


def read(stream: IO[bytes]) -> bytes | None:
    """Return the next message, or None where the stream has ended."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    length = int.from_bytes(head)
    body = stream.read(length)
    return body if len(body) == length else None


def write(stream: IO[bytes], body: bytes) -> None:
    """Send one message."""
    stream.write(len(body).to_bytes(4) + body)
    stream.flush()


def answer(message: bytes) -> bytes:
    """Return the reply to one message; an error is a reply too."""
    try:
        from assets.simulation import picture

        look, seed, size = json.loads(message)
        return b"\0" + picture.png(look, seed, size)
    except Exception as error:  # noqa: BLE001 - told to the parent, which makes an outcome of it
        return b"\1" + f"{type(error).__name__}: {error}".encode()


def main() -> None:
    """Serve the parent until it goes away. Ctrl-C is the parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # a Ctrl-C that waits is ignored too
    while (message := read(sys.stdin.buffer)) is not None:
        try:
            write(sys.stdout.buffer, answer(message))
        except BrokenPipeError:
            return
