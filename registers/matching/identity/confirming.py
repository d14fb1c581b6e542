"""Rule on a name beside a number: by the name, by the place, and by others that have the name (rules 3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.screening.identity import Agreement, Ruling
from registers.matching.identity.agreement import NameJudgement, judged
from registers.matching.identity.keys import key_of, key_of_words
from registers.matching.identity.places import GivenPlace, PlaceAgreement, agreement_of
from registers.matching.identity.registered_name import RegisteredName
from registers.matching.identity.written_name import WrittenName


class Rival(NamedTuple):
    """Another number of the register with a name that is the same, or alike."""

    ein: str
    name: RegisteredName
    agreement: Agreement
    in_place: bool
    """True if the address is in its place."""


class Confirmation(NamedTuple):
    """The answer to: does a name confirm a number?"""

    ruling: Ruling
    judgement: NameJudgement
    place: PlaceAgreement
    rivals: tuple[Rival, ...] = ()
    """The other numbers that have the name as well or better."""

    @property
    def confirms(self) -> bool:
        """True if nobody needs to look."""
        return self.ruling is Ruling.CONFIRMED


def keys_to_ask(writing: WrittenName, row_name: RegisteredName) -> tuple[int, ...]:
    """Return the keys under which others of the name are looked for: the written name's, and the registered one's."""
    row_key = () if row_name.is_member else (key_of(row_name.name),)
    return tuple(dict.fromkeys((key_of_words(writing.words), *row_key)))


def rivals_among(
    writing: WrittenName, place: GivenPlace | None, bodies: Iterable[tuple[str, RegisteredName]]
) -> tuple[Rival, ...]:
    """Return the other numbers whose names are the same as a written one, or alike, the nearest first."""
    rivals = (
        Rival(ein, name, judged(writing, name).agreement, agreement_of(place, name.place) is PlaceAgreement.IN_PLACE)
        for ein, name in bodies
    )
    equals = (rival for rival in rivals if rival.agreement is not Agreement.OTHER)
    return tuple(
        sorted(equals, key=lambda rival: (rival.agreement is not Agreement.SAME, not rival.in_place, rival.ein))
    )


def confirmation(
    writing: WrittenName,
    place: GivenPlace | None,
    row_name: RegisteredName,
    rivals: Sequence[Rival],
    *,
    too_many: bool = False,
) -> Confirmation:
    """Return the answer to: does a name confirm the number of a registered one?

    `rivals`: as `rivals_among` returns them. `too_many`: there are more that nobody compared.
    """
    judgement, at = judged(writing, row_name), agreement_of(place, row_name.place)
    is_same = judgement.agreement is Agreement.SAME
    rivals = tuple(rival for rival in rivals if not is_same or rival.agreement is Agreement.SAME)
    ruling = _ruling(judgement.agreement, at, rivals)
    if too_many and ruling is Ruling.CONFIRMED:
        ruling = Ruling.OTHERS
    return Confirmation(ruling, judgement, at, rivals)


def _ruling(agreement: Agreement, at: PlaceAgreement, rivals: Sequence[Rival]) -> Ruling:
    """Return the ruling: the same name in its own place stands beside rivals elsewhere, and one alike does not."""
    if agreement is Agreement.OTHER:
        return Ruling.OTHER_NAME
    if agreement is Agreement.SAME and (not rivals or (at is PlaceAgreement.IN_PLACE and not _any_in_place(rivals))):
        return Ruling.CONFIRMED
    if at is PlaceAgreement.NOT_GIVEN:
        return Ruling.ADDRESS
    if rivals:
        return Ruling.OTHERS
    return Ruling.CONFIRMED if at is PlaceAgreement.IN_PLACE else Ruling.ELSEWHERE


def _any_in_place(rivals: Iterable[Rival]) -> bool:
    return any(rival.in_place for rival in rivals)
