"""A stolen mailbox moves no money in any order of acts.

Its holder opens links, reads codes, hands in anything, invites, asks and revokes. Staff believe them, and act as far as
they are let: they call the number on record where they are asked to call, and Ida, who answers there, knows of nothing.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
import pytest

from accord.grantee.store import GranteeLink
from domain.partnership.circumstances import Circumstances
from domain.partnership.state import Partnership
from domain.payment.account import AccountConfirmed, account_statement
from domain.payment.called_numbers import NumberFrom
from domain.submissions.bank_details import bank_details_in
from domain.submissions.kinds import DoorForm, SubmissionKind
from domain.submissions.reference import SubmissionReference
from ledger import Ledger, clock
from records.submissions.call_backs import call_back_fault
from records.submissions.gate import submission_fault
from records.submissions.seals import seal_submissions
from tests.accord.audit.test_takeovers import recorded
from tests.builders import ACCOUNT, NOON, number
from tests.domain.partnership.hands import signature_on
from tests.domain.partnership.proposal.test_contact_calls import ANOTHER, amended, ida
from tests.domain.partnership.specification import REFERENCE, Story, active, authority_of, comment
from tests.doors import code_for, content, entered, handed_in, link_to

THEIRS: Final = "+44 20 7946 0958"
WORDS: Final = (
    "Eleven courses were held",
    f"Our treasurer's telephone is new: {THEIRS}",
    "Write to ida@look-alike.example from now on",
    "Our bank closed; pay to DE89 3704 0044 0532 0130 00 at once",
    f"Please call {THEIRS} about our new account",
)
CONTACTS: Final = (ida(email="ida@look-alike.example"), ida(phone=THEIRS), ida(name="Tilda Moss", phone=THEIRS))

_OPEN: Final = """
SELECT s.sha256, s.number, s.at, p.position FROM grantee.submissions s JOIN grantee.proofs p USING (number)
 WHERE s.kind = 'QUESTION' ORDER BY random() LIMIT 1
