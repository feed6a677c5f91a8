"""An explanation as JSON: the tree with exact numbers beside the words; see docs/explaining.md.

A number that is whole is a JSON number; any other is text, "numerator/denominator", so that no
reader makes a float of it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from deliveries.positions import SourceFile
from explanation.telling import Page
from schemas.months import month_key
from schemas.regions import region_name

FORMAT = "bonuspott-explanation/1"


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
        "decision": decision
        and {
            "decided_on": decision.decided_on.isoformat(),
            "decided_by": decision.decided_by,
            "reference": decision.reference,
            "computation": decision.computation,
        },
        "audience": question.audience,
        "as_of": question.as_of.date().isoformat() if question.as_of else None,
        "heading": page.heading,
        "facts": dict(page.facts),
        "notes": page.notes,
        "explanation": asdict(page.tree),
        "rules": [asdict(rule) for rule in page.rules],
        "interpretations": [asdict(reading) for reading in page.readings],
        "files": [_file(told.file) for told in page.files],
        "recorded": {
            "materialisation_id": record.number,
            "table": record.table,
            "recorded_at": record.recorded_at.isoformat(),
            "code_version": record.code_version,
            "scheme_sha256": record.scheme_sha256,
            "fingerprint": None if question.audience == "public" else record.fingerprint,
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _file(file: SourceFile) -> Mapping[str, Any]:
    return {
        "file": file.name,
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "delivered_on": file.delivered_on.isoformat(),
        "layout": file.layout,
        "state": file.state,
    }
