"""Money goes to the account that was agreed on or to none: validation, references, and changes behind our back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import asyncpg
import pytest
from pydantic import ValidationError

from domain.parties import PartyKind
from payments.accounts import (
    AccountChanged,
    AccountDetails,
    UnknownAccount,
    banks_of,
    countries_of,
    embargo_on,
    find_account,
    read_account,
    record_account,
    reference_of,
)
from tests.payments.orders import ISOC, RIVERBEND, account

NAMED = "Ferry Lane Savings Bank"
GERMAN = {"iban": "DE89370400440532013000", "number": None, "bic": "COBADEFFXXX", "country": "DE"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"number": None, "iban": "NL00MOCK0000001101"}, "not an IBAN: Invalid checksum digits"),
        ({"number": None, "iban": "NL23"}, "not an IBAN: "),
        ({"bic": "MOCK"}, "not a BIC: Invalid length"),
        ({"bic": "MOCKXY2A"}, "not a BIC: Invalid country code"),
        ({"number": None}, "give either the iban or, where the country has none, the number"),
        ({"iban": ISOC.iban}, "give either the iban or, where the country has none, the number"),
        ({"number": "12"}, "should match pattern"),
        ({"country": "USA"}, "'USA' is not an ISO 3166-1 country code; write two capitals, such as UG"),
        ({"town": ""}, "at least 1 character"),
        ({"town": "T" * 36}, "at most 35 characters"),
        ({"holder": "H" * 141}, "at most 140 characters"),
        ({"bank": "B"}, "at least 2 characters"),
        ({"bank": "B" * 141}, "at most 140 characters"),
        ({"bank": "Ferry\x00Lane"}, "control character"),
        ({"street": "S" * 71}, "at most 70 characters"),
        ({"adress": "Main Street"}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_details_are_refused_and_say_why(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        account(**wrong)


def test_the_town_and_the_country_are_required() -> None:
    with pytest.raises(ValidationError) as refused:
        type(ISOC).model_validate({"holder": "Riverbend", "number": "0001234567", "bic": "MOCKNL2A"})
    assert {error["loc"] for error in refused.value.errors()} == {("town",), ("country",)}


@pytest.mark.parametrize("written", ["NL23MOCK0000001101", "nl23 mock 0000 0011 01", " NL23 MOCK0000001101 "])
def test_an_iban_is_taken_as_people_write_it(written: str) -> None:
    details = account(number=None, iban=written)
    assert details.iban == details.identifier == "NL23MOCK0000001101"


def test_the_reference_follows_from_the_content() -> None:
    assert reference_of(ISOC).reference == "BA-W7SW7OMSGC5X"
    assert reference_of(account()) == reference_of(account(number=" 0001234567 "))
    assert reference_of(account()) != reference_of(account(town="Lakeside"))


@pytest.mark.parametrize(
    ("details", "known"),
    [
        pytest.param(
            RIVERBEND,
            ("BA-X2ZODDG2Z7QR", "beb2e18cdacfe11b41898b6e78e8e5f0aef3f39ffaa3cb8ef5f6e50fd371015f"),
            id="with an IBAN",
        ),
        pytest.param(
            account(),
            ("BA-O5DPNYO5EMXG", "7746f6e1dd232e61966a5a021e2c79514fbd3ca87f64966b50e912500e2a7f34"),
            id="with a number",
        ),
    ],
)
def test_an_account_whose_bank_nobody_names_has_the_reference_it_had_before_one_could(
    details: AccountDetails, known: tuple[str, str]
) -> None:
    found = reference_of(details)
    assert (found.reference, found.sha256) == known
    assert "bank" not in details.model_dump(mode="json")
    assert reference_of(account(bank=NAMED)) != reference_of(account()) == reference_of(account(bank=None))


async def test_recording_the_same_details_again_changes_nothing(connection: asyncpg.Connection) -> None:
    first = await record_account(connection, RIVERBEND, "pia.berg")
    assert await record_account(connection, RIVERBEND, "vera.lind") == first
    rows = await connection.fetch("SELECT reference, recorded_by FROM payments.accounts")
    assert [tuple(row) for row in rows] == [(first.reference, "pia.berg")]


async def test_a_recorded_account_is_found_and_read_as_it_was(connection: asyncpg.Connection) -> None:
    recorded = await record_account(connection, RIVERBEND, "operator")
    assert await find_account(connection, recorded.reference) == recorded
    assert await read_account(connection, recorded.reference, recorded.sha256) == RIVERBEND


async def test_a_bank_that_was_named_is_read_as_it_was_named(connection: asyncpg.Connection) -> None:
    recorded = await record_account(connection, account(bank=NAMED), "operator")
    assert (await read_account(connection, recorded.reference, recorded.sha256)).bank == NAMED


async def test_an_unknown_account_says_how_to_record_it(connection: asyncpg.Connection) -> None:
    with pytest.raises(UnknownAccount, match="no bank account BA-AAAAAAAAAAAA; record it first with `accord payments"):
        await find_account(connection, "BA-AAAAAAAAAAAA")
    with pytest.raises(UnknownAccount):
        await read_account(connection, "BA-AAAAAAAAAAAA", "ab" * 32)


async def test_an_account_that_is_not_the_one_agreed_on_is_not_read(connection: asyncpg.Connection) -> None:
    recorded = await record_account(connection, RIVERBEND, "operator")
    with pytest.raises(AccountChanged, match=f"{recorded.reference} does not have the hash that was agreed on"):
        await read_account(connection, recorded.reference, "ab" * 32)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"iban": ISOC.iban}, id="another IBAN"),
        pytest.param({"holder": "Riverbend Library Networks"}, id="one letter of the holder"),
        pytest.param({"town": None}, id="a field that is missing now"),
        pytest.param({"iban": "NL00MOCK0000000000"}, id="an IBAN that is none"),
        pytest.param({"memo": "urgent"}, id="a field that was never there"),
        pytest.param({"bank": NAMED}, id="a bank that nobody named"),
    ],
)
async def test_a_row_changed_behind_our_back_is_noticed(
    connection: asyncpg.Connection, change: dict[str, str | None]
) -> None:
    recorded = await record_account(connection, RIVERBEND, "operator")
    await connection.execute("ALTER TABLE payments.accounts DISABLE TRIGGER accounts_are_kept")
    await connection.execute("UPDATE payments.accounts SET details = details || $1::jsonb", json.dumps(change))
    with pytest.raises(AccountChanged):
        await read_account(connection, recorded.reference, recorded.sha256)


@pytest.mark.parametrize("change", ["UPDATE payments.accounts SET recorded_by = 'x'", "DELETE FROM payments.accounts"])
async def test_the_database_refuses_to_change_an_account(connection: asyncpg.Connection, change: str) -> None:
    await record_account(connection, RIVERBEND, "operator")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="what was recorded stays"):
        await connection.execute(change)


def test_the_bank_of_an_account_is_known_by_the_names_in_its_countrys_directory() -> None:
    (bank,) = banks_of(account(**GERMAN))
    assert (bank.name, bank.country) == ("Commerzbank", "DE")


def test_a_bank_that_no_directory_names_is_nobody() -> None:
    assert banks_of(account(bic="MOCKNL2A")) == ()


def test_a_bank_that_no_directory_names_is_the_one_that_the_details_name() -> None:
    (bank,) = banks_of(account(bank=NAMED, bic="MOCKKENA"))
    assert (bank.name, bank.also_known_as, bank.country, bank.kind) == (NAMED, (), "KE", PartyKind.PRIVATE_COMPANY)


@pytest.mark.parametrize("named", [NAMED, "Commerzbank"])
def test_a_bank_is_known_by_what_the_details_say_and_by_what_the_directory_says_each_once(named: str) -> None:
    (bank,), (told,) = banks_of(account(bank=named, **GERMAN)), banks_of(account(**GERMAN))
    names = (bank.name, *bank.also_known_as)
    assert (bank.name, bank.country) == (named, "DE")
    assert set(names) == {named, told.name, *told.also_known_as}
    assert len(names) == len(set(names))


IRANIAN = {**GERMAN, "iban": "IR580540105180021273113007", "bic": "DEUTDEFF"}


@pytest.mark.parametrize(
    ("details", "countries"),
    [
        pytest.param(GERMAN, {"DE"}, id="all of one country"),
        pytest.param({**GERMAN, "country": "US"}, {"US", "DE"}, id="its holder lives elsewhere"),
        pytest.param(IRANIAN, {"DE", "IR"}, id="its IBAN is of another country than its bank's BIC"),
        pytest.param({}, {"US", "NL"}, id="a number has no country"),
    ],
)
def test_the_countries_of_an_account_are_its_holders_its_banks_and_its_ibans(
    details: dict[str, Any], countries: set[str]
) -> None:
    """An embargoed account behind a correspondent's BIC is an embargoed account all the same."""
    assert set(countries_of(account(**details))) == countries


@pytest.mark.parametrize(
    ("details", "name"),
    [
        pytest.param(IRANIAN, "Iran", id="its IBAN"),
        pytest.param({**GERMAN, "country": "CU"}, "Cuba", id="its holder's country"),
        pytest.param({**GERMAN, "country": "RU", "town": "Simferopol"}, "Crimea", id="a town of Crimea"),
        pytest.param({**GERMAN, "country": "UA", "street": "1 Port, Sevastopol"}, "Sevastopol", id="its street"),
        pytest.param({**GERMAN, "country": "UA", "town": "Kyiv"}, "", id="another town"),
        pytest.param({**GERMAN, "country": "US", "town": "Havana"}, "", id="a town of that name elsewhere"),
        pytest.param({**GERMAN, "country": "UA", "town": "Donetsk"}, "", id="a town of which nobody knows the part"),
    ],
)
def test_an_account_is_embargoed_by_its_countries_and_its_holder_s_address(details: dict[str, Any], name: str) -> None:
    embargo = embargo_on(account(**details), date(2026, 11, 2))
    assert (embargo.name if embargo else "") == name
