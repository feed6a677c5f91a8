"""What is made from the schemes' data and the models: documents, and schemas for editors.

Whatever lists or computes a value is put into the templates here, so that no figure of the
agreements is typed twice. `python -m docs.templates` writes the documents; the product needs none.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from docs.templates.examples import (
    exact_improvement,
    month_example,
    operations_example,
    pct,
    production_example,
)
from docs.templates.json_schemas import json_schemas
from docs.templates.moved import kept
from docs.templates.need_weights import caps_by_need
from docs.templates.sharing import apportionment_example, pot_example, year_and_periods
from ledger.dialect import sql_type
from ledger.warehouse import BESIDE
from rules.bonus_pots import component_fund
from rules.catalogue import OpenQuestion, documents, interpretations, open_questions
from rules.loading import load_schemes
from rules.requirements.grant import Grant
from rules.scheme import Scheme
from schemas.amounts import grouped
from schemas.audit import Deliveries, Materialisations
from schemas.components import REGISTER
from schemas.months import month_key, span_words
from schemas.places import CHECKOUT
from schemas.published import all_published
from schemas.regions import region_codes, region_name
from second_opinion.queries import sql_files

TEMPLATES = Path(__file__).parent
COMMENTED = re.compile(r"COMMENT ON TABLE (parameters\.\w+) IS '((?:[^']|'')+)';")


def generated_documents() -> Mapping[Path, str]:
    """The text of every generated file, by its path.

    Raises:
        jinja2.UndefinedError: if a template names what nothing makes.
    """
    schemes = load_schemes()
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 - Markdown of our own data
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_one_line,
    )
    environment.filters |= {"grouped": grouped, "month": month_key, "region": region_name}
    environment.globals |= {
        "schemes": schemes,
        "caps_by_need": list(caps_by_need(schemes["surgery-2025"]).values()),
        "interpretations": interpretations(),
        "documents": documents(),
        "unknown": open_questions(),
        "moved": kept(),
        "most_moved": partial(_most_moved, schemes),
        "components": {name: each.label_sv for name, each in REGISTER.items()},
        "regions": region_codes(),
        "at_stake": _at_stake,
        "by_file": partial(groupby, key=itemgetter(0)),
        "span": _span,
        "example": month_example(schemes["bup-2025"]),
        "production": production_example(schemes["bup-2025"]),
        "operations": operations_example(schemes["surgery-2025"]),
        "pct": pct,
        "exact_improvement": exact_improvement,
        "pot": pot_example(),
        "apportionment": apportionment_example(),
        "periods": year_and_periods(schemes["bup-2025"]),
        "tables": [*all_published().values(), *BESIDE, Materialisations, Deliveries],
        "sql_type": sql_type,
        "files": sql_files(),
        "parameters": COMMENTED.findall(sql_files()["parameters"].text),
    }
    rendered = {
        CHECKOUT / "docs" / name.removesuffix(".j2"): environment.get_template(name).render()
        for name in environment.list_templates(extensions=["j2"])
    }
    return {**rendered, **json_schemas()}


def _one_line(value: object) -> str:
    """A value as it is put in: a cell of a table is one line, and has no edge of a column."""
    return " ".join(str(value).split()).replace("|", "\\|")


def _span(first: date, last: date) -> str:
    return span_words((first, last))


def _at_stake(scheme: Scheme) -> int:
    """All kronor that the scheme can pay."""
    components = {name for payout in scheme.payouts for name in payout.components}
    return sum(component_fund(scheme, name) for name in components if not name.startswith("bonus_"))


def _most_moved(schemes: Mapping[str, Scheme], question: OpenQuestion) -> int:
    """The kronor that the answer could move at most."""
    scheme = schemes[question.scheme]
    most = question.amount_sek + sum(component_fund(scheme, each) for each in question.components)
    if question.of_them == "by_population":
        grants = scheme.all_of(Grant)
        most -= sum(
            grants[each].equal_sek(scheme, scheme.payout_months[-1])
            for each in question.components
            if each in grants
        )
    return most
