"""Ports on loopback. Those of a stack are kept in its folder: passkeys belong to an origin, and so to a port."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"

PAGE_PORTS: Final = range(20_000, 30_000)
"""The ports of pages: below those that systems lend to outgoing connections, which would take a kept port by chance."""


class PortTaken(RuntimeError):
    """Another program has the port of a page. The message says what to do."""


def is_free(port: int) -> bool:
    """True if nobody listens at a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port(preferred_port: int | None = None) -> int:
    """Return a port that is free now: the preferred one if it is free, otherwise any."""
    if preferred_port is not None and is_free(preferred_port):
        return preferred_port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def page_ports(folder: Path, names: Iterable[str]) -> dict[str, int]:
    """Return the ports of pages, by their names: those that are kept in a folder, or free ones where none are.

    Raises:
        PortTaken: Another program has a kept one.
    """
    kept_ports, drawn_ports = read_ports(folder), secrets.SystemRandom().sample(PAGE_PORTS, len(PAGE_PORTS))
    free_ports = filter(is_free, drawn_ports)
    ports = {name: kept_ports[name] if name in kept_ports else next(free_ports) for name in names}
    for port in ports.values():
        if not is_free(port):
            raise PortTaken(
                f"another program has port {port}, at which the pages of this folder are, and passkeys are made for:"
                f" end that program and start again; or delete {_ports_file(folder)}, and everybody makes a new passkey"
            )
    return ports


def page_addresses(ports: dict[str, int]) -> dict[str, str]:
    """Return the addresses of pages. They name localhost, where browsers let a page without https use a key."""
    return {name: f"http://localhost:{port}" for name, port in ports.items()}


def read_ports(folder: Path) -> dict[str, int]:
    """Return the ports that are kept in a folder, by what they serve. There are none before the first start."""
    try:
        return {name: int(port) for name, port in json.loads(_ports_file(folder).read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def keep_ports(folder: Path, ports: dict[str, int]) -> None:
    """Keep ports for the next start. The file is replaced atomically."""
    part = folder / "ports.json.part"
    part.write_text(json.dumps(ports, indent=2), "utf-8")
    part.replace(_ports_file(folder))


def _ports_file(folder: Path) -> Path:
    return folder / "ports.json"
