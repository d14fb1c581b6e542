"""What a bank tells of a payment's sums: the exchange, the charges, what arrived. What explains nothing is a fault."""

from __future__ import annotations

from datetime import date

import pytest

from domain.payment.booked.figures import BookedFigures
from tests.booked_sums import RATE, charge, figures
from tests.payments.answers.test_messages import one_statement, one_unclear, statements
from tests.payments.orders import detail, entry_of, notification


def amounts(instructed: str = "", paid: str = "", counter: str = "", exchange: str = "") -> str:
    """`AmtDtls` with sums such as `EUR 30000.00`. The exchange stands beside the counter-value, or the instructed."""
    told = {"InstdAmt": instructed, "TxAmt": paid, "CntrValAmt": counter}
    holder = "CntrValAmt" if counter else "InstdAmt"
    parts = [f"<{tag}>{_amount(sum_)}{exchange if tag == holder else ''}</{tag}>" for tag, sum_ in told.items() if sum_]
    return f"<AmtDtls>{''.join(parts)}</AmtDtls>"


def _amount(sum_: str) -> str:
    currency, figure = sum_.split()
    return f'<Amt Ccy="{currency}">{figure}</Amt>'


def exchange(rate: str = "1.2505", unit: str = "EUR", source: str = "EUR", target: str = "USD", more: str = "") -> str:
    named = f"<UnitCcy>{unit}</UnitCcy>" if unit else ""
    into = f"<TrgtCcy>{target}</TrgtCcy>" if target else ""
    return f"<CcyXchg><SrcCcy>{source}</SrcCcy>{into}{named}<XchgRate>{rate}</XchgRate>{more}</CcyXchg>"


CONTRACT = "<CtrctId>FX-2026-17</CtrctId>"


def charges(*records: tuple[str, str], total: str = "") -> str:
    """`Chrgs` with records of a sum and a bearer."""
    whole = f'<TtlChrgsAndTaxAmt Ccy="{total.split()[0]}">{total.split()[1]}</TtlChrgsAndTaxAmt>' if total else ""
    rows = "".join(
        f"<Rcrd>{_amount(sum_)}<CdtDbtInd>DBIT</CdtDbtInd>{f'<Br>{bearer}</Br>' if bearer else ''}</Rcrd>"
        for sum_, bearer in records
    )
    return f"<Chrgs>{whole}{rows}</Chrgs>"


def read(total: str, more: str, own: str = "") -> BookedFigures | None:
    """The figures of an entry over `total` with one payment."""
    return one_statement(told(total, more, own)).figures


def told(total: str, more: str, own: str = "") -> str:
    currency, figure = total.split()
    payment = detail("E1", own.split()[1] if own else "", own.split()[0] if own else "USD", more=more)
    return notification(entry_of(payment, amount=figure, currency=currency, reference="DEBIT-1"))


EUROS = amounts("EUR 30000.00", counter="USD 37515.00", exchange=exchange(more=CONTRACT))
DEBT = ("USD 12.50", "DEBT")


def test_a_booking_of_the_very_sum_tells_nothing_more() -> None:
    assert read("USD 1000.00", "") is None
    assert read("USD 1000.00", amounts("USD 1000.00", "USD 1000.00"), "USD 1000.00") is None


def test_an_exchange_with_charges_is_read_whole() -> None:
    assert read("USD 37527.50", EUROS + charges(DEBT)) == figures(
        "EUR 30000.00", "USD 37527.50", charge("USD 12.50", "DEBT", is_part=True), rate=RATE
    )


def test_a_quotation_is_kept_by_its_day() -> None:
    quoted = exchange(more=f"{CONTRACT}<QtnDt>2026-11-02T15:00:00Z</QtnDt>")
    told_figures = read("USD 37515.00", amounts("EUR 30000.00", exchange=quoted))
    assert told_figures is not None
    assert told_figures.rate is not None
    assert (told_figures.rate.quoted_on, told_figures.rate.contract) == (date(2026, 11, 2), "FX-2026-17")


