"""A ledger in memory that holds gifts, their funds and grants, and the pages that are made of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property, reduce
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.funds import events as f
from domain.funds.fund import Fund, evolve
from domain.funds.transfers import with_transfers
from domain.grants import FundShare
from domain.identity import ACCORD
from domain.parties import Party
from domain.partnership import events as e
from domain.partnership.evolution import fold
from domain.payment.tranche.status import TrancheOutcome
from ledger.model import StoredEvent
from ledger.proof.notes import SIGNATURE, Checkpoint, SigningKey
from ledger.tree import inclusion_proofs, leaf_of, root_of
from publishing.gifts.evidence import FundOccurrence, GiftSource, LedgerHead, is_shared
from publishing.gifts.publication import page_of
from publishing.gifts.statement import GiftStatement, statement_of
from publishing.gifts.transfers import transfers_of
from records.codec import to_ledger
from records.gifts.reading import whole_of
from tests.builders import NOON, funds_in, funds_out, number
from tests.domain.funds.test_fund import opened
from tests.domain.partnership import specification as s
from tests.publishing.casting import Cast, body

LIBRARY, SCHOOL = body("Riverbend Library Network", "001000001"), body("Lower River School Fund", "001000002")
KEY = SigningKey("ledger.example.org", SIGNATURE, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
"""An invented key, always the same, so that a page is too."""
STAFF = ("pia.berg", "vera.lind", "ana.silva", "femi.ade", "paul.nkosi", "dora.kim")


class GiftCast(Cast):
    """A ledger with all that leaves are made of. Each event is recorded a minute after the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.stored: list[StoredEvent] = []
        self.funds: dict[str, list[tuple[StoredEvent, Any]]] = {}

    def take(self, stream: str, *events: Any) -> list[Any]:
        entries = []
        for event in events:
            entries += super().take(stream, event)
            stored = self._stored(stream, event)
            self.stored.append(stored)
            if stream.startswith("fund/"):
                self.funds.setdefault(stream.removeprefix("fund/"), []).append((stored, event))
        return entries

    def _stored(self, stream: str, event: Any) -> StoredEvent:
        command = number(f"command {self.position}")
        [new] = to_ledger((event,), ACCORD, command)
        version = 1 + sum(stored.stream_id == stream for stored in self.stored)
        at = datetime(2026, 12, 1, 9, tzinfo=UTC) + timedelta(minutes=self.position)
        stored = StoredEvent(self.position, stream, version, number(f"event {self.position}"), command, new.event_type,
                             new.schema_version, new.payload, new.meta, at, b"")  # fmt: skip
        return stored._replace(leaf=leaf_of(stored))

    def gives(self, gift: str, amount: str, **more: Any) -> None:
        """A donor gives a sum for one purpose, and all of it comes in."""
        content = {"restricted_to": "Libraries along the Lower River", **more}
        story = s.active(funds_out=None, funds_in=funds_in(amount, **content)).given(s.receipt(amount))
        self.partnership(gift, story.history)
        fund = content.get("into") or f"FD-{gift}"
        if "into" not in content:
            self.take(f"fund/{fund}", f.GiftFundOpened(at=NOON, gift=gift, funder="ISOC", currency="USD"))
        self.take(f"fund/{fund}", f.GiftReceived(at=NOON, partnership=gift, amount=Decimal(amount)))

    def pays(self, reference: str, payee: Party, *parts: tuple[str, str], **more: Any) -> None:
        """Funds pay a grant as a whole: each its part. The grantee reports, and the report is accepted."""
        whole = f"{sum(Decimal(amount) for _, amount in parts):.2f}"
        funds = [{"fund": fund, "amount": amount} for fund, amount in parts]
        out = funds_out(whole, payee=payee, funds=funds, final_report=True)
        story = s.active(funds_out=out, partner=payee, **more)
        self.partnership(reference, story.history)
        shares = tuple(FundShare(fund=fund, amount=Decimal(amount)) for fund, amount in parts)
        self.partnership(reference, [e.FundsAllotted(at=NOON, shares=shares)])
        self._moves(reference, parts, f.FundsReserved, f.FundsCommitted)
        paid = story.given(s.release(1), *s.came_to(TrancheOutcome.SETTLED))
        self.partnership(reference, paid.history[len(story.history) :])
        self._moves(reference, parts, f.FundsSpent)
        told = paid.given(s.report(figures=s.accounted(whole)), s.accept())
        self.partnership(reference, told.history[len(paid.history) :])

    def reserves(self, reference: str, payee: Party, fund: str, amount: str, until: datetime | None = None) -> None:
        """A grant is approved, and a part of a fund is kept for it."""
        out = funds_out(amount, payee=payee, funds=[{"fund": fund}])
        self.partnership(
            reference, s.in_agreement(funds_out=out, partner=payee, title="Shelves for the school").history
        )
        kept = f.FundsReserved(at=NOON, partnership=reference, amount=Decimal(amount), until=until)
        self.take(f"fund/{fund}", kept)

    def _moves(self, reference: str, parts: Iterable[tuple[str, str]], *kinds: Any) -> None:
        for fund, amount in parts:
            moves = (kind(at=NOON, partnership=reference, amount=Decimal(amount)) for kind in kinds)
            self.take(f"fund/{fund}", *moves)

    def source(self, gift: str, fund_id: str = "") -> GiftSource:
        """The evidence of a gift, as of everything so far."""
        name = fund_id or f"FD-{gift}"
        told = self.funds[name]
        fund = reduce(evolve, (event for _, event in told), Fund(name))
        others = {other: reduce(evolve, (event for _, event in of), Fund(other)) for other, of in self.funds.items()}
        transfers = transfers_of(fund, [event for _, event in told], others)
        fund = with_transfers(fund, others)
        uses = () if is_shared(fund, gift) else tuple(fund.claims)
        cases = {use: self.case(use) for use in uses}
        wanted = {gift, *uses}
        history = tuple(occurrence.event for occurrence in self.occurrences[gift])
        entries = {name: tuple(one for one in self.entries if one.partnership == name
                               and one.origin.stream.startswith("partnership/")) for name in wanted}  # fmt: skip
        return GiftSource(
            self.head, fold(gift, history), "Internet Society", fund, transfers,
            tuple(FundOccurrence(stored.position, stored.version, event, stored.leaf.hex(), whole_of(stored))
                  for stored, event in told),
            cases, {name: tuple(self.occurrences[name]) for name in wanted}, entries,
            {stored.position: stored.leaf.hex() for stored in self.stored},
        )  # fmt: skip

    @property
    def head(self) -> LedgerHead:
        leaves = [stored.leaf for stored in self.stored]
        return LedgerHead(KEY.name, len(leaves), root_of(leaves).hex(), self.stored[-1].recorded_at)

    def checkpoint(self, key: SigningKey = KEY, size: int = 0, root: bytes | None = None) -> str:
        """What a donor brings from outside: the public key and a signed root, of everything or of the first events."""
        leaves = [stored.leaf for stored in self.stored][: size or None]
        text = Checkpoint(key.name, len(leaves), root or root_of(leaves)).text
        return f"{key.verifier}\n\n{text}\n{key.line(text)}"

    def page(self, statement: GiftStatement, key: SigningKey = KEY) -> bytes:
        """The page of an extract, signed by a key."""
        proofs = inclusion_proofs([stored.leaf for stored in self.stored])
        return page_of(statement, key.line(statement.note), {at: proofs[at - 1] for at in statement.positions})


