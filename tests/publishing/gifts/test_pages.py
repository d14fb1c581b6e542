"""The donor's page: its bytes, what adds up in it, and what of others is nowhere in it."""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from domain.funds import events as f
from domain.funds.fund import ZERO
from domain.partnership.state import Partnership
from publishing.cases import Stand
from publishing.files import CELLS, RECEIPT, folder_of
from publishing.gifts.effects import lines_of
from publishing.gifts.publication import PAGE, gift_publication
from publishing.gifts.statement import GiftUntraceable, statement_of
from tests.builders import NOON, number
from tests.domain.funds.test_fund import asked, confirmed, opened
from tests.domain.partnership import specification as s
from tests.publishing.casting import filer
from tests.publishing.gifts.telling import KEY, LIBRARY, SCHOOL, STAFF, GiftCast, Telling

GOLDEN: Final = Path(__file__).with_name("gift.html")
GIFT, OTHER = Telling.GIFT, Telling.OTHER
FUND: Final = f"FD-{GIFT}"


@pytest.fixture(scope="module")
def telling() -> Telling:
    return Telling()


def said(cast: GiftCast, gift: str = GIFT, fund: str = "") -> dict[str, Any]:
    content: dict[str, Any] = json.loads(statement_of(cast.source(gift, fund)).text)
    return content


def of_gift() -> GiftCast:
    cast = GiftCast()
    cast.gives(GIFT, "9000.00")
    return cast


def test_the_page_is_the_same_to_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """`ACCORD_WRITE_GOLDEN=1` writes the page anew."""
    pages = []
    for _ in range(2):
        monkeypatch.setattr(s, "_numbers", count(1))  # the ids of commands go on through a run
        telling = Telling()
        pages.append(telling.cast.page(telling.statement()))
    page = pages[0]
    if os.environ.get("ACCORD_WRITE_GOLDEN") == "1":
        GOLDEN.write_bytes(page)
    assert page == GOLDEN.read_bytes()
    assert page == pages[1], "the same again of the same ledger"


def test_what_was_given_is_what_was_used_kept_returned_and_is_left(telling: Telling) -> None:
    sums = {name: Decimal(amount) for name, amount in said(telling.cast)["sums"].items()}
    assert (sums["received"], sums["spent"], sums["reserved"], sums["available"]) == (50000, 27500, 4000, 18500)
    kept = ("spent", "committed", "reserved", "available", "returned", "moved")
    assert sums["received"] + sums["added"] == sum((sums[name] for name in kept), ZERO)


def test_nobody_elses_name_or_sum_is_in_the_folder(telling: Telling) -> None:
    """Given two gifts that pay one grant, when one is traced, then what the other gave is nowhere, nor the whole."""
    source, statement = telling.cast.source(GIFT), telling.statement()
    proofs = dict.fromkeys(statement.positions, ())
    stand = Stand(filer(), NOON.date(), NOON, source.head.size, source.head.root)
    folder = folder_of(gift_publication(source, statement, KEY.line(statement.note), proofs), stand)
    assert {*folder} == {PAGE, CELLS, RECEIPT}
    # In an id, a digest or a signature any four digits may stand by chance.
    everything = re.sub(r"[0-9a-f-]{32,}|[A-Za-z0-9+/=]{40,}", "", b"\n".join(folder.values()).decode())
    of_others = ("31415", "2718", "98765", "10218", "1618", OTHER, "Wells in", "Northern Light")
    assert [text for text in (*of_others, *STAFF) if text in everything] == []
    cells = json.loads(folder[CELLS])[PAGE]
    assert [amount for _, amount in cells["received"]] == ["50000.00"]


def test_a_grant_of_two_funds_is_an_extract_so_that_the_others_sum_cannot_be_tried_out(telling: Telling) -> None:
    """Given a grant of two gifts, then no id and no time of its events is on the page: both have them in common."""
    lines = telling.statement().lines
    of_both = [line for line in lines if getattr(line.occurrence.event, "partnership", "") == "P-2026-0912"]
    assert [line.says is None for line in of_both] == [False] * 3
    page = telling.cast.page(telling.statement()).decode()
    hidden = [str(line.occurrence.whole[name]) for line in of_both for name in ("command_id", "recorded_at")]
    assert [text for text in hidden if text in page] == []


def test_of_a_shared_fund_the_gift_alone_is_there(telling: Telling) -> None:
    """Given a fund of two donors, then the page of one says what it gave, and neither the other's nor any use."""
    statement = statement_of(telling.cast.source(Telling.SHARED, Telling.TOGETHER))
    content = json.loads(statement.text)
    assert (content["shared"], content["uses"], content["versions"]) == (True, {}, None)
    assert content["sums"] == {"received": "1234.00", "returned": "0.00", "together": "1234.00"}
    page = telling.cast.page(statement).decode()
    assert [text for text in ("98765", Telling.BESIDE, "99999") if text in page] == []


