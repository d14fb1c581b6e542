"""A donor's page is checked without its script and without Accord (`examples/gift.py`), or is refused."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.funds.fund import Fund, evolve
from examples.gift import main, sums_of
from publishing.gifts.statement import statement_of
from tests.publishing.gifts.movements import KEPT, LATER, MOVEMENTS, effects_of, kept_by
from tests.publishing.gifts.tampering import (
    FOREIGN,
    Change,
    borrowed,
    counted_twice,
    doubled,
    omitted,
    omitted_without_a_number,
    other_sum,
    resigned,
    unsaid,
)
from tests.publishing.gifts.telling import KEY, Telling


class Brought(NamedTuple):
    """A donor's folder: the page, and what came by another way."""

    telling: Telling
    folder: Path

    def main(self, page: bytes, checkpoint: str = "", key: str = "") -> None:
        """Check a page, as the command does."""
        public, _, note = self.telling.cast.checkpoint().partition("\n\n")
        for name, text in (("ledger.key.pub", key or public), ("newest.checkpoint", checkpoint or note)):
            (self.folder / name).write_text(text, "utf-8")
        (self.folder / "index.html").write_bytes(page)
        main(*(self.folder / name for name in ("index.html", "ledger.key.pub", "newest.checkpoint")))

    def refused(self, page: bytes, checkpoint: str = "", key: str = "") -> str:
        """The line with which a page is refused."""
        with pytest.raises(SystemExit) as ended:
            self.main(page, checkpoint, key)
        return str(ended.value)


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return Brought(Telling(), tmp_path_factory.mktemp("gift"))


def test_a_page_is_proved(brought: Brought, capsys: pytest.CaptureFixture[str]) -> None:
    telling = brought.telling
    brought.main(telling.cast.page(telling.statement()))
    brought.main(telling.cast.page(statement_of(telling.cast.source(telling.SHARED, telling.TOGETHER))))
    assert capsys.readouterr().out.splitlines() == [
        "P-2026-0901, in USD: available 18500.00, received 50000.00, reserved 4000.00, spent 27500.00. "
        "6 of 9 lines are whole.",
        "P-2026-0903, in USD: received 1234.00, together 1234.00. 1 of 1 lines are whole.",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (omitted, "line 5 of the fund is missing"),
        (doubled, "stands there twice"),
        (omitted_without_a_number, "the number of the fund's lines is none"),
        (unsaid, "the lines come to 4000.00 reserved"),
        (other_sum, "the lines come to 18500.00 available"),
        (counted_twice, "a booking is counted twice"),
    ],
)
def test_what_the_house_changed_and_signed_again_is_found(brought: Brought, change: Change, words: str) -> None:
    statement = resigned(brought.telling.statement(), change)
    assert words in brought.refused(brought.telling.cast.page(statement))


def test_what_others_changed_or_took_from_elsewhere_is_found(brought: Brought) -> None:
    telling = brought.telling
    cast, good = telling.cast, telling.cast.page(telling.statement())
    assert "is of another fund: it is borrowed" in brought.refused(cast.page(borrowed(telling)))
    forged = good.replace(b'{\\"amount\\":\\"20000.00\\",\\"at', b'{\\"amount\\":\\"21000.00\\",\\"at')
    assert "is not what the ledger holds" in brought.refused(forged)
    unsigned = good.replace(b'\\"recipient\\":\\"River', b'\\"recipient\\":\\"Silver')
    assert "a signature does not hold" in brought.refused(unsigned)
    _, _, older = cast.checkpoint(size=40).partition("\n\n")
    assert "the checkpoint holds 40 events" in brought.refused(good, older)
    _, _, another = cast.checkpoint(root=bytes(32)).partition("\n\n")
    assert "does not stand in the ledger" in brought.refused(good, another)
    assert "did not sign it" in brought.refused(good, key=str(FOREIGN.verifier))
    assert "not the form of a donor's page" in brought.refused(b"<p>Your gift</p>")
    assert KEY.name in older


@settings(max_examples=50)
@given(st.lists(MOVEMENTS, max_size=8))
def test_the_lines_come_to_what_the_fund_says_whatever_happened(movements: list[Any]) -> None:
    """Given any movements of a fund, then their effects, read as they are stored, come to the fund's own balance."""
    totals = defaultdict[str, Decimal](Decimal)
    for amounts in sums_of(effects_of(movements), LATER).values():
        for name, amount in amounts.items():
            totals[name] += amount
    assert [totals[name] for name in KEPT] == [*kept_by(movements)]
    assert totals["received"] - totals["returned"] == reduce(evolve, movements, Fund("FD-2026-A")).granted
