"""The settings of the counter's pages: their address, the provider of sign-in, and the folder of payment files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from deploy.logins import read_secret
from deploy.variables import LOOPBACK, NotConfigured, configured

ORIGIN: Final = "ACCORD_COUNTER_ORIGIN"
SIGNING: Final = "ACCORD_SIGNING_ORIGIN"
CONSOLE: Final = "ACCORD_CONSOLE_ORIGIN"
FOLDER: Final = "ACCORD_COUNTER_FOLDER"
ISSUER: Final = "ACCORD_OIDC_ISSUER"
CLIENT: Final = "ACCORD_OIDC_CLIENT"
SECRET: Final = "ACCORD_OIDC_SECRET_FILE"  # noqa: S105 - the name of a variable
CLAIM: Final = "ACCORD_OIDC_CLAIM"
LISTEN: Final = "ACCORD_LISTEN"
NEEDED: Final = (ORIGIN, SIGNING, CONSOLE, FOLDER, ISSUER)


@dataclass(frozen=True, slots=True)
class CounterSettings:
    """The settings of one counter."""

    origin: str
    """The origin of the counter's pages, such as https://counter.example.org."""
    signing_origin: str
    """The origin of the page that signs, which the console serves: passkeys are made for it."""
    console_origin: str
    folder: Path
    """The folder to which payment files are written, and from which they are taken to the bank."""
    issuer: str
    client: str = "accord-counter"
    secret: str = ""
    claim: str = "sub"
    host: str = LOOPBACK
    """The address of this machine at which pages are served."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the settings in the environment.

        Raises:
            NotConfigured: One is missing or has not its form, or two origins are the same. The message names it.
            SecretUnusable: The client's secret cannot be read, or others may read it.
        """
        given = {name: configured(name, environment) for name in (*NEEDED, CLIENT, SECRET, CLAIM, LISTEN)}
        if missing := [name for name in NEEDED if not given[name]]:
            raise NotConfigured(f"set {', '.join(missing)}; see `accord counter --help`")
        settings = cls(
            origin=given[ORIGIN].rstrip("/"),
            signing_origin=given[SIGNING].rstrip("/"),
            console_origin=given[CONSOLE].rstrip("/"),
            folder=Path(given[FOLDER]),
            issuer=given[ISSUER].rstrip("/"),
            client=given[CLIENT] or "accord-counter",
            secret=read_secret(Path(given[SECRET])) if given[SECRET] else "",
            claim=given[CLAIM] or "sub",
            host=given[LISTEN] or LOOPBACK,
        )
        return settings.checked()

    def checked(self) -> Self:
        """Return the settings, or raise NotConfigured if two of the origins are the same."""
        if self.origin in {self.signing_origin, self.console_origin}:
            raise NotConfigured(f"{ORIGIN} must be an origin of its own: the console may not read the counter's pages")
        return self
