"""Laws of every message that a bank, a broken line or an adversary could send."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.answers.messages import BankNotice, Unclear, UnreadableMessage, booking_key, read_message
from tests.payments.answers.test_messages import statements
from tests.payments.orders import (
    ISOC,
    RETURNED,
    detail,
    entry,
    entry_of,
    group_status,
    notification,
    remittance,
    status_report,
    transaction_status,
)

BOOKED = "<Dt>2026-11-03</Dt>"
figures = st.integers(1, 10**9).map(lambda minor: str(Decimal(minor).scaleb(-2)))


@st.composite
def details(draw: st.DrawFn) -> str:
    return detail(
        draw(st.sampled_from(["", "E1", "E2", "NOTPROVIDED"])),
        draw(st.one_of(figures, st.sampled_from(["", "0", "1_0", "400.00", "600.00"]))),
        draw(st.sampled_from(["USD", "USD", "USD", "EUR"])),
        draw(st.sampled_from(["Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"])),
        transaction=draw(st.sampled_from(["", "T1", "T2", "T3"])),
        reference=draw(st.sampled_from(["", "B-1", "S1", "S2"])),
        more=draw(st.sampled_from(["", RETURNED, "<CdtDbtInd>DBIT</CdtDbtInd>"])),
    )


@st.composite
def good_entries(draw: st.DrawFn) -> str:
    """An entry in which everything adds up."""
    amounts = draw(st.lists(figures, min_size=1, max_size=4))
    parts = [
        detail(
            draw(st.sampled_from(["", "E1", "E2"])), amount, more=remittance(draw(st.sampled_from(["", "P-2026-1"])))
        )
        for amount in amounts
    ]
    total = str(sum(map(Decimal, amounts)))
    reference = draw(st.sampled_from(["", "B-1", "B-2"]))
    return entry_of(*parts, amount=total, direction=draw(st.sampled_from(["DBIT", "CRDT"])), reference=reference)


def in_messages(entries: list[str], cuts: list[int]) -> list[str]:
    """The same entries, split over messages at these places."""
    edges = [0, *sorted(cut % (len(entries) + 1) for cut in cuts), len(entries)]
    parts = [entries[start:end] for start, end in pairwise(edges)]
    return [
        notification(*part, message=f"M{number}", note=f"N{number}", made=f"2026-11-0{number % 9 + 1}T08:00:00Z")
        for number, part in enumerate(parts)
        if part
    ]


def digests(messages: list[str]) -> list[str]:
    return sorted(said.digest for message in messages for said in statements(message))


@given(
    st.lists(good_entries(), min_size=1, max_size=6),
    st.lists(st.integers(0, 9), max_size=3),
    st.randoms(use_true_random=False),
)
def test_entries_say_the_same_in_any_order_and_in_any_messages(
    entries: list[str], cuts: list[int], chance: random.Random
) -> None:
    shuffled = chance.sample(entries, len(entries))
    assert digests([notification(*entries)]) == digests(in_messages(shuffled, cuts))


@pytest.mark.slow
@given(st.lists(details(), min_size=1, max_size=5), figures)
def test_payments_add_up_to_their_entry_or_the_entry_is_unclear_as_a_whole(parts: list[str], total: str) -> None:
    said = read_message(notification(entry_of(*parts, amount=total, reference="B-1")).encode())
    if any(isinstance(part, Unclear) for part in said):
        assert len(said) == 1
        return
    amounts = [part.amount for part in said if isinstance(part, BankNotice)]
    assert sum(amount for amount in amounts if amount is not None) == Decimal(total)
    assert len({booking_key(part) for part in said if isinstance(part, BankNotice)}) == len(parts)


SAYINGS = {
    "end_to_end": st.sampled_from(["E1", "E2"]),
    "amount": st.sampled_from(["1000.00", "999.99"]),
    "currency": st.sampled_from(["USD", "EUR"]),
    "direction": st.sampled_from(["DBIT", "CRDT"]),
    "details": st.sampled_from(
        ["", remittance("x" * 600 + "1"), remittance("x" * 600 + "2"), "<AddtlTxInf>x</AddtlTxInf>"]
    ),
    "uetr": st.sampled_from(["", "U1"]),
    "reference": st.sampled_from(["", "B-1"]),
    "booked": st.sampled_from(["", BOOKED]),
    "value": st.sampled_from(["", BOOKED]),
}


@pytest.mark.slow
@given(st.fixed_dictionaries(SAYINGS), st.fixed_dictionaries(SAYINGS))
def test_two_entries_have_one_digest_only_where_they_say_the_same(one: dict[str, str], other: dict[str, str]) -> None:
    assert (digests([notification(entry(**one))]) == digests([notification(entry(**other))])) == (one == other)


WHOLE = (
    notification(
        entry_of(detail("E1", "400", transaction="T1"), detail("E2", "600", transaction="T2"), reference="B-1"),
        entry("E3", direction="CRDT", details=RETURNED + remittance("Gift for P-2026-0042"), booked=BOOKED),
        entry_of(batch="<NbOfTxs>2</NbOfTxs>"),
    ),
    status_report(transaction_status("E1", "RJCT", "AC04", uetr="U1")),
    status_report(group_status("OURS-1", "RJCT", "FF01")),
)
RUBBISH = (
    "",
    "0",
    "-1",
    "1e9",
    "\ud7ff",
    "<x/>",
    "&#x202e;",
    "&bomb;",
    "9" * 300,
    "0001-01-01",
    "DBIT",
    "<!-- -->",
    "\x00",
)


@st.composite
def broken_messages(draw: st.DrawFn) -> bytes:
    """A message in which a few pieces were cut out, doubled, exchanged or replaced by rubbish."""
    text = draw(st.sampled_from(WHOLE))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.sampled_from([*RUBBISH, text[start:end] * 2]), st.text(max_size=5)))
        text = text[:start] + piece + text[end:]
    return text.encode("utf-8", "surrogatepass")


@st.composite
def rearranged_messages(draw: st.DrawFn) -> bytes:
    """A message that is well formed and wrong: elements and texts were exchanged, doubled or taken out."""
    pieces = draw(st.sampled_from(WHOLE)).replace("><", ">\n<").split("\n")
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(3, len(pieces) - 1))
        leaf = pieces[at]
        if "</" in leaf and not leaf.startswith("</"):
            tag = leaf[1 : leaf.index(">")]
            text = draw(st.sampled_from([piece for piece in RUBBISH if piece not in {"&bomb;", "\x00"}]))
            changed = f"<{tag}>{text}</{tag.partition(' ')[0]}>"
            pieces[at] = draw(st.sampled_from(["", leaf + leaf, changed]))
    return "".join(pieces).encode()


def nothing_but_the_proper_refusal(content: bytes) -> None:
    said, refusal = heard_or_refused(content)
    assert bool(said) != bool(refusal)
    assert refusal.isprintable()
    for part in said:
        can_be_kept_and_shown(part)


def heard_or_refused(content: bytes) -> tuple[list[BankNotice | Unclear], str]:
    try:
        return read_message(content, "odd.xml"), ""
    except UnreadableMessage as fault:
        return [], str(fault)


def can_be_kept_and_shown(part: BankNotice | Unclear) -> None:
    assert part.message_id
    assert part.reason.isprintable()
    assert len(part.reason) <= 300
    match part:
        case BankNotice():
            assert len(part.digest) == 64
            assert part.remittance.isprintable()
        case Unclear():
            assert part.reason
            assert part.content.isprintable()


@pytest.mark.slow
@settings(max_examples=400)
@given(st.one_of(broken_messages(), rearranged_messages(), st.binary(max_size=200)))
def test_a_broken_message_is_refused_or_read_and_never_anything_else(content: bytes) -> None:
    nothing_but_the_proper_refusal(content)


@pytest.mark.slow
def test_one_unreadable_entry_in_ten_thousand_costs_the_others_nothing() -> None:
    entries = [entry(f"E{number}", amount="many" if number == 5000 else "1.00") for number in range(10_000)]
    said = read_message(notification(*entries).encode())
    assert [part.end_to_end_id for part in said if isinstance(part, Unclear)] == ["E5000"]
    assert len(said) == 10_000


@pytest.mark.slow
def test_one_unreadable_payment_in_ten_thousand_makes_their_entry_unclear_and_no_other() -> None:
    parts = [detail(f"E{number}", "many" if number == 5000 else "1.00") for number in range(10_000)]
    blocks = entry_of(*parts, amount="10000.00").replace("</TxDtls><TxDtls>", "</TxDtls></NtryDtls><NtryDtls><TxDtls>")
    first, second = read_message(notification(blocks, entry("E1")).encode())
    assert isinstance(first, Unclear)
    assert isinstance(second, BankNotice)


@pytest.mark.slow
def test_nesting_without_end_is_refused_or_read_and_never_anything_else() -> None:
    nothing_but_the_proper_refusal(notification("<Ntry>" * 100_000 + "</Ntry>" * 100_000, iban=ISOC.iban).encode())
