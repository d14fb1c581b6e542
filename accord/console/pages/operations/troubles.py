"""What is wrong with the installation, for everybody: in sentences, since when, and who mends it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from accord.client.waiting.open_exceptions import listed_exceptions
from accord.console.serving.desk import PACE, Console
from accord.operations.health import InstallationStatus
from accord.presentation.numbers import count_in_words
from accord.presentation.words.codes import as_sentence, in_plain_words
from accord.presentation.words.days import day_in_words, time_in_words
from accord.presentation.words.organisation.troubles import LISTS, WORDS, TroubleKind, TroubleWords
from accord.presentation.words.values import NamesInWords
from domain.partnership.waiting.owing import ObligationKind
from domain.streams import StreamId
from ledger import clock
from ledger.projections import ReadModel
from records.read_models.lists import ListQuery, kept_page, kept_titles
from registers.sources.catalogue import REGISTERS

MOST_NAMED: Final = 20
"""The most of one kind that are named. The rest are counted."""

_LAST: Final = "SELECT stream_id, max(recorded_at) FROM ledger.events WHERE stream_id = ANY($1::text[]) GROUP BY 1"
_RECORDED: Final = "SELECT recorded_at FROM ledger.events WHERE position = $1"
_AGEING: Final = re.compile(r"(?P<name>\S+) \(after (?P<last>[\d-]+)\)")


class Afflicted(NamedTuple):
    """One thing that a trouble is about."""

    words: str
    since: str
    address: str = ""
    under: str = ""
    """What stands small below it."""
    workflow: str = ""
    """Its address in the Temporal UI, or ''."""


class Trouble(NamedTuple):
    """A trouble of the installation."""

    words: TroubleWords
    afflicted: tuple[Afflicted, ...]
    more: int = 0
    """How many others there are, which are not named."""
    commands: tuple[str, ...] = ()
    """The shell's commands that an operator gives."""
    told: tuple[str, ...] = ()
    """What the check itself said, for an operator."""


async def troubles_of(console: Console, status: InstallationStatus) -> tuple[Trouble, ...]:
    """Return everything that is wrong, the gravest first. Each kind of trouble is said once."""
    by_streams = {
        TroubleKind.STOPPED: [StreamId.partnership(partnership_id) for partnership_id in status.stopped],
        TroubleKind.AHEAD: [StreamId.partnership(partnership_id) for partnership_id in status.ahead],
        TroubleKind.MISSING: [StreamId.partnership(partnership_id) for partnership_id in status.missing],
        TroubleKind.PAUSED: [StreamId(stream_id) for stream_id in status.paused],
        TroubleKind.UNKNOWN: [StreamId(stream_id) for stream_id in status.unknown],
    }
    found = {kind: await _of_streams(console, kind, streams) for kind, streams in by_streams.items() if streams}
    found |= {TroubleKind.UNJUDGED: await _unjudged(console, status.unjudged)} if status.unjudged else {}
    found |= {TroubleKind.TABLES: _tables(status.tables)} if status.tables else {}
    found |= {TroubleKind.AGEING: _ageing(status.ageing)} if status.ageing else {}
    found |= {TroubleKind.RATES: _rates(status.rates)} if status.rates else {}
    found |= {TroubleKind.BEHIND: old} if (old := await _old_lists(console, tuple(status.behind))) else {}
    found |= {TroubleKind.EXCEPTIONS: await _exceptions(console)} if status.exceptions else {}
    found |= {TroubleKind.RECALLS: late} if (late := await _late_recalls(console)) else {}
    return tuple(found[kind] for kind in TroubleKind if kind in found)


async def _of_streams(console: Console, kind: TroubleKind, streams: Sequence[StreamId]) -> Trouble:
    named = streams[:MOST_NAMED]
    async with console.desk.ledger.connection() as connection:
        rows = await connection.fetch(_LAST, [str(stream) for stream in named])
        last: dict[str, datetime] = {row[0]: row[1] for row in rows}
    titles = await kept_titles(console.desk.pool, [stream.subject for stream in named])
    afflicted = tuple(_afflicted(console, stream, titles, last.get(stream)) for stream in named)
    return Trouble(WORDS[kind], afflicted, len(streams) - len(named), _commands(kind, [one.subject for one in named]))


