"""Shell commands on truths: tell what was learnt, answer it, and list what was told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from accord.cli.options import (
    ActorOption,
    DocumentOption,
    EmergencyOption,
    JsonOption,
    ReasonOption,
    decider,
    digest_of,
    run,
    whole_id,
)
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.typed_days import typed_day
from accord.client.acts import look_again
from accord.client.desk import open_desk
from accord.client.papers.opening import filed
from accord.organisation import recorded_truths
from accord.organisation import truths as prepared
from accord.organisation.truths import Telling
from accord.presentation.faults import BadInput
from domain.screening.truths import TruthKind
from domain.truths.touching import touching
from domain.truths.truth import Truth
from records.truths import ALIKE, read_truths

_COLUMNS: Final = ("Truth", "Kind", "About", "Since", "Told by", "On", "In", "Stands")

PartnershipArgument = Annotated[
    str | None,
    typer.Argument(metavar="[ID]", help="The partnership in which it came up, if it came up in one."),
]
PaperOption = Annotated[
    Path | None,
    typer.Option(
        "--paper", metavar="FILE|SHA256", help="The paper that says it, or its SHA-256, which goes on record."
    ),
]


OtherPartnershipOption = Annotated[
    str | None, typer.Option("--with", metavar="ID", help="With --kind ONE_PROJECT: the other partnership of it.")
]


def tell(
    kind: Annotated[TruthKind, typer.Option("--kind", help="What it is about.")],
    what: Annotated[str, typer.Option("--what", help="What you learnt, in your words. They are sealed.")],
    since: Annotated[
        datetime, typer.Option("--since", metavar="DAY", parser=typed_day, help="Since when it is known to you.")
    ],
    actor: ActorOption,
    partnership: PartnershipArgument = None,
    about: Annotated[str, typer.Option("--about", help="The organisation; without it, the payee of ID.")] = "",
    ein: Annotated[str, typer.Option("--ein", help="Its EIN.")] = "",
    number: Annotated[str, typer.Option("--number", help="Its number in another register: 'GB-CHC 1234567'.")] = "",
    person: Annotated[str, typer.Option("--person", help="The person that it is about.")] = "",
    other: OtherPartnershipOption = None,
    source: Annotated[str, typer.Option("--from", help="From where, or from whom, you know it.")] = "",
    paper: PaperOption = None,
    emergency: EmergencyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put on record what you learnt of a party, a project or money, at any time: also under a hold, or after the end.

    Until a verifier answers it, nothing is paid of what it touches, in any partnership of the same party.
    Example: accord tell P-2026-0042 --kind LOST_STATUS --what 'the IRS revoked its exemption' --since 2026-11-25
    --from 'its letter to us' --paper letter.pdf --as pia.berg; or, without a partnership:
    accord tell --kind SANCTIONS --person 'Jane Roe' --about 'Riverbend Library' --what 'acts for a listed person'
    --since 2026-11-25 --as ana.silva; or that two payees carry out one project, whose sums are decided together:
    accord tell P-2026-0042 --kind ONE_PROJECT --with P-2026-0040 --what 'both build the same mast' --since 2026-11-25
    --as vera.lind
    """
    telling = Telling(
        kind, what, since.date(), source, whole_id(partnership) if partnership else None, about, ein, number, person,
        paper.name if paper else "", digest_of(paper, actor, "truths", "--paper"), whole_id(other) if other else None,
    )  # fmt: skip

    async def work() -> tuple[Truth, tuple[str, ...]]:
        async with open_desk(decider(emergency), acting=not emergency, hinting=True) as desk:
            truth = await recorded_truths.tell(desk, telling, actor)
            return truth, await prepared.touched_by(desk, truth)

    truth, partnership_ids = run(work())
    if as_json:
        return print_json({**_shown(truth), "touches": partnership_ids})
    out.print(
        f"{truth.name} is on record: {truth.kind.words}, since {truth.since}, told by {truth.teller}.", markup=False
    )
    where = ", ".join(partnership_ids) or "no open partnership"
    out.print(f"It touches {where}. Nothing is paid of what it touches until a verifier answers it:", markup=False)
    return out.print(f"  accord answer-truth {truth.name} --so --reason REASON --as STAFF", markup=False)


