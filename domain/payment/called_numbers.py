"""The place of the number that a call-back was made on: never the bank details, nor what came by link."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from domain.telephones import Telephone
from domain.values import OneLine, PartnershipId, Printable, Value, is_none

ContactPlace = Annotated[int, Field(ge=1, le=99)]
RegisterName = Annotated[str, StringConstraints(min_length=3, max_length=140), Printable, OneLine]


class NumberFrom(Value):
    """The place of a number that was called: a contact of a signed proposal, or an entry of a register.

    A contact's number itself is not repeated: it stands in the proposal, where it can be erased.
    """

    partnership: PartnershipId | None = Field(default=None, exclude_if=is_none)
    contact: ContactPlace | None = Field(default=None, exclude_if=is_none)
    """The number of the contact in the proposal, from 1."""
    register_entry: RegisterName | None = Field(default=None, exclude_if=is_none)
    """The register with its version or day, such as the Charity Commission's of 2026-11-30."""
    number: Telephone | None = Field(default=None, exclude_if=is_none)
    """The number that the register shows."""

    def in_words(self) -> str:
        """Return the place in words."""
        if self.contact is not None:
            return f"contact {self.contact} of {self.partnership}, in the signed proposal"
        return f"{self.register_entry}: {self.number}"

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        by_contact = self.contact is not None and self.partnership is not None
        by_register = self.register_entry is not None and self.number is not None
        if by_contact == by_register or (self.contact is None) != (self.register_entry is not None):
            raise ValueError(
                "name one place: a partnership and the number of its contact, or a register's entry and the number"
            )
        return self
