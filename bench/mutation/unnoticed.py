"""Changes of workflows that no golden history notices, with the reason: of one change, of a function, or of a file.

A replay compares which commands come and in what order: the type of each, and the names of activities, local
activities, children and patches. It compares nothing else that a command holds, and no answer of a run.
"""

from __future__ import annotations

from typing import Final

TEXT: Final = "it changes what operators read, which a replay does not compare"
OPTIONS: Final = "a replay compares neither time limits and retries nor queues"
LENGTH: Final = "it changes how long a timer or a pause is, which a replay does not compare"
HOLDS: Final = "it changes what a command holds or a run answers, which a replay does not compare"
VALIDATOR: Final = "a replay asks no validator: what one refuses is in no history"
ASSERTION: Final = "it asserts what cannot be otherwise, so no history is of it"
EARLY: Final = (
    "a replay answers a local activity from its marker, wherever the code asks for it: one asked too early, or once "
    "more after the last event, is not noticed"
)
DRILL: Final = "it moves by one event, in drills alone, where a run continues as new"
OLD: Final = "no golden: a first proposal that was refused by a run of before each run began by folding the ledger"
TOO_LARGE: Final = (
    "no golden: findings over the limit of an event are led in tests/workflows/test_partnership.py; any other run "
    "waits there, or in the stage that follows, by the same commands"
)
OLDER_RULES: Final = (
    "no golden: the rules of an older release, which lack a question, are led in tests/workflows/test_versions.py"
)
TOLD_ANEW: Final = "no golden: what is told anew of a payee is led in tests/adversary/test_a_payee_lives_on.py"
BEFORE_READING: Final = "no golden: a run that is told to catch up before it has read the ledger that it begins from"
REFUSED: Final = "no life leaves it: appends are refused so only where two ledgers were mixed up"