VerdictOption = Annotated[
    bool | None, typer.Option("--so/--not-so", help="Whether it is so. That it is not needs --document.")
]


def answer_truth(
    truth: Annotated[str, typer.Argument(metavar="TRUTH", help="Such as T-1A2B3C4D, or its beginning.")],
    reason: ReasonOption,
    actor: ActorOption,
    so: VerdictOption = None,
    document: DocumentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say as a verifier whether what somebody told is so. You neither told it, nor proposed, pay or are recused there.

    What is so stays a fact, and the rules judge it: a failure is cured or ends, and nobody clears it. What is not so,
    by a paper, falls.
    Example: accord answer-truth T-1A2B3C4D --not-so --reason 'another body of that name' --document letter.pdf
    --as vera.lind
    """
    if so is None:
        raise BadInput("--so: say whether it is so, with --so or --not-so")

    async def work() -> tuple[Truth, tuple[str, ...]]:
        async with open_desk(acting=True) as desk:
            open_truth = await prepared.truth_named(desk, truth)
            paper = document.name if document else ""
            answered_truth = await recorded_truths.answer(
                desk, open_truth, so, reason, actor, paper, await filed(document, actor, "truths")
            )
            affected_ids = await prepared.touched_by(desk, answered_truth)
            await look_again(desk, affected_ids)
            return answered_truth, affected_ids

    truth_record, partnership_ids = run(work())
    if as_json:
        return print_json({**_shown(truth_record), "touches": partnership_ids})
    where = ", ".join(partnership_ids) or "no open partnership"
    says = "is so: it stays a fact, and the rules judge it" if so else "is not so: it stands against nothing any more"
    return out.print(f"{truth_record.name} {says}. It touches {where}.", markup=False)


def truths(
    partnership: PartnershipArgument = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was answered.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the truths that wait for an answer: of everybody, or of those whom a partnership names.

    Example: accord truths P-2026-0042 --all
    """

    async def work() -> list[Truth]:
        async with open_desk() as desk:
            truths = await read_truths(desk.reader)
            if partnership is None:
                return list(truths)
            proposal = (await desk.known_partnership(whole_id(partnership))).proposed
            relevant_ids = {truth.truth for truth, _ in touching(truths, proposal, ALIKE)}
            return [
                truth for truth in truths if truth.truth in relevant_ids or truth.partnership_id == proposal.reference
            ]

    open_truths = [truth for truth in run(work()) if everything or truth.waits()]
    if as_json:
        return print_json([_shown(truth) for truth in open_truths])
    if not open_truths:
        return out.print("Nothing was told that waits for an answer.")
    out.print(rows_table(_COLUMNS, [_row(truth) for truth in open_truths]))
    for open_truth in open_truths:
        out.print(f"{open_truth.name}  {open_truth.words.what}", markup=False, soft_wrap=True)
    return None


def _row(truth: Truth) -> tuple[str, ...]:
    words = truth.words
    about = words.person or (words.names[0] if words.names else words.ein or ", ".join(words.numbers))
    return (
        truth.name, truth.kind.value, about or "-", truth.since.isoformat(), truth.teller,
        f"{truth.at:%Y-%m-%d}", " with ".join(truth.partnerships) or "-", _standing(truth),
    )  # fmt: skip


def _standing(truth: Truth) -> str:
    if truth.answer is None:
        return "waits"
    return f"{'so' if truth.answer.so else 'not so'}, {truth.answer.actor}"


def _shown(truth: Truth) -> dict[str, Any]:
    words = truth.words.model_dump(mode="json", exclude={"of"})
    answer = truth.answer
    answer_fields = None
    if answer is not None:
        answer_fields = {"so": answer.so, "by": answer.actor, "at": answer.at.isoformat(), "reason": answer.words.what}
    return {
        "truth": truth.name, "id": str(truth.truth), "kind": truth.kind.value, "since": truth.since.isoformat(),
        "partnership_id": truth.partnership_id, "with": truth.other,
        "told_by": truth.teller, "told_at": truth.at.isoformat(), "paper_sha256": truth.paper_sha256,
        **words, "answer": answer_fields,
    }  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command()(tell)
    app.command("answer-truth")(answer_truth)
    app.command()(truths)
