"""Our own check of activities: what the standard's ruleset and validator call an error, as far as it applies here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from publishing.iati import codes

IDENTIFIER: Final = re.compile(r"[^/&|?]+")
"""The signs of an identifier: any but these four."""


def faults_of(activities: Element, on: date) -> tuple[str, ...]:
    """Return the faults of activities, each with the identifier of its activity. `on`: the day of the publication."""
    identifiers: set[str] = set()
    faults: list[str] = []
    for activity in activities.iter("iati-activity"):
        identifier = activity.findtext("iati-identifier", "")
        faults += [f"{identifier}: {fault}" for fault in _faults(activity, on)]
        faults += [f"{identifier}: it stands there twice"] if identifier in identifiers else []
        identifiers.add(identifier)
    return tuple(faults)


def _faults(activity: Element, on: date) -> Iterator[str]:
    for name in ("title", "description", "reporting-org", "participating-org"):
        if any(not narrative.text for narrative in activity.findall(f"{name}/narrative")):
            yield f"{name} says nothing"
    if activity.find("sector") is None:
        yield "no sector"
    if len(activity.findall("recipient-country")) != 1:
        yield "one country is asked for, since no shares of several are recorded"
    yield from _faults_of_days(activity)
    yield from _faults_of_identifiers(activity)
    for transaction in activity.iter("transaction"):
        yield from _faults_of_transaction(transaction, on)


def _faults_of_days(activity: Element) -> Iterator[str]:
    days = {day.get("type"): day.get("iso-date", "") for day in activity.iter("activity-date")}
    if codes.PLANNED_START not in days:
        yield "no start"
    elif days[codes.PLANNED_START] > days.get(codes.PLANNED_END, "9999"):
        yield "it ends before it starts"


def _faults_of_identifiers(activity: Element) -> Iterator[str]:
    organisations = (*activity.iter("reporting-org"), *activity.iter("participating-org"))
    references = [organisation.get("ref") for organisation in organisations]
    references += [element.get("ref") for name in ("provider-org", "receiver-org") for element in activity.iter(name)]
    for reference in (activity.findtext("iati-identifier", ""), *references):
        if reference is not None and not IDENTIFIER.fullmatch(reference):
            yield f"{reference!r} is no identifier"


def _faults_of_transaction(transaction: Element, on: date) -> Iterator[str]:
    day, value = transaction.find("transaction-date"), transaction.find("value")
    if day is None or value is None or not value.get("value-date") or not value.get("currency"):
        yield "a transaction without its day, or its value with currency and day"
    elif max(day.get("iso-date", ""), value.get("value-date", "")) > on.isoformat():
        yield "a transaction in the future"
