"""An explanation as JSON: the tree with exact numbers beside the words; see docs/explaining.md.

A number that is whole is a JSON number; any other is text, "numerator/denominator", so that no
reader makes a float of it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from explanation.telling import Page
from schemas.months import month_key
from schemas.regions import region_name

FORMAT = "bonuspott-explanation/1"
OF_FILE = ("sha256", "size_bytes", "delivered_on", "layout", "state")
OF_RECORD = ("table", "recorded_at", "code_version", "scheme_sha256")


def as_json(page: Page) -> str:
    """The page as JSON, indented, keys in a fixed order."""
    question, record = page.explanation.question, page.explanation.record
    decision = page.explanation.decision
    document = {
        "format": FORMAT,
        "language": page.language.code,
        "scheme": question.scheme.name,
        "payout_month": month_key(question.month),
        "region_code": page.explanation.region,
        "region_name": region_name(page.explanation.region),
        "component": question.component,
        "decision": decision and decision._asdict(),
        "audience": question.audience,
        "as_of": question.as_of and question.as_of.date(),
        "heading": page.heading,
        "facts": dict(page.facts),
        "notes": page.notes,
        "explanation": asdict(page.tree),
        "rules": [asdict(rule) for rule in page.rules],
        "interpretations": [asdict(reading) for reading in page.readings],
        "files": [{"file": told.file.name, **_fields(told.file, OF_FILE)} for told in page.files],
        "recorded": {
            "materialisation_id": record.number,
            **_fields(record, OF_RECORD),
            "fingerprint": None if question.audience == "public" else record.fingerprint,
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2, default=lambda day: day.isoformat())


def _fields(value: object, names: Iterable[str]) -> Mapping[str, Any]:
    return {name: getattr(value, name) for name in names}
