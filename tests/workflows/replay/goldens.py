"""The golden histories: their folders, and a history's own content. `golden_table` gives the purpose of each.

Those of a release lie in its folder, those of before it beside the folders. One that a later release did not write anew
is held against the table as it lies. None is edited or deleted once its release is made; until then
`ACCORD_WRITE_GOLDEN=1 pytest tests/workflows/replay/test_replay.py` writes its folder anew.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.contracts import ActAnswer, AttemptSeen, CarriedOut, Folded, NewEvents, Recorded
from domain.partnership.evolution import evolve
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.deadlines import Wait
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from domain.proposal import Direction
from domain.recorded.event import RecordedEvent

RELEASE: Final = "0.4.0"
"""The release whose goldens are written now. The first change of a workflow or new life after one raises this."""

ALL: Final = Path(__file__).parents[1] / "golden" / "histories"
WRITTEN: Final = ALL / RELEASE

ENDS: Final = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: "completed",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: "failed",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: "continued as new",
}
"""How a run ends, by the last event of its history; it is open otherwise."""


class Turn(StrEnum):
    """An event in the middle of a run, beside its points of rest."""

    BEGAN_FROM_THE_LEDGER = "began without a proposal"
    GOES_ON = "goes on from an earlier run"
    FIRST_PROPOSAL_REFUSED = "its first proposal was refused"
    ON_HOLD = "rests on hold"
    STOPPED = "the ledger allowed no decision"
    UNREADABLE = "an event could not be read"
    COMMAND_REFUSED = "a command was refused on record"
    RECHECKED = "its registers were asked again"
    DECISIONS_FELL = "decisions were taken back"
    CANCELLED = "a payment was cancelled"
    STARTED_AGAIN = "an attempt was started again"
    FOLLOWS = "follows an attempt that another run started"
    DUTIES_OUTLIVE = "something was owed after its end"
    SILENCE = "the bank was silent too long"
    TELLS_ITS_PARTNERSHIP = "tells another run of its end"
    SHOWS_ITS_PAYEE = "shows for whom it pays, since who started it did not"
    AMENDMENT_JUDGED = "the rules judged an amendment"
    ACT_RECORDED = "an act was recorded"
    ACT_REFUSED = "an act was refused"
    SOMEBODY_TOLD = "somebody was told to look again"
    NOBODY_TOLD = "nobody was told"


def stage(one: Stage) -> str:
    """The label of a partnership that rests in a stage or has ended in it."""
    return f"stage {one.value}"


def leg(one: Direction) -> str:
    """The label of a partnership with a leg."""
    return f"leg {one.value}"


def tranche(one: TrancheState) -> str:
    """The label of a partnership of which a tranche is in a state."""
    return f"tranche {one.value}"


def payment(one: TrancheStatus) -> str:
    """The label of an attempt to pay that came to a status."""
    return f"payment {one.value}"


def passed(one: Wait) -> str:
    """The label of a partnership in which a wait took too long."""
    return f"deadline {one.value}"


def run(workflow: str, end: str) -> str:
    """The label of a run of a type of workflow, by its end."""
    return f"{workflow} {end}"


def workflows() -> list[type[Any]]:
    """Every workflow that a worker or a loader runs."""
    from workflows.imports import ImportWorkflow
    from workflows.organisation import OrganisationActWorkflow
    from workflows.partnership import PartnershipWorkflow
    from workflows.refreshing import RegisterRefreshWorkflow
    from workflows.rescreening import RescreeningWorkflow
    from workflows.tranche import TrancheWorkflow

    return [
        PartnershipWorkflow,
        OrganisationActWorkflow,
        ImportWorkflow,
        TrancheWorkflow,
        RescreeningWorkflow,
        RegisterRefreshWorkflow,
    ]


# What a history holds


class Story(NamedTuple):
    """The tale of a history by itself: its type, its events by their types, and the state that it comes to."""

    workflow: str
    history: WorkflowHistory
    events: tuple[Any, ...] = ()
    """The domain's events that its activities answered, in order."""
    state: Partnership | Tranche | None = None
    later: tuple[Any, ...] = ()
    """Those of the events that were recorded after the partnership's end."""

    @property
    def end(self) -> str:
        """The end of the run."""
        return ENDS.get(self.history.events[-1].event_type, "open")

    def has(self, *types: str) -> bool:
        """True if an event of the domain has one of these types."""
        return any(one.event_type in types for one in self.events)


