"""Any movements of a fund, as whoever checks a page reads them, and what the fund itself says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any, Final

from hypothesis import strategies as st

from domain.funds import events as f
from domain.funds.fund import Fund, evolve
from domain.recorded.schema import event_payload
from examples.gift import KINDS
from tests.builders import NOON
from tests.publishing.gifts.telling import Telling

LATER: Final[datetime] = NOON + timedelta(days=30)
"""The time as of which they are asked."""
KEPT: Final = ("reserved", "committed", "spent")
_AT: Final = st.just(NOON)
_AMOUNTS: Final = st.decimals(min_value=1, max_value=900, places=2)
_ENDS: Final = st.none() | st.integers(-20, 60).map(lambda days: NOON + timedelta(days=days))
_USES: Final = st.sampled_from(["P-2026-0001", "P-2026-0002"])
_GIFTS: Final = st.just(Telling.GIFT)
MOVEMENTS: Final = st.one_of(
    st.builds(f.FundsReserved, at=_AT, partnership=_USES, amount=_AMOUNTS, until=_ENDS),
    st.builds(f.ReservationMoved, at=_AT, partnership=_USES, until=_ENDS),
    st.builds(f.FundsCommitted, at=_AT, partnership=_USES, amount=_AMOUNTS),
    st.builds(f.FundsSpent, at=_AT, partnership=_USES, amount=_AMOUNTS),
    st.builds(f.PaymentCameBack, at=_AT, partnership=_USES, amount=_AMOUNTS),
    st.builds(f.FundsFreed, at=_AT, partnership=_USES, reserved=_AMOUNTS, committed=_AMOUNTS),
    st.builds(f.GiftReceived, at=_AT, partnership=_GIFTS, amount=_AMOUNTS),
    st.builds(f.GiftReversed, at=_AT, partnership=_GIFTS, amount=_AMOUNTS),
)


def effects_of(movements: Iterable[Any]) -> list[dict[str, Any]]:
    """Their effects, read off what is stored of them."""
    return [{**event_payload(event), "kind": KINDS[event.event_type], "use": event.partnership} for event in movements]


def kept_by(movements: Iterable[Any]) -> Iterator[Decimal]:
    """What a fund says that it keeps and spent after them."""
    balance = reduce(evolve, movements, Fund("FD-2026-A")).balance(LATER)
    yield from (balance.reserved, balance.committed, balance.spent)
