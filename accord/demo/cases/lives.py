"""The lives of the demo's partnerships: what people and the bank do with each, until its end."""

from __future__ import annotations

from accord.demo.cases.case import Script
from accord.demo.steps import Steps


async def paid_and_reported(steps: Steps) -> None:
    """Run the plain case: the partnership is approved by two people, agreed, paid, reported and closed."""
    await steps.approve_and_sign("riverbend")
    await steps.pay_all()
    await steps.report()


async def exchange_abroad(steps: Steps) -> None:
    """Have the public charity pay a foreign non-profit, on the condition of a Rev. Rul. 68-489 file."""
    await steps.approve_and_sign("kampala")
    await steps.pay_all()
    await steps.report()


async def declined_by_the_rule_book(steps: Steps) -> None:
    """Let the rule book decline the partnership. Nobody has to act."""
    await steps.until_ended()


def sent_back_and_withdrawn(reason: str) -> Script:
    """Return a script in which the rules send the proposal back with the ways out, and its proposer withdraws it."""

    async def script(steps: Steps) -> None:
        await steps.until_sent_back()
        await steps.withdraw(reason)

    return script


async def sent_back_and_declined(steps: Steps) -> None:
    """Propose again, unchanged, what the rules sent back once: a company stays the payee, so it is declined."""
    await steps.until_sent_back()
    await steps.propose_again()
    await steps.until_ended()


async def asked_and_withdrawn(steps: Steps) -> None:
    """Return a referred proposal with a question, since no register lists the partner. Its proposer withdraws it."""
    await steps.ask("No register lists this US tax number. Is it a church, a government unit, or mistyped?")
    await steps.withdraw("the partner could not document its status")


async def cleared_by_a_person(steps: Steps) -> None:
    """Clear a name near a listed one, as verifier and with a reason. The partnership is approved and paid."""
    await steps.clear("another organisation: other country, other founders, registered long before the listing")
    await steps.approve_and_sign("zorvan")
    await steps.pay_all()


async def rejected_then_paid(steps: Steps) -> None:
    """Have the bank reject a payment (account closed). After a new agreement and approval, the second one settles."""
    await steps.approve_and_sign("harbor")
    await steps.release(1)
    await steps.until_rejected(1, "harbor")
    await steps.sign("harbor-new")
    await steps.approve()
    await steps.release(1)
    await steps.until_settled(1)


async def gift_received(steps: Steps) -> None:
    """Receive a gift for a restricted fund in the public interest. The partnership closes when the bank books it."""
    await steps.approve_and_sign(None)
    await steps.receive("25000.00")


async def campaign(steps: Steps) -> None:
    """Run a joint campaign with a company, without money on any leg: a payment is refused."""
    await steps.approve_and_sign(None)
    await steps.try_to_pay()
    await steps.report()


async def declined_by_a_person(steps: Steps) -> None:
    """Decline, as an approver, what a private foundation could lawfully pay under expenditure responsibility."""
    await steps.decline("the programme has no budget for expenditure responsibility this year")


async def held_and_terminated(steps: Steps) -> None:
    """Place a hold after the agreement, have another person lift it, and terminate the partnership as director."""
    await steps.approve_and_sign("meadow")
    await steps.hold_and_lift("the press reports a dispute on its board", "the dispute is settled in writing")
    await steps.terminate("the payee asked to end the project before it began")


async def returned_by_the_bank(steps: Steps) -> None:
    """Have the payee's bank return a settled payment: a rule places a hold, people lift it and terminate."""
    await steps.approve_and_sign("capitol")
    await steps.release(1)
    await steps.until_returned(1, "capitol")
    await steps.lift("the payee's bank closed the account; we end the project")
    await steps.terminate("the payee no longer has a bank account in its own name")


async def sponsored(steps: Steps) -> None:
    """Pay for a company's project that a charity adopted and controls. The conditions are filed before the payment."""
    await steps.approve_and_sign("riverbend")
    await steps.pay_all()


async def recused(steps: Steps) -> None:
    """Recuse an approver whose spouse is on the grantee's board: another person approves, and the minutes are filed."""
    await steps.recuse("my spouse is on the grantee's board")
    await steps.approve()
    await steps.sign("riverbend")
    await steps.pay_all()


async def amended(steps: Steps) -> None:
    """Raise an approved sum by more than a tenth: finance and, above the tier, the director approve the new sum."""
    await steps.approve()
    await steps.amend("120000.00", "the second building was forgotten")
    await steps.approve()
    await steps.sign("lakeside")
    await steps.pay_all()


async def wired(steps: Steps) -> None:
    """Spend a restricted gift on its donor's purpose. Its fund pays."""
    await steps.approve_and_sign("lakeside")
    await steps.pay_all()


async def refused_by_its_fund(steps: Steps) -> None:
    """Find too little left in the budget at the approval that would complete the quorum. The proposer withdraws."""
    refusal = await steps.approve_in_vain()
    await steps.withdraw(f"no money was left: {refusal.partition(':')[0]}")