def read(history: WorkflowHistory) -> Story:
    """Read a history without any code of workflows."""
    workflow = history.events[0].workflow_execution_started_event_attributes.workflow_type.name
    answers = list(_answers(history))
    match workflow:
        case "Partnership":
            return Story(workflow, history, *_partnership(answers))
        case "Tranche":
            return Story(workflow, history, *_attempt(answers))
        case _:
            return Story(workflow, history)


_ANSWERS: Final[dict[str, type[Any]]] = {
    "fold_partnership": Folded,
    "carry_out": CarriedOut,
    "read_on": NewEvents,
    "record_attempt": Recorded,
    "look_at_attempt": AttemptSeen,
}


def _answers(history: WorkflowHistory) -> Iterator[Any]:
    """Yield the answers of local activities that read or write the ledger."""
    for event in history.events:
        details = event.marker_recorded_event_attributes.details
        if "result" in details:
            activity = json.loads(details["data"].payloads[0].data)["activity_type"]
            if activity in _ANSWERS:
                yield _decoded(details["result"].payloads[0], _ANSWERS[activity])


def _decoded(payload: Payload, kind: type[Any]) -> Any:
    return pydantic_data_converter.payload_converter.from_payload(payload, kind)


def _partnership(answers: list[Any]) -> tuple[tuple[Any, ...], Partnership | None, tuple[Any, ...]]:
    """Fold a partnership from the answers of activities. Return its events, its state, and the events after its end."""
    state: Partnership | None = None
    events, later = [], []
    for answer in answers:
        match answer:
            case Folded(partnership=partnership):
                state = partnership
            case CarriedOut(events=new) | NewEvents(events=new):
                for stored in new:
                    known = state or Partnership(partnership_id=_partnership_id(stored))
                    events.append(stored.event)
                    later += [stored.event] if known.ended else []
                    state = evolve(known, stored.event)
            case _:
                pass
    return tuple(events), state, tuple(later)


def _partnership_id(stored: RecordedEvent) -> str:
    proposal: Any = stored.event
    return str(proposal.proposal.reference)


def _attempt(answers: list[Any]) -> tuple[tuple[Any, ...], Tranche | None]:
    new = [stored.event for answer in answers if isinstance(answer, Recorded | AttemptSeen) for stored in answer.events]
    return tuple(new), fold_tranche(tuple(new)) if new else None


def labels(story: Story) -> frozenset[str]:
    """The labels of a history, by what it holds."""
    found = {run(story.workflow, story.end), *(turn.value for turn, is_so in _TURNS.items() if is_so(story))}
    match story.state:
        case Partnership() as known if known.version:
            legs = known.proposal.directions if known.proposal else ()
            found |= {stage(known.stage), *map(leg, legs), *(tranche(one.state) for one in known.tranches)}
            found |= {passed(one.wait) for one in story.events if one.event_type == "DeadlineEscalated"}
        case Tranche() as known:
            found.add(payment(known.status))
        case _:
            pass
    return frozenset(found)


def signals(history: WorkflowHistory) -> set[str]:
    """The names of the signals that a workflow sent to others."""
    sent = "signal_external_workflow_execution_initiated_event_attributes"
    return {getattr(event, sent).signal_name for event in history.events if event.HasField(sent)}


def _started(story: Story) -> list[str]:
    """The ids of the workflows that it started."""
    asked = "start_child_workflow_execution_initiated_event_attributes"
    return [getattr(event, asked).workflow_id for event in story.history.events if event.HasField(asked)]


def _is_partnership(story: Story) -> bool:
    return story.workflow == "Partnership"


def _input(story: Story) -> Any:
    first = story.history.events[0].workflow_execution_started_event_attributes
    return json.loads(first.input.payloads[0].data)


def _continued(story: Story) -> str:
    return story.history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id


def _set(story: Story, attribute: str) -> bool:
    """True if it set a search attribute to something."""
    for event in story.history.events:
        fields = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
        if attribute in fields and json.loads(fields[attribute].data or b"null"):
            return True
    return False


def _failures(story: Story) -> set[str]:
    """The types of the failures with which local activities ended."""
    ends = (event.marker_recorded_event_attributes.failure for event in story.history.events)
    return {end.application_failure_info.type or end.cause.application_failure_info.type for end in ends}


