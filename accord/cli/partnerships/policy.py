"""Shell commands on the rule book: list it, explain a partnership's findings, and compare editions."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Final, NamedTuple

import typer
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from accord.audit.replays import Decision, EditionAnswer, Flip, count_decisions, decisions
from accord.cli.options import ActorOption, IdArgument, JsonOption, run
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.printing.pages import explanation, linked, rule_book_page, to_html
from accord.cli.printing.procedure_page import procedure_page, steps
from accord.cli.rerun import running
from accord.client.counsel import confirmations, with_counsel
from accord.client.desk import Desk, open_desk
from accord.organisation.confirming import confirm as record_confirmation
from accord.presentation.faults import BadInput, Refused
from domain.organisation.counsel import Confirmations, SourceConfirmed
from domain.partnership.diligence.earlier import Upgrade, upgrade_to
from domain.partnership.state import Partnership
from domain.policy.earlier import TIME_TO_ANSWER
from domain.policy.rule import Rule
from domain.policy.rulebook import EDITIONS, RULE_BOOK, RuleBook
from domain.policy.sources import unconfirmed

_HELP: Final = """The rule book: what it says, why, and what another edition would say.

The sections that findings cite, such as rules 3.5, stand in docs/rules.md with their sources of law.
"""

app = typer.Typer(no_args_is_help=True, help=_HELP)

EditionArgument = Annotated[str, typer.Argument(metavar="VERSION", help=f"One of: {', '.join(EDITIONS)}.")]
FromArgument = Annotated[str, typer.Argument(metavar="FROM", help=f"One of: {', '.join(EDITIONS)}.")]
ToArgument = Annotated[str, typer.Argument(metavar="TO", help=f"One of: {', '.join(EDITIONS)}.")]


class PageForm(StrEnum):
    """The form in which a page is printed."""

    MARKDOWN = "markdown"
    HTML = "html"


FormOption = Annotated[PageForm | None, typer.Option("--format", help="Print the page itself, to keep or to send.")]


@app.command("list")
def list_rules(
    edition: Annotated[str, typer.Option("--edition", help=f"One of: {', '.join(EDITIONS)}.")] = RULE_BOOK.version,
    form: FormOption = None,
    ours: Annotated[
        bool, typer.Option("--ours", help="With what this organisation's counsel confirmed; reads the ledger.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show every rule with its source, and how many of the sources counsel has not confirmed.

    Example: accord policy list --format markdown > rule-book.md
    """
    book = _edition(edition)
    confirmed_sources = run(_confirmed()) if ours else {}
    if as_json:
        waiting = [source._asdict() for source in unconfirmed(book) if source not in confirmed_sources]
        rules = [_told(rule) for rule in book.rules]
        return print_json({"edition": book.version, "rules": rules, "unconfirmed": waiting})
    page = rule_book_page(book, confirmed_sources)
    return _page(linked(page) if form is PageForm.MARKDOWN else page, f"The rule book, edition {book.version}", form)


async def _confirmed() -> Confirmations:
    async with open_desk() as desk:
        return await confirmations(desk)


