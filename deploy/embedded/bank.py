"""A mock bank (PyPI `mock-bank`), which accepts pain.001 files and answers with pain.002 and camt.054.

Only for the demo, tests and benchmarks. It is an independent implementation of the formats.
"""

from __future__ import annotations

import json
import re
import time
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError

from deploy.embedded.ports import LOOPBACK, free_port
from deploy.embedded.processes import ChildProcess, program

ANSWERS: Final = ("pain.002", "camt.054", "nacha.return")
"""The message types that we read. Interbank returns contain nothing further."""
STATEMENTS: Final = ("camt.053", "bai2.statement")
"""Statements of account, one for each account and working day: in BAI2 of an account that pays by ACH."""

START_SECONDS: Final = 20.0

_FRIDAY: Final = 4
_WEEKEND_AND_MONDAY: Final = 3

_DAY: Final = re.compile(r"(?<=>)(20\d\d-\d\d-\d\d)(T[0-9:.]+)?(Z|[+-]\d\d:\d\d)?(?=<)")


class Bank:
    """A mock bank in a child process, with its database and log in a folder."""

    def __init__(self, folder: Path, *, states: bool = False) -> None:
        """Prepare a bank without starting it.

        `states`: collect its statements as well. Its days begin on the working day before today then (`begin_today`).
        """
        self._folder = folder
        self._port = free_port()
        self._states = states
        self._opened: set[str] = set()
        self._first_day = _working_day_before(datetime.now(UTC).date()) if states else datetime.now(UTC).date()
        command = [program("mock-bank"), "--host", LOOPBACK, "--port", str(self._port), "--quiet"]
        database = ["--clock", f"{self._first_day}T09:00", "--db", str(folder / "bank.sqlite")]
        self._process = ChildProcess("bank", [*command, *database], folder / "logs" / "bank.log")

    @property
    def url(self) -> str:
        """The base URL of the bank."""
        return f"http://{LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Start the bank on the database of its folder, and wait until it answers.

        What it kept of earlier runs stays: a bank that forgets them gives the names of its messages a second time.
        """
        self._process.start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._call("GET", "/_mock/health")
            except (URLError, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        """Stop the bank."""
        self._process.stop()

    def open_account(self, name: str, iban: str, currency: str = "USD", **more: Any) -> None:
        """Open an account at the bank: a debtor's, or a creditor's that misbehaves as set in `more` (`closed=True`).

        An account of that name which an earlier run opened is set to the same.
        """
        self._opened.add(name)
        account = {"name": name, "iban": iban, "bic": "MOCKNL2AXXX", "currency": currency, **more}
        if name in [load["id"] for load in json.loads(self._call("GET", "/_mock/accounts"))]:
            if self._states:
                account.pop("balance", None)  # its statements go on from what stands there
            self._call("PATCH", f"/_mock/accounts/{name}", json.dumps(account).encode())
        else:
            self._call("POST", "/_mock/accounts", json.dumps({"id": name, **account}).encode())

    def submit(self, content: bytes) -> dict[str, Any]:
        """Submit a payment file, and return the bank's answer as JSON. A rejection is an answer, not an error."""
        return dict(json.loads(self._call("POST", "/payments", content, "application/xml", tolerate=(422,))))

    def receive_credit(self, account: str, minor_units: int, note: str, donor_name: str) -> None:
        """Credit an account with money from a donor, in minor units of its currency."""
        donor = {"name": donor_name, "iban": "NL14MOCK0000000002"}
        credit = {"account": account, "amount": minor_units, "note": note, "debtor": donor}
        self._call("POST", "/_mock/credits", json.dumps(credit).encode())

    def advance(self, days: int) -> None:
        """Advance the bank's clock by `days`: payments that are due are settled, and returns that are due are made."""
        self._call("POST", f"/_mock/advance?days={days}")

    def begin_today(self) -> None:
        """Go on to today, or to the day after the last that an earlier run stated: no day is stated a second time."""
        days = [datetime.now(UTC).date()]
        for name in self._opened:
            stated = json.loads(self._call("GET", f"/_mock/accounts/{name}/statements"))
            days += [date.fromisoformat(each["day"]) + timedelta(days=1) for each in stated]
        self.advance((max(days) - self._first_day).days)

    def payments(self) -> list[dict[str, Any]]:
        """Return every payment that the bank has processed, whether accepted or rejected, newest first."""
        return list(json.loads(self._call("GET", "/_mock/payments")))

    def collect(self, folder: Path) -> list[Path]:
        """Take the answers out of the bank's mailbox into files, and return their paths in the order of sending."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for message in json.loads(self._call("GET", "/_mock/mailbox")):
            if self._is_for_us(message):
                is_xml = not message["type"].startswith(("nacha", "bai2"))
                path = folder / f"{message['id']:06}-{message['type']}{'.xml' if is_xml else ''}"
                body = _dated_back(message["body"], datetime.now(UTC)) if is_xml else message["body"]
                path.write_text(body, "utf-8")
                paths.append(path)
        return paths

    def _is_for_us(self, message: dict[str, Any]) -> bool:
        """True for what we read: every answer, and the statements of accounts opened here. It has others of its own."""
        is_statement = self._states and message["type"].startswith(STATEMENTS)
        return message["type"].startswith(ANSWERS) or (is_statement and message["account"] in self._opened)

    def _call(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json",
        tolerate: tuple[int, ...] = (),
    ) -> str:  # fmt: skip
        request = urllib.request.Request(self.url + path, data=body, method=method, headers={"Content-Type": kind})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - loopback only
                return str(response.read().decode())
        except HTTPError as fault:
            content = fault.read().decode()
            if fault.code in tolerate:
                return content
            raise RuntimeError(f"the bank answered {fault.code} to {method} {path}: {content[:300]}") from fault


def _working_day_before(day: date) -> date:
    return day - timedelta(days=max(1, day.weekday() - _FRIDAY) if day.weekday() else _WEEKEND_AND_MONDAY)


def _dated_back(message: str, now: datetime) -> str:
    """Return a message with future dates set to now: the mock bank's days pass faster than ours."""

    def clamp(match: re.Match[str]) -> str:
        if match[1] <= now.date().isoformat():
            return match[0]
        return f"{now.date()}" + (f"T{now:%H:%M:%S}Z" if match[2] else "")

    return _DAY.sub(clamp, message)
