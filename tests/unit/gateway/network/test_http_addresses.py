"""Hostile addresses are refused without a connection: counted at a listening server and at the socket layer."""

from __future__ import annotations

import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
import trustme

from assets.gateway.network.connection import Connection
from assets.gateway.network.http import PictureFetchError, fetch_image, make_client
from assets.gateway.network.transport import RefusedAddressError
from assets.gateway.records import Outcome
from tests.services.faulty import Call, Faulty, serve

PUBLIC = "93.184.215.14"
GOOD = "good.example.com"
DECLARED = (GOOD, "*.example.com")

# Each of them with {port} of a server that listens on this machine, and what an incautious resolver says of its host.
LOOPBACK_FORMS = [
    "https://127.0.0.1:{port}/a.png",
    "https://127.0.0.1/a.png",
    "https://localhost:{port}/a.png",
    "https://2130706433:{port}/a.png",  # decimal
    "https://017700000001:{port}/a.png",  # octal
    "https://0177.0.0.1:{port}/a.png",
    "https://0x7f000001:{port}/a.png",  # hexadecimal
    "https://0x7f.1:{port}/a.png",
    "https://127.1:{port}/a.png",  # short
    "https://127.0.1:{port}/a.png",
    "https://0:{port}/a.png",
    "https://0.0.0.0:{port}/a.png",
    "https://127.0.0.1.:{port}/a.png",
    "https://[::1]:{port}/a.png",
    "https://[::]:{port}/a.png",
    "https://[0:0:0:0:0:ffff:7f00:1]:{port}/a.png",
    "https://[::ffff:127.0.0.1]:{port}/a.png",
    "https://[::127.0.0.1]:{port}/a.png",  # IPv4-compatible
    "https://[64:ff9b::7f00:1]:{port}/a.png",  # NAT64
    "https://[64:ff9b:1::7f00:1]:{port}/a.png",
    "https://[2002:7f00:1::]:{port}/a.png",  # 6to4
    "https://[fe80::1%25lo]:{port}/a.png",  # with a zone
    "https://[fe80::1]:{port}/a.png",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.7/a.png",
    "https://100.64.0.1/a.png",
    "https://192.168.1.1/a.png",
    "https://inside.example.com/a.png",  # a declared name that leads inside
    "https://mixed.example.com/a.png",  # public and inside
]
OTHER_FORMS = [
    "file:///etc/passwd",
    "ftp://good.example.com/a.png",
    "gopher://127.0.0.1:{port}/_GET%20/",
    "data:image/png;base64,AAAA",
    "//good.example.com/a.png",
    "good.example.com/a.png",
    "",
    "https://",
    "https:///a.png",
    "http://good.example.com/a.png",  # not encrypted
    "HTTP://GOOD.EXAMPLE.COM/a.png",
    "https://user:password@good.example.com/a.png",
    "https://good.example.com@127.0.0.1:{port}/a.png",
    "https://@good.example.com/a.png",
    "https://good.example.com:{port}/a.png",  # a port that nobody declared
    "https://good.example.com:80/a.png",
    "https://good.example.com:99999999/a.png",
    "https://good.example.com.evil.test/a.png",
    "https://evil.test/good.example.com/a.png",
    "https://evil.test?good.example.com/a.png",
    "https://evil.test#@good.example.com/a.png",
    "https://evilgood-example.com/a.png",
    "https://notexample.com/a.png",
    "https://example.com/a.png",  # *.example.com is not example.com
    "https://good.example.com./a.png",  # trailing dot
    "https://.example.com/a.png",
    "https://good..example.com/a.png",
    "https://evil.test\\@good.example.com/a.png",
    "https:\\\\good.example.com/a.png",
    "https://good.example.com\\.evil.test/a.png",
    "https://good.example.com\t.evil.test/a.png",
    "https://good.example.com\n@127.0.0.1/a.png",
    "https://good.example.com\x00.evil.test/a.png",
    " https://good.example.com/a.png",
    "https://gооd.example.com/a.png",  # Cyrillic о
    "https://ｇood.example.com/a.png",  # full width: IDNA would make it the good one
    "https://good。example.com/a.png",  # an ideographic full stop
    "https://127。0。0。1:{port}/a.png",
    "https://ⓛocalhost:{port}/a.png",
    "https://%67ood.example.com/a.png",
    "https://127%2e0%2e0%2e1:{port}/a.png",
]