class Telling:
    """A gift that is traced, one of another donor, and a fund in which two donors' money lies together."""

    GIFT, OTHER, SHARED, BESIDE = "P-2026-0901", "P-2026-0902", "P-2026-0903", "P-2026-0904"
    TOGETHER = "FD-2026-TOGETHER"

    @cached_property
    def cast(self) -> GiftCast:
        cast = GiftCast()
        cast.gives(self.GIFT, "50000.00")
        cast.gives(self.OTHER, "31415.00", restricted_to="Wells in the Upper Valley")
        cast.pays("P-2026-0911", LIBRARY, (f"FD-{self.GIFT}", "20000.00"), title="Reading rooms in eleven villages")
        both = ((f"FD-{self.GIFT}", "7500.00"), (f"FD-{self.OTHER}", "2718.00"))
        cast.pays("P-2026-0912", SCHOOL, *both, title="A well beside the school")
        cast.pays("P-2026-0914", LIBRARY, (f"FD-{self.OTHER}", "1618.00"), title="Wells in nine villages")
        cast.reserves("P-2026-0913", SCHOOL, f"FD-{self.GIFT}", "4000.00")
        cast.take(f"fund/{self.TOGETHER}", opened())
        for gift, amount in ((self.SHARED, "1234.00"), (self.BESIDE, "98765.00")):
            cast.gives(gift, amount, restricted_to=None, into=self.TOGETHER)
        return cast

    def statement(self) -> GiftStatement:
        return statement_of(self.cast.source(self.GIFT))


def data_of(page: bytes) -> dict[str, Any]:
    """The data in a page."""
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.decode(), re.DOTALL)
    assert match is not None
    content: dict[str, Any] = json.loads(match[1])
    return content
