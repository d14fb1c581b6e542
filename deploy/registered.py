"""A worker's registrations with Temporal: the workflows, their sandbox, and the activities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import asyncpg
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from activities.attempts import AttemptRecords
from activities.imports.writing import Imports
from activities.organisation import Organisation
from activities.partnerships import Partnerships
from activities.payment import Payments
from activities.registers.rescreening import Rescreening
from activities.verification import Verifications
from workflows.imports import ImportWorkflow
from workflows.organisation import OrganisationActWorkflow
from workflows.partnership import PartnershipWorkflow
from workflows.rescreening import RescreeningWorkflow
from workflows.tranche import TrancheWorkflow

WORKFLOWS: Final = (
    PartnershipWorkflow, OrganisationActWorkflow, TrancheWorkflow, RescreeningWorkflow, ImportWorkflow
)  # fmt: skip


def sandbox() -> SandboxedWorkflowRunner:
    """Return the workflow sandbox, strict: it refuses to import a module that was not declared as passed through.

    asyncpg imported a second time by the sandbox crashes the process; with this policy the worker does not start.
    """
    restrictions = SandboxRestrictions.default.with_import_notification_policy(
        SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    return SandboxedWorkflowRunner(restrictions=restrictions.with_passthrough_modules("opentelemetry"))


def rules_of(pool: asyncpg.Pool) -> list[Callable[..., Any]]:
    """Return the activities that ask registers, lists and rule book."""
    verifications, payments, rescreening = Verifications(pool), Payments(pool), Rescreening(pool)
    return [
        rescreening.find_touched,
        verifications.verify,
        verifications.assess_eligibility,
        verifications.judge_amendment,
        payments.instruct_payment,
        payments.screen_bank,
    ]


def activities_of(pool: asyncpg.Pool) -> list[Callable[..., Any]]:
    """Return the activities of workflows, which share one connection pool.

    The rules are among them: histories of before they had a queue of their own ask them here.
    """
    partnerships, attempts = Partnerships(pool), AttemptRecords(pool)
    verifications, rescreening, organisation = Verifications(pool), Rescreening(pool), Organisation(pool)
    return [
        organisation.record_act,
        Imports(pool).write_records,
        partnerships.fold_partnership,
        partnerships.read_on,
        partnerships.carry_out,
        partnerships.find_fallen,
        attempts.record_attempt,
        attempts.look_at_attempt,
        verifications.verify_payee,
        verifications.screen_parties,
        rescreening.tell,
        *rules_of(pool),
    ]