@dataclass
class Wire:
    """What was resolved and connected to; a public address is carried to the server of this machine instead."""

    server: Faulty
    resolved: Counter[str] = field(default_factory=Counter)
    connected: list[str] = field(default_factory=list)
    #: host → answers, one for each time it is asked; the last one stays.
    names: dict[str, list[list[str]]] = field(default_factory=dict)

    def resolve(self, host: str, port: int) -> list[str]:
        """An incautious resolver: it knows every way to write an address, as the C library does."""
        self.resolved[host] += 1
        if host in self.names:
            return self.names[host][min(self.resolved[host], len(self.names[host])) - 1]
        try:
            return [socket.inet_ntoa(socket.inet_aton(host))]
        except OSError:
            return [host] if ":" in host else ["127.0.0.1"]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="module")
def listening(authority: trustme.CA) -> Iterator[Faulty]:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(GOOD, "cdn.example.com").configure_cert(own)
    with serve({}, tls=own) as server:
        yield server


@pytest.fixture
def wire(listening: Faulty, monkeypatch: pytest.MonkeyPatch) -> Wire:
    listening.forget()
    listening.rows["a.png"] = lambda call: call.answer(body=b"a picture", content_type="image/png")
    made = Wire(listening)
    made.names = {
        GOOD: [[PUBLIC]],
        "cdn.example.com": [[PUBLIC]],
        "other.example.com": [[PUBLIC]],
        "inside.example.com": [["10.1.2.3"]],
        "mixed.example.com": [[PUBLIC, "127.0.0.1"]],
        "localhost": [["::1", "127.0.0.1"]],
    }
    connect = socket.create_connection

    def carried(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        made.connected.append(address[0])
        return connect(("127.0.0.1", listening.port) if address[0] == PUBLIC else address, *args, **kwargs)

    monkeypatch.setattr(socket, "create_connection", carried)
    return made


def fetch(wire: Wire, tls: ssl.SSLContext, url: str, **settings: Any) -> bytes:
    return fetch_image(
        url, Connection(timeout_s=5, **settings), hosts=DECLARED, resolve=wire.resolve, tls=tls
    )


@pytest.mark.parametrize("url", LOOPBACK_FORMS + OTHER_FORMS)
def test_a_hostile_address_of_a_picture_is_refused_without_a_connection(
    wire: Wire, trusting: ssl.SSLContext, url: str
) -> None:
    with pytest.raises(PictureFetchError) as refused:
        fetch(wire, trusting, url.format(port=wire.server.port))
    assert (refused.value.outcome, refused.value.code) == (Outcome.WRONG_TYPE, "refused_address")
    assert "\n" not in str(refused.value)
    assert (wire.connected, wire.server.connections) == ([], 0)


@pytest.mark.parametrize("url", LOOPBACK_FORMS)
def test_the_client_itself_refuses_the_address_whatever_was_declared(
    wire: Wire, trusting: ssl.SSLContext, url: str
) -> None:
    with (
        make_client(Connection(), resolve=wire.resolve, tls=trusting) as client,
        pytest.raises((RefusedAddressError, httpx2.InvalidURL)),
    ):
        client.get(url.format(port=wire.server.port))
    assert (wire.connected, wire.server.connections) == ([], 0)


@pytest.mark.parametrize("url", ["http://good.example.com/", "ftp://good.example.com/", "file:///etc/passwd"])
def test_the_client_speaks_https_only(wire: Wire, trusting: ssl.SSLContext, url: str) -> None:
    with (
        make_client(Connection(), resolve=wire.resolve, tls=trusting) as client,
        pytest.raises((RefusedAddressError, httpx2.UnsupportedProtocol)),
    ):
        client.get(url)
    assert (wire.connected, wire.server.connections, wire.resolved) == ([], 0, {})


def test_a_declared_address_is_fetched_from_the_address_that_was_vetted(
    wire: Wire, trusting: ssl.SSLContext
) -> None:
    assert fetch(wire, trusting, f"https://{GOOD}/a.png") == b"a picture"
    assert fetch(wire, trusting, "https://cdn.example.com:443/a.png?signature=x%2F") == b"a picture"
    assert wire.connected == [PUBLIC, PUBLIC]
    assert set(wire.resolved) == {GOOD, "cdn.example.com"}


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(
    wire: Wire, trusting: ssl.SSLContext
) -> None:
    wire.names[GOOD] = [[PUBLIC], ["127.0.0.1"]]
    assert fetch(wire, trusting, f"https://{GOOD}/a.png") == b"a picture"
    assert (wire.connected, wire.resolved[GOOD]) == ([PUBLIC], 1)  # judged and used: one and the same answer
    connection = Connection(timeout_s=4)  # a client of its own, so that no connection is kept from before
    with pytest.raises(PictureFetchError, match="not a public address"):
        fetch_image(f"https://{GOOD}/a.png", connection, hosts=DECLARED, resolve=wire.resolve, tls=trusting)
    assert (wire.connected, wire.server.connections) == ([PUBLIC], 1)


def test_certificates_are_checked_against_the_name_and_not_the_address(
    wire: Wire, trusting: ssl.SSLContext
) -> None:
    with pytest.raises(PictureFetchError, match="certificate") as refused:
        fetch(wire, trusting, "https://other.example.com/a.png")
    assert (refused.value.outcome, refused.value.code) == (Outcome.CONNECTION, "tls_error")
    assert not wire.server.calls


REDIRECTS = [
    "http://169.254.169.254/latest/meta-data/",
    "https://169.254.169.254/latest/meta-data/",
    "https://127.0.0.1/a.png",
    "https://inside.example.com/a.png",
    "https://evil.test/a.png",
    f"https://user@{GOOD}/a.png",
    f"http://{GOOD}/a.png",
    "//evil.test/a.png",
    "file:///etc/passwd",
    "https://[",
]


@pytest.mark.parametrize("location", REDIRECTS)
def test_a_redirect_is_judged_like_the_first_address(
    wire: Wire, trusting: ssl.SSLContext, location: str
) -> None:
    wire.server.rows["moved"] = lambda call: call.answer(302, location=location)
    with pytest.raises(PictureFetchError) as refused:
        fetch(wire, trusting, f"https://{GOOD}/moved")
    assert (refused.value.outcome, refused.value.code) == (Outcome.WRONG_TYPE, "refused_address")
    assert (wire.connected, wire.server.paths) == ([PUBLIC], ["/moved"])


def test_a_good_redirect_is_followed_three_times_and_not_four(wire: Wire, trusting: ssl.SSLContext) -> None:
    def moved(call: Call) -> None:
        left = int(call.path.rpartition("/")[2])
        call.answer(307, location=f"/moved/{left - 1}" if left > 1 else "https://cdn.example.com/a.png")

    wire.server.rows["moved"] = moved
    assert fetch(wire, trusting, f"https://{GOOD}/moved/3") == b"a picture"
    with pytest.raises(PictureFetchError, match="more than 3 redirects"):
        fetch(wire, trusting, f"https://{GOOD}/moved/4")


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://100.100.100.200/"]
)
def test_a_clouds_metadata_service_is_refused_even_where_private_addresses_are_allowed(
    wire: Wire, url: str
) -> None:
    with (
        make_client(Connection(allow_private=True), resolve=wire.resolve) as client,
        pytest.raises(RefusedAddressError, match="metadata"),
    ):
        client.get(url)
    assert wire.connected == []


