"""`bonuspott pages`: the pages of every month computed, written into a folder."""

from pathlib import Path

import click

from deliveries.finding import made_up
from explanation.language import Code
from ledger.warehouse import read_published
from pipeline.arguments import FOLDER, audience_option, printing_options
from pipeline.rendering import messages, print_files
from reports.pages.page import INDEX
from reports.pages.site import PAGES, write_pages
from reports.pages.year import published_years
from rules.loading import load_schemes
from rules.small_numbers import Audience
from schemas.audit import Materialisations
from schemas.deliveries import DATASETS
from schemas.places import DataRoot


@click.command()
@click.option(
    "--to",
    "folder",
    type=FOLDER,
    help="The folder to write to; else reports/pages of the data root.",
)
@audience_option(
    "Whom they are for: what is public shows no count below 5, nor what gives one away."
)
@printing_options("How to print where they are.")
def command(folder: Path | None, audience: Audience, layout: str, language: Code) -> None:
    """Write the pages: a region and month, the country and month, the data's standing, the words.

    They are plain files, in Swedish and in English, that open from a disk or a file share without a network and print on A4; beside each stand its tables as XLSX
    and CSV. Pages that rest on figures that have not changed are left as they are.
    """
    root = DataRoot.from_environment()
    folder = folder or root.reports / PAGES
    found = published_years(root, audience, made_up(root, DATASETS))
    if not found:
        raise click.ClickException(_why_none(root))
    told: set[str] = set()

    def tell(unit: str) -> None:
        of_what = unit.partition("/")[0]
        if of_what not in told:
            messages().print(f"making pages: {of_what}")
        told.add(of_what)

    written = write_pages(root, found, folder, tell)
    print_files([folder / INDEX], layout, language)
    messages().print(
        f"{written.made} pages made, {written.kept} left as they were, {written.removed} files removed"
    )


def _why_none(root: DataRoot) -> str:
    """Why there is nothing to make a page of: what is published waits for what is not known yet, or nothing is."""
    published = set(read_published(root, Materialisations)["scheme"])
    waiting = [
        f"{name} is followed up, and pages are of what is earned and paid; {scheme.way_to_payouts()}\n"
        f"`bonuspott report {name} --year` tells what was counted so far"
        for name, scheme in load_schemes().items()
        if name in published and scheme.not_known_yet
    ]
    return "\n".join(waiting) or (
        "no result is published that a page could be made of; `bonuspott run SCHEME` computes a scheme's"
    )
