"""Rules on the size of a grant beside its payee's means, and on money that must be spent in time (rules 3.14)."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal
from typing import Final

from domain.fault import Fault
from domain.grants import PayeeSupport
from domain.parties import FunderProfile
from domain.policy.codes import RecipientClass
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict
from domain.policy.rules.payee.lawful_paths import SUPPORTING_ORGANIZATIONS
from domain.policy.rules.payee.payees import rows_of
from domain.policy.rules.payee.proofs import proved_class
from domain.screening.approved_sums import ApprovedSum
from domain.screening.tax_status import MasterFileEntry
from domain.values import Money

PUBLICLY_SUPPORTED: Final = frozenset({"15", "16"})
"""BMF FOUNDATION codes of charities that must stay publicly supported: IRC 170(b)(1)(A)(vi) and 509(a)(2)."""

SAFE_SHARE: Final = Decimal(25)
"""The share of the payee's support, in per cent, up to which a funder is not responsible for a change of status."""

FILES_A_POSTCARD: Final = "02"
"""BMF FILING_REQ_CD of organisations that file Form 990-N, for which the master file has no revenue but 0."""

POSTCARD_LIMIT: Final = Decimal(50_000)
"""The yearly receipts, in USD, up to which an organisation may file Form 990-N (Rev. Proc. 2011-15)."""

OPERATING_FOUNDATION: Final = "03"
"""The BMF FOUNDATION code of an operating foundation that is not exempt from the tax on investment income."""


def grant_is_in_proportion(facts: Facts) -> Verdict | None:
    """A funder that gives above 25 % of a charity's support may be responsible for its change of status (R20)."""
    out, entry = facts.funds_out, facts.status.master_file if facts.status else None
    if out is None or entry is None or entry.foundation not in PUBLICLY_SUPPORTED:
        return None
    if proved_class(facts) not in {RecipientClass.US_PUBLIC_CHARITY, RecipientClass.US_GROUP_SUBORDINATE}:
        return None
    if out.support is not None:
        return _by_figures(out.support, out.total)
    return _by_revenue(facts, entry, out.total)


def _by_figures(support: PayeeSupport, grant: Money, within: str = "one year") -> Verdict:
    """Return the verdict where the payee's support over four years is given."""
    own_support = grant.amount + support.beside
    share = (100 * own_support / support.total.amount).quantize(Decimal("0.01"), ROUND_UP)
    words = f"{grant.currency} {own_support:,} in {within} are {share} per cent of the payee's support over four years"
    evidence = (f"support over four tax years: {support.total}; beside the grant: {support.beside:,}; as proposed",)
    if 100 * own_support <= SAFE_SHARE * support.total.amount:
        return Verdict(Outcome.PASS, words, evidence)
    warning = f"{words}, above 25: the funder may be responsible if its status changes"
    return Verdict(Outcome.CONDITION, warning, evidence, (ConditionId.SUPPORT_STATEMENT,), basis=_STATEMENT)


def _by_revenue(facts: Facts, entry: MasterFileEntry, grant: Money) -> Verdict:
    """Return the verdict where only the master file's yearly revenue tells how large the payee is."""
    rows = rows_of(facts.status) if facts.status else ()
    revenue = _last_revenue(entry)
    if fault := _too_large(grant, revenue):
        about = f"{grant} for {entry.name}, revenue {entry.revenue}"
        return Verdict(Outcome.REFER, f"{fault}; {_GIVE}", rows, about=(about,))
    return Verdict(Outcome.PASS, f"{grant} is within the payee's last known yearly revenue, USD {revenue:,}", rows)


def _too_large(grant: Money, revenue: Decimal | None) -> Fault | None:
    """Return the reason why nobody knows a grant to be small beside its payee's yearly revenue in USD, or None."""
    if revenue is None:
        return Fault("the master file has no revenue of the payee")
    revenue_words = f"the payee's last known yearly revenue, USD {revenue:,}"
    if grant.currency != "USD":
        return Fault(f"{grant} cannot be compared with {revenue_words}")
    return Fault(f"{grant} exceeds {revenue_words}") if grant.amount > revenue else None


def support_is_in_proportion(facts: Facts) -> Verdict | None:
    """The same, with what the ledger knows that this funder gave within four years (rules 4.9).

    A quarter of the support of four years is one year's: without figures the yearly revenue is the measure.
    """
    before = grant_is_in_proportion(facts)
    out, entry = facts.funds_out, facts.status.master_file if facts.status else None
    if before is None or out is None or entry is None or not facts.support:
        return before
    same = sum((one.money.amount for one in facts.support if one.money.currency == out.currency), Decimal(0))
    others = [one for one in facts.support if one.money.currency != out.currency]
    verdict = _by_figures_known(out.support, out.total, same) if out.support else _by_revenue_known(facts, entry, same)
    if others and verdict.outcome is Outcome.PASS:
        verdict = _not_comparable(out.support, others)
    return verdict._replace(evidence=(*verdict.evidence, *(one.told for one in facts.support[:_NAMED])))


_NAMED: Final = 10
"""The most sums that the evidence names one by one."""


def _by_figures_known(support: PayeeSupport, grant: Money, known_support: Decimal) -> Verdict:
    return _by_figures(support.model_copy(update={"beside": max(support.beside, known_support)}), grant, "four years")


def _by_revenue_known(facts: Facts, entry: MasterFileEntry, known_support: Decimal) -> Verdict:
    out = facts.funds_out
    grant = Money(amount=known_support + (out.total.amount if out else 0), currency=out.currency if out else "USD")
    return _by_revenue(facts, entry, grant)


