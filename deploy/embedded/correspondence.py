"""Letters and mail of a stack on one machine: the house's key with its sealer, and a mail server that hands nothing on.

A folder without them has neither. `accord demo` furnishes its own with both, and `accord up` starts what is there.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from deploy.embedded.ports import LOOPBACK
from deploy.embedded.processes import ChildProcess
from deploy.logins import make_secret
from deploy.settings import DATABASE_VARIABLE, PASSPHRASE_VARIABLE, SECRETS_VARIABLE

HOUSE_KEY: Final = "house.p12"
MAILS: Final = "mails"
"""The folder in which mail that was sent is found, a file for each."""
SEALER: Final = ["-m", "accord", "letters", "sealer"]
MAILBOX: Final = ["-m", "accord.demo.mailbox"]
SENDER: Final = "Internet Society (sample) <grants@sample.example>"


class Correspondence:
    """The processes by which a stack writes letters and mail, as far as its folder holds what they need."""

    def __init__(self, folder: Path, secrets: Path, port: int) -> None:
        """Prepare them. `port`: that of the mail server."""
        self._folder, self._secrets = folder, secrets
        self.port = port
        self._sockets: Path | None = None

    @property
    def seals(self) -> bool:
        """True if the folder holds the house's key."""
        return (self._folder / HOUSE_KEY).exists()

    @property
    def keeps_mail(self) -> bool:
        """True if mail is written down in the folder. Then it never leaves, whatever server is set: it is invented."""
        return (self._folder / MAILS).is_dir()

    @property
    def seal_socket(self) -> str:
        """The socket on which letters are sealed, or '' before the start and where nothing seals."""
        return str(self._sockets / "seal.sock") if self._sockets else ""

    @property
    def mail_settings(self) -> dict[str, str]:
        """The settings of the process that sends mail, or none if mail is not written down here."""
        if not self.keeps_mail:
            return {}
        server = {"ACCORD_SMTP": f"smtp://{LOOPBACK}:{self.port}", "ACCORD_MAIL_FROM": SENDER}
        return {**server, "ACCORD_MAIL_GRANTEES": "on"}

    def children(self) -> list[ChildProcess]:
        """Return the processes to start: none, or the sealer, the mail server, or both."""
        return [*([self._sealer()] if self.seals else []), *([self._mailbox()] if self.keeps_mail else [])]

    def end(self) -> None:
        """Remove the folder of the sealer's socket."""
        if self._sockets:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None

    def _sealer(self) -> ChildProcess:
        """The sealer, with the key's passphrase and no address of the database.

        Its socket lies in a new folder of the system's, since the path of a socket must be short.
        """
        self._sockets = Path(tempfile.mkdtemp(prefix="accord-seal-"))
        where = ["--key", str(self._folder / HOUSE_KEY), "--socket", self.seal_socket]
        nothing_else = {DATABASE_VARIABLE: "", SECRETS_VARIABLE: ""}  # also where the supervisor has them
        passphrase = {PASSPHRASE_VARIABLE: house_passphrase(self._secrets)}
        return self._child("sealer", [*SEALER, *where], {**nothing_else, **passphrase})

    def _mailbox(self) -> ChildProcess:
        return self._child("mailbox", [*MAILBOX, str(self.port), str(self._folder / MAILS)], {})

    def _child(self, name: str, command: list[str], environment: dict[str, str]) -> ChildProcess:
        return ChildProcess(name, [sys.executable, *command], self._folder / "logs" / f"{name}.log", environment)


def house_passphrase(secrets: Path) -> str:
    """Return the passphrase of the house's key in a stack's folder of secrets, made at its first use."""
    return make_secret(secrets / "house-key")
