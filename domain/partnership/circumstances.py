"""The ground of a decision beside the partnership itself: the directory's answers, and all else gathered for it."""

from __future__ import annotations

from domain.budgets.asked import AskedTemplate
from domain.directory.directory import Capacity
from domain.directory.people import StaffMember
from domain.directory.tiers import HouseRules
from domain.fault import Fault
from domain.payment.account import AccountStanding
from domain.policy.findings import Assessment
from domain.proposal import Funding
from domain.screening.approved_sums import ApprovedSum
from domain.screening.conversion import Conversion
from domain.screening.matches import SanctionsMatch
from domain.screening.sources import RegisterVersion
from domain.values import Value


class Authority(Value):
    """The directory's answer on a command's actor: whether the signature is theirs, and their roles.

    `member` is None if the command is not proved to be the actor's, or if the look-up failed: it is then refused.
    """

    member: StaffMember | None = None
    refusal: Fault | None = None
    """The reason why `member` is None, such as a signature that is not the actor's."""
    capacities: tuple[Capacity, ...] = ()
    rules: HouseRules | None = None
    funding: Funding | None = None
    unknown_funders: tuple[str, ...] = ()
    unknown_people: tuple[str, ...] = ()
    """The people whom the command names and who are not in the directory."""
    no_verifiers: tuple[str, ...] = ()
    """The people who are said to have read the proposal's papers and are no verifiers."""
    account: AccountStanding | None = None
    """The standing of the account that an agreement names."""


class Circumstances(Value):
    """The ground of a decision beside the partnership's own state: gathered before it, and asked of its moment."""

    authority: Authority = Authority()
    in_force: tuple[RegisterVersion, ...] = ()
    """The register versions in force, as they were last confirmed, where a decision rests on evidence from them."""
    together: tuple[ApprovedSum, ...] = ()
    """The sums approved for the same payee or purpose within twelve months."""
    conversion: Conversion | None = None
    """The base currency and its rates of today, or None if the organisation has none, or nothing asks for it."""
    not_under: Fault | None = None
    """The reason why the agreement under which it stands does not allow this, or None, also if it leads itself."""
    unfunded: Fault | None = None
    """The reason why the funds do not cover a payment, or may not pay for a proposal at all, or None."""
    counted: Fault | None = None
    """The fault of the booking that a refund names: it counts already, or another, or None."""
    told: Fault | None = None
    """The reason why a truth told of a party stops a payment until it is answered, or None."""
    donor: tuple[SanctionsMatch, ...] | None = None
    """The matches of a gift's donor with the lists in force, where its money would leave, or None if nobody asked."""
    owed: tuple[Fault, ...] = ()
    """The grantee's debts under its other partnerships, for which nothing more is paid to it."""
    held_by_lead: Fault | None = None
    """The holds on everything under the agreement under which it stands, in words, or None."""
    diverted_before: tuple[str, ...] = ()
    """The other partnerships in which the grantee diverted money first."""
    amendment: Assessment | None = None
    """The rule book's word on an amendment of what was agreed, before it is in force."""
    same_account: tuple[str, ...] = ()
    """The references under which the partnership's own account is stored, if a command names another reference."""
    unlettered: Fault | None = None
    """The reason why a letter cannot be issued: its edition is not in force, or its PDF is not kept. None if it can."""
    template: AskedTemplate | None = None
    """The edition of a template that a proposal's budget is made within, or None if its programme has none."""
    untemplated: Fault | None = None
    """The reason why that edition cannot be found or read, or None."""
    unsealed: Fault | None = None
    """The reason why what a grantee handed in cannot be judged: it is under no seal, or is not what was sealed."""
    repeated: Fault | None = None
    """The submission that a report may repeat without naming it, and what to do, or None."""
    account_fault: Fault | None = None
    """The reason why that account, or the funder's own, cannot be used, its holder or an embargo, or None."""

    @property
    def rules(self) -> HouseRules | None:
        """The organisation's own rules, as the directory has them."""
        return self.authority.rules
