"""The findings of a simulation."""

from __future__ import annotations

from enum import StrEnum


class Promise(StrEnum):
    """A promise, asked of the bank's own book."""

    HOLD = "nothing is handed over that stands on hold"
    LAWFUL = "nothing is handed over that may not be paid as everything stands now"
    ONCE = "at most one attempt of a tranche that nothing ended is handed over"
    APPROVED = "what is booked is never above what was approved"
    WORD = "every answer of the bank is an event or an exception"
    RECEIPT = "every receipt is in the ledger"
    BOOKS = "what the bank booked is what is settled here"
    REST = "after healing everything reaches rest, and every reason for waiting has an act that ends it"
    ANSWER = "whoever asks is answered: it is done, refused with a reason, or nobody answers now"
    FUNDS = "no more is kept or paid of a fund than is in it, and each partnership has of it what its events say"
    BACK = "what the bank books back counts once, whoever tells it, and ends nothing on one person's word"
    DOOR = "what comes by the door moves no account, contact, payee, sum or day, and nothing is paid to what it names"
    SEALED = "what staff took over was handed in, is under a seal before that, and is judged once"
    RECEIVED = "what a grantee was told is received or saved is there, at the door's time, numbered without a gap"
    TOLERANCE = "what is booked beyond what the organisation lets through counts by two people's word alone"
    RECALL = "a recall ends nothing, and neither does the bank's answer: nothing is paid anew before its money is back"
    BALANCE = "what stands on the accounts is what the bank has, each entry is explained or open, and the book is even"
    STATE = "what a workflow believes is what the ledger says"


class Violation(AssertionError):
    """A promise was broken. The message says by what."""

    def __init__(self, promise: Promise, what: str) -> None:
        super().__init__(f"{promise.name}: {what}")
        self.promise = promise
