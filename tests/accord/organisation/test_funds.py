"""Funds at the shell: opened, filled by two signatures, listed as of two dates, and what is refused in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from accord.presentation.faults import ExitCode
from tests.accord.shell import Answer, Shell

BY = ("--reason", "as the board resolved", "--as", "femi.ade")
BUDGET = ("--funder", "ISOC", "--currency", "USD", "--year", "2026", "--name", "A budget", "--as", "femi.ade")


@pytest.fixture
def new_fund(new_reference: Callable[[], str]) -> Callable[[], str]:
    """Names of funds that no other test uses."""
    return lambda: f"FD-{new_reference()[2:]}"


async def opened(shell: Shell, name: str, programme: str = "Libraries") -> None:
    more = ("--programme", programme) if programme else ()
    assert (await shell("funds", "open", name, *BUDGET, *more)).code == 0


async def asked(shell: Shell, *words: str) -> str:
    """Ask for a change, and return the id by which it is confirmed."""
    answer = await shell("funds", *words, *BY, "--json")
    assert answer.code == 0, answer.words
    return str(json.loads(answer.stdout)["change_id"])


async def shown(shell: Shell, name: str, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((await shell("funds", "show", name, "--json", *more)).stdout)
    return found


def refused(answer: Answer, *words: str) -> None:
    """It is refused, in one line that says so."""
    assert answer.code in {ExitCode.REFUSED, ExitCode.BAD_INPUT}, answer.words
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr
    assert all(word in answer.stderr for word in words), answer.stderr


async def test_a_budget_is_in_force_once_another_person_confirmed_it(
    shell: Shell, worker: None, new_fund: Callable[[], str]
) -> None:
    name = new_fund()
    await opened(shell, name)
    change = await asked(shell, "budget", name, "25000.00")
    assert (await shown(shell, name))["granted"] == "0.00"
    refused(await shell("funds", "confirm", name, change[:8], "--as", "femi.ade"), "Femi Ade", "director")
    confirmed = (await shell.done("funds", "confirm", name, change[:8], "--as", "dora.kim", "--json")).json
    assert (confirmed["fund"], confirmed["asked_by"], confirmed["confirmed_by"]) == (name, "femi.ade", "dora.kim")
    found = await shown(shell, name)
    assert (found["granted"], found["available"], found["waiting"]) == ("25000.00", "25000.00", [])
    assert (found["reserved"], found["spent"], found["overdraft"]) == ("0.00", "0.00", "0.00"), "a sum has its cents"
    refused(await shell("funds", "confirm", name, change[:8], "--as", "dora.kim"), "none of the changes that wait")


@pytest.mark.slow
async def test_a_transfer_moves_money_in_both_funds_or_in_none(
    shell: Shell, worker: None, new_fund: Callable[[], str]
) -> None:
    one, other = new_fund(), new_fund()
    await opened(shell, one, "")
    await opened(shell, other)
    balance = await asked(shell, "balance", one, "900.00")
    await shell("funds", "confirm", one, balance, "--as", "dora.kim")
    change = await asked(shell, "transfer", one, other, "400.00")
    assert (await shell("funds", "confirm", one, change, "--as", "dora.kim")).code == 0
    assert [(await shown(shell, name))["available"] for name in (one, other)] == ["500.00", "400.00"]
    refused(await shell("funds", "transfer", one, other, "500.01", *BY), "500.01", "500.00 USD available")
    refused(await shell("funds", "transfer", one, one, "1.00", *BY), "the same fund")


@pytest.mark.slow
async def test_what_cannot_be_is_said_in_one_line(shell: Shell, worker: None, new_fund: Callable[[], str]) -> None:
    name = new_fund()
    await opened(shell, name)
    refused(await shell("funds", "open", name, *BUDGET, "--programme", "X2"), "is open already")
    refused(await shell("funds", "open", "FD-P-2026-1", *BUDGET), "funds of gifts")
    refused(await shell("funds", "open", "libraries", *BUDGET), "is no fund's id")
    unclear = await shell("funds", "budget", name, "a lot", *BY)
    assert (unclear.code, "AMOUNT: 'a lot' is no sum" in unclear.stderr) == (ExitCode.BAD_INPUT, True), unclear.stderr
    either = await shell("funds", "budget", name, "1.001", *BY)
    assert "AMOUNT: '1.001' may be 1,001.00 or 1.001; write 1001.00 or a sum with at most 2 decimals" in either.stderr
    refused(await shell("funds", "budget", name, "1.0010", *BY), "amount: 1.0010 USD has more than 2 decimals")
    refused(await shell("funds", "budget", new_fund(), "1.00", *BY), "there is no fund")
    refused(await shell("funds", "balance", name, "1.00", *BY), "accord funds budget")
    refused(await shell("funds", "adopt", name, "P-2026-9999", *BY), "P-2026-9999", "is not approved")
    refused(
        await shell("funds", "budget", name, "1.00", "--reason", "mine", "--as", "pia.berg"),
        "a director or a finance approver must",
    )
    refused(await shell("funds", "show", new_fund()), "there is no fund", "accord funds list")


@pytest.mark.slow
async def test_a_fund_is_shown_as_of_two_dates(shell: Shell, worker: None, new_fund: Callable[[], str]) -> None:
    name = new_fund()
    await opened(shell, name)
    listed = await shell("funds", "list")
    assert name in listed.stdout
    assert name not in (await shell("funds", "list", "--known-at", "2020-01-01")).stdout
    refused(await shell("funds", "show", name, "--as-of", "2020-01-01"), "there is no fund")
