"""The typed search attributes by which operators find partnerships. They are stored unencrypted: no personal data."""

from __future__ import annotations

from typing import Any, Final

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from activities.contracts import Attributes
from domain.parties import Party
from domain.values import Money

STAGE: Final = SearchAttributeKey.for_keyword("AccordStage")
AWAITING: Final = SearchAttributeKey.for_keyword_list("AccordAwaiting")
DUE: Final = SearchAttributeKey.for_datetime("AccordDue")
AMOUNT: Final = SearchAttributeKey.for_float("AccordAmount")
CURRENCY: Final = SearchAttributeKey.for_keyword("AccordCurrency")
FUNDER: Final = SearchAttributeKey.for_keyword("AccordFunder")
COUNTRY: Final = SearchAttributeKey.for_keyword("AccordCountry")
ON_HOLD: Final = SearchAttributeKey.for_bool("AccordOnHold")

PARTNER: Final = SearchAttributeKey.for_keyword("AccordPartner")
"""The partner's organisation, on partnerships."""
HOLD: Final = SearchAttributeKey.for_keyword_list("AccordHold")
"""The holds with their holders, as codes without a reason, unset while nothing is held."""
PAYEE: Final = SearchAttributeKey.for_keyword("AccordPayee")
ATTEMPT: Final = SearchAttributeKey.for_int("AccordAttempt")
"""The payee's organisation, and which attempt it is, on payments."""

VERSION: Final = SearchAttributeKey.for_int("AccordVersion")
"""The stream version that the workflow knew when another attribute last changed. It may know more by now."""

STOPPED: Final = SearchAttributeKey.for_bool("AccordStopped")
"""Set while nothing may be decided, for example because the ledger lost events or holds an unreadable one."""

WHERE_STOPPED: Final = f"{STOPPED.name} = true AND WorkflowType = 'Partnership'"
"""The visibility query that finds, among the open workflows, stopped partnerships."""

ALL: Final = (
    STAGE,
    AWAITING,
    DUE,
    AMOUNT,
    CURRENCY,
    FUNDER,
    COUNTRY,
    ON_HOLD,
    VERSION,
    STOPPED,
    PARTNER,
    HOLD,
    PAYEE,
    ATTEMPT,
)


def of(attributes: Attributes, version: int, has_fault: bool) -> list[SearchAttributeUpdate[Any]]:
    """Return the updates of a partnership's search attributes in Temporal. One without a value is unset.

    `version`: of its stream. `has_fault`: True while nothing may be decided on it.
    """
    return [
        STAGE.value_set(attributes.stage),
        ON_HOLD.value_set(attributes.on_hold),
        AWAITING.value_set(list(attributes.awaiting)) if attributes.awaiting else AWAITING.value_unset(),
        DUE.value_set(attributes.due) if attributes.due else DUE.value_unset(),
        FUNDER.value_set(attributes.funder),
        PARTNER.value_set(attributes.partner) if attributes.partner else PARTNER.value_unset(),
        HOLD.value_set(attributes.hold.split()) if attributes.hold else HOLD.value_unset(),
        COUNTRY.value_set(attributes.country),
        AMOUNT.value_set(attributes.amount) if attributes.amount is not None else AMOUNT.value_unset(),
        CURRENCY.value_set(attributes.currency) if attributes.currency else CURRENCY.value_unset(),
        VERSION.value_set(version),
        STOPPED.value_set(True) if has_fault else STOPPED.value_unset(),
    ]


def of_payment(partnership_id: str, payee: Party, money: Money, attempt: int) -> TypedSearchAttributes:
    """Return the attributes that say which attempt to pay a workflow is."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(PAYEE, payee.known_openly_as(partnership_id)),
            SearchAttributePair(AMOUNT, float(money.amount)),
            SearchAttributePair(CURRENCY, money.currency),
            SearchAttributePair(ATTEMPT, attempt),
        ]
    )