"""


class Play:
    """A mailbox, whoever stole it, and staff who believe them."""

    def __init__(self, pool: asyncpg.Pool, seed: int) -> None:
        self._pool = pool
        self._chance = random.Random(seed)  # noqa: S311 - a seeded script, not a secret
        self._link = ""
        self._told = False
        self.story: Story = active(contacts=[ida()])
        self.refused = 0

    async def step(self) -> None:
        """One act of the thief or of staff."""
        acts: tuple[Callable[[], Awaitable[None]], ...] = (
            self._steals_a_link, self._hands_in, self._asks, self._invites, self._revokes,
            self._staff_take_over, self._staff_change_a_contact, self._staff_call_their_number,
        )  # fmt: skip
        await self._chance.choice(acts)()

    async def _door(self) -> tuple[GranteeLink, Any] | None:
        if not self._link:
            await self._steals_a_link()
        at_door = GranteeLink(self._pool, self._link, f"browser {self._chance.randrange(3)}")
        if not await at_door.enter():
            return None
        return at_door, await at_door.look()

    async def _steals_a_link(self) -> None:
        self._link = await link_to(self._pool, REFERENCE, DoorForm.QUESTION, invitation=self._chance.randrange(1, 99))

    async def _hands_in(self) -> None:
        text = self._chance.choice(WORDS)
        try:
            await handed_in(self._pool, self._link, answers={"words": text})
        except AssertionError:  # no code any more, or no link: the door says no, and that is an answer
            return
        self._told = self._told or THEIRS in text
        assert bool(bank_details_in({"words": text})) is ("DE89" in text), "what it becomes is marked for staff"

    async def _asks(self) -> None:
        if (place := await self._door()) is not None:
            at_door, form = place
            kind = self._chance.choice((SubmissionKind.QUESTION, SubmissionKind.WRONG_PERSON))
            text = self._chance.choice(WORDS)
            said = await at_door.say(form, content(form, kind, answers={"words": text}))
            self._told = self._told or (said is not None and THEIRS in text)

    async def _invites(self) -> None:
        if (place := await self._door()) is not None and await place[0].ask_code("INVITE"):
            at_door, form = place
            await at_door.invite(form, "ida@look-alike.example", "FILL", "00000000")

    async def _revokes(self) -> None:
        if self._link and self._chance.random() < 0.3:
            await GranteeLink(self._pool, self._link, "browser 0").revoke()

    async def _staff_take_over(self) -> None:
        ledger = Ledger(self._pool)
        await seal_submissions(ledger, self._pool)
        row = await self._pool.fetchrow(_OPEN)
        if row is None:
            return
        reference = SubmissionReference(
            sha256=row["sha256"].hex(), number=row["number"], seal=row["position"], at=row["at"]
        )
        command = comment().model_copy(update={"submission": reference})
        fault = await submission_fault(ledger, REFERENCE, "comment", reference)
        self._tries(command, Circumstances(authority=authority_of(command), unsealed=fault))

    async def _staff_change_a_contact(self) -> None:
        """Staff believe a new contact. Whoever they call on record says no, so they can name nobody who said yes."""
        called = self._chance.choice((None, 2, 99))
        command = amended(self._chance.choice(CONTACTS), called=called)
        self._tries(command, Circumstances(authority=authority_of(command)))

    def _tries(self, command: Any, circumstances: Circumstances) -> None:
        answer = self.story.when(command, circumstances)
        self.refused += answer.refusal is not None
        self.story = self.story if answer.refusal is not None else answer

    async def _staff_call_their_number(self) -> None:
        """Staff saw the number in what was handed in, and take it for a register's, or for a contact's."""
        places = [NumberFrom(register_entry="A page that they sent", number=THEIRS)] if self._told else []
        places.append(NumberFrom(partnership=REFERENCE, contact=2))
        place = self._chance.choice(places)
        statement = account_statement("confirm_account", {}, "noor.haddad", NOON, number("a call"), ACCOUNT.reference)
        event = AccountConfirmed(
            at=clock.now(), actor="noor.haddad", signature=signature_on(statement), sha256=ACCOUNT.sha256,
            note="Called their treasurer", number_from=place,
        )  # fmt: skip
        fault = await call_back_fault(Ledger(self._pool), self._read, ACCOUNT.reference, event)
        assert fault is not None, f"a call-back on {place} was taken"
        self.refused += 1

    async def _read(self, _: str) -> Partnership:
        return self.story.partnership


def what_counts(partnership: Partnership) -> tuple[Any, ...]:
    """The account, the payee, the sums and the contacts: all that money follows."""
    out = partnership.proposed.funds_out
    assert out is not None
    sums = tuple(tranche.money for tranche in partnership.tranches)
    return partnership.account, out.payee, sums, partnership.proposed.contacts, partnership.telephones


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 21))])
async def test_no_order_of_acts_leads_to_another_account_contact_payee_or_sum(pool: asyncpg.Pool, seed: int) -> None:
    play = Play(pool, seed)
    before = what_counts(play.story.partnership)
    await recorded(pool, *play.story.history)
    await play._steals_a_link()
    for _ in range(60):
        await play.step()
        assert what_counts(play.story.partnership) == before
    assert play.refused > 5, "staff tried, and were refused"


async def test_what_ida_herself_asks_for_is_done_after_a_call(pool: asyncpg.Pool) -> None:
    await handed_in(pool, await link_to(pool, REFERENCE), answers={"summary": f"My number is {ANOTHER} now"})
    story = active(contacts=[ida()]).given(amended(ida(phone=ANOTHER), called=1))
    assert [(entry.number, entry.vouched) for entry in story.partnership.telephones] == [(ANOTHER, True)]


async def test_a_mailbox_reads_its_codes(pool: asyncpg.Pool) -> None:
    """The script is no straw man: whoever holds the mailbox hands in by link and code."""
    at_door, form = await entered(pool, await link_to(pool, REFERENCE))
    assert (await at_door.submit(form, content(form), await code_for(pool, at_door)))[1] == ""
