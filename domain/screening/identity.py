"""A name beside the body that a register gives a number: by its words, its place, and who else has it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import Field

from domain.values import Value, is_empty, is_false


class Agreement(StrEnum):
    """The agreement of a written name with a registered one."""

    SAME = "SAME"
    """Every significant word is in both, in the same order."""
    ALIKE = "ALIKE"
    """Another order, a slip, a place, a cut end, a further name, or a member's own words in place of its group's."""
    OTHER = "OTHER"


class Ruling(StrEnum):
    """The answer of a name, a place and the others of the name together."""

    CONFIRMED = "CONFIRMED"
    OTHERS = "OTHERS"
    """Another number has the name as well: a person says which of them is meant."""
    ADDRESS = "ADDRESS"
    """The name is alike, or others have it, and nobody gave an address."""
    ELSEWHERE = "ELSEWHERE"
    """The name is alike, and the address is elsewhere than the register's."""
    OTHER_NAME = "OTHER_NAME"


class OtherBearer(Value):
    """Another number of the register, whose name is as near to the given one."""

    ein: str
    name: str
    place: str = ""
    """Its city and state."""
    listed_since: int = 0
    """The version of the register that first listed it so."""

    @property
    def told(self) -> str:
        """The number, the name and the place."""
        return f"EIN {self.ein}, {self.name}{f' of {self.place}' if self.place else ''}"


class IdentityEvidence(Value):
    """The comparison of one of a party's names, and its address, with a row that a register has under its number."""

    given: str
    registered: str
    place: str = ""
    """The row's city and state."""
    further: bool = Field(default=False, exclude_if=is_false)
    """True if the party gives it as a further name: such a name confirms nothing by itself."""
    agreement: Agreement
    ruling: Ruling
    explanation: str
    """A description of what agrees and what does not."""
    others: tuple[OtherBearer, ...] = Field(default=(), exclude_if=is_empty)

    @property
    def confirms(self) -> bool:
        """True if nobody needs to look."""
        return self.ruling is Ruling.CONFIRMED

    @property
    def told(self) -> str:
        """The comparison, and what is asked, in words."""
        where = f" of {self.place}" if self.place else ""
        bearers = "; ".join(bearer.told for bearer in self.others)
        rivals = f"; so has {bearers}" if self.others else ""
        return f"{self.registered}{where}: {self.explanation}{rivals}{_ASKED[self.ruling]}"


_ASKED: Final = {
    Ruling.CONFIRMED: "",
    Ruling.OTHERS: "; say which of them is paid",
    Ruling.ADDRESS: "; give the payee's address (`address`), which tells them apart",
    Ruling.ELSEWHERE: "; the payee's address is elsewhere",
    Ruling.OTHER_NAME: "",
}
