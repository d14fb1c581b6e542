"""The settings of the door: the origin of its pages, and the address of this machine at which they are served."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from deploy.variables import LOOPBACK, NotConfigured, configured

ORIGIN: Final = "ACCORD_GRANTEE_ORIGIN"
LISTEN: Final = "ACCORD_LISTEN"


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """The settings of one door."""

    origin: str
    """The origin of its pages, such as https://forms.example.org."""
    host: str = LOOPBACK

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the settings in the environment. Raises NotConfigured, with a message that names what is missing."""
        origin = configured(ORIGIN, environment)
        if not origin:
            raise NotConfigured(f"set {ORIGIN}; see `accord grantee --help`")
        return cls(origin.rstrip("/"), configured(LISTEN, environment) or LOOPBACK)