UNNOTICED: Final[dict[str, str]] = {
    "workflows/attributes.py": HOLDS,
    "workflows/describe.py": TEXT,
    "workflows/messages.py": HOLDS,
    "workflows/options.py": OPTIONS,
    # The timer of a deadline.
    "workflows/deadline.py PUNCTUAL": HOLDS,
    "workflows/deadline.py DeadlineTimer._until: "
    "deadline.obligation or deadline.wait.value -> deadline.obligation and deadline.wait.value": TEXT,
    "workflows/deadline.py DeadlineTimer._run: "
    "workflow.now() - until > PUNCTUAL -> workflow.now() - until >= PUNCTUAL": HOLDS,
    "workflows/deadline.py DeadlineTimer._run: deadline.obligation -> not deadline.obligation": HOLDS,
    "workflows/deadline.py DeadlineTimer.keep: deadline is None -> deadline is not None": (
        "where no deadline follows none, it does again what changes nothing"
    ),
    "workflows/deadline.py DeadlineTimer._runs_out_by: self._runs_out <= moment -> self._runs_out < moment": (
        "no golden: two deadlines at one time, for which a timer that stays and another one do the same"
    ),
    "workflows/deadline.py DeadlineTimer.keep: without self._runs_out = deadline.next_at if deadline else None": (
        "it is set again once the timer's task begins, and no life sets two timers in one step"
    ),
    # What operators see.
    "workflows/publishing.py OperatorsView.show: fault or '' -> fault and ''": TEXT,
    "workflows/publishing.py OperatorsView.show: fault is not None -> fault is None": HOLDS,
    "workflows/publishing.py OperatorsView.show: "
    "without workflow.set_current_details(details_of(partnership, str(fault or '')))": TEXT,
    "workflows/publishing.py OperatorsView._show_stopped_before_it_was_read: "
    "without workflow.set_current_details(stopped_line(str(fault)))": TEXT,
    # What activities are asked, and how they fail.
    "workflows/recording.py _refusal": REFUSED,
    "workflows/recording.py carry_out: actor -> not actor": TEXT,
    "workflows/recording.py record: "
    "without raise NotSigned('it was recorded before; a decision is not taken twice')": REFUSED,
    "workflows/recording.py of_the_rules: without raise _refusal(fault) from fault": (
        "no golden: the rules read no stream of a partnership's own, so they stop only where the directory does"
    ),
    "workflows/recording.py of_the_rules: "
    "without return await workflow.execute_activity_method(method, argument, **there)": (
        "it asks on the run's own queue instead, and a replay compares no queue"
    ),
    "workflows/recording.py of_the_rules: "
    "without return await workflow.execute_activity_method(method, argument, **here)": OLDER_RULES,
    "workflows/recording.py of_the_rules: not _is_not_known_there(fault) -> _is_not_known_there(fault)": OLDER_RULES,
    "workflows/recording.py _is_not_known_there": OLDER_RULES,
    # An attempt to pay.
    "workflows/tranche.py BANK_SILENCE": LENGTH,
    "workflows/tranche.py TrancheWorkflow.__init__": "it is set again before it is read for the first time",
    "workflows/tranche.py TrancheWorkflow._once_readable: without self._publish()": TEXT,
    "workflows/tranche.py TrancheWorkflow._ending: without self._publish()": TEXT,
    "workflows/tranche.py TrancheWorkflow._once_readable: without self._stopped = ''": TEXT,
    "workflows/tranche.py TrancheWorkflow._once_readable: without self._stopped = str(fault)": TEXT,
    "workflows/tranche.py TrancheWorkflow._once_readable: without self._hinted = False": EARLY,
    "workflows/tranche.py TrancheWorkflow.instruct: self.tranche is None -> self.tranche is not None": HOLDS,
    "workflows/tranche.py TrancheWorkflow._instructed: since(RELEASE_0_3) -> not since(RELEASE_0_3)": OPTIONS,
    "workflows/tranche.py TrancheWorkflow.await_news: "
    "without self._to_begin_anew |= info.is_target_worker_deployment_version_changed()": (
        "no golden: a silent payment that moves to another version is led in tests/workflows/test_versions.py"
    ),
    "workflows/tranche.py TrancheWorkflow._watch_for_silence: not self._silent -> self._silent": LENGTH,
    "workflows/tranche.py TrancheWorkflow._watch_for_silence: "
    "without await workflow.wait_condition(lambda: not self._silent)": LENGTH,
    "workflows/tranche.py TrancheWorkflow._enquire: "
    "self._quiet_left <= timedelta(0) -> self._quiet_left < timedelta(0)": LENGTH,
    "workflows/tranche.py TrancheWorkflow._enquire: without self._heard_at = workflow.now()": LENGTH,
    "workflows/tranche.py TrancheWorkflow._look: self.tranche is not None and self.tranche.status is "
    "t.TrancheStatus.INSTRUCTED -> self.tranche is not None or self.tranche.status is t.TrancheStatus.INSTRUCTED": (
        "no golden: a payment is cancelled after its hand-over only where an earlier attempt was booked after all"
    ),
    "workflows/tranche.py TrancheWorkflow._evolve: without self._before = recorded_event.version": (
        "no golden: it differs only where something stands before the release of a payment"
    ),
    "workflows/tranche.py TrancheWorkflow._publish: tranche is None -> tranche is not None": TEXT,
    "workflows/tranche.py TrancheWorkflow._publish: without workflow.set_current_details(page)": TEXT,
    "workflows/tranche.py TrancheWorkflow._known": ASSERTION,
    "workflows/tranche.py TrancheWorkflow._ending: "
    "tranche.outcome is None or self._at is None -> tranche.outcome is None and self._at is None": ASSERTION,
    "workflows/tranche.py TrancheWorkflow._ending: "
    "without raise AssertionError('an open tranche has no ending')": ASSERTION,
    # Following it.
    "workflows/tranches.py FIRST_LOOK": LENGTH,
    "workflows/tranches.py LONGEST_WAIT": LENGTH,
    "workflows/tranches.py follow_tranche: attempt is None -> attempt is not None": HOLDS,
    # The partnership.
    "workflows/partnership.py PartnershipWorkflow.validate_decide": VALIDATOR,
    "workflows/partnership.py PartnershipWorkflow._is_behind": VALIDATOR,
    "workflows/inbox.py Inbox.knows": HOLDS,
    "workflows/partnership.py PartnershipWorkflow._unless_stopped: "
    "self.partnership.version != version -> self.partnership.version == version": LENGTH,
    "workflows/partnership.py PartnershipWorkflow._is_over: "
    "self._unbegun and partnership.version == 0 -> self._unbegun or partnership.version == 0": (
        "the first proposal is then handled as what comes late, by the same commands"
    ),
    "workflows/partnership.py PartnershipWorkflow._handle: self.partnership.version == 0 and isinstance(command, "
    "c.Propose) -> self.partnership.version == 0 or isinstance(command, c.Propose)": (
        "whether it never began counts only where nothing is recorded"
    ),
    "workflows/partnership.py PartnershipWorkflow._unless_stopped: without self._pause = FIRST_PAUSE": LENGTH,
    "workflows/partnership.py PartnershipWorkflow.wait_for_the_ledger: "
    "without self._pause = min(self._pause * 2, LONGEST_PAUSE)": LENGTH,
    "workflows/partnership.py PartnershipWorkflow.wait_for_the_ledger: "
    "not await self._inbox.until_one_of(NEEDS_NO_DECISION, self._pause, summary) -> "
    "await self._inbox.until_one_of(NEEDS_NO_DECISION, self._pause, summary)": LENGTH,
    "workflows/partnership.py PartnershipWorkflow._evolve: without self._ask_about_an_update()": TOLD_ANEW,
    "workflows/partnership.py PartnershipWorkflow.read_state_from_ledger: "
    "without self._ask_about_an_update()": TOLD_ANEW,
    "workflows/partnership.py PartnershipWorkflow._ask_about_an_update: without self.registers_changed()": TOLD_ANEW,
    "workflows/partnership.py PartnershipWorkflow._catch_up: "
    "without await self.read_state_from_ledger()": BEFORE_READING,
    "workflows/partnership.py PartnershipWorkflow._catch_up: without return": BEFORE_READING,
    "workflows/partnership.py PartnershipWorkflow._continue_as_new_when_due: "
    "self.partnership.version -> not self.partnership.version": HOLDS,
    "workflows/partnership.py PartnershipWorkflow._record_assessment: last -> not last": HOLDS,
    "workflows/partnership.py PartnershipWorkflow._wait_where_it_was_refused": TOO_LARGE,
    "workflows/partnership.py PartnershipWorkflow.verify: without await self._wait_where_it_was_refused()": TOO_LARGE,
    "workflows/partnership.py PartnershipWorkflow._record_assessment: "
    "without await self._wait_where_it_was_refused()": TOO_LARGE,
    "workflows/partnership.py PartnershipWorkflow._record_assessment: self.partnership.stage is Stage.ELIGIBILITY and "
    "self.partnership.assessment is None -> self.partnership.stage is Stage.ELIGIBILITY or "
    "self.partnership.assessment is None": TOO_LARGE,
    "workflows/partnership.py PartnershipWorkflow._record_assessment: "
    "self.partnership.stage is Stage.ELIGIBILITY -> self.partnership.stage is not Stage.ELIGIBILITY": TOO_LARGE,
    "workflows/partnership.py PartnershipWorkflow._record_assessment: "
    "self.partnership.assessment is None -> self.partnership.assessment is not None": TOO_LARGE,
    "workflows/partnership.py PartnershipWorkflow._own_id: is_repeat -> not is_repeat": HOLDS,
    "workflows/partnership.py PartnershipWorkflow._unreadable: sign.isprintable() -> not sign.isprintable()": HOLDS,
    "workflows/partnership.py PartnershipWorkflow.read_state_from_ledger: "
    "without self._version_at_start = state.partnership.version": DRILL,
    "workflows/partnership.py PartnershipWorkflow._continue_as_new_when_due: self.partnership.version > "
    "self._version_at_start -> self.partnership.version >= self._version_at_start": DRILL,
    "workflows/partnership.py PartnershipWorkflow._continue_as_new_when_due: "
    "info.get_current_history_length() >= limit -> info.get_current_history_length() > limit": DRILL,
    "workflows/partnership.py PartnershipWorkflow._continue_as_new_when_due: "
    "without await self._inbox.until_all_are_answered()": (
        "no golden: a run that is due to continue as new while an answer is on its way"
    ),
    "workflows/partnership.py PartnershipWorkflow.decide: without await workflow.wait_condition(lambda: self._began)": (
        "no golden: what an earlier run did is asked again in the very first task of another"
    ),
    "workflows/partnership.py PartnershipWorkflow._handle: "
    "without self._inbox.handled[command.command_id] = carried_out.what": (
        "no golden: what was done longer ago than a run knows is asked again"
    ),
    "workflows/partnership.py PartnershipWorkflow._handle: "
    "without await workflow.wait_condition(workflow.all_handlers_finished)": OLD,
    "workflows/partnership.py PartnershipWorkflow._handle: without raise refusal": OLD,
}
