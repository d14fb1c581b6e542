"""The evidence of a gift's page over a real ledger: as of a checkpoint, each place proved in its tree, and the same."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from accord.client.desk import Desk
from domain.funds import events as f
from domain.streams import StreamId
from ledger import clock
from ledger.proof.notes import Checkpoint
from ledger.proof.stored_tree import StoredTree
from ledger.tree import includes
from publishing.gifts.statement import GiftUntraceable, statement_of
from records.gifts.proving import proofs_of
from records.gifts.reading import read_gift
from tests import paying
from tests.builders import funds_in, proposal
from tests.paying import append
from tests.records.publications.test_reading import granted

GIFT, GRANT = "P-2026-0701", "P-2026-0702"
FUND = StreamId.fund(f"FD-{GIFT}")


async def given(desk: Desk) -> None:
    """A gift that was agreed and came in, of which a part is kept for a grant."""
    gift = funds_in("5000.00", restricted_to="Libraries along the Lower River")
    donor = gift["donor"]
    await paying.agreed(desk, proposal(GIFT, funds_out=None, funds_in=gift, partner=donor), None)
    await granted(desk, GRANT, "3000.00")
    kept = f.FundsReserved(at=clock.now(), partnership=GRANT, amount=Decimal("3000.00"))
    opened = f.GiftFundOpened(at=clock.now(), gift=GIFT, funder="ISOC", currency="USD")
    came = f.GiftReceived(at=clock.now(), partnership=GIFT, amount=Decimal("5000.00"))
    await append(desk, FUND, opened, came, kept)


async def test_a_gift_is_read_as_of_a_checkpoint_and_each_place_is_in_its_tree(furnished: Desk) -> None:
    """Given a checkpoint and what came later, when a gift is read, then that is not there, and all is proved."""
    await given(furnished)
    tree = StoredTree(furnished.ledger)
    checkpoint = Checkpoint("ledger.example.org", await tree.size(), await tree.root(await tree.size()))
    statement = statement_of(await read_gift(furnished.reader, GIFT, checkpoint))
    await append(furnished, FUND, f.GiftReceived(at=clock.now(), partnership=GIFT, amount=Decimal("11.00")))
    assert statement_of(await read_gift(furnished.reader, GIFT, checkpoint)).text == statement.text
    said = json.loads(statement.text)
    sums = {name: said["sums"][name] for name in ("received", "reserved", "available")}
    assert sums == {"received": "5000.00", "reserved": "3000.00", "available": "2000.00"}
    assert (said["versions"], said["purpose"], said["house"]) == (
        3,
        "Libraries along the Lower River",
        "Internet Society",
    )
    proofs = await proofs_of(tree, statement.positions, checkpoint.size)
    assert len(statement.positions) == 3
    for line in statement.lines:
        place, leaf = line.occurrence.position, bytes.fromhex(line.occurrence.leaf)
        assert includes(leaf, place - 1, checkpoint.size, proofs[place], checkpoint.root)
        assert line.says is None, "each is of the closed list"
    for reference in (GRANT, "P-2026-0799"):
        with pytest.raises(GiftUntraceable, match="is no gift of money"):
            await read_gift(furnished.reader, reference, checkpoint)