def test_a_grant_that_is_not_published_is_a_sum_without_a_name() -> None:
    cast = of_gift()
    cast.pays(
        "P-2026-0921", LIBRARY, (FUND, "6000.00"), title="A shelter for readers", withheld_for="They are in danger"
    )
    statement = statement_of(cast.source(GIFT))
    page = cast.page(statement).decode()
    assert [text for text in ("P-2026-0921", "A shelter for readers", LIBRARY.name, "danger") if text in page] == []
    content = json.loads(statement.text)
    spent = [line["says"] for line in content["lines"] if line.get("says", {}).get("kind") == "spent"]
    assert spent == [{"kind": "spent", "use": "unnamed-1", "amount": "6000.00"}]
    assert content["uses"] == {"unnamed-1": {"title": None, "recipient": None}}


def test_money_from_another_fund_is_one_sum_and_names_no_fund() -> None:
    """Given an arrival that two people signed for and one that nobody did, then the first is added alone."""
    cast, source = of_gift(), "FD-2026-SOURCE"
    cast.take(f"fund/{source}", opened(), asked(f.OpeningBalance(amount=Decimal(700)), "opening"))
    cast.take(f"fund/{source}", confirmed("opening"), asked(f.Transfer(to=FUND, amount=Decimal(300)), "move"))
    cast.take(f"fund/{source}", confirmed("move"))
    signed = cast.funds[source][-1][1].signature.statement.command_id
    for amount, change in ((Decimal(300), signed), (Decimal(55), number("nobody"))):
        moved = f.MoneyMovedIn(at=NOON, from_fund=source, amount=amount, change_id=change)
        cast.take(f"fund/{FUND}", moved)
    content = said(cast)
    assert (content["sums"]["added"], content["sums"]["available"]) == ("300.00", "9300.00")
    assert [line.get("says") for line in content["lines"]][2:] == [
        {"kind": "added", "amount": "300"}, {"kind": "nothing"},
    ]  # fmt: skip
    assert source not in json.dumps(content)


def test_a_grant_that_has_no_money_out_any_more_keeps_its_sum_and_has_no_words() -> None:
    cast = of_gift()
    cast.reserves("P-2026-0951", SCHOOL, FUND, "4000.00")
    source = cast.source(GIFT)
    content = json.loads(statement_of(source._replace(uses={"P-2026-0951": None})).text)
    assert content["uses"] == {"unnamed-1": {"title": None, "recipient": None}}
    assert content["sums"]["reserved"] == "4000.00"
    assert content["reports"] == []


def test_what_lapsed_by_then_is_there_again() -> None:
    cast = of_gift()
    cast.reserves("P-2026-0931", SCHOOL, FUND, "4000.00", cast.stored[-1].recorded_at)
    assert said(cast)["sums"]["reserved"] == "0.00"
    cast = of_gift()
    cast.reserves("P-2026-0931", SCHOOL, FUND, "4000.00", cast.stored[-1].recorded_at + timedelta(days=9))
    assert said(cast)["sums"]["reserved"] == "4000.00"


def test_a_booking_that_the_fund_has_not_heard_of_is_awaited() -> None:
    """Given money at the bank that the fund does not count as spent yet, then the page says by how much they differ."""
    cast = of_gift()
    cast.pays("P-2026-0941", LIBRARY, (FUND, "6000.00"))
    back = f.PaymentCameBack(at=NOON, partnership="P-2026-0941", amount=Decimal("1000.00"))
    cast.take(f"fund/{FUND}", back)
    assert said(cast)["awaited"] == {"P-2026-0941": "-1000.00"}


def test_an_event_written_by_another_hand_is_not_shown_whole() -> None:
    """Given an event of the closed list whose stored text holds more than this release reads, then it is an extract."""
    cast = of_gift()
    source = cast.source(GIFT)
    *before, last = source.occurrences
    for change in ({"payload": last.whole["payload"].replace("}", ',"note":"for Ana"}')}, {"meta": '{"actor":"ana"}'}):
        odd = last._replace(whole={**last.whole, **change})
        lines = [*lines_of(source._replace(occurrences=(*before, odd)), {})]
        assert [line.says for line in lines] == [None, {"kind": "received", "amount": "9000.00"}]


def test_a_gift_without_money_in_a_fund_has_no_page() -> None:
    cast = of_gift()
    source = cast.source(GIFT)
    with pytest.raises(GiftUntraceable, match="holds nothing by then"):
        statement_of(source._replace(occurrences=()))
    cast.take(f"fund/{FUND}", f.GiftReceived(at=NOON, partnership=OTHER, amount=Decimal(7)))
    with pytest.raises(GiftUntraceable, match=f"bears money of {OTHER} too"):
        statement_of(cast.source(GIFT))
    work = s.active(title="Together").partnership
    with pytest.raises(GiftUntraceable, match="brings no money in"):
        statement_of(source._replace(gift=Partnership(partnership_id=GIFT, proposal=work.proposal)))