def _refused_at_first(story: Story) -> bool:
    return _is_partnership(story) and story.end == "completed" and not (story.state and story.state.version)


def _acted(story: Story) -> ActAnswer | None:
    last = story.history.events[-1]
    if story.workflow != "OrganisationAct" or story.end != "completed":
        return None
    answer: ActAnswer = _decoded(last.workflow_execution_completed_event_attributes.result.payloads[0], ActAnswer)
    return answer


def _told(story: Story) -> bool | None:
    if story.workflow != "Rescreening":
        return None
    return "tell" in _activities(story)


def _activities(story: Story) -> set[str]:
    """The names of the activities that it asked on a queue."""
    return {event.activity_task_scheduled_event_attributes.activity_type.name for event in story.history.events}


_TURNS: Final[dict[Turn, Callable[[Story], bool]]] = {
    Turn.BEGAN_FROM_THE_LEDGER: lambda story: (
        _is_partnership(story) and not _input(story).get("proposal") and not _continued(story)
    ),
    Turn.GOES_ON: lambda story: bool(_continued(story)),
    Turn.FIRST_PROPOSAL_REFUSED: _refused_at_first,
    Turn.ON_HOLD: lambda story: isinstance(story.state, Partnership) and story.state.hold is not None,
    Turn.STOPPED: lambda story: _set(story, "AccordStopped"),
    Turn.UNREADABLE: lambda story: "EventUnreadable" in _failures(story),
    Turn.COMMAND_REFUSED: lambda story: story.has("CommandRefused"),
    Turn.RECHECKED: lambda story: story.has("RegistersRechecked"),
    Turn.DECISIONS_FELL: lambda story: story.has("DecisionsFell"),
    Turn.CANCELLED: lambda story: _is_partnership(story) and story.has("PaymentCancelled"),
    Turn.STARTED_AGAIN: lambda story: len(set(_started(story))) < len(_started(story)),
    Turn.FOLLOWS: lambda story: "follow" in signals(story.history),
    Turn.DUTIES_OUTLIVE: lambda story: any(one.event_type != "CommandRefused" for one in story.later),
    Turn.SILENCE: lambda story: story.has("PaymentUnanswered"),
    Turn.TELLS_ITS_PARTNERSHIP: lambda story: "attempt_ended" in signals(story.history),
    Turn.SHOWS_ITS_PAYEE: lambda story: story.workflow == "Tranche" and _set(story, "AccordPayee"),
    Turn.AMENDMENT_JUDGED: lambda story: "judge_amendment" in _activities(story),
    Turn.ACT_RECORDED: lambda story: (answer := _acted(story)) is not None and answer.refusal is None,
    Turn.ACT_REFUSED: lambda story: (answer := _acted(story)) is not None and answer.refusal is not None,
    Turn.SOMEBODY_TOLD: lambda story: _told(story) is True,
    Turn.NOBODY_TOLD: lambda story: _told(story) is False,
}


# Where they lie


def histories(folder: Path = ALL) -> list[Path]:
    """The golden histories in a folder and those below it."""
    return sorted((*folder.rglob("*.json"), *folder.rglob("*.json.gz")))


def newest() -> dict[str, Path]:
    """The golden of each name, from the newest release that wrote it."""
    folders = sorted((one for one in ALL.iterdir() if one.is_dir()), key=_order_of_release)
    return {path.name.removesuffix(".json.gz"): path for folder in folders for path in histories(folder)}


def _order_of_release(folder: Path) -> tuple[int, ...]:
    return tuple(map(int, folder.name.split(".")))


def name_of(path: Path) -> str:
    """The name of a golden, with its release if it has one."""
    return path.relative_to(ALL).as_posix().removesuffix(".gz").removesuffix(".json")


def content_of(path: Path) -> str:
    """A golden history as JSON."""
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text("utf-8")


def history_of(content: str) -> WorkflowHistory:
    """A history in JSON, under the id that its workflow had."""
    first = json.loads(content)["events"][0]
    return WorkflowHistory.from_json(str(first["workflowExecutionStartedEventAttributes"]["workflowId"]), content)


def golden(path: Path) -> WorkflowHistory:
    """A history that an earlier version wrote."""
    return history_of(content_of(path))
