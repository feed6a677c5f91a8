"""What the commands that enter something share: who enters it, what is told, what is computed then."""

import sys
from datetime import date
from typing import NoReturn

import click

from assets.witness import refuse_contradicted
from explanation.language import Code
from explanation.language import language as language_of
from explanation.values import kronor
from ledger.engine import LedgerUnreachableError
from ledger.failures import StorageFailureError
from pipeline.arguments import DAY, payout_in
from pipeline.decisions import Authority, Entered
from pipeline.instance import instance_failures, open_instance
from pipeline.rendering import messages, print_result, results
from reports.tables import PrintedTable
from reports.words import counted, words_in
from rules.scheme import Scheme
from schemas.days import today
from schemas.months import month_key
from schemas.places import DataRoot
from schemas.tables import TABLES

BY = click.option("--by", required=True, help="Who decides, such as the government.")
REFERENCE = click.option("--reference", required=True, help="The decision's diary number.")
ON = click.option("--on", type=DAY, help="The day of the decision; else today.")

ENTERED_NOT_COMPUTED = 3
"""The exit status where the entry is recorded, and what reckons with it was not computed."""


def begin(
    scheme: Scheme, month: date, by: str, reference: str, on: date | None
) -> tuple[DataRoot, Authority]:
    """What is given to a decision, refused where it cannot be one."""
    payout_in(scheme, month)
    if on and on > today():
        raise click.UsageError(f"--on {on} is still to come; today is {today()}")
    for option, words in (("--by", by), ("--reference", reference)):
        if not words.strip():
            raise click.UsageError(f"{option} is empty")
    root = DataRoot.from_environment()
    refuse_contradicted(root)
    return root, Authority(by.strip(), reference.strip(), on or today())


def tell(
    entered: Entered,
    what: str,
    authority: Authority,
    layout: str,
    code: Code,
    month_paid: date | None = None,
) -> None:
    """Say what was entered, and what it rests on.

    `what` is `decided`, `settled`, `revoked`, or `revoked_settlement`; a settlement is paid in `month_paid`.
    """
    words, spoken = words_in(code)["entered"], language_of(code)
    total = int(entered.rows["amount_sek"].sum())
    row: dict[str, str | int | None] = {
        "entry": what,
        "scheme": entered.record.scheme,
        "payout_month": month_key(entered.record.month),
        "month_paid": month_key(month_paid) if month_paid else None,
        "on": authority.on.isoformat(),
        "by": authority.by,
        "reference": authority.reference,
        "amount_sek": total,
        "regions": entered.rows["region_code"].n_unique(),
        "record": entered.record.number,
        "fingerprint": entered.record.fingerprint,
    }
    written = row | {
        "payout_month": spoken.month(entered.record.month),
        "month_paid": spoken.month(month_paid) if month_paid else None,
        "on": spoken.day(authority.on),
        "amount_sek": spoken.write(kronor(total)),
        "regions": counted(code, "regions", entered.rows["region_code"].n_unique()),
    }
    said = {
        "entry": words[what].format(**written),
        "amount": words["net" if month_paid else "paid"].format(**written),
    }
    told = words["line"].format(**written | said)
    if layout == "table":
        results().print(told)
    else:
        cells = list((row | {"entry": said["entry"]}).values())
        printed = PrintedTable(told, [words[name] for name in row], [cells])
        print_result([printed], [row], list(row), layout, code)
    messages().print(
        f"It rests on what was computed at {entered.computed_at:%Y-%m-%d %H:%M:%S} UTC."
    )


def announce_and_recompute(
    root: DataRoot,
    scheme: Scheme,
    month: date,
    entered: Entered,
) -> None:
    """Tell Dagster of the entry, and materialise what reckons with it, up to the published warehouse.

    The entry is recorded by now. Ends the process with its own status if what follows fails.
    """
    try:
        # Dagster takes a second to load; the entry is in the ledger by now.
        from assets.events import report_entered  # noqa: PLC0415
        from assets.keys import asset_key  # noqa: PLC0415
        from pipeline.run import recompute_payouts  # noqa: PLC0415

        with instance_failures(root), open_instance(root) as instance:
            for record, rows in entered.recorded:
                key = asset_key(TABLES[record.table], scheme.name)
                report_entered(instance, key, record, rows)
            report = recompute_payouts(scheme, month, root, instance)
    except (StorageFailureError, LedgerUnreachableError, OSError) as error:
        _end(scheme, str(error))
    except KeyboardInterrupt:
        _end(scheme, "It was interrupted.")
    failures = [f"{failure.step} failed: {failure.words}" for failure in report.failures]
    if failures:
        _end(scheme, "\n".join(failures))


def _end(scheme: Scheme, words: str) -> NoReturn:
    messages().print(words)
    messages().print(
        "It is entered, and what reckons with it was not computed: mend what is said above, and "
        f"`bonuspott run {scheme.name}` computes it."
    )
    sys.exit(ENTERED_NOT_COMPUTED)
