"""The steps of a script: what people, the bank, operators, intruders and misfortune may do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.simulation.steps import (
    banking,
    budgets,
    door,
    insiders,
    intruders,
    logins,
    marks,
    misfortune,
    money,
    people,
    recalls,
    refunding,
    second_thoughts,
    statements,
    treasury,
    truths,
)
from tests.simulation.steps.shared import Idle, Step


@dataclass(frozen=True)
class Kind:
    """A kind of step, and how often it comes."""

    step: Step
    weight: int


STEPS: Final[dict[str, Kind]] = {
    "propose": Kind(people.propose, 2),
    "lead": Kind(people.lead, 9),
    "go_on": Kind(people.go_on, 20),
    "release": Kind(people.release, 16),
    "cancel": Kind(people.cancel, 3),
    "hold": Kind(people.hold, 3),
    "lift": Kind(people.lift, 5),
    "end_a_leg": Kind(people.end_a_leg, 1),
    "declare_interest": Kind(people.declare_interest, 3),
    "report_diversion": Kind(people.report_diversion, 1),
    "comment": Kind(people.comment, 2),
    "assign": Kind(people.assign, 2),
    "tell_truth": Kind(truths.tell_truth, 2),
    "answer_truth": Kind(truths.answer_truth, 3),
    "end": Kind(people.end, 1),
    "leave": Kind(people.leave, 1),
    "lose_a_key": Kind(people.lose_a_key, 1),
    "change_a_list": Kind(people.change_a_list, 3),
    "rescreen": Kind(people.rescreen, 1),
    "make_files": Kind(money.make_files, 4),
    "send": Kind(money.send, 12),
    "send_after_all": Kind(second_thoughts.send_after_all, 14),
    "write_again": Kind(money.write_again, 2),
    "say_never_sent": Kind(money.say_never_sent, 2),
    "bank_answers": Kind(money.bank_answers, 10),
    "bank_gives_back": Kind(money.bank_gives_back, 5),
    "bank_errs": Kind(money.bank_errs, 9),
    "money_comes_in": Kind(money.money_comes_in, 3),
    "upload_twice": Kind(banking.upload_twice, 5),
    "refuse_in_words": Kind(banking.refuse_in_words, 4),
    "book_with_charges": Kind(banking.book_with_charges, 2),
    "book_short": Kind(banking.book_short, 2),
    "bank_states": Kind(statements.bank_states, 9),
    "bank_charges": Kind(statements.bank_charges, 1),
    "recall_payment": Kind(recalls.recall_payment, 5),
    "answer_recall": Kind(recalls.answer_recall, 6),
    "agree_rest": Kind(recalls.agree_rest, 4),
    "pay_back": Kind(banking.pay_back, 4),
    "take_gift_back": Kind(banking.take_gift_back, 2),
    "spend_a_gift_that_went": Kind(banking.spend_a_gift_that_went, 4),
    "record_refund": Kind(refunding.record_refund, 5),
    "tell_twice": Kind(refunding.tell_twice, 5),
    "confirm_refund": Kind(refunding.confirm_refund, 4),
    "report_unspent": Kind(refunding.report_unspent, 4),
    "report_by_line": Kind(budgets.report_by_line, 4),
    "amend_budget": Kind(budgets.amend_budget, 2),
    "show_milestone": Kind(budgets.show_milestone, 3),
    "take_in": Kind(money.take_in, 14),
    "resolve": Kind(money.resolve, 6),
    "move_money": Kind(treasury.move_money, 8),
    "confirm_money": Kind(treasury.confirm_money, 4),
    "money_moves_meanwhile": Kind(treasury.money_moves_meanwhile, 3),
    "import_meanwhile": Kind(intruders.import_meanwhile, 2),
    "come_to_the_door": Kind(door.come_to_the_door, 12),
    "seal": Kind(door.seal, 2),
    "judge_submission": Kind(door.judge_submission, 9),
    "believe_the_thief": Kind(door.believe_the_thief, 4),
    "pass_time": Kind(misfortune.pass_time, 5),
    "workers_look": Kind(misfortune.workers_look, 2),
    "lose_a_task": Kind(misfortune.lose_a_task, 3),
    "restart_workers": Kind(misfortune.restart_workers, 1),
    "stop_workflow": Kind(misfortune.stop_workflow, 2),
    "pause": Kind(misfortune.pause, 2),
    "unpause": Kind(misfortune.unpause, 3),
    "reset_workflow": Kind(misfortune.reset_workflow, 2),
    "keep": Kind(misfortune.keep, 2),
    "put_back": Kind(misfortune.put_back, 1),
    "forget": Kind(misfortune.forget, 1),
    "refresh": Kind(misfortune.refresh, 2),
    "start_again": Kind(intruders.start_again, 4),
    "start_a_tranche": Kind(intruders.start_a_tranche, 3),
    "send_signals": Kind(intruders.send_signals, 1),
    "forge_event": Kind(intruders.forge_event, 3),
    "append_anything": Kind(logins.append_anything, 4),
    "lie_in_wait": Kind(intruders.lie_in_wait, 3),
    "forge_row": Kind(intruders.forge_row, 7),
    "rob": Kind(insiders.rob, 7),
    "swap_the_account": Kind(insiders.swap_the_account, 2),
    "mark_as_erased": Kind(marks.mark_as_erased, 3),
    "cancel_in_time": Kind(insiders.cancel_in_time, 2),
}
"""Everything that may happen, by name."""

MONEY_AND_BACK: Final = frozenset(
    {
        "propose", "lead", "go_on", "release", "make_files", "send", "send_after_all", "bank_answers",
        "bank_gives_back", "money_comes_in", "upload_twice", "book_with_charges", "pay_back", "take_gift_back",
        "spend_a_gift_that_went", "record_refund", "tell_twice", "confirm_refund", "report_unspent", "take_in",
        "book_short", "bank_states", "bank_charges", "recall_payment", "answer_recall", "agree_rest",
        "report_by_line", "amend_budget", "show_milestone",
        "resolve", "move_money", "confirm_money", "pass_time", "workers_look",
    }
)  # fmt: skip
"""The steps of money that leaves, comes in and comes back, among people who mean well: nobody spoils what is asked."""

THE_BANK_ERRS: Final = MONEY_AND_BACK | {"bank_errs", "refuse_in_words"}
"""The same with a bank that errs."""

SECOND_THOUGHTS: Final = frozenset(
    {
        "propose",
        "lead",
        "go_on",
        "release",
        "hold",
        "lift",
        "tell_truth",
        "answer_truth",
        "make_files",
        "send_after_all",
    }
)
"""People hold and tell what they know while a file is made and handed over."""

GIFTS_THAT_GO: Final = frozenset(
    {
        "propose", "lead", "go_on", "release", "make_files", "send", "bank_answers", "money_comes_in",
        "pay_back", "bank_gives_back", "take_gift_back", "spend_a_gift_that_went", "take_in", "pass_time",
    }
)  # fmt: skip
"""Gifts come in, payees' money beside them, and are taken back while what they pay is on its way."""

THE_DOOR: Final = frozenset(
    {
        "propose", "lead", "go_on", "release", "send", "bank_answers", "take_in", "hold", "lift", "come_to_the_door",
        "seal", "judge_submission", "believe_the_thief", "pass_time", "keep", "put_back", "restart_workers",
    }
)  # fmt: skip
"""Grantees, a thief of their mailbox, and staff who believe them, while payments go out and stores are put back."""

THE_LEDGER_FORGETS: Final = frozenset(
    {"propose", "lead", "go_on", "comment", "assign", "hold", "lift", "keep", "put_back", "forget", "refresh"}
)
"""Partnerships go on, and the ledger is restored: also after their workflows began anew."""

__all__ = [
    "GIFTS_THAT_GO",
    "MONEY_AND_BACK",
    "SECOND_THOUGHTS",
    "STEPS",
    "THE_BANK_ERRS",
    "THE_DOOR",
    "THE_LEDGER_FORGETS",
    "Idle",
    "Kind",
]
