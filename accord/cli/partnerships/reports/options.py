"""The options of `accord report`: what was spent by line, in which currency, and what became of the work plan."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.partnerships.acts import option
from accord.cli.typed_days import typed_day
from accord.presentation.acts import field_of
from domain.partnership import commands as c
from domain.plans import ReportKind

SumOption = Annotated[str | None, typer.Option(metavar="SUM", help=field_of(c.Report, "figures").description)]
NotArrivedOption = Annotated[
    str | None,
    typer.Option("--not-arrived", metavar="SUM", help="What less arrived than was paid, as the grantee says."),
]
SummaryOption = Annotated[str, option(c.Report, "summary")]
KindOption = Annotated[
    ReportKind | None,
    typer.Option(
        "--kind", help="Without it: as planned, as the form of --submission asked, or else FINAL.", case_sensitive=False
    ),
]
PlanOption = Annotated[int | None, option(c.Report, "planned", metavar="NUMBER")]
ResultOption = Annotated[list[str] | None, option(c.Report, "results", metavar="NUMBER=RESULT")]
LineOption = Annotated[
    list[str] | None, typer.Option(metavar="NUMBER=SUM", help="What was spent of a line of the budget.")
]
LineReasonOption = Annotated[
    list[str] | None, typer.Option(metavar="NUMBER=REASON", help="Why a line is far from its budget.")
]
PeriodOption = Annotated[
    int | None, typer.Option(metavar="NUMBER", help="The last period of the budget that the figures cover.")
]
CurrencyOption = Annotated[
    str | None, typer.Option(metavar="CURRENCY", help="The currency in which the lines were spent, if another.")
]
RateOption = Annotated[
    str | None, typer.Option(metavar="RATE", help="How much of it one unit of the grant's currency bought.")
]
ArrivalOption = Annotated[
    datetime | None,
    typer.Option(metavar="DAY", parser=typed_day, help="The day on which the money arrived at that rate."),
]
DifferenceOption = Annotated[
    str | None, typer.Option(metavar="SUM", help="What exchange took beside the lines, in the grant's currency.")
]
DifferenceReasonOption = Annotated[str | None, typer.Option(metavar="REASON", help="What made that difference.")]
WorkbookOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The filled form of `accord budget ID --workbook FILE`.")
]
MilestoneOption = Annotated[list[str] | None, option(c.Report, "milestones", metavar="NUMBER=STATE")]
MilestonePaperOption = Annotated[
    list[str] | None, typer.Option(metavar="NUMBER=FILE", help="A paper that shows that a milestone is done.")
]
CorrectsOption = Annotated[int | None, option(c.Report, "corrects", metavar="NUMBER")]
