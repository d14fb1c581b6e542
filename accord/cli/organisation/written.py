"""The shell command that lists what a person wrote at the grantee's door, or is named in there."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.printing.output import out, print_json
from accord.client.desk import open_desk
from accord.client.papers.door_forms import NamingForm, forms_naming
from accord.organisation.erasures import partnerships_naming, require_guardian
from accord.presentation.faults import BadInput
from records.privacy.vault import NamedPerson, Vault

_ENOUGH: Final = 8
"""The minimum length of the beginning of an id that may be given instead of the whole id."""


def list_written(
    person: Annotated[str, typer.Argument(help="The id or the name in `accord privacy list`.")],
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """List the forms of the grantee's door in which a person stands: as address, in a draft, or in what was handed in.

    Looking into the forms of a partnership is a line of the access log.

    Example: accord privacy written PERSON --as dora.kim
    """

    async def work() -> list[NamingForm]:
        async with open_desk(acting=True) as desk:
            await require_guardian(desk, actor)
            named_person = person_named(await Vault(desk.pool).people(), person)
            return await forms_naming(desk, named_person, partnerships_naming(named_person), actor)

    forms = run(work())
    if as_json:
        return print_json([_row(naming) for naming in forms])
    words = "\n".join(naming.words for naming in forms) or "They stand in no form of the door."
    return out.print(words, soft_wrap=True, markup=False)


def _row(naming: NamingForm) -> dict[str, object]:
    return {"form": str(naming.form), "partnership": naming.partnership_id, "places": naming.places}


def person_named(people: list[NamedPerson], reference: str) -> NamedPerson:
    """Return the person of an id, of a beginning of one, or of a name. Raises BadInput if there is none, or several."""
    named_persons = [
        named_person
        for named_person in people
        if reference in {str(named_person.person), named_person.subject} or _begins(named_person, reference)
    ]
    match named_persons:
        case [person]:
            return person
        case []:
            raise BadInput(f"PERSON: nobody is known as {reference!r}; see `accord privacy list`")
        case _:
            raise BadInput(f"PERSON: {len(named_persons)} people are known as {reference!r}; give the id of one")


def _begins(named_person: NamedPerson, reference: str) -> bool:
    return len(reference) >= _ENOUGH and str(named_person.person).startswith(reference)
