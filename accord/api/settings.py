"""The settings of the API: its address, and the folder of signed checkpoints."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from deploy.variables import LOOPBACK, NotConfigured, configured

ORIGIN: Final = "ACCORD_API_ORIGIN"


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The settings of one API."""

    origin: str
    """Its origin as programs reach it, such as https://api.example.org."""
    checkpoints: Path | None = None
    """The folder of signed checkpoints, or None if none are served."""
    host: str = LOOPBACK
    """The address of this machine at which it is served."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the settings in the environment.

        Raises:
            NotConfigured: One is missing or has not its form. The message names it.
        """
        if not (origin := configured(ORIGIN, environment).rstrip("/")):
            raise NotConfigured(f"set {ORIGIN}; see `accord api --help`")
        folder = configured("ACCORD_CHECKPOINTS", environment)
        host = configured("ACCORD_LISTEN", environment) or LOOPBACK
        return cls(origin, Path(folder) if folder else None, host)
