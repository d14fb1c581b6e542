"""The receiver that a newcomer copies: what is signed is kept once, and what is not is refused."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from accord.operations.webhooks.messages import Message
from accord.operations.webhooks.posting import Poster
from accord.operations.webhooks.signing import digest_of, new_signing_secret
from domain.webhooks.endpoint import Endpoint
from examples.webhook import receiver

SECRET = new_signing_secret()
MESSAGES = [Message(f"{position}-ab", b'{"type": "FundOpened", "data": {}}') for position in (41, 42, 41)]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    server = receiver(SECRET, tmp_path / "events.db", 0)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    running.join()
    server.server_close()


def poster(url: str, secret: str) -> Poster:
    endpoint = Endpoint(
        name="books", url=url, hears=("fund",), after=0, sha256=digest_of(secret), last_day=date(2027, 6, 30)
    )
    return Poster(endpoint, secret, frozenset({"127.0.0.1"}))


async def test_what_is_signed_is_kept_once_and_what_another_signed_is_refused(url: str, tmp_path: Path) -> None:
    assert [(await poster(url, SECRET).post(message)).status for message in MESSAGES] == [204, 204, 204]
    assert (await poster(url, new_signing_secret()).post(MESSAGES[0])).status == 401
    with closing(sqlite3.connect(tmp_path / "events.db")) as kept:
        assert kept.execute("SELECT id, type FROM events ORDER BY id").fetchall() == [
            ("41-ab", "FundOpened"), ("42-ab", "FundOpened"),
        ]  # fmt: skip
