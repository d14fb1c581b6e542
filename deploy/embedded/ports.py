"""Free ports on loopback, reused as long as they are free, so that an open browser tab keeps working."""

from __future__ import annotations

import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"


def free_port(preferred_port: int | None = None) -> int:
    """Return a port that is free now: the preferred one if it is free, otherwise any."""
    for candidate in (preferred_port, 0):
        if candidate is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on loopback")
