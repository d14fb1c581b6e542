"""The settings of the door's pages: their address, and the place of what comes in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from deploy.settings import quarantine_place
from deploy.variables import LOOPBACK, NotConfigured, configured

ORIGIN: Final = "ACCORD_GRANTEE_ORIGIN"


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """The settings of one door."""

    origin: str
    """The origin of its pages, such as https://forms.example.org."""
    quarantine: str
    """The folder or address into which papers are laid until they were examined."""
    host: str = LOOPBACK
    """The address of this machine at which pages are served."""
    fonts: str = ""
    """A folder of fonts beside those of the library, for answers as PDF."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the settings in the environment.

        Raises:
            NotConfigured: One is missing or has not its form. The message names it.
        """
        if not (origin := configured(ORIGIN, environment).rstrip("/")):
            raise NotConfigured(f"set {ORIGIN}; see `accord grantee --help`")
        host, fonts = configured("ACCORD_LISTEN", environment) or LOOPBACK, configured("ACCORD_FONTS", environment)
        return cls(origin, quarantine_place(), host, fonts)
