"""The one way to the network for providers and labelers: the client, pictures at addresses, pictures in base64."""

from __future__ import annotations

import binascii
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

import httpcore2
import httpx2
import tenacity
from pydantic import SecretStr

from assets.gateway.network.addresses import Resolver, is_declared, refused_host, system_resolver
from assets.gateway.network.connection import MOST_IMAGE_BYTES, Connection
from assets.gateway.network.redaction import redact
from assets.gateway.network.transport import GuardedTransport, RefusedAddressError
from assets.gateway.records import GROUPS, Answer, Outcome

_MOST_REDIRECTS = 3
_FETCH_TRIES = 3  # a picture that is paid for is worth a second and a third download
_KEPT_MESSAGE = 300  # characters of an error's own words


class PictureFetchError(Exception):
    """A picture could not be fetched or decoded: `outcome`, a `code` for tables and one line for people."""

    def __init__(self, outcome: Outcome, message: str, code: str) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.code = code


def make_client(
    connection: Connection, *, resolve: Resolver = system_resolver, tls: ssl.SSLContext | None = None
) -> httpx2.Client:
    """Return a client that reaches what `connection` allows and nothing else; SDKs take it as `http_client`.

    A call ends `connection.timeout_s` after it began, however slowly bytes drip. An answer of more than
    `connection.most_answer_bytes` (unpacked) raises `AnswerTooLargeError` while it is read. Neither proxies nor
    passwords are taken from the environment, no redirect is followed. `tls`: by default the system's certificates.
    """
    return httpx2.Client(
        transport=GuardedTransport(connection, resolve, tls or _system_tls()),
        timeout=connection.timeout_s,
        trust_env=False,
        follow_redirects=False,
    )


@cache
def _system_tls() -> ssl.SSLContext:
    return httpcore2.default_ssl_context()


def exchange(
    client: httpx2.Client, method: str, url: str, ends_at: float, *, key: SecretStr, **sent: Any
) -> tuple[httpx2.Response, str, Any] | Answer:
    """Make one call that ends at a time of `time.monotonic`; return what trouble on the way stands for, as an answer.

    Else the response, its text without the key, and the JSON in it, None where it is none.
    """
    left = max(0.001, ends_at - time.monotonic())
    try:
        response = client.request(method, url, timeout=left, **sent)
    except httpx2.HTTPError as error:
        if (answer := answer_of(error)) is None:
            raise
        return answer
    text = redact(response.text, key)
    try:
        return response, text, json.loads(text)
    except ValueError:
        return response, text, None


# --- pictures at addresses


def fetch_image(
    url: str,
    connection: Connection,
    *,
    hosts: Sequence[str] = (),
    resolve: Resolver = system_resolver,
    tls: ssl.SSLContext | None = None,
) -> bytes:
    """Return the bytes at an address that an API's answer holds; what they are is for `image_check` to say.

    Trouble on the way is met by up to two more downloads within `connection.timeout_s`. The address is judged before
    anything is resolved, and again at each of at most three redirects; `hosts` are those that the provider declares.
    Raises `PictureFetchError`.
    """
    ends_at = time.monotonic() + connection.timeout_s
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_worth_another_try),
        stop=tenacity.stop_after_attempt(_FETCH_TRIES) | tenacity.stop_before_delay(connection.timeout_s),
        wait=tenacity.wait_random_exponential(multiplier=0.2, max=2.0),
        reraise=True,
    )
    client = _downloader(connection, resolve, tls)
    declared = (*connection.image_hosts, *hosts)
    return retrying(_download, client, url, connection, declared, ends_at)


def _worth_another_try(error: BaseException) -> bool:
    if not isinstance(error, PictureFetchError) or GROUPS[error.outcome] != "transient":
        return False
    return error.code not in {"image_url_expired", "tls_error", "dns_failure"}