WAYS: dict[str, tuple[str, str, str]] = {
    "the counter-value": ("USD 37515.00", EUROS, ""),
    "the rate beside the instructed sum": ("USD 37515.00", amounts("EUR 30000.00", exchange=exchange()), ""),
    "its own amount": ("USD 37515.00", amounts("EUR 30000.00", exchange=exchange()), "USD 37515.00"),
    "its own amount in the payment's currency": (
        "USD 37515.00", amounts(counter="USD 37515.00", exchange=exchange()), "EUR 30000.00"
    ),
    "without the unit": ("USD 37515.00", amounts("EUR 30000.00", exchange=exchange(unit="")), ""),
    "without the unit, the other way": (
        "USD 37515.00", amounts("EUR 30000.00", exchange=exchange("0.7996801279", unit="")), ""
    ),
    "the unit of the account": (
        "USD 37515.00",
        amounts("EUR 30000.00", exchange=exchange("0.7996801279", unit="USD", source="USD", target="EUR")),
        "",
    ),
    "without the target": (
        "USD 37515.00", amounts("EUR 30000.00", exchange=exchange("0.7996801279", unit="USD", target="")), ""
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_banks_tell_one_exchange_in_several_ways(way: str) -> None:
    total, more, own = WAYS[way]
    told_figures = read(total, more, own)
    assert told_figures is not None
    assert (str(told_figures.instructed_sum), str(told_figures.principal)) == ("EUR 30,000.00", "USD 37,515.00")


def test_which_charges_are_in_the_sum_follows_from_the_sums() -> None:
    both = charges(DEBT, ("USD 25.00", "CRED"))
    assert read("USD 1012.50", amounts("USD 1000.00") + both) == figures(
        "USD 1000.00", "USD 1012.50", charge("USD 12.50", "DEBT", is_part=True),
        charge("USD 25.00", "CRED", is_payees=True),
    )  # fmt: skip
    assert read("USD 1037.50", amounts("USD 1000.00") + both) == figures(
        "USD 1000.00", "USD 1037.50", charge("USD 12.50", "DEBT", is_part=True),
        charge("USD 25.00", "CRED", is_part=True),
    )  # fmt: skip


def test_taxes_are_charges_by_the_total() -> None:
    told_figures = read("USD 1015.00", amounts("USD 1000.00") + charges(DEBT, total="USD 15.00"))
    assert told_figures == figures("USD 1000.00", "USD 1015.00", charge("USD 15.00", "DEBT", is_part=True))


@pytest.mark.parametrize("bearer", ["SHAR", "CRED"])
def test_what_arrived_short_is_told_where_the_bank_says_so(bearer: str) -> None:
    short = read("EUR 50000.00", amounts("EUR 50000.00", "EUR 49975.00") + charges(("EUR 25.00", bearer)))
    assert short is not None
    assert (short.is_exact, str(short.received)) == (True, "EUR 49,975.00")


def test_a_shared_charge_of_which_nobody_says_that_it_was_taken_takes_nothing() -> None:
    assert read("EUR 50000.00", amounts("EUR 50000.00") + charges(("EUR 25.00", "SHAR"))) is None


FAULTS: dict[str, tuple[str, str, str]] = {
    "a rate of zero": (
        "USD 37515.00", amounts("EUR 30000.00", exchange=exchange("0.0000")),
        "CcyXchg/XchgRate: the rate is 0.0000, and no currency is worth nothing; ask the bank",
    ),
    "no rate": ("USD 37515.00", amounts("EUR 30000.00", exchange=exchange("one")), "CcyXchg/XchgRate: one is no rate"),
    "an unknown currency": (
        "USD 37515.00", amounts("EUR 30000.00", exchange=exchange(source="XXQ")),
        "CcyXchg/SrcCcy: XXQ is no currency of ISO 4217; ask the bank for its entry as it booked it",
    ),
    "a sum in an unknown currency": (
        "USD 37515.00", amounts("XXQ 30000.00", exchange=exchange()), "InstdAmt: XXQ is no currency of ISO 4217"
    ),
    "sums that do not multiply out": (
        "USD 37515.02", amounts("EUR 30000.00", exchange=exchange()),
        "CcyXchg: EUR 30000.00 at 1.2505 from EUR to USD do not come to USD 37515.02 within one smallest unit; ask",
    ),
    "charges that explain nothing": (
        "USD 37530.00", EUROS + charges(DEBT), "and the charges it names (USD 12.50) do not come to USD 37530.00"
    ),
    "a counter-value beside the sums": (
        "USD 37515.00", amounts("EUR 30000.00", counter="USD 37000.00", exchange=exchange()), "do not come to"
    ),
    "two exchanges": (
        "USD 37515.00",
        f"<AmtDtls><InstdAmt>{_amount('EUR 30000.00')}{exchange()}</InstdAmt>"
        f"<TxAmt>{_amount('EUR 30000.00')}{exchange('1.26')}</TxAmt></AmtDtls>",
        "CcyXchg: the entry tells 2 exchanges of one payment",
    ),
    "a rate in one currency": (
        "USD 37515.00", amounts("EUR 30000.00", exchange=exchange(target="EUR")), "is not between two currencies"
    ),
    "no other currency": (
        "USD 37515.00", amounts("EUR 30000.00", exchange=exchange(target="")), "CcyXchg/TrgtCcy"
    ),
    "the rate of others": (
        "USD 37515.00", amounts("EUR 30000.00", exchange=exchange(source="GBP", unit="GBP")),
        "nothing says at which rate"
    ),
    "another sum instructed": (
        "USD 1000.00", amounts("USD 900.00"), "is over USD 1000.00, its one payment over USD 900.00"
    ),
    "less arrived, unexplained": (
        "USD 1000.00", amounts("USD 1000.00", "USD 990.00") + charges(("USD 5.00", "CRED")),
        "USD 1000.00 were instructed and USD 990.00 were paid, and no charge that is told explains it",
    ),
    "an unknown bearer": ("USD 1012.50", amounts("USD 1000.00") + charges(("USD 12.50", "OURS")), "Chrgs/Br: OURS"),
    "half a cent": ("USD 1012.50", amounts("USD 1000.00") + charges(("USD 12.505", "")), "is no sum of USD"),
    "a charge in no currency": ("USD 1012.50", amounts("USD 1000.00") + charges(("XXQ 12.50", "")), "Chrgs: XXQ is no"),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTS)
def test_what_cannot_be_so_is_one_line_and_nothing_of_the_entry_counts(what: str) -> None:
    total, more, reason = FAULTS[what]
    unclear = one_unclear(told(total, more))
    assert reason in unclear.reason
    assert "\n" not in unclear.reason


def batch(*details: str, amount: str, more: str = "") -> str:
    return notification(
        entry_of(*details, amount=amount, reference="DEBIT-1").replace("<NtryDtls>", f"{more}<NtryDtls>")
    )


def test_payments_of_a_batch_have_figures_of_their_own() -> None:
    first = detail("E1", "1000.00", more=charges(DEBT))
    second = detail("E2", "37515.00", more=amounts("EUR 30000.00", exchange=exchange(more=CONTRACT)))
    plain, exchanged = statements(batch(first, second, amount="38527.50"))
    assert plain.figures == figures("USD 1000.00", "USD 1012.50", charge("USD 12.50", "DEBT", is_part=True))  # type: ignore[union-attr]
    assert exchanged.figures == figures("EUR 30000.00", "USD 37515.00", rate=RATE)  # type: ignore[union-attr]


def test_charges_of_a_batch_as_a_whole_stand_with_its_first_payment() -> None:
    parts = [detail(f"E{number}", "1000.00") for number in (1, 2)]
    first, second = statements(batch(*parts, amount="2012.50", more=charges(DEBT)))
    assert first.figures == figures("USD 1000.00", "USD 1012.50", charge("USD 12.50", "DEBT", is_part=True))  # type: ignore[union-attr]
    assert second.figures is None  # type: ignore[union-attr]


def test_other_charges_are_another_content_and_the_same_are_the_same() -> None:
    first, again = (one_statement(told("USD 1012.50", amounts("USD 1000.00") + charges(DEBT))) for _ in range(2))
    other = one_statement(told("USD 1015.00", amounts("USD 1000.00") + charges(("USD 15.00", "DEBT"))))
    assert first.digest == again.digest != other.digest
    assert first.digest_before == other.digest_before == one_statement(told("USD 1000.00", "")).digest
