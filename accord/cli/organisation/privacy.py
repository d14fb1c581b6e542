"""Shell commands on people who are named in the records: list them, and erase a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from accord.cli.options import ActorOption, JsonOption, ReasonOption, run
from accord.cli.organisation.naming_letters import NamingLetters, letters_to_erase
from accord.cli.organisation.written import list_written, person_named
from accord.cli.printing.lists import AllOption, FormOption, LimitOption, ListForm, ToOption, Wanted, print_list
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.proof.proof_options import guarded
from accord.cli.typed_days import typed_day
from accord.client.desk import Desk, open_desk
from accord.client.papers.door_forms import NamingForm, erase_forms, forms_naming
from accord.client.papers.opening import faults_of_papers, open_papers
from accord.operations.looks import looks_at
from accord.organisation.erasures import (
    approve,
    erase_now,
    forgotten_on,
    partnerships_naming,
    require_guardian,
    require_may_go,
    what_it_blanks,
)
from accord.organisation.kept_erasures import (
    VARIABLE,
    apply_again,
    folder_of_erasures,
    keep,
    kept_in,
    named_anew,
    to_keep,
    unapplied,
)
from accord.organisation.paper_erasures import (
    KeptPaperErasure,
    approve_papers,
    erase_paper_again,
    keep_paper_erasures,
    paper_erasures_in,
    papers_to_keep,
    unapplied_papers,
)
from accord.presentation import sheets
from accord.presentation.faults import Refused
from domain.directory.personal import ERASURE_QUORUM
from records.privacy.erasure import finish
from records.privacy.vault import NamedPerson, Vault

app = typer.Typer(
    no_args_is_help=True,
    help="""People whom the records name. Their names are encrypted in the ledger, each under a key of its own.

    Example: accord privacy list; accord privacy erase PERSON --reason 'asked on 3 May' --as dora.kim --yes""",
)


@app.command("list")
def list_people(as_json: JsonOption = False) -> None:
    """List the people whom the ledger names, and the partnerships that name them.

    Example: accord privacy list
    """

    async def work() -> list[NamedPerson]:
        async with open_desk() as desk:
            return await Vault(desk.pool).people()

    people = run(work())
    if as_json:
        return print_json(
            [
                {
                    "person": str(named_person.person),
                    "known_as": named_person.subject,
                    "partnerships": partnerships_naming(named_person),
                }
                for named_person in people
            ]
        )
    if not people:
        return out.print("No partnership names a person.")
    rows = (
        (str(named_person.person), named_person.subject, ", ".join(partnerships_naming(named_person)))
        for named_person in people
    )
    return out.print(rows_table(("Person", "Known as", "Named in"), rows))


@app.command("looks")
def list_looks(
    person: Annotated[str, typer.Argument(metavar="[PERSON]", help="Only looks at what names this person.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="STAFF", help="Only this person's looks.")] = "",
    since: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DAY", parser=typed_day, help="Only looks on this day or later."),
    ] = None,
    limit: LimitOption = None,
    every: AllOption = False,
    form: FormOption = ListForm.TABLE,
    to: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    """List looks at the console, the newest first: at all of it, or at partnerships that name one person.

    A list of many, such as the queue, is one look at that list, and not one at each partnership in it.

    Example: accord privacy looks PERSON --from 2026-06-01
    """
    list_options = Wanted.of(form, as_json, limit, every, to)

    async def work() -> None:
        async with open_desk() as desk:
            partnership_ids = (
                partnerships_naming(person_named(await Vault(desk.pool).people(), person)) if person else None
            )
            most = list_options.most + 1 if list_options.most is not None else None
            lines = looks_at(desk.pool, partnership_ids, by, since.replace(tzinfo=UTC) if since else None, most)
            await print_list(lines, sheets.LOOKS, list_options, "Nobody looked.")

    guarded(work)


KeepLettersOption = Annotated[
    bool, typer.Option("--keep-letters", help="Erase the name alone: letters go on saying it.")
]


@app.command()
def erase(
    person: Annotated[str, typer.Argument(help="The id or the name in `accord privacy list`.")],
    reason: ReasonOption,
    actor: ActorOption,
    keep_letters: KeepLettersOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; what is erased never comes back.")] = False,
) -> None:
    """Destroy a person's key, so that nobody can read their name any more, here or in any copy of the ledger.

    Two directors or auditors must give this command, each in their own name. The second command erases the person, and
    both approvals are on record, and in the folder of ACCORD_ERASURES. It is refused while a partnership that names the
    person is open, and until the day to which a law asks that its records are kept (`accord retention`). Every proof
    remains valid. Backups of the schema `privacy` hold the key until they are deleted.

    The letters that name them go too, as papers do (`accord papers erase`), and so do drafts that nobody issued, and
    forms of the grantee's door in which they stand. They are listed first, and so is each that a law keeps.

    Example: accord privacy erase 0f0c5f7e-... --reason 'They asked for it on 3 May 2031' --as dora.kim --yes
    """

    folder = folder_of_erasures()

    async def work() -> None:
        async with open_desk(acting=True) as desk:
            await require_guardian(desk, actor)
            going = await _what_goes(desk, person, keep_letters, actor)
            _require_confirmed(yes, f"Erase {going.person.subject}{going.letters.beside}? It never comes back.")
            signers, position = await _approve(desk, going, reason, actor)
            if len(signers) < ERASURE_QUORUM:
                return _tell(_told_so_far(signers))
            await _destroy(desk, going, position, folder)
            words = f"{going.person.subject} is erased, by {' and '.join(sorted(signers))}"
            _tell(f"{words}: {going.person.person} stands for nobody now.")
            day = await forgotten_on(desk, going.person)
        return _tell_afterwards(day, folder)

    guarded(work)


class _Going(NamedTuple):
    """A person whose name is to go, with the letters and forms that go with it."""

    person: NamedPerson
    letters: NamingLetters
    forms: list[NamingForm]


async def _what_goes(desk: Desk, person: str, keep_letters: bool, actor: str) -> _Going:
    """Return the person with all that goes with the name, and list it. Raises Refused if the name must stay."""
    named_person = person_named(await Vault(desk.pool).people(), person)
    await require_may_go(desk, named_person)
    letters = NamingLetters() if keep_letters else await letters_to_erase(desk, named_person)
    letters.tell()
    forms = await forms_naming(desk, named_person, partnerships_naming(named_person), actor)
    for naming in forms:
        _tell(f"With the name goes {naming.words}, with all that anybody wrote in it.")
    return _Going(named_person, letters, forms)


async def _approve(desk: Desk, going: _Going, reason: str, actor: str) -> tuple[frozenset[str], int]:
    """Record one guardian's approval, and return who approved all of it, and up to which event the approvals list."""
    blanking = await what_it_blanks(desk, going.person)
    letter_approvers = await approve_papers(desk, going.letters.erasure, reason, actor)
    name_approvers = await approve(desk, going.person, blanking, reason, actor)
    if blanking.left:
        _tell(_told_of_left(blanking.left))
    return name_approvers.intersection(*letter_approvers), blanking.seen


