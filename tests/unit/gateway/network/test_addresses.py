"""Which addresses are refused, which may be allowed, and which hosts are declared."""

from __future__ import annotations

import pytest

from assets.gateway.network.addresses import is_declared, refused_host, refused_ip


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("8.8.8.8", False),
        ("2606:4700:4700::1111", False),
        ("64:ff9b::808:808", False),  # a public address as a network with IPv6 only sees it
        ("::ffff:8.8.8.8", False),
        ("127.0.0.1", True),
        ("::ffff:10.0.0.1", True),
        ("::ffff:0:10.0.0.1", True),
        ("64:ff9b::a9fe:a9fe", True),
        ("2002:a9fe:a9fe::1", True),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", True),  # Teredo
        ("fec0::1", True),
        ("fc00::1", True),
        ("ff02::1", True),
        ("224.0.0.1", True),
        ("255.255.255.255", True),
        ("240.0.0.1", True),
        ("198.18.0.1", True),
        ("192.0.2.1", True),
        ("2001:db8::1", True),
        ("not an address", True),
    ],
)
def test_addresses_are_judged(address: str, refused: bool) -> None:
    assert bool(refused_ip(address, allow_private=False)) is refused


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.1.1", "192.168.0.4", "fd12::1", "::1", "100.64.0.1", "fe80::1"]
)
def test_private_addresses_may_be_allowed(address: str) -> None:
    assert refused_ip(address, allow_private=True) is None


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "::ffff:169.254.169.254"]
)
def test_what_is_no_machine_or_holds_credentials_is_never_allowed(address: str) -> None:
    assert refused_ip(address, allow_private=True)


def test_hosts_are_judged_and_declared_by_whole_labels() -> None:
    assert refused_host("a-b_c.example.com") is None
    assert refused_host("93.184.215.14") is None
    assert refused_host("1password.example") is None
    assert is_declared("A.Example.com", ["*.example.com"])
    assert is_declared("a.b.example.com", ["*.example.com"])
    assert not is_declared("example.com", ["*.example.com"])
    assert not is_declared("badexample.com", ["*.example.com"])
    assert not is_declared("a.example.com.evil.test", ["*.example.com"])