@app.command()
def confirm(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The rule, such as SANCTIONS.")],
    actor: ActorOption,
    note: Annotated[str, typer.Option("--note", help="What you read, and when; no names.")],
    source: Annotated[str, typer.Option("--source", help="The citation, where several of the rule wait.")] = "",
    stands: Annotated[
        bool, typer.Option("--stands/--falls", help="Whether the rule states what the source says.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Confirm the source of a rule, as the funder's counsel (role COUNSEL): you read it, and the rule states it.

    What you said before can be taken back: --falls. `accord policy list --ours` says what is left.

    Example: accord policy confirm SANCTIONS --note "read in the eCFR of 1 November" --as noa.law
    """

    async def work() -> SourceConfirmed:
        async with open_desk(acting=True) as desk:
            return await record_confirmation(desk, rule, actor, note, source, stands)

    confirmation = run(work())
    if as_json:
        return print_json(confirmation.content())
    word = "confirmed" if confirmation.stands else "not confirmed (any more)"
    return out.print(
        f"{confirmation.rule_id}: {confirmation.citation} is {word} by {confirmation.actor}.", markup=False
    )


@app.command()
def procedure(form: FormOption = None, as_json: JsonOption = False) -> None:
    """Show the procedure of a partnership: each decision, its stages, the roles that may take it, and who may not.

    Example: accord policy procedure
    """
    if as_json:
        return print_json({"steps": [step._asdict() for step in steps()]})
    return _page(procedure_page(), "Who may do what", form)


@app.command()
def explain(partnership: IdArgument, form: FormOption = None, as_json: JsonOption = False) -> None:
    """Explain a partnership's findings on a page that a board can read. Reads the ledger only.

    Example: accord policy explain P-2026-0042 --format html > P-2026-0042.html
    """

    async def work() -> Partnership:
        async with open_desk() as desk:
            return with_counsel(await desk.known_partnership(partnership), await confirmations(desk))

    record = run(work())
    if as_json:
        return print_json({"partnership_id": partnership, "assessment": record.assessment, "outcome": _outcome(record)})
    return _page(explanation(record), partnership, form)


@app.command()
def whatif(version: EditionArgument, as_json: JsonOption = False) -> None:
    """Re-run every recorded decision under an edition, and list those with another outcome. Reads the ledger only.

    Of what was approved under an earlier edition it says what a newer one refuses, from the next payment on, and what
    it asks first, which holds payments from a later day. Run it before an upgrade.

    Decisions taken under that very edition must be reproduced byte for byte; if one is not, the exit code is 1.

    Example: accord policy whatif 2026.2
    """
    book = _edition(version)
    comparison, upgrades = run(_before_an_upgrade(book))
    if not as_json:
        _print_upgrades(upgrades, version)
    upgrade_rows = [
        {"partnership_id": partnership_id, **upgrade._asdict()} for partnership_id, upgrade in upgrades.items()
    ]
    _print(comparison, "As recorded", f"Under {version}", as_json, approved_before=upgrade_rows)


async def _before_an_upgrade(book: RuleBook) -> tuple[Comparison, dict[str, Upgrade]]:
    partnership_ids: dict[str, None] = {}

    def beside(decision: Decision) -> Reassessment:
        partnership_ids[decision.partnership_id] = None
        return recorded_beside(decision, book)

    async with open_desk() as desk:
        comparison = await compare_all(desk, beside)
        upgrades = {
            partnership_id: upgrade_to(await desk.known_partnership(partnership_id), book)
            for partnership_id in partnership_ids
        }
    return comparison, {
        partnership_id: upgrade for partnership_id, upgrade in upgrades.items() if upgrade.refuses or upgrade.asks
    }


def _print_upgrades(upgrades: dict[str, Upgrade], version: str) -> None:
    if not upgrades:
        return
    rows = (
        (partnership_id, "; ".join(upgrade.refuses), "; ".join(upgrade.asks))
        for partnership_id, upgrade in upgrades.items()
    )
    columns = ("Approved before", "Refused from the next payment on", f"Asked first by {version}")
    out.print(rows_table(columns, rows))
    days = TIME_TO_ANSWER.days
    out.print(
        f"What is asked first holds payments {days} days after the first look under {version}, if nobody answers."
    )


@app.command()
def diff(first: FromArgument, second: ToArgument, as_json: JsonOption = False) -> None:
    """Compare two editions: rules added, removed or revised, and recorded decisions that would have another outcome.

    Example: accord policy diff 2026.2 2026.3
    """
    book, rule_book = _edition(first), _edition(second)
    comparison = run(_compare(lambda decision: Reassessment(decision.under(book), decision.under(rule_book))))
    came, went = sorted(_names(rule_book) - _names(book)), sorted(_names(book) - _names(rule_book))
    revisions = _revised(book, rule_book)
    if not as_json:
        out.print(f"Rules that came with {second}: {', '.join(came) or 'none'}", soft_wrap=True)
        out.print(f"Rules that went with {first}: {', '.join(went) or 'none'}", soft_wrap=True)
        reasons = "; ".join(f"{rule_id} ({why})" for rule_id, why in revisions.items())
        out.print(f"Rules that were revised: {reasons or 'none'}", soft_wrap=True)
    _print(comparison, f"Under {first}", f"Under {second}", as_json, came=came, went=went, revised=revisions)


class Reassessment(NamedTuple):
    """Two answers to the same facts. `faithful` is False if the decision's own edition did not reproduce it exactly."""

    before: EditionAnswer
    after: EditionAnswer
    faithful: bool = True


class Comparison(NamedTuple):
    """The result of re-running all decisions."""

    decided: int
    flips: list[Flip]
    unfaithful: list[str]
    """Partnerships with a decision that its own edition did not reproduce byte for byte."""
    erased: int
    """The number of decisions that name an erased person: their outcomes are compared, their bytes cannot be."""


def recorded_beside(decision: Decision, book: RuleBook) -> Reassessment:
    """Return a decision's recorded answer and that of `book`. The decision's own edition must reproduce it exactly."""
    is_same_edition = decision.recorded.rule_book == book.version
    if is_same_edition and not decision.erased and decision.replays:
        return Reassessment(decision.answer, decision.answer)
    return Reassessment(decision.answer, decision.under(book), faithful=not is_same_edition or decision.erased)


async def _compare(compare: Callable[[Decision], Reassessment]) -> Comparison:
    async with open_desk() as desk:
        return await compare_all(desk, compare)


async def compare_all(desk: Desk, compare: Callable[[Decision], Reassessment]) -> Comparison:
    """Apply `compare` to every recorded decision and return the results, with a progress bar on a terminal."""
    flips, unfaithful, count, erasures = [], [], 0, 0
    with _progress() as bar:
        task = bar.add_task("Re-running decisions", total=await count_decisions(desk.ledger))
        async for decision in decisions(desk.ledger):
            count += 1
            erasures += decision.erased
            pair = compare(decision)
            if pair.before.outcome is not pair.after.outcome:
                flips.append(Flip(decision.partnership_id, decision.proposal.title, pair.before, pair.after))
            if not pair.faithful:
                unfaithful.append(decision.partnership_id)
            if not count % PROGRESS_STEP:
                bar.update(task, completed=count)
    return Comparison(count, flips, unfaithful, erasures)


PROGRESS_STEP: Final = 200


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip


def _edition(version: str) -> RuleBook:
    book = EDITIONS.get(version)
    if book is None:
        raise BadInput(f"there is no edition {version!r} of the rule book; there are {', '.join(EDITIONS)}")
    return book


def _names(book: RuleBook) -> set[str]:
    return {rule.rule_id for rule in book.rules}


def _told(rule: Rule) -> dict[str, object]:
    return {
        "rule_id": rule.rule_id, "layer": rule.layer.value, "citation": rule.citation, "confirmed": rule.confirmed,
        "since": rule.since, "why": rule.why, "test": rule.test.__doc__,
    }  # fmt: skip


def _revised(book: RuleBook, rule_book: RuleBook) -> dict[str, str]:
    """Return, by rule id, the reason for the revision of each rule that differs between two editions."""
    before = {rule.rule_id: rule for rule in book.rules}
    pairs = ((before[rule.rule_id], rule) for rule in rule_book.rules if rule.rule_id in before)
    return {rule.rule_id: rule.why or was.why for was, rule in pairs if rule.since != was.since}


def _page(markdown: str, title: str, form: PageForm | None) -> None:
    match form:
        case None:
            out.print(Markdown(markdown))
        case PageForm.MARKDOWN:
            print(markdown, end="")  # noqa: T201 - the page itself
        case PageForm.HTML:
            print(to_html(markdown, title), end="")  # noqa: T201


def _outcome(partnership: Partnership) -> str | None:
    return partnership.assessment.outcome.value if partnership.assessment else None


def _print(comparison: Comparison, before: str, after: str, as_json: bool, **more: object) -> None:
    if as_json:
        flips = [
            {"partnership_id": flip.partnership_id, "title": flip.title, **_sides(flip)} for flip in comparison.flips
        ]
        counts = {"decisions": comparison.decided, "erased": comparison.erased}
        print_json({**counts, "flips": flips, "unfaithful": comparison.unfaithful, **more})
    else:
        rows = (
            (flip.partnership_id, *(f"{side.outcome}: {side.reasons}" for side in (flip.before, flip.after)))
            for flip in comparison.flips
        )
        if comparison.flips:
            out.print(rows_table(("Partnership", before, after), rows))
        out.print(f"{comparison.decided} decisions re-run, {len(comparison.flips)} flips.")
        if comparison.erased:
            out.print(
                f"{comparison.erased} name somebody who was erased; of these the outcome was compared, not the bytes."
            )
    if comparison.unfaithful:
        names = ", ".join(comparison.unfaithful[:20])
        raise Refused(f"not as they were recorded, under their own edition: {names}", "Unfaithful")


def _sides(flip: Flip) -> dict[str, dict[str, str]]:
    sides = {"before": flip.before, "after": flip.after}
    return {name: {"outcome": answer.outcome.value, "reasons": answer.reasons} for name, answer in sides.items()}


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    running.add_to(app)
    outer.add_typer(app, name="policy")
