"""What carries requests: vetted addresses, one deadline for a whole call, counted bytes.

Every connection is made to an address that was resolved and vetted here, so that a name which changes its address
between the check and the call gains nothing. TLS names and certificates are checked against the name, as always.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

import httpcore2
import httpx2

from assets.gateway.network.addresses import Resolver, refused_host, refused_ip
from assets.gateway.network.connection import Connection
from warehouse.errors import ClicheError

_WRITE_BYTES = 65_536
_TRY_S = 10.0  # for an address that does not answer, while there are others


class RefusedAddressError(httpx2.ConnectError):
    """An address that may not be connected to; nothing was sent."""


class AnswerTooLargeError(httpx2.ReadError):
    """An answer passed the limit of its bytes while it was read; the rest was not."""


class _Until(float):
    """Seconds that know when they end: what httpcore hands to every read and write of one call."""

    at: float

    def __new__(cls, seconds: float) -> _Until:
        self = super().__new__(cls, seconds)
        self.at = time.monotonic() + seconds
        return self


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    """Return the seconds that are left of a call; raise `error` if there are none."""
    if not isinstance(timeout, _Until):
        return timeout
    left = timeout.at - time.monotonic()
    if left <= 0:
        raise error("the time of the call is over")
    return left


class _Stream(httpcore2.NetworkStream):
    """A connection whose every step ends when the call's time is over."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        view = memoryview(buffer)
        for at in range(0, len(view), _WRITE_BYTES):
            self._inner.write(view[at : at + _WRITE_BYTES], _left(timeout, httpcore2.WriteTimeout))  # type: ignore[arg-type]

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Backend(httpcore2.NetworkBackend):
    """Connects to vetted addresses only: all that a name resolves to must pass, and no name is resolved twice."""

    def __init__(self, resolve: Resolver, *, allow_private: bool, plain_http: bool) -> None:
        self._resolve = resolve
        self._rules = {"allow_private": allow_private, "plain_http": plain_http}
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolve, vet and connect; raise `RefusedAddressError` before anything is sent."""
        _refuse(refused_host(host))
        try:
            addresses = self._resolve(host.strip("[]"), port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host}: {error}") from error
        for address in addresses:
            why = refused_ip(address, **self._rules)
            _refuse(why and (why if address == host else f"{host}: {why}"))
        failed: Exception = httpcore2.ConnectError(f"{host} has no address")
        for others, address in zip(reversed(range(len(addresses))), addresses, strict=True):
            left = _left(timeout, httpcore2.ConnectTimeout)
            if others and left is not None:
                left = min(left, _TRY_S)
            try:
                return _Stream(self._inner.connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> NoReturn:
        """Refuse: no service is reached by a path."""
        raise RefusedAddressError(f"{path} is a path and no host")


def _refuse(why: str | None) -> None:
    if why:
        raise RefusedAddressError(why)


class _Body(httpx2.SyncByteStream):
    """The unpacked bytes of an answer, counted."""

    def __init__(self, packed: httpx2.Response, most: int) -> None:
        self._packed = packed
        self._most = most

    def __iter__(self) -> Iterator[bytes]:
        count = 0
        for chunk in self._packed.iter_bytes():
            count += len(chunk)
            if count > self._most:
                raise AnswerTooLargeError(f"the answer has more than {self._most} bytes")
            yield chunk

    def close(self) -> None:
        self._packed.close()


class _Carrier(httpx2.HTTPTransport):
    """The transport of httpx, over connections of a backend."""

    def __init__(self, tls: ssl.SSLContext, backend: httpcore2.NetworkBackend) -> None:
        super().__init__(verify=tls, trust_env=False)
        if not isinstance(getattr(self, "_pool", None), httpcore2.ConnectionPool):
            raise ClicheError(
                "this version of httpx2 keeps its connections elsewhere; install what requirements.lock names"
            )
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls,
            max_connections=None,
            max_keepalive_connections=128,
            keepalive_expiry=5.0,
            network_backend=backend,
        )


class GuardedTransport(httpx2.BaseTransport):
    """Carries requests to vetted addresses, for so long and so many bytes as `connection` says."""

    def __init__(self, connection: Connection, resolve: Resolver, tls: ssl.SSLContext) -> None:
        self._connection = connection
        private = connection.allow_private
        self._carriers = {
            scheme: _Carrier(tls, Backend(resolve, allow_private=private, plain_http=scheme == "http"))
            for scheme in (("https", "http") if private else ("https",))
        }

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; the answer's body is unpacked, counted and timed as it is read."""
        url = request.url
        if url.scheme not in self._carriers:
            why = "only https:// is used" if url.scheme == "http" else "is no web address"
            raise RefusedAddressError(f"{url.scheme}://{url.host}: {why} (allow_private is not set)")
        asked = request.extensions.get("timeout", {}).get("read")
        until = _Until(min(self._connection.timeout_s, asked or self._connection.timeout_s))
        request.extensions = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), until)}
        packed = self._carriers[url.scheme].handle_request(request)
        packed.request = request
        most = self._connection.most_answer_bytes
        if (declared := packed.headers.get("content-length", "")).isdecimal() and int(declared) > most:
            packed.close()
            raise AnswerTooLargeError(f"the answer has {declared} bytes, more than {most}")
        unpacked = packed.headers.copy()
        for name in ("content-encoding", "content-length", "transfer-encoding"):
            unpacked.pop(name, None)
        return httpx2.Response(
            packed.status_code, headers=unpacked, stream=_Body(packed, most), extensions=packed.extensions
        )

    def close(self) -> None:
        """Close all connections."""
        for carrier in self._carriers.values():
            carrier.close()
