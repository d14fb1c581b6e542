"""The settings of mail: the server, the sender, and whether grantees are written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from deploy.logins import read_secret
from deploy.processes.table import SMTP_SECRET
from deploy.settings import secrets_folder
from deploy.variables import LOCAL, SENDER, NotConfigured, configured

IMPLICIT_TLS: Final = "smtps"
PORTS: Final = {IMPLICIT_TLS: 465, "smtp": 587}


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that mail is handed to."""

    host: str
    port: int
    implicit_tls: bool
    """TLS from the first byte. Without it, STARTTLS is asked for, but on this machine."""
    user: str = ""
    secret: str = ""

    @property
    def is_here(self) -> bool:
        """True if nobody stands between this machine and the server."""
        return self.host in {*LOCAL, "::1"}


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The settings of mail."""

    server: MailServer
    sender: str
    """The address that mail comes from, and that people answer to."""
    name: str
    """The name of the house, as mail is signed."""
    to_grantees: bool = False
    language: str = "en"
    console: str = ""
    """The origin of the console's pages, or '' if mail names none."""
    door: str = ""
    """The origin of the grantee's door, or '' if mail to grantees has no links."""

    @property
    def domain(self) -> str:
        """The domain of the sender, in which message ids are unique."""
        return self.sender.rpartition("@")[2]

    def return_path(self, token: str) -> str:
        """Return the address to which a mail with this token comes back."""
        local, _, domain = self.sender.rpartition("@")
        return f"{local}+{token}@{domain}"

    @classmethod
    def from_environment(cls, with_secret: bool = True) -> MailSettings:
        """Return the settings of this process. `with_secret`: with that of the server's user, to send by it.

        Raises:
            NotConfigured: There is no server or no sender, or one has not its form.
            SecretUnusable: The server's user is named, and the file of their secret cannot be read.
        """
        if not (address := configured("ACCORD_SMTP")):
            raise NotConfigured("ACCORD_SMTP: no server for mail is named; write smtps://USER@HOST")
        found = SENDER.fullmatch(configured("ACCORD_MAIL_FROM"))
        if found is None:
            raise NotConfigured("ACCORD_MAIL_FROM: no sender is named; write NAME <ADDRESS>")
        return cls(
            server_at(address, with_secret), found["address"], found["name"] or found["address"].rpartition("@")[2],
            to_grantees=configured("ACCORD_MAIL_GRANTEES") == "on",
            language=configured("ACCORD_MAIL_LANGUAGE") or "en",
            console=configured("ACCORD_CONSOLE_ORIGIN").rstrip("/"),
            door=configured("ACCORD_GRANTEE_ORIGIN").rstrip("/"),
        )  # fmt: skip


def server_at(address: str, with_secret: bool = True) -> MailServer:
    """Return the server at an address of its form, with the secret of the user that it names.

    Raises:
        SecretUnusable: It names a user, and the file of their secret cannot be read.
    """
    parts = urlsplit(address)
    user = unquote(parts.username or "")
    secret = read_secret(secrets_folder() / SMTP_SECRET) if user and with_secret else ""
    port = parts.port or PORTS[parts.scheme]
    return MailServer(parts.hostname or "", port, parts.scheme == IMPLICIT_TLS, user, secret)
