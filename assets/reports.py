"""What people take away, as assets that follow the published warehouse: pages, and payouts' documents.

They record nothing: the same records make the same files, whoever makes them.
"""

import base64
from collections.abc import Sequence
from decimal import Decimal

import dagster as dg

from assets.failures import failures_in_words
from assets.keys import PAGES, PUBLISHED, asset_key, documents_key
from assets.partitions import exactly
from deliveries.finding import made_up
from ledger.warehouse import one_publication
from reports.annex import annex_picture
from reports.documents import documents, folder_of, write_set
from reports.pages.page import INDEX
from reports.pages.site import PAGES as PAGES_FOLDER
from reports.pages.site import write_pages
from reports.pages.year import Year, published_years
from reports.payout import NotComputedError, read_payout
from reports.pictures import map_markdown
from rules.scheme import Scheme
from schemas.decisions import Decided
from schemas.deliveries import DATASETS
from schemas.months import month_key, parse_month
from schemas.payouts import Payouts
from schemas.places import DataRoot

GROUP = "reports"


def report_assets(schemes: Sequence[Scheme]) -> list[dg.AssetsDefinition]:
    """The pages, and the documents of each scheme's payouts."""
    known = [scheme for scheme in schemes if not scheme.not_known_yet]
    return [
        _pages([asset_key(Payouts, scheme.name) for scheme in known]),
        *map(_documents, known),
    ]


def _pages(payouts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    # Every run publishes, so in a backfill of the graph the pages must wait for the last of them: what pays.
    @dg.asset(
        key=PAGES,
        deps=[PUBLISHED, *payouts],
        description="The pages of every region's and the country's months, in `reports/pages`: made after every "
        "publication, what rests on figures that have not changed left as it is. `bonuspott pages` makes the same.",
        group_name=GROUP,
        tags={"part": "pages"},
        kinds={"html"},
        automation_condition=dg.AutomationCondition.eager().ignore(
            dg.AssetSelection.assets(*payouts)
        ),
    )
    def pages() -> dg.MaterializeResult[None]:
        with failures_in_words():
            root = DataRoot.from_environment()
            if not root.published.exists():
                return dg.MaterializeResult(metadata={"pages": "nothing is published yet"})
            found = published_years(root, "internal", made_up(root, DATASETS))
            folder = root.reports / PAGES_FOLDER
            if not found:
                return dg.MaterializeResult(metadata={"pages": "no payout is published yet"})
            written = write_pages(root, found, folder)
        return dg.MaterializeResult(
            metadata={
                "index": dg.MetadataValue.path(folder / INDEX),
                "pages_made": written.made,
                "pages_kept": written.kept,
                **{
                    f"picture_{year.scheme.name}": _picture(year)
                    for year in found
                    if year.computed_months
                },
            }
        )

    return pages


def _picture(year: Year) -> dg.MetadataValue:
    """The map of the latest month: what each region earned of the month's amount."""
    of = "taket" if year.is_of_operations else "månadens belopp"
    title = f"Intjänat av {of}, {year.scheme.name}, {month_key(year.until)}"
    shares: dict[str, Decimal | None] = {
        code: year.money([code]).share for code in year.scheme.regions
    }
    return dg.MetadataValue.md(map_markdown(title, shares))


def _documents(scheme: Scheme) -> dg.AssetsDefinition:
    @dg.asset(
        key=documents_key(scheme.name),
        deps=[PUBLISHED, asset_key(Payouts, scheme.name), asset_key(Decided, scheme.name)],
        description="Annex, pay list, press figures and reconciliation of each payout, for the agency, in "
        "`reports/`. `bonuspott report` makes the same, and can say for whom and in which language.",
        group_name=GROUP,
        tags={"part": "documents", "scheme": scheme.name},
        kinds={"pdf"},
        partitions_def=exactly(scheme.payout_months),
        automation_condition=_after_payouts(asset_key(Decided, scheme.name)),
    )
    def make_documents(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        with failures_in_words():
            root = DataRoot.from_environment()
            return dg.MaterializeResult(metadata=_of_payout(root, scheme, context.partition_key))

    return make_documents


def _after_payouts(decided: dg.AssetKey) -> dg.AutomationCondition[dg.AssetKey]:
    """When a payout was computed or decided; not at every publication, most of which are of other months.

    A payout need not be decided, and an old one that is computed anew counts as much as the latest.
    """
    computed = (
        dg.AutomationCondition.eager()
        .without(dg.AutomationCondition.in_latest_time_window())
        .ignore(dg.AssetSelection.assets(PUBLISHED, decided))
    )
    updated = dg.AutomationCondition.any_deps_match(dg.AutomationCondition.newly_updated())
    busy = dg.AutomationCondition.in_progress()
    return computed | (updated.allow(dg.AssetSelection.assets(decided)) & ~busy)


def _of_payout(root: DataRoot, scheme: Scheme, key: str) -> dict[str, dg.MetadataValue]:
    """Write a payout's documents; where they are, what they say of themselves, and the annex's picture."""
    try:
        with one_publication(root):
            payout = read_payout(
                root,
                scheme,
                parse_month(key),
                is_made_up=bool(made_up(root, scheme.datasets)),
                audience="internal",
                code="sv",
            ).computed()
    except NotComputedError as error:
        # As with a month that waits for deliveries: nothing is there to make, and nothing is wrong.
        return {"status": dg.MetadataValue.text(f"nothing is made: {error}")}
    made, picture = documents(payout, {}), annex_picture(payout)
    folder = folder_of(root.reports, scheme.name, key, payout.audience, payout.code)
    write_set(made, folder)
    image = base64.b64encode(picture).decode()
    return {
        "folder": dg.MetadataValue.path(folder),
        "status": dg.MetadataValue.text(payout.status),
        "annex": dg.MetadataValue.md(f"![{payout.status}](data:image/png;base64,{image})"),
    }
