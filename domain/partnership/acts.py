"""The fields of every command and of every event of a partnership. Each family of acts has its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

from pydantic import Field
from pydantic.fields import FieldInfo

from domain.signatures.signing import Shown, Signature, Statement, content_digest
from domain.unions import kinds_of
from domain.values import Moment, Sentence, Sha256, StaffId, Value

Result = TypeVar("Result")


Choices = tuple[tuple[str, str], ...]
"""What may be chosen: each as a command names it, and in words."""


@dataclass(frozen=True, slots=True)
class Among:
    """The choices that a field has, by the partnership's state. It stands in the annotation of the field."""

    choices: Callable[[Any], Choices]


def described(annotation: Any) -> str:
    """Return the description in an annotated type."""
    return next(str(mark.description) for mark in annotation.__metadata__ if isinstance(mark, FieldInfo))


Reason = Annotated[Sentence, Field(title="Reason", description="Why, for those who read it years later.")]

Document = Annotated[
    Sha256 | None,
    Field(title="Document", description="A document whose SHA-256 goes on record. The file stays with you."),
]

NoInterest = Annotated[
    bool,
    Field(
        title="I have no interest in this partnership, its partner or its people",
        description="You have no interest in it. This is signed. At a terminal you are asked.",
    ),
]
"""True if the actor was asked and says that they have no interest in it (R32). It is signed like the reason."""


class Command(Value):
    """The fields of every command. `command_id` is the idempotency key from end to end."""

    command_id: UUID
    at: Moment
    """The time of the request, which is part of the command so that every retry records the same bytes."""


class StaffCommand(Command):
    """A command by a person. It has no effect without that person's signature."""

    kind: str
    actor: StaffId
    signature: Signature | None = None

    @property
    def verb(self) -> str:
        """The act in words, as it follows `cannot`."""
        return self.kind.replace("_", " ")

    def content(self) -> dict[str, Any]:
        """Return the content that the signature covers: every field but kind, id, time, actor and signature."""
        return self.model_dump(mode="json", exclude={"kind", "command_id", "at", "actor", "signature"})

    def statement(self, subject: str, view: Shown | None = None) -> Statement:
        """Return the statement that the command's signature must cover. `subject` is the partnership's id."""
        return Statement(
            subject=subject,
            act=self.kind,
            actor=self.actor,
            at=self.at,
            command_id=self.command_id,
            content_sha256=content_digest(self.content()),
            shown=view,
        )


class PartnershipEvent(Value):
    """The fields of every event: the time of the request. The ledger adds the time of recording."""

    schema_version: ClassVar[int] = 1
    at: Moment


class StaffEvent(PartnershipEvent):
    """The fields of a person's event: their name, and their signature on what they decided and were shown."""

    actor: StaffId
    signature: Signature | None = None
    """None in events from before decisions were signed. An unsigned approval no longer allows a payment."""


def by_class(*families: tuple[Any, Callable[..., Result]]) -> dict[type, Callable[..., Result]]:
    """Return the function for each class: each family of acts, a union or a class, is given with its function.

    Raises:
        ValueError: Two families have a class in common.
    """
    functions: dict[type, Callable[..., Result]] = {}
    for family, function in families:
        for kind in kinds_of(family):
            if kind in functions:
                raise ValueError(f"{kind.__name__} is in two families")
            functions[kind] = function
    return functions


def day_of(event: PartnershipEvent) -> date:
    """Return the day of an event."""
    return event.at.date()