async def _destroy(desk: Desk, going: _Going, position: int, folder: Path | None) -> None:
    if folder is not None:
        keep(await to_keep(desk, going.person.person), folder)
    await going.letters.erase(desk, folder)
    await erase_now(desk, going.person, position)
    await erase_forms(desk.pool, going.person.person, going.forms)


def _require_confirmed(yes: bool, question: str) -> None:
    if not yes and not typer.confirm(question, err=True):
        raise Refused("nothing was erased", "NotConfirmed")


def _tell_afterwards(day: date, folder: Path | None) -> None:
    _tell(f"Temporal keeps closed runs that named them, encrypted, until {day}; from then on, none.")
    if folder is None:
        _tell(f"A restore would undo it: keep it outside the backups. Set {VARIABLE}; `accord privacy export FOLDER`.")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder outside the backups of the database.")],
) -> None:
    """Write every erasure that two guardians approved into a folder, to be applied again after a restore to before it.

    A file for each person: their pseudonym, the reason and the signatures, and no name. With ACCORD_ERASURES set,
    `accord privacy erase` does it by itself. Example: accord privacy export /media/apart/erasures
    """

    async def work() -> list[Path]:
        async with open_desk() as desk:
            of_papers = keep_paper_erasures(await papers_to_keep(desk), folder)
            return [*keep(await to_keep(desk), folder), *of_papers]

    _tell(f"{len(run(work()))} erasures are kept in {folder}.")


@app.command("apply-again")
def apply(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of ACCORD_ERASURES.")],
) -> None:
    """Erase again, after a restore, those whose erasure the folder keeps, each by two guardians' own signatures.

    It also ends an erasure that was cut off. Exit code 1 if somebody could not be erased again; all others were.
    Example: accord privacy apply-again erasures
    """

    async def work() -> list[str]:
        async with open_desk(acting=True) as desk:
            await finish(desk.ledger)
            of_papers = [*paper_erasures_in(folder)]
            files = [*kept_in(folder, may_be_empty=bool(of_papers))]
            erasures, faults = await unapplied(desk, files), await named_anew(desk, files)
            erased_count, paper_faults = await _papers_again(desk, of_papers)
            for erasure in erasures:
                try:
                    signers, named_person = await apply_again(desk, erasure)
                except Refused as fault:
                    faults.append(str(fault))
                else:
                    _tell(f"{erasure.person} is erased again, by {' and '.join(sorted(signers))}.")
                    await forgotten_on(desk, named_person)
            if not erasures and not erased_count and not [*faults, *paper_faults]:
                _tell("Each erasure that is kept there is applied here.")
            return [*faults, *paper_faults]

    if refusals := run(work()):
        raise Refused("; ".join(refusals), "NotErased")


async def _papers_again(desk: Desk, erasures: list[KeptPaperErasure]) -> tuple[int, list[str]]:
    """Erase papers again whose erasure is kept, and return how many, and why others were not."""
    if not erasures:
        return 0, []
    papers, faults, erased_count = open_papers(desk.pool), list[str](), 0
    for erasure in await unapplied_papers(papers, erasures):
        try:
            with faults_of_papers(erasure.sha256[:16]):
                signers = await erase_paper_again(desk, papers, erasure)
        except Refused as fault:
            faults.append(str(fault))
        else:
            erased_count += 1
            _tell(f"The paper {erasure.sha256[:16]} is erased again, by {' and '.join(sorted(signers))}.")
    return erased_count, faults


def _tell(words: str) -> None:
    out.print(words, soft_wrap=True, markup=False)


def _told_of_left(positions: Iterable[int]) -> str:
    events = ", ".join(map(str, positions))
    return f"Not listed, since they are changed or not their author's, and then believed by nobody: events {events}."


def _told_so_far(signers: frozenset[str]) -> str:
    return (
        f"{', '.join(signers)} approved it. Nothing is erased before another director or auditor gives the same"
        " command."
    )


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("written")(list_written)
    outer.add_typer(app, name="privacy")
