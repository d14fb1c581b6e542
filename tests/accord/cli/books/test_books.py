"""The book by shell: lists as of two times, exports, and a close by two people."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from accord.client.desk import Desk
from ledger import clock
from tests.accord.organisation.books.test_closing import FUND, days_ago, received
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails

LISTS = ("trial-balance", "fund", "commitments", "ageing", "forecast")


async def test_the_book_by_shell_from_lists_to_a_closed_period(
    shell: Shell, worker: None, desk: Desk, tmp_path: Path
) -> None:
    """Given money of the last days, when its period is closed, then its file stays, and lists are as of both dates."""
    period, file, again = (clock.today() - timedelta(days=1)).isoformat(), tmp_path / "1.csv", tmp_path / "2.csv"
    await received(desk, "500.00", days_ago(5))
    lists = await shell.together(*[("books", name, "--json") for name in LISTS])
    assert {one.json["on"] for one in lists} == {clock.today().isoformat()}
    [row] = [row for row in lists[1].json["rows"] if row["fund"] == FUND]
    assert (row["granted"], row["available"], row["spent"]) == ("500.00", "500.00", "0.00")
    earlier = await shell.done("books", "fund", "--as-of", days_ago(9).date().isoformat(), "--json")
    assert not [row for row in earlier.json["rows"] if row["fund"] == FUND], "it was not true then"
    unknown = await shell.done("books", "fund", "--known-at", days_ago(1).date().isoformat(), "--json")
    assert not [row for row in unknown.json["rows"] if row["fund"] == FUND], "nobody knew it then"
    shown = await shell.done("books", "trial-balance")
    assert "Funds, granted" in shown.words
    assert re.search(r"ISOC, USD: debits (\S+), credits \1; \S+ of each are memoranda\.", shown.words)
    exported = await shell.done("books", "export", period, "--out", file)
    assert f"no close is of the period up to {period}: what it has may still change" in exported.words
    running = await shell.done("books", "export", str(clock.today()), "--format", "beancount", "--out", tmp_path / "b")
    assert f"{clock.today()} is not over: what it has may still change" in running.words
    before = await shell("books", "checklist", period)
    assert before.code == REFUSED, "no statement of an account came in"
    for words in ("no statement of ISOC's account came in", f"accord books close {period} --reason REASON --as STAFF"):
        assert words in before.words
    asked = await shell.done("books", "close", period, "--reason", "reconciled with the bank", "--as", "femi.ade")
    assert f"accord books confirm {period} --as STAFF" in asked.words
    assert_fails(await shell("books", "confirm", period, "--as", "femi.ade"), REFUSED, "another person closes it")
    closed = (await shell.done("books", "confirm", period, "--as", "dora.kim", "--json")).json
    await received(desk, "70.00", days_ago(4))
    assert "may still change" not in (await shell.done("books", "export", period, "--out", again)).words
    assert file.read_bytes() == again.read_bytes()
    periods = (await shell.done("books", "periods", "--json")).json
    assert [(one["last_day"], one["sha256"]) for one in periods["closed"]] == [(period, closed["sha256"])]


async def test_bad_input_is_told_by_place(shell: Shell, desk: Desk) -> None:
    assert_fails(await shell("books", "export", "soon"), BAD_INPUT, "period: 'soon' is no month and no day")
    assert_fails(await shell("books", "fund", "--as-of", "soon"), BAD_INPUT, "--as-of")
    assert_fails(await shell("books", "export", "2099-10", "--out", "/nowhere/x.csv"), BAD_INPUT, "--out")
