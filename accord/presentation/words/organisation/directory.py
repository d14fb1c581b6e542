"""Changes of the directory in words, as differences: "Femi Ade becomes finance approver"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from accord.presentation.words.codes import REGISTER_WORDS, words_of
from accord.presentation.words.days import whole_day_in_words, whole_time_in_words
from accord.presentation.words.values import NamesInWords, listed, money_in_words
from domain.budgets.terms import AskedBudget
from domain.directory import people as d
from domain.directory.chart import DEFAULT, BookBasis
from domain.directory.directory import Directory
from domain.directory.facts import with_facts
from domain.directory.tiers import HouseRules, Role
from domain.money.rails import PaymentRail, RailRule
from domain.parties import FunderProfile
from domain.payment.stated.covering import most_days
from domain.signatures.passkeys import PasskeyKey

PROFILES: Final = {
    FunderProfile.PUBLIC_CHARITY: "public charity",
    FunderProfile.SUPPORTING_ORG: "supporting organisation",
    FunderProfile.PRIVATE_FOUNDATION: "private foundation",
}

_RAILS: Final = {
    PaymentRail.ISO_20022: "in pain.001 files",
    PaymentRail.NACHA: "by ACH, in NACHA files",
    PaymentRail.MANUAL: "on sheets, typed into the bank's portal and signed by two",
}

ROLE_WORK: Final = {
    Role.PROPOSER: "writes proposals, and answers what is asked of them",
    Role.VERIFIER: "looks into what the registers and the lists say",
    Role.PROGRAMME_APPROVER: "approves what a partnership is for",
    Role.FINANCE_APPROVER: "approves sums, and says what the bank's word means",
    Role.DIRECTOR: "approves large sums, records agreements, and keeps the directory as a guardian",
    Role.PAYER: "releases payments, and makes and hands over payment files",
    Role.AUDITOR: "reads everything, and keeps the directory as a guardian",
    Role.COUNSEL: "confirms the sources of the rules",
}
"""By role: the work of its holder, for whoever chooses one for a trial."""


def changes_in_words(directory: Directory, changes: Iterable[d.Fact]) -> tuple[str, ...]:
    """Return what changes make of a directory, a sentence for each: what is said of people begins with their name."""
    sentences: list[str] = []
    for fact in changes:
        after = with_facts(directory, (fact,))
        sentences += _sentences(fact, directory, NamesInWords(after if _enters(fact) else directory))
        directory = after
    return tuple(sentences)


def _enters(fact: d.Fact) -> bool:
    return isinstance(fact, d.StaffRegistered | d.FunderRegistered)


def _sentences(fact: d.Fact, before: Directory, names: NamesInWords) -> Iterator[str]:
    match fact:
        case d.StaffRegistered(member=member):
            yield from _registration(before.person(member.staff_id), member)
        case d.StaffLeft(staff_id=staff_id):
            name = names.person(staff_id)
            yield f"{name} leaves: their roles, keys and loans of roles end, and what they decided stays"
        case d.KeyEnrolled(staff_id=staff_id, key=key):
            kind = f"the passkey {key.key_id} ({passkey_in_words(key)})" if isinstance(key, PasskeyKey) else key.key_id
            yield f"{names.person(staff_id)} signs with {kind}"
        case d.KeyRevoked(staff_id=staff_id, key_id=key_id, compromised_since=since):
            yield f"{names.person(staff_id)} no longer signs with {key_id}{_for_cause(since)}"
        case d.RoleDelegated(delegation=loan):
            people = f"{names.person(loan.lender)} lends {names.person(loan.borrower)}"
            days = f"from {whole_day_in_words(loan.starts_on)} to {whole_day_in_words(loan.ends_on)}"
            yield f"{people} the role {words_of(loan.role)} {days}"
        case d.DelegationEnded(delegation=loan):
            yield f"{names.person(loan.lender)} no longer lends {names.person(loan.borrower)} {words_of(loan.role)}"
        case _:
            yield from _on_the_house(fact, before, names)


def _on_the_house(fact: d.Fact, before: Directory, names: NamesInWords) -> Iterator[str]:
    match fact:
        case d.FunderRegistered(funder=funder):
            number = f", US tax number {funder.ein[:2]}-{funder.ein[2:]}" if funder.ein else ""
            profile = PROFILES[funder.profile]
            yield f"{funder.name} ({funder.funder_id}) is a funder: {profile}{number}, and pays from {funder.account}"
        case d.HouseRulesSet(rules=rules):
            yield from _rules(before.rules, rules)
        case d.EventSetAside(position=position, freezes=freezes):
            frozen = f", and {names.people(freezes)} may not act until it is judged anew" if freezes else ""
            yield f"Entry {position} of the ledger counts for nothing{frozen}"
        case d.EpochBegun(log=log, position=position):
            yield f"Epoch {log.epoch} of the ledger {log.origin} begins after entry {position}"
        case d.LossAccepted(partnership_id=partnership_id, version=version, lost=losses):
            without = f"without {listed(losses)}, which is lost"
            yield f"{partnership_id} goes on from entry {version} of its record, {without}"
        case d.EndpointEnrolled(endpoint=endpoint):
            until, heard = whole_day_in_words(endpoint.last_day), listed(list(endpoint.hears))
            yield f"What the ledger records of {heard} after entry {endpoint.after} is sent to {endpoint.url}"
            yield f"That endpoint is called {endpoint.name}, and hears until {until}; names of people stay sealed"
        case d.EndpointRevoked(endpoint_name=name):
            yield f"Nothing is sent to the endpoint {name} any more"
        case d.ApiTokenEnrolled(token=token):
            scopes, until = listed(list(token.scopes)), whole_day_in_words(token.last_day)
            if token.witness:
                yield f"{token.holder} cosigns checkpoints of the ledger with the key {token.witness}"
            yield f"{token.holder} reads {scopes} by the HTTP API with the token {token.token_id} until {until}"
        case d.ApiTokenRevoked(token_id=token_id):
            yield f"The token {token_id} of the HTTP API opens nothing any more"
        case _:
            raise ValueError(f"{fact.event_type} has no words here")


def _for_cause(since: datetime | None) -> str:
    if since is None:
        return ", and what was signed with it stays"
    others = f"others may have used it since {whole_time_in_words(since)}"
    return f": {others}, and nothing counts that was recorded with it since"


def _registration(before: d.StaffMember | None, member: d.StaffMember) -> Iterator[str]:
    roles = [words_of(role) for role in member.roles]
    limits = listed([money_in_words(limit) for limit in member.limits]) or "any sum"
    if before is None:
        bound = f", and approves up to {limits}" if member.limits else ""
        yield f"{member.name} ({member.staff_id}) joins as {listed(roles)}{bound}"
        return
    new = [words_of(role) for role in member.roles if role not in before.roles]
    gone = [words_of(role) for role in before.roles if role not in member.roles]
    if before.name != member.name:
        yield f"{before.name} is called {member.name} now"
    if new:
        yield f"{member.name} becomes {listed(new)}"
    if gone:
        yield f"{member.name} is no longer {listed(gone, 'or')}"
    if before.limits != member.limits:
        yield f"{member.name} may approve up to {limits}"
    yield f"{member.name} is {listed(roles)} then, and may approve up to {limits}"


def _rules(before: HouseRules | None, after: HouseRules) -> Iterator[str]:
    """Yield each rule that is new, or that falls."""
    old, new = list(rules_in_words(before)) if before is not None else [], list(rules_in_words(after))
    yield from (f"Rule: {words}" for words in new if words not in old)
    yield from (f"No rule any more: {words}" for words in old if words not in new)
    if old == new:
        yield "The rules stay as they are"


def passkey_in_words(key: PasskeyKey) -> str:
    """Return the facts that a guardian must know of a passkey."""
    binding = "bound to its device" if key.device_bound else "it may be copied to other devices"
    return f"{key.name}, {binding}, for {key.origin}"


def rules_in_words(rules: HouseRules) -> Iterator[str]:
    """Yield every rule in words: also those that are off."""
    yield from _approval_in_words(rules)
    yield from _payment_in_words(rules)
    yield from _keys_in_words(rules)
    yield from _payees_in_words(rules)
    if rules.books is not None:
        yield f"the book is kept on {'an accrual' if rules.books.basis is BookBasis.ACCRUAL else 'a cash'} basis"
        for mapping in rules.books.accounts:
            yield f"in the book, {DEFAULT[mapping.account].name} is account {mapping.code}, {mapping.name}"


def _approval_in_words(rules: HouseRules) -> Iterator[str]:
    for tier in rules.tiers:
        limit = f"up to {tier.currency} {tier.up_to:,.2f}" if tier.up_to is not None else f"any sum of {tier.currency}"
        yield f"{limit} is approved by {listed([words_of(role) for role in tier.quorum])}"
    if (base := rules.base) is not None:
        yield f"sums are counted in {base.currency}, by the ECB's rates of a day and at most {base.days} days before it"
    else:
        yield "sums of several currencies are not converted: each is a share of its own limit"


def _payment_in_words(rules: HouseRules) -> Iterator[str]:
    if (tolerance := rules.tolerance) is not None:
        yield (
            f"a booking settles its payment with a rate of at most {tolerance.percent} % from the ECB's and charges of "
            f"at most {money_in_words(tolerance.charges)}; beyond that people look"
        )
    else:
        yield "nothing but a booking of the very sum settles a payment; with a rate or charges people look"
    yield f"after a change of bank details nothing is paid for {rules.cooling_off_days} working days"
    yield f"a second person {'signs' if rules.second_at_hand_over else 'does not sign'} before a file is handed over"
    yield f"a file {'waits' if rules.stop_without_balance else 'does not wait'} for money on the account"
    for rail in rules.rails:
        yield _rail_in_words(rail)
    yield f"a grant {'must' if rules.funds_named else 'need not'} name the funds that pay it"
    yield f"the banks' days end at {rules.bank_offset or '+00:00'} from UTC"
    yield f"an entry of the bank that nothing explains for {most_days(rules)} days is told to operators"


def _keys_in_words(rules: HouseRules) -> Iterator[str]:
    bound = listed([words_of(role) for role in rules.device_bound])
    yield f"keys bound to their device: {bound or 'nobody needs one'}"
    yield f"such keys are bound {'as their makers attest' if rules.attested_only else 'by their own word'}"
    for model in rules.models:
        yield f"keys of the model {model.name} ({model.aaguid}) count, by certificates {', '.join(model.fingerprints)}"


def _payees_in_words(rules: HouseRules) -> Iterator[str]:
    """Yield the rules on what is asked of a proposal, of its payee and of people behind it."""
    for objective in rules.objectives:
        yield f"an aim of proposals is {objective.code}: {objective.words}"
    lists = listed([REGISTER_WORDS[name] for name in rules.list_rule.lists])
    yield f"the sanctions lists that bind us are {lists}"
    yield f"nothing rests on one that its publisher did not confirm for {rules.list_rule.days} days"
    for row in rules.watched:
        end = f" until {whole_day_in_words(row.until)}" if row.until is not None else ""
        yield f"{row.country} is on the FATF's list ({words_of(row.kind)}) from {whole_day_in_words(row.since)}{end}"
    yield f"people behind a payee {'are' if rules.public_offices else 'are not'} asked for prominent public offices"
    for asked_budget in rules.budgets:
        needs = "may have" if asked_budget.optional else "needs"
        yield f"a grant of {asked_budget.programme} {needs} a budget: {listed([*_budget_terms(asked_budget)])}"


def _rail_in_words(rule: RailRule) -> str:
    to = f" to banks in {rule.country}" if rule.country is not None else ""
    limit = f" up to {rule.up_to:,.2f}" if rule.up_to is not None else ""
    return f"payments in {rule.currency}{to}{limit} leave {_RAILS[rule.rail]}"


def _budget_terms(terms: AskedBudget) -> Iterator[str]:
    if terms.template is not None:
        yield f"its categories and limits are those of the edition of {terms.template} in force"
        return
    if terms.indirect_most is not None:
        yield f"indirect cost is at most {terms.indirect_most} % of {words_of(terms.indirect_of)}"
    yield f"a category may rise freely by {terms.free_move} % at most"