def _not_comparable(support: PayeeSupport | None, other_sums: list[ApprovedSum]) -> Verdict:
    """Return the verdict where this funder's support in other currencies is not known to be small."""
    words = (
        f"without a rate {', '.join(str(approved_sum.money) for approved_sum in other_sums[:_NAMED])} cannot be added"
        " to the grant"
    )
    if support is None:
        about = tuple(approved_sum.told for approved_sum in other_sums)
        return Verdict(Outcome.REFER, f"{words}; {_GIVE}", about=about)
    warning = f"{words}: the funder may be responsible if the payee's status changes"
    return Verdict(Outcome.CONDITION, warning, (), (ConditionId.SUPPORT_STATEMENT,), basis=_STATEMENT)


def support_is_converted(facts: Facts) -> Verdict | None:
    """The same, with other currencies at a recorded rate, where the organisation has a base currency (rules 4.18).

    Everything is put into the currency of the measure: of the payee's support, or the register's revenue in USD. A
    referral is about the sums in their own currencies, so that a rate that moves asks nobody anew.
    """
    out, entry = facts.funds_out, facts.status.master_file if facts.status else None
    before, conversion = support_is_in_proportion(facts), facts.conversion
    if before is None or out is None or entry is None or conversion is None:
        return before
    given = tuple(one.money for one in facts.support)
    target = out.currency if out.support is not None else _REVENUE
    grant, known_support = conversion.total((out.total,), target), conversion.total(given, target) if given else None
    if grant is None or (given and known_support is None) or not (told := conversion.told((out.total, *given), target)):
        return before
    beside = known_support.amount if known_support is not None else Decimal(0)
    if out.support is not None:
        verdict = _by_figures_known(out.support, out.total, beside)
    else:
        verdict = _by_revenue(facts, entry, Money(amount=grant.amount + beside, currency=target))
    about = (f"{', '.join(map(str, (out.total, *given)))} for {entry.name}, revenue {entry.revenue}",)
    evidence = (*verdict.evidence, *(one.told for one in facts.support[:_NAMED]), told)
    return verdict._replace(evidence=evidence, about=about if verdict.outcome is Outcome.REFER else ())


_REVENUE: Final = "USD"
"""The currency of the master file's revenue."""

_GIVE: Final = "give `funds_out.support`, its support over four years"
_STATEMENT: Final = Basis(Layer.REG, "26 CFR 1.170A-9(f)(5)(ii), 1.509(a)-3(c)(1)(iii)")


def _last_revenue(entry: MasterFileEntry) -> Decimal | None:
    """Return the most that the master file's yearly revenue in USD may be, or None if it does not tell."""
    if not entry.revenue and entry.filing == FILES_A_POSTCARD:
        return POSTCARD_LIMIT
    return entry.revenue


def grant_is_spent_in_time(facts: Facts) -> Verdict | None:
    """A private foundation's grant to another, or to a body that it controls, must be spent out of corpus in time."""
    if facts.funds_out is None or facts.funder.profile is not FunderProfile.PRIVATE_FOUNDATION:
        return None
    recipient = proved_class(facts)
    if facts.funds_out.controlled_by_insider:
        who = "the funder or its insiders control the payee"
    elif recipient is RecipientClass.US_PRIVATE_FOUNDATION and not _operates(facts):
        who = "the payee is a private foundation that does not operate programmes of its own"
    else:
        return None
    reason = f"{who}: the grant counts as distributed only once it spends as much out of corpus, by its next year's end"
    return Verdict(Outcome.CONDITION, reason, conditions=(ConditionId.OUT_OF_CORPUS,))


def grant_counts_to_payout(facts: Facts) -> Verdict | None:
    """A private foundation's grant to another, or to what it controls, is spent out of corpus, or never counts."""
    if facts.funds_out is None or facts.funder.profile is not FunderProfile.PRIVATE_FOUNDATION:
        return None
    recipient = proved_class(facts)
    integrated = recipient is not RecipientClass.US_SUPPORTING_ORG_NOT_INTEGRATED
    if recipient not in SUPPORTING_ORGANIZATIONS or (integrated and not facts.funds_out.controlled_by_insider):
        return grant_is_spent_in_time(facts)
    what = "that an insider of the funder controls" if integrated else "of type III, not functionally integrated"
    reason = f"a supporting organisation {what}: the grant never counts to the payout, whatever it spends"
    return Verdict(Outcome.PASS, reason, basis=Basis(Layer.STATUTE, "IRC 4942(g)(4)(A)"))


def _operates(facts: Facts) -> bool:
    """True if each register that lists the payee calls it an operating foundation."""
    status = facts.status
    if status is None:
        return False
    master = status.master_file is None or status.master_file.foundation == OPERATING_FOUNDATION
    return master and (not status.codes or status.codes == {"POF"})


RULES: Final = (
    Rule("PROJECT-PROPORTION", Layer.RULING, "Rev. Proc. 2018-32, s. 5", True, grant_is_in_proportion,
         since="2026.4", why="nobody asked whether a grant is larger than its payee").revised(
             "2026.5", "only what the proposer said counted beside the grant", support_is_in_proportion).revised(
             "2026.6", "other currencies could not be compared where a rate is on record", support_is_converted),
    Rule("PROJECT-CORPUS", Layer.STATUTE, "IRC 4942(g)(3)", True, grant_is_spent_in_time,
         since="2026.4", why="a grant to another private foundation was not followed to its use").revised(
        "2026.5", "spending out of corpus cured what never counts", grant_counts_to_payout),
)  # fmt: skip
