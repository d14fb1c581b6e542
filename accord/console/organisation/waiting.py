"""Acts of the organisation that wait to be signed, each with the statement that a signature on it must be over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from domain.books.events import BookEvent, PeriodCloseAsked, PeriodClosed
from domain.directory.people import DirectoryFacts
from domain.directory.sealing import change_content, change_statement
from domain.editions.events import EditionAsked, EditionConfirmed
from domain.fault import Fault
from domain.funds.events import FundChangeAsked, FundChangeConfirmed, FundOpened
from domain.identity import derive
from domain.imported.events import ImportConfirmed, ImportSigned
from domain.imported.orders import ImportOrder
from domain.payment.counter import CounterAct
from domain.signatures.signing import FileSignature, Statement, content_digest, statement_about
from domain.streams import BOOKS_STREAM, TRUTHS_STREAM, StreamId
from domain.truths.events import TruthAnswered, TruthTold
from domain.values import Value

SIGNED: Final[dict[str, type[CounterAct]]] = {
    kind.__name__: kind
    for kind in (
        TruthTold,
        TruthAnswered,
        FundOpened,
        FundChangeAsked,
        FundChangeConfirmed,
        EditionAsked,
        EditionConfirmed,
        PeriodCloseAsked,
        PeriodClosed,
        ImportSigned,
        ImportConfirmed,
    )
}
"""The acts that are prepared here, by name."""


_NOBODYS: Final = {"key_id": "EK-" + "A" * 16, "value": "A" * 86 + "=="}
"""A signature of nobody, in place of the one to come."""


def unsigned(kind: type[CounterAct], actor: str, at: datetime, content: Mapping[str, Any]) -> CounterAct:
    """Return an act as it would be once it is signed. Raises ValidationError if a field of its content is wrong."""
    blank = statement_about(kind.__name__, kind.act, actor, at, derive(kind.__name__), {})
    signature = FileSignature(statement=blank, **_NOBODYS)
    return kind.model_validate({"at": at, "actor": actor, "signature": signature, **content})


class WaitingAct(Value):
    """An act on truths, a fund, an edition, a period of the book or an import, without its signature."""

    event_type: Literal[
        "TruthTold", "TruthAnswered", "FundOpened", "FundChangeAsked", "FundChangeConfirmed", "EditionAsked",
        "EditionConfirmed", "PeriodCloseAsked", "PeriodClosed", "ImportSigned", "ImportConfirmed",
    ]  # fmt: skip
    subject: str = ""
    """The fund's id, or '' for an act on anything else."""
    content: dict[str, Any]
    """As it is signed: JSON."""
    statement: Statement

    @property
    def kind(self) -> type[CounterAct]:
        """The class of the act."""
        return SIGNED[self.event_type]

    @property
    def unsigned(self) -> CounterAct:
        """The act as it would be once it is signed."""
        return unsigned(self.kind, self.statement.actor, self.statement.at, self.content)

    @property
    def stream(self) -> StreamId:
        """The stream that it is about."""
        return stream_of(self.kind, self.subject, self.content)


def stream_of(kind: type[CounterAct], fund_id: str, content: Mapping[str, Any]) -> StreamId:
    """Return the stream of an act: the book, an import, a fund, the edition that its content names, or the truths."""
    if issubclass(kind, ImportSigned):
        return StreamId.import_order(ImportOrder.model_validate(content["order"]).sha256)
    if issubclass(kind, ImportConfirmed):
        return StreamId.import_order(content["order_sha256"])
    if issubclass(kind, BookEvent):
        return BOOKS_STREAM
    if "edition_kind" in content:
        return StreamId.edition(content["edition_kind"], content["name"])
    return StreamId.fund(fund_id) if fund_id else TRUTHS_STREAM


class WaitingChange(Value):
    """A change of the directory without the signature of the person who proposes it, or who confirms it."""

    act: Literal["change_directory", "confirm_directory"]
    changes: DirectoryFacts
    seen: int
    """The version of the directory that its words were made of."""
    statement: Statement


class WaitingFounding(Value):
    """The first people of an empty directory, with their keys and the rules: it waits for whoever runs the database."""

    founding: DirectoryFacts

    @property
    def digest(self) -> str:
        """The digest of what would be recorded."""
        return content_digest(change_content(self.founding))


def fault_of_act(waiting: WaitingAct) -> Fault | None:
    """Return the reason why nobody should sign an act that waits, or None: its statement is not the one about it."""
    statement, content = waiting.statement, waiting.content
    fresh_statement = statement_about(
        waiting.stream, waiting.kind.act, statement.actor, statement.at, statement.command_id, content
    )
    return None if fresh_statement.within(statement.log) == statement else _ANOTHER


def fault_of_change(waiting: WaitingChange) -> Fault | None:
    """Return the reason why nobody should sign a change that waits, or None: its statement is not the one about it."""
    statement = waiting.statement
    fresh_statement = change_statement(
        waiting.act, statement.actor, statement.at, statement.command_id, waiting.changes
    )
    return None if fresh_statement.within(statement.log) == statement else _ANOTHER


_ANOTHER: Final = Fault("what waits here is a statement about something else than it shows: do not sign it")
