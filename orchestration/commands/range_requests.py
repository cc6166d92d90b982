"""Files by HTTP, in parts where a reader asks for parts: DuckDB in a browser reads what it needs of a large file."""

from __future__ import annotations

import re
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import BinaryIO

_RANGE = re.compile(
    r"bytes=(\d+)-(\d*)"
)  # one part from a place on (RFC 9110, 14.1.2); others get the whole file
_CHUNK = 1 << 20


class RangeHandler(SimpleHTTPRequestHandler):
    """Files of one folder, whole or in part."""

    _left: int | None = None  # bytes of the part that is being sent; None: a whole file

    def send_head(self) -> BinaryIO | None:
        """Send the headers of a file or of its part; return it, open where the part begins."""
        self._left = None
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if asked is None or not path.is_file():
            return super().send_head()
        size = path.stat().st_size
        first, last = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
        if first > last:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        file = path.open("rb")
        file.seek(first)
        self._left = last - first + 1
        return file

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        """Send the file, or its part."""
        if self._left is None:
            return super().copyfile(source, outputfile)
        while self._left and (chunk := source.read(min(self._left, _CHUNK))):
            outputfile.write(chunk)
            self._left -= len(chunk)
        return None

    def end_headers(self) -> None:
        """Say that parts can be had."""
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()
