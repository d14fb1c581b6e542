"""Values refuse what they cannot mean, and identifiers never change: a changed identifier pays twice."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain import identity
from domain.grants import EquivalencyDetermination
from domain.parties import Party
from domain.streams import StreamId
from domain.values import Country, Currency, FunderId, Money, PartnershipId, Sentence, Sha256, StaffId, minor_digits
from tests.builders import funds_in, funds_out, money, party, proposal

PAYMENT = UUID("65e0def6-19eb-5580-b709-5fac5854d8f1")
KEYS = st.tuples(st.just("P-2026-0042"), st.integers(1, 99), st.integers(1, 9))
quick = settings(max_examples=100, database=None)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("1000.00", "USD"), ("0.01", "EUR"), ("1000", "JPY"), ("1.234", "BHD"), ("1.000", "USD")],
)
def test_an_amount_that_the_currency_can_hold_is_kept_exactly(amount: str, currency: str) -> None:
    assert Money(amount=amount, currency=currency).amount == Decimal(amount)


@pytest.mark.parametrize(
    "amount", ["1e3", "3_0000.00", "\u0663\u0660\u0660\u0660\u0660.00", "+5", "1,000.00", "0x10", "5."]
)
def test_an_amount_that_is_not_written_as_the_published_form_says_is_refused(amount: str) -> None:
    """Attack 23: what Python reads as a number is not what the schema, a bank or a person does."""
    with pytest.raises(ValidationError, match=r"is not an amount; write digits and a point, such as 50000\.00"):
        Money(amount=amount, currency="USD")


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "USD"), ("0.5", "JPY"), ("1.0001", "BHD")])
def test_an_amount_with_more_places_than_the_currency_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValidationError, match=f"more decimal places than {currency}"):
        Money(amount=amount, currency=currency)


@pytest.mark.parametrize("amount", ["0", "0.00", "-1.00", "NaN", "Infinity", "", "ten", None, True, "1" * 19])
def test_what_is_not_a_positive_amount_is_refused(amount: object) -> None:
    with pytest.raises(ValidationError):
        Money(amount=amount, currency="USD")


def test_a_number_in_a_file_is_written_out_from_there_on() -> None:
    assert str(Money(amount=Decimal("1E+3"), currency="USD").amount) == "1000"


def test_a_float_is_refused_and_told_what_to_write() -> None:
    with pytest.raises(ValidationError, match="write the amount as text"):
        Money(amount=0.1, currency="USD")


def test_a_float_in_json_is_refused_too() -> None:
    with pytest.raises(ValidationError, match="a binary float is not exact"):
        Money.model_validate_json('{"amount": 1000.10, "currency": "USD"}')


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("BHD", 3), ("UGX", 0), ("EUR", 2)])
def test_a_currency_knows_its_decimal_places(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [("50000", "USD", "USD 50,000.00"), ("1234567", "JPY", "JPY 1,234,567"), ("1.5", "BHD", "BHD 1.500")],
)
def test_money_is_shown_with_the_places_of_its_currency(amount: str, currency: str, shown: str) -> None:
    assert str(Money(amount=amount, currency=currency)) == shown


@quick
@given(st.decimals(min_value="0.01", max_value="9999999999999999.99", places=2))
def test_money_survives_json_to_the_last_cent(amount: Decimal) -> None:
    paid = Money(amount=amount, currency="USD")
    assert Money.model_validate_json(paid.model_dump_json()) == paid


def test_money_is_equal_by_amount_and_not_by_spelling() -> None:
    assert Money(amount="1000.0", currency="USD") == Money(amount="1000.00", currency="USD")


def test_a_value_cannot_be_changed_after_it_is_made() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Money(**money()).amount = Decimal(2)  # type: ignore[misc]


def test_a_value_is_closed_to_unknown_fields() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Money(**money(), note="urgent")  # type: ignore[call-arg]


@pytest.mark.parametrize("written", ["54-1650477", "541650477", " 54-1650477 ", "54 1650477"])
def test_an_ein_is_nine_digits_however_it_is_spaced(written: str) -> None:
    assert party(ein=written).ein == "541650477"


@pytest.mark.parametrize("written", ["10123456", "1012345", "1-234567"])
def test_an_ein_that_lost_its_zero_says_so_and_is_not_mended(written: str) -> None:
    """C39."""
    with pytest.raises(ValidationError, match="a leading zero may be lost"):
        party(ein=written)


@pytest.mark.parametrize("written", ["541650477X", "123456", "5416504771", "", "EIN", "54/1650477", "٠٠١٠٠٠٠٠١"])
def test_what_is_not_nine_digits_is_not_an_ein(written: str) -> None:
    with pytest.raises(ValidationError, match="is not an EIN"):
        party(ein=written)


@pytest.mark.parametrize("written", [541650477, 10123456, 1.0])
def test_an_ein_written_as_a_number_is_refused(written: object) -> None:
    with pytest.raises(ValidationError, match="write the EIN as text"):
        party(ein=written)


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        (Country, "UG"),
        (Currency, "KES"),
        (PartnershipId, "P-2026-0042"),
        (PartnershipId, "P-2026-123456"),
        (StaffId, "amara.okello"),
        (FunderId, "ISOC-FOUNDATION"),
        (Sha256, "0a" * 32),
        (Sentence, "Why"),
    ],
)
def test_a_well_formed_text_is_taken_as_it_is(kind: object, good: str) -> None:
    assert TypeAdapter(kind).validate_python(good) == good


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        (Country, "ug"),
        (Country, "UGA"),
        (Country, "XX"),
        (Currency, "usd"),
        (Currency, "ABC"),
        (PartnershipId, "P-26-0042"),
        (PartnershipId, "P-2026-42"),
        (PartnershipId, "P-2026-1234567"),
        (PartnershipId, "P-2026-0042\n"),
        (PartnershipId, "../P-2026-0042"),
        (PartnershipId, "P-٢٠٢٦-٠٠٤٢"),
        (StaffId, "Amara"),
        (StaffId, "a"),
        (StaffId, ".amara"),
        (FunderId, "isoc"),
        (Sha256, "0A" * 32),
        (Sha256, "0a" * 31),
        (Sentence, "No"),
        (Sentence, "x" * 2001),
    ],
)
def test_a_malformed_text_is_refused(kind: object, bad: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(bad)


def test_a_country_that_is_wrong_is_told_what_to_write() -> None:
    with pytest.raises(ValidationError, match="write two capitals, such as UG"):
        party(country="Uganda")


@pytest.mark.parametrize(("written", "own"), [("UK", "GB"), ("EL", "GR")])
def test_what_people_write_for_a_country_is_told_its_code(written: str, own: str) -> None:
    with pytest.raises(ValidationError, match=f"write {own}"):
        party(country=written)


def test_a_party_needs_a_name_of_at_least_two_letters_and_not_blanks() -> None:
    with pytest.raises(ValidationError):
        Party(name="   ", kind="NONPROFIT", country="US")


def test_a_proposal_needs_a_leg() -> None:
    with pytest.raises(ValidationError, match="at least one leg"):
        proposal(funds_out=None)


@pytest.mark.parametrize("numbers", [(2, 1), (1, 3), (1, 1), (2,)])
def test_tranches_are_numbered_from_one_in_order(numbers: tuple[int, ...]) -> None:
    plans = [{"number": n, "money": money()} for n in numbers]
    with pytest.raises(ValidationError, match=r"numbered 1, 2, 3"):
        proposal(funds_out={**funds_out(), "tranches": plans})


def test_tranches_of_a_leg_are_in_one_currency() -> None:
    plans = [{"number": 1, "money": money()}, {"number": 2, "money": money(currency="EUR")}]
    with pytest.raises(ValidationError, match="in one currency"):
        proposal(funds_out={**funds_out(), "tranches": plans})


def test_the_total_is_the_sum_of_the_tranches() -> None:
    assert proposal(funds_out=funds_out("0.10", "0.20")).money == Money(amount="0.30", currency="USD")


def test_a_total_too_large_to_be_money_is_refused_when_it_is_proposed() -> None:
    with pytest.raises(ValidationError):
        proposal(funds_out=funds_out("9999999999999999.99", "9999999999999999.99"))


def test_every_party_is_named_once_for_screening() -> None:
    asked = proposal(funds_out=funds_out(), funds_in=funds_in())
    assert [named.name for named in asked.parties] == [
        "Riverbend Library Network",
        "Ines Marek",  # who signs for it
        "Northern Light Telecom Ltd",
    ]


def test_only_a_named_kind_of_practitioner_gives_an_equivalency_determination() -> None:
    with pytest.raises(ValidationError):
        EquivalencyDetermination(practitioner="NOTARY", funder="ISOC", issued_on="2026-01-01", valid_until="2027-01-01")


def test_identifiers_are_the_same_today_as_ever() -> None:
    assert identity.payment_id("P-2026-0042", 1, 1) == PAYMENT
    assert identity.end_to_end_id(PAYMENT) == "ACCCZGBSHSHQFMU3CPVBX72BEBEFO"
    assert identity.unique_transaction_reference(PAYMENT) == "dc6a48a5-f5ee-471a-b20e-3ca09a604ee6"
    assert identity.derive("a", "bc") == UUID("0e93694c-616a-5ee4-83ad-4df542d860da")


def test_message_identifiers_are_the_same_today_as_ever() -> None:
    second = identity.payment_id("P-2026-0042", 2, 1)
    assert identity.message_id((PAYMENT, second)) == "ACCMQL43U6J6FFTT5MSZQEXMCZYUW7"


def test_workflow_ids_are_the_business_keys_in_words() -> None:
    assert StreamId.partnership("P-2026-0042") == "partnership/P-2026-0042"
    assert StreamId.attempt("P-2026-0042", 2, 3) == "partnership/P-2026-0042/tranche/2/attempt/3"


def test_the_parts_of_a_key_do_not_run_together() -> None:
    assert identity.derive("a", "bc") != identity.derive("ab", "c")


@quick
@given(KEYS)
def test_every_identifier_fits_where_the_bank_wants_it(key: tuple[str, int, int]) -> None:
    payment = identity.payment_id(*key)
    assert re.fullmatch(r"[A-Z0-9]{1,35}", identity.end_to_end_id(payment))
    assert re.fullmatch(r"[A-Z0-9]{1,35}", identity.message_id((payment,)))


@quick
@given(KEYS)
def test_a_uetr_has_the_form_of_a_uuid_of_version_four(key: tuple[str, int, int]) -> None:
    written = identity.unique_transaction_reference(identity.payment_id(*key))
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", written)


def test_every_attempt_of_every_tranche_has_identifiers_of_its_own() -> None:
    payments = [identity.payment_id("P-2026-0042", n, m) for n in range(1, 100) for m in range(1, 10)]
    for derived in (str, identity.end_to_end_id, identity.unique_transaction_reference):
        assert len({derived(payment) for payment in payments}) == len(payments)


def test_tranche_eleven_attempt_one_is_not_tranche_one_attempt_eleven() -> None:
    assert identity.payment_id("P-2026-0042", 1, 11) != identity.payment_id("P-2026-0042", 11, 1)


def test_a_file_has_the_same_identifier_in_whatever_order_its_payments_come() -> None:
    payments = [identity.payment_id("P-2026-0042", n, 1) for n in (1, 2, 3)]
    assert len({identity.message_id(order) for order in permutations(payments)}) == 1


def test_a_file_with_other_payments_has_another_identifier() -> None:
    second = identity.payment_id("P-2026-0042", 2, 1)
    assert len({identity.message_id(held) for held in ((PAYMENT,), (second,), (PAYMENT, second))}) == 3