@lru_cache(maxsize=32)
def _downloader(connection: Connection, resolve: Resolver, tls: ssl.SSLContext | None) -> httpx2.Client:
    limited = connection.model_copy(update={"most_answer_bytes": MOST_IMAGE_BYTES})
    return make_client(limited, resolve=resolve, tls=tls)


def _download(
    client: httpx2.Client, url: str, connection: Connection, hosts: Sequence[str], ends_at: float
) -> bytes:
    target = _judged(url, connection, hosts)
    for _ in range(_MOST_REDIRECTS + 1):
        try:
            left_s = max(0.001, ends_at - time.monotonic())
            with client.stream("GET", target, timeout=left_s) as answer:
                if answer.is_success:
                    return answer.read()
                status, location = answer.status_code, answer.headers.get("location")
        except RefusedAddressError as error:
            raise _refused(str(error)) from None
        except httpx2.HTTPError as error:
            outcome, code, words, _ = _meaning(error) or _MEANINGS["RequestError"]
            raise PictureFetchError(outcome, f"the picture's download: {words}", code) from None
        if not (300 <= status < 400 and location):
            raise _not_there(status)
        try:
            target = _judged(str(target.join(_plain(location))), connection, hosts)
        except httpx2.InvalidURL:
            raise _refused("a redirect to what is no web address") from None
    raise _refused(f"more than {_MOST_REDIRECTS} redirects")


def _not_there(status: int) -> PictureFetchError:
    why, code = f"the picture's server answered {status}", f"image_status_{status}"
    if status in {403, 404, 410}:
        why, code = f"the picture's address is no longer valid ({status})", "image_url_expired"
    return PictureFetchError(Outcome.SERVER_ERROR, why, code)


def _judged(url: str, connection: Connection, hosts: Sequence[str]) -> httpx2.URL:
    """Return the address that may be asked, or raise `PictureFetchError`; nothing is resolved here."""
    try:
        target = httpx2.URL(_plain(url))
    except httpx2.InvalidURL:
        raise _refused("no web address") from None
    base = httpx2.URL(connection.base_url) if connection.base_url else None
    of_base = base is not None and (target.host, target.port) == (base.host, base.port)
    schemes = {"https", "http"} if connection.allow_private else {"https"}
    if target.scheme not in schemes:
        raise _refused(f"{target.scheme or 'nothing'}:// is not https://")
    if target.userinfo or "@" in url.partition("://")[2].partition("/")[0]:
        raise _refused("it holds a user name or password")
    if why := refused_host(target.host) if target.host else "it has no host":
        raise _refused(why)
    if not (of_base or is_declared(target.host, hosts)):
        raise _refused(f"{target.host} is none of the declared hosts (image_hosts)")
    if not (of_base or connection.allow_private or target.port is None):
        raise _refused(f"port {target.port} of {target.host} is not declared")
    return target


def _plain(url: str) -> str:
    """Return the text if it can mean one thing only: printable ASCII, no backslash, no space."""
    if not url.isascii() or not url.isprintable() or any(character in url for character in "\\ "):
        raise _refused("it holds characters that programs read differently")
    return url


def _refused(why: str) -> PictureFetchError:
    return PictureFetchError(
        Outcome.WRONG_TYPE, f"the picture's address was not fetched: {why}"[:_KEPT_MESSAGE], "refused_address"
    )


# --- pictures in answers


def decode_base64(text: str) -> bytes:
    """Return the bytes of a picture; the size is judged before a byte is decoded."""
    if len(text) * 3 // 4 > MOST_IMAGE_BYTES + 2:
        size = f"{len(text) * 3 // 4} bytes, more than {MOST_IMAGE_BYTES}"
        raise PictureFetchError(Outcome.TOO_LARGE, f"the picture has {size}", "image_too_large")
    try:
        return binascii.a2b_base64(text, strict_mode=True)  # `base64` would copy the text first
    except (binascii.Error, ValueError):
        raise PictureFetchError(Outcome.CORRUPT_IMAGE, "the picture is no base64", "not_base64") from None


