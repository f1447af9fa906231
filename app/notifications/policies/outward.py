"""Which addresses may be called: https, to a name in the public network."""

import ipaddress
from urllib.parse import urlsplit

LONGEST = 1000


def is_outward(url: str, *, may_be_private: bool = False) -> bool:
    """Whether an address is one that may be called, by what it says; what its name stands for is
    asked when it is called.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        return False
    if parts.username or parts.password or not host or "\\" in url:
        return False
    if may_be_private:
        return parts.scheme in {"http", "https"}
    return parts.scheme == "https" and port in {None, 443} and _is_public_name(host)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public network."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = known
    if isinstance(known, ipaddress.IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour or known
        if known in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(known) & 0xFFFFFFFF)
    return all(one.is_global and not one.is_multicast for one in (known, inner))


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def _is_public_name(host: str) -> bool:
    """Whether a host is a public address, or a name that could stand for one."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        is_local = last in {"localhost", "local", "internal", "lan", "home", "arpa"}
        # `0x7f.1` and `2130706433` are loopback to many a resolver.
        return "." in host.rstrip(".") and not is_local and not last[:1].isdigit()
    return is_public(host)
