"""Prominent public offices of people behind a payee, as they are declared (FATF recommendation 12)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from domain.values import ERASED_NAME, OneLine, Printable, Value, is_empty, is_none


class OfficeTie(StrEnum):
    """The tie of a person to a prominent public office, at home, abroad or in an international organisation."""

    NONE = "NONE"
    """They hold and held none, and nobody close to them does or did."""
    HOLDER = "HOLDER"
    """They hold or held one."""
    FAMILY = "FAMILY"
    """They are close family of somebody who holds or held one, by blood, marriage or partnership."""
    ASSOCIATE = "ASSOCIATE"
    """They are closely connected to somebody who holds or held one, socially or at work."""


THROUGH_ANOTHER: Final = frozenset({OfficeTie.FAMILY, OfficeTie.ASSOCIATE})
"""The ties to an office that somebody else holds or held."""

_Text = Annotated[str, StringConstraints(max_length=140), Printable, OneLine]
_Name = Annotated[str, StringConstraints(min_length=2, max_length=140), Printable, OneLine]


class PublicOffice(Value):
    """A declaration on a prominent public office: who holds or held it, until when, and who declares it.

    Prominent are heads of state or government, senior politicians, senior officials of government, courts and forces,
    senior executives of state companies, important officials of parties, and the senior management of international
    organisations; no middle or junior ranks (FATF Guidance, Politically Exposed Persons, June 2013, section II). An
    office that ended still counts: the standard sets no time after which it does not.
    """

    tie: OfficeTie = Field(description="NONE, or whose the office is: their own, of close family, or of an associate")
    declared_by: _Name = Field(description="Who declares it: the person, or somebody who speaks for the payee")
    declared_on: date = Field(description="The day of the declaration")
    office: _Text = Field(
        default="", description="The office and where, such as Mayor of Riverbend", exclude_if=is_empty
    )
    holder: _Name | None = Field(
        default=None, description="Whose office it is, if it is not their own", exclude_if=is_none
    )
    until: date | None = Field(
        default=None, description="The last day in office; leave it out while it is held", exclude_if=is_none
    )

    @model_validator(mode="after")
    def _says_which_office(self) -> Self:
        if self.tie is OfficeTie.NONE and (self.office or self.holder or self.until):
            raise ValueError("tie: an office is given, and NONE says that there is none; choose whose it is")
        if self.tie is not OfficeTie.NONE and self.office != ERASED_NAME and len(self.office.split()) < 2:
            raise ValueError("office: say which office it is and where, such as Mayor of Riverbend")
        if self.tie in THROUGH_ANOTHER and self.holder is None:
            raise ValueError("holder: say whose office it is")
        if self.tie is OfficeTie.HOLDER and self.holder is not None:
            raise ValueError("holder: HOLDER says that the office is their own; leave out `holder`, or choose the tie")
        return self

    @property
    def told(self) -> str:
        """The words on the office, by which a verifier's look at it holds: another office is another look."""
        has = "holds" if self.until is None else "held"
        office = f"{has} the office of {self.office}" + (f" until {self.until}" if self.until is not None else "")
        match self.tie:
            case OfficeTie.NONE:
                return "holds and held no prominent public office, nor does or did anybody close to them"
            case OfficeTie.HOLDER:
                return office
            case OfficeTie.FAMILY:
                return f"is close family of {self.holder}, who {office}"
            case OfficeTie.ASSOCIATE:
                return f"is a close associate of {self.holder}, who {office}"

    @property
    def declared(self) -> str:
        """The words on who declared it, and when."""
        return f"declared by {self.declared_by} on {self.declared_on}"
