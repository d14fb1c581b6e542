"""The words by which people find what they press: a changed word of a page is changed here, once."""

from __future__ import annotations

import re
from typing import Final

Found = str | re.Pattern[str]

MAKE_KEY: Final = "Make the passkey"
SIGN: Final = "Sign with your passkey"
TOUCH_ENDED: Final = re.compile(r"^(?!Touch|\s*$)")
"""What the page that signs says once the touch was handed in, or failed."""
CONTINUE: Final = "Continue to signing"
SAVE_AND_CONTINUE: Final = "Save and continue"
CHECK_ANSWERS: Final = re.compile("Check your answers")
BEGIN_PROPOSAL: Final = "Begin a proposal"
FIND: Final = "Find"

# The form of a proposal

FOR_THE_PROGRAMME: Final = "The programme itself"
NONE_IS_TRUE: Final = "None of these is true"

# The parts of the console

PROPOSE: Final = re.compile("^Propose")
FIND_A_PARTNERSHIP: Final = "Find a partnership"
PAYMENTS: Final = re.compile("^Payments")
MORE: Final = "More"
EXCEPTIONS: Final = re.compile("^The bank's exceptions")

# What a case offers, and its activity

ANSWER: Final = re.compile("^Answer")
APPROVE: Final = re.compile("^Approve")
ACCEPT_REPORT: Final = re.compile("^Accept")
SIGN_AGREEMENT: Final = re.compile("agreement")
RELEASE: Final = re.compile("^Release")
RELEASED: Final = "released"
HOLDS: Final = "It stands as it was recorded"

# Payments and exceptions

BY_PAYEE: Final = "By payee"
BY_FUND: Final = "By fund"
MONEY_FROM_A_STRANGER: Final = "Money came in that nobody expects"
WENT_BACK: Final = re.compile("^Record that it went back")

# The counter

TO_THE_COUNTER: Final = re.compile("payment file", re.IGNORECASE)
TO_THE_ANSWERS: Final = re.compile("bank's answer")
MAKE_FILE: Final = re.compile("^Make the file")
SEE_FILE: Final = "See the file"
HAND_OVER: Final = re.compile("^Hand it over")
TAKE_FILE: Final = "Take the file"
READ_ANSWER: Final = "Read it"
BRING_IN: Final = re.compile("^Sign and bring it in")
CONTINUE_AT_THE_COUNTER: Final = re.compile("^Continue to signing")
