"""Which network addresses may be connected to: public ones, and private ones only where a setting allows it."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence

#: Gives the IP addresses of a host, as text; raises `socket.gaierror` if it has none.
Resolver = Callable[[str, int], Sequence[str]]

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Where clouds keep the credentials of a machine: never connected to, whatever a setting says.
METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",  # AWS, Google Cloud, Azure, DigitalOcean, OpenStack
        "169.254.170.2",  # AWS ECS tasks
        "169.254.170.23",  # AWS EKS pod identity
        "fd00:ec2::254",  # AWS over IPv6
        "fd00:ec2::23",  # AWS EKS pod identity over IPv6
        "fd20:ce::254",  # Google Cloud over IPv6
        "100.100.100.200",  # Alibaba Cloud
        "192.0.0.192",  # Oracle Cloud
    )
)
#: IPv6 networks whose addresses stand for an IPv4 address, and how many bits stand behind it.
_CARRIERS = (
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),  # mapped (RFC 4291)
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),  # translated (RFC 2765)
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),  # NAT64 (RFC 6052)
    (ipaddress.IPv6Network("2002::/16"), 80),  # 6to4 (RFC 3056)
)
#: Networks that Python calls global, or not private, in some versions, and that lead inside all the same.
_INSIDE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b:1::/48",  # local NAT64 (RFC 8215)
        "2001::/32",  # Teredo: the IPv4 address in it is another machine's choice
        "fec0::/10",  # site-local, deprecated
        "::/96",  # IPv4-compatible, deprecated
        "100.64.0.0/10",  # between a provider and its customers (RFC 6598)
    )
)

_LABEL = r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_A_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses that this machine's resolver knows for a host."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in answers))


def refused_host(host: str) -> str | None:
    """Return why a host is not even looked up, or None: it is a plain name or a canonical IP address.

    `127.1`, `0x7f000001`, `2130706433` and `0177.0.0.1` are read differently by different programs; none is needed.
    """
    bare = host.strip("[]").lower()
    if as_ip(bare) is not None:
        return f"{host}: an address with a zone" if "%" in bare else None
    if not _NAME.fullmatch(bare) or len(bare) > 253:
        return f"{host!r} is no plain host name"
    if _A_NUMBER.fullmatch(bare.rpartition(".")[2]):
        return f"{host} is a number and no canonical address"
    return None


def refused_ip(address: str, *, allow_private: bool, plain_http: bool = False) -> str | None:
    """Return why an address may not be connected to, or None.

    Loopback, private and link-local addresses need `allow_private`; others need encryption (not `plain_http`).
    """
    parsed = as_ip(address)
    if parsed is None:
        return f"{address!r} is no IP address"
    ip = carried(parsed)
    if ip in METADATA or parsed in METADATA:
        return f"{address} is a cloud's metadata service"
    if ip.is_unspecified or ip.is_multicast or (ip.version == 4 and ip.is_reserved):
        return f"{address} is no address of a machine"
    if is_inside(ip):
        return None if allow_private else f"{address} is not a public address"
    return f"{address} is a public address, and http:// is not encrypted" if plain_http else None


def is_inside(ip: Ip) -> bool:
    """Return whether an address is of this machine or of a network that is not public."""
    if any(ip in network for network in _INSIDE):
        return True
    return ip.is_loopback or ip.is_private or ip.is_link_local or ip.is_reserved or not ip.is_global


def carried(ip: Ip) -> Ip:
    """Return the IPv4 address that an IPv6 address stands for (mapped, NAT64, 6to4), else the address itself."""
    if isinstance(ip, ipaddress.IPv6Address):
        for network, behind in _CARRIERS:
            if ip in network:
                return ipaddress.IPv4Address((int(ip) >> behind) & 0xFFFFFFFF)
    return ip


def as_ip(text: str) -> Ip | None:
    """Return the IP address that a text is in canonical form (IPv6 may have a zone), or None."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_declared(host: str, patterns: Sequence[str]) -> bool:
    """Return whether a host is one of `patterns`; `*.example.com` covers subdomains of example.com and not itself."""
    host = host.lower()
    return any(
        host.endswith(pattern[1:]) and host != pattern[1:] if pattern.startswith("*.") else host == pattern
        for pattern in patterns
    )
