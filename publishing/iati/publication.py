"""The publication of a funder's grants for work abroad as IATI activities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, indent, tostring

from publishing.awards import Award, all_amounts, amounts_of, awards_of, count_published, publisher_id
from publishing.cases import GrantCase, Stand
from publishing.counting import PublicationTally
from publishing.files import Publication, PublishedFile
from publishing.iati.activities import activity_of, cells_of
from publishing.iati.checks import faults_of
from publishing.iati.codes import VERSION
from publishing.schedules.regions import is_domestic

EDITION: Final = "iati-2.03/1"
DOMESTIC: Final = "AT_HOME"
"""The work is done in the United States alone."""


def iati(cases: Sequence[GrantCase], stand: Stand) -> Publication:
    """Return a funder's grants for work abroad as activities.

    The standard refuses an activity without sector, planned days and country, or with several countries of which no
    shares are recorded: such a grant is left out and counted.

    Raises:
        PublisherUnknown: The directory holds no number of the funder.
    """
    funder_id, tally = publisher_id(stand), PublicationTally()
    awards: list[Award] = []
    for award in awards_of(cases, stand, funder_id, tally):
        reason = _reason_against(award)
        if reason is None:
            awards.append(award)
            count_published(award, tally)
        else:
            tally.leave_out(reason, *amounts_of(award.case))
    tally.require_all(all_amounts(cases, stand))
    activities = Element("iati-activities", {"version": VERSION})
    activities.extend(activity_of(award, stand, funder_id) for award in awards)
    quality = {"refused_by_the_ruleset": len(faults_of(activities, stand.on)), "no_language": len(awards)}
    return Publication("iati", EDITION, _files(activities, awards), tally, quality)


def _reason_against(award: Award) -> str | None:
    """Return the reason why a grant is no activity, or None."""
    proposal = award.case.partnership.proposed
    countries = {place.country for place in award.places}
    if countries and all(is_domestic(country) for country in countries):
        return DOMESTIC
    reasons = {
        "NO_COUNTRY": not countries,
        "NO_SHARES_OF_COUNTRIES": len(countries) > 1,
        "NO_SECTOR": proposal.public_interest.sector is None,
        "NO_PERIOD": proposal.period is None,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _files(activities: Element, awards: Sequence[Award]) -> tuple[PublishedFile, ...]:
    """Return the file, or none without an activity: the schema asks for one."""
    if not awards:
        return ()
    indent(activities, " ")
    content = tostring(activities, encoding="utf-8", xml_declaration=True) + b"\n"
    cells = tuple(cell for award in awards for cell in cells_of(award))
    return (PublishedFile("iati-activities.xml", content, cells),)