def _afflicted(
    console: Console, stream: StreamId, titles: Mapping[str, tuple[str, str]], last: datetime | None
) -> Afflicted:
    register = REGISTERS.get(stream.subject)
    title = titles.get(stream.subject, (register.title if register is not None else stream.subject, ""))[0]
    payment = f"payment {stream.place.tranche} of {title}" if stream.place is not None else title
    is_known = stream.subject in titles
    return Afflicted(
        as_sentence(payment),
        f"nothing was recorded of it since {time_in_words(last)}" if last is not None else "",
        f"/{stream.subject}" if is_known else "",
        stream.subject if is_known else "",
        console.settings.workflow(stream) if console.settings.temporal_ui else "",
    )


def _commands(kind: TroubleKind, about: Sequence[str]) -> tuple[str, ...]:
    """Return the commands of a trouble, each once for all that it is about."""
    commands = (command.format(subject) for command in WORDS[kind].commands for subject in about or [""])
    return tuple(dict.fromkeys(commands))


async def _unjudged(console: Console, positions: Sequence[int]) -> Trouble:
    async with console.desk.ledger.connection() as connection:
        moments = [await connection.fetchval(_RECORDED, position) for position in positions[:MOST_NAMED]]
    afflicted = tuple(
        Afflicted(f"Entry {position}", f"recorded {time_in_words(moment)}", f"/proof/{position}")
        for position, moment in zip(positions, moments, strict=False)
    )
    commands = _commands(TroubleKind.UNJUDGED, [str(position) for position in positions[:MOST_NAMED]])
    return Trouble(WORDS[TroubleKind.UNJUDGED], afflicted, len(positions) - len(afflicted), commands)


def _tables(faults: Sequence[str]) -> Trouble:
    about = Afflicted(f"{count_in_words(len(faults), 'line')} of exceptions and payment files", "")
    return Trouble(WORDS[TroubleKind.TABLES], (about,), told=tuple(faults))


def _ageing(registers: Sequence[str]) -> Trouble:
    return Trouble(
        WORDS[TroubleKind.AGEING],
        tuple(_register(found) for text in registers if (found := _AGEING.fullmatch(text))),
        commands=_commands(TroubleKind.AGEING, ()),
    )


def _rates(words: str) -> Trouble:
    about = Afflicted(as_sentence(words), "", "/registers")
    return Trouble(WORDS[TroubleKind.RATES], (about,), commands=_commands(TroubleKind.RATES, ()))


def _register(found: re.Match[str]) -> Afflicted:
    last = date.fromisoformat(found["last"])
    since = f"too old since {day_in_words(last)}" if last < clock.today() else f"usable until {day_in_words(last)}"
    return Afflicted(as_sentence(REGISTERS[found["name"]].title), since, "/registers")


async def _old_lists(console: Console, names: Sequence[str]) -> Trouble | None:
    """Return the lists that are older than a projector may take, or None."""
    waits = {name: await ReadModel(console.desk.ledger, name).waits_since() for name in names}
    old = {name: since for name, since in waits.items() if since is not None and clock.now() - since >= PACE}
    if not old:
        return None
    afflicted = tuple(
        Afflicted(LISTS[name], f"without what was recorded since {time_in_words(since)}") for name, since in old.items()
    )
    return Trouble(WORDS[TroubleKind.BEHIND], afflicted, commands=_commands(TroubleKind.BEHIND, ()))


async def _late_recalls(console: Console) -> Trouble | None:
    """Return the recalls whose day is over, the oldest first, or None."""
    terms = ((f"kind:{ObligationKind.RECALL.value}",),)
    question = ListQuery("obligations", terms, below=clock.today().isoformat())
    recalls = [row.shown for row in await kept_page(console.desk.pool, question, MOST_NAMED)]
    if not recalls:
        return None
    names = NamesInWords(await console.desk.directory())
    afflicted = tuple(
        Afflicted(
            as_sentence(names.within(in_plain_words(recall["what"]))),
            f"due {day_in_words(date.fromisoformat(recall['due']))}",
            f"/{recall['partnership_id']}",
            recall["partnership_id"],
        )
        for recall in recalls
    )
    return Trouble(WORDS[TroubleKind.RECALLS], afflicted)


async def _exceptions(console: Console) -> Trouble:
    raised = await listed_exceptions(console.desk, excerpts={})
    words = count_in_words(len(raised), "exception")
    since = f"the oldest since {day_in_words(raised[0].raised_at)}" if raised else ""
    return Trouble(WORDS[TroubleKind.EXCEPTIONS], (Afflicted(words, since, "/payments/exceptions"),))
