"""The addresses of webhooks: the world's, and those of one's own network that the settings name.

The address that was looked at is the one that is spoken to, so that a name that tells another one the next time (DNS
rebinding) leads nowhere.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from deploy.variables import configured

HOSTS_VARIABLE: Final = "ACCORD_WEBHOOK_HOSTS"
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""Addresses behind which a translator speaks to an IPv4 address (RFC 6052, RFC 8215)."""

Resolve = Callable[[str, int], Coroutine[Any, Any, list[str]]]
"""Returns the addresses of a host, by its name and port."""


class NotReachable(Exception):
    """A host has no address that may be spoken to. The message gives the reason."""


def own_hosts() -> frozenset[str]:
    """Return the hosts of one's own network that webhooks may go to: `$ACCORD_WEBHOOK_HOSTS`.

    Raises:
        NotConfigured: The setting has not its form.
    """
    names = configured(HOSTS_VARIABLE).split(",")
    return frozenset(name.strip().lower() for name in names if name.strip())


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, those first that this machine prefers (RFC 6724)."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise NotReachable(f"the name {host} is not found") from fault
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


async def addresses_of(host: str, port: int, own: frozenset[str], lookup: Resolve = resolve) -> list[str]:
    """Return the addresses at which a host may be spoken to.

    Raises:
        NotReachable: It has none, or one of them is of this machine or of a private network.
    """
    addresses = await lookup(host, port)
    if not addresses:
        raise NotReachable(f"the name {host} is not found")
    inside = [address for address in addresses if not is_public(address)]
    if inside and host not in own:
        raise NotReachable(
            f"{host} is {inside[0]}, an address of this machine or of a private network; name the host in "
            f"{HOSTS_VARIABLE} if it may be sent to"
        )
    return addresses


def is_public(address: str) -> bool:
    """True if an address is one of the world's: no private, loopback, link-local, shared or reserved one."""
    number = ip_address(address)
    if isinstance(number, IPv6Address) and _leads_elsewhere(number):
        return False
    return number.is_global and not number.is_multicast and not _is_reserved(number)


def _leads_elsewhere(number: IPv6Address) -> bool:
    """True if packets to an IPv6 address go to an IPv4 address that is written in it."""
    tunnels = number.ipv4_mapped, number.sixtofour, number.teredo
    return any(tunnel is not None for tunnel in tunnels) or any(number in network for network in _TRANSLATED)


def _is_reserved(number: IPv4Address | IPv6Address) -> bool:
    return number.is_reserved or number.is_unspecified or number.is_loopback or number.is_link_local