def pictured(take: Callable[[], bytes], came: int = 1, **facts: Any) -> Answer:
    """Return the answer whose picture `take` fetches or decodes, else what its trouble stands for: it may be billed.

    `facts` are further fields of `Answer`; of several pictures that `came` the first is taken.
    """
    note = f"{came} pictures came for one; the first is kept" if came > 1 else None
    try:
        good = {"outcome": Outcome.OK, "image": take(), "error_message": note, "maybe_billed": False}
    except PictureFetchError as error:
        return answer_of(error, **facts) or Answer(outcome=error.outcome)
    return Answer(**facts | good)


# --- what transport errors mean


#: What an error stands for: outcome, code, words, whether the call may be billed.
Meaning = tuple[Outcome, str, str, bool]
#: By class of httpx, httpx2, httpcore and httpcore2 (they share their names); the most special class counts.
_MEANINGS: dict[str, Meaning] = {
    "RefusedAddressError": (Outcome.INVALID_PARAMS, "refused_address", "refused address", False),
    "AnswerTooLargeError": (Outcome.TOO_LARGE, "answer_too_large", "too large", True),
    "ConnectTimeout": (Outcome.CONNECTION, "connect_timeout", "no connection in time", False),
    "PoolTimeout": (Outcome.CONNECTION, "connect_timeout", "no connection in time", False),
    "ConnectError": (Outcome.CONNECTION, "connect_failed", "no connection", False),
    "ProxyError": (Outcome.CONNECTION, "connect_failed", "no connection", False),
    "TimeoutException": (Outcome.TIMEOUT, "deadline", "the time of the call was over", True),
    "LocalProtocolError": (Outcome.INVALID_PARAMS, "request_not_sent", "the request cannot be sent", False),
    "UnsupportedProtocol": (Outcome.INVALID_PARAMS, "request_not_sent", "the address is not http", False),
    "DecodingError": (Outcome.SERVER_ERROR, "answer_not_unpacked", "the answer does not unpack", True),
    "TransportError": (Outcome.CONNECTION, "connection_lost", "the connection was lost", True),
    "RequestError": (Outcome.CONNECTION, "connection_lost", "the connection was lost", True),
}
#: Their own words may hold a header, and so a key, or say nothing more.
_SILENT = frozenset({"request_not_sent", "deadline"})


def answer_of(error: Exception, **more: Any) -> Answer | None:
    """Return the answer that a transport error stands for, or None if it is none; SDKs' wrappers are looked into.

    Name, TLS and connection failures are `connection` and not billed. What was lost after sending may be billed:
    `connection`, `timeout`, `too_large`, and a picture that could not be fetched. An API's own address that is refused
    is `invalid_params`: the partition stops with the reason. `more` are further fields of `Answer`.
    """
    for link in _chain(error):
        if (meaning := _meaning(link)) is not None:
            outcome, code, words, billed = meaning
            fields = {"outcome": outcome, "error_code": code, "error_type": type(link).__name__}
            return Answer(**{**fields, "error_message": words, "maybe_billed": billed, **more})
    return None


def _meaning(error: BaseException) -> Meaning | None:
    if isinstance(error, PictureFetchError):
        return error.outcome, error.code, str(error), True
    theirs = ("httpx", "httpcore", "assets.gateway.network.transport")
    kinds = (kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith(theirs))
    known = next((_MEANINGS[kind] for kind in kinds if kind in _MEANINGS), None)
    if known is None:
        return None
    outcome, code, words, billed = known
    own = str(error)[:_KEPT_MESSAGE] if code not in _SILENT else ""
    if code == "connect_failed":
        causes = list(_chain(error))
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            code, words = "dns_failure", "the host's name was not found"
        elif any(isinstance(cause, ssl.SSLError) for cause in causes):
            code, words = "tls_error", "the server's certificate or TLS was not accepted"
    return outcome, code, f"{words}: {own}" if own else words, billed


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it, from the outside in."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