def test_private_addresses_are_reached_where_a_setting_allows_it_and_public_ones_never_in_clear(
    wire: Wire, trusting: ssl.SSLContext
) -> None:
    with serve({"a.png": lambda call: call.answer(body=b"mine")}) as local:
        connection = Connection(allow_private=True, base_url=f"{local.url}/v1")
        assert fetch_image(f"{local.url}/a.png", connection, resolve=wire.resolve) == b"mine"
        with pytest.raises(
            PictureFetchError, match="none of the declared hosts"
        ):  # private is not the same as declared
            fetch_image("http://10.0.0.8/a.png", connection, resolve=wire.resolve)
        with pytest.raises(PictureFetchError, match="not encrypted"):
            fetch_image(f"http://{GOOD}/a.png", connection, hosts=DECLARED, resolve=wire.resolve)
    assert wire.connected == ["127.0.0.1"]


def test_the_next_address_of_a_host_is_tried_when_one_does_not_answer(wire: Wire) -> None:
    with serve({"a.png": lambda call: call.answer(body=b"mine")}) as local:
        wire.names["two.test"] = [["127.0.0.2", "127.0.0.1"]]
        connection = Connection(allow_private=True, image_hosts=("two.test",))
        url = f"http://two.test:{local.port}/a.png"
        assert fetch_image(url, connection, resolve=wire.resolve) == b"mine"
    assert wire.connected == ["127.0.0.2", "127.0.0.1"]


def test_neither_proxies_nor_passwords_come_from_the_environment(
    wire: Wire, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text(f"machine {GOOD} login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    headers: list[str | None] = []

    def seen(call: Call) -> None:
        headers.append(call.headers.get("authorization"))
        call.answer(body=b"a picture")

    wire.server.rows["a.png"] = seen
    assert fetch(wire, trusting, f"https://{GOOD}/a.png") == b"a picture"
    assert (wire.connected, headers) == ([PUBLIC], [None])
