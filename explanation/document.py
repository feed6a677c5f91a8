"""An explanation as JSON: the tree with exact numbers beside the words; see docs/explaining.md.

A number that is whole is a JSON number; any other is text, "numerator/denominator", so that no
reader makes a float of it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from deliveries.positions import Place
from explanation.nodes import Rounding
from explanation.telling import Page, ToldFile, ToldNode, ToldPlace
from explanation.values import Day, Listed, Month, Name, Number, Span, Value, Verbatim
from schemas.months import month_key
from schemas.regions import region_name

FORMAT = "bonuspott-explanation/1"


def as_json(page: Page) -> str:
    """The page as JSON, indented, keys in a fixed order."""
    question, record = page.explanation.question, page.explanation.record
    document = {
        "format": FORMAT,
        "language": page.language.code,
        "scheme": question.scheme.name,
        "payout_month": month_key(question.month),
        "region_code": page.explanation.region,
        "region_name": region_name(page.explanation.region),
        "component": question.component,
        "decision": _decision(page),
        "as_of": question.as_of.date().isoformat() if question.as_of else None,
        "heading": page.heading,
        "facts": dict(page.facts),
        "notes": page.notes,
        "explanation": _node(page.tree),
        "rules": [asdict(rule) for rule in page.rules],
        "interpretations": [asdict(reading) for reading in page.readings],
        "files": [_file(file) for file in page.files],
        "recorded": {
            "materialisation_id": record.number,
            "table": record.table,
            "recorded_at": record.recorded_at.isoformat(),
            "code_version": record.code_version,
            "scheme_sha256": record.scheme_sha256,
            "fingerprint": record.fingerprint,
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _decision(page: Page) -> Mapping[str, Any] | None:
    decision = page.explanation.decision
    if decision is None:
        return None
    return {
        "decided_on": decision.decided_on.isoformat(),
        "decided_by": decision.decided_by,
        "reference": decision.reference,
        "computation": decision.computation,
    }


def _node(told: ToldNode) -> Mapping[str, Any]:
    node = told.node
    return {
        "name": node.name,
        "key": node.key,
        "title": told.title,
        "text": told.text,
        "amount": _value(node.amount) if node.amount else None,
        "amount_text": told.amount,
        "values": {name: _value(value) for name, value in node.values.items()},
        "roundings": [
            _rounding(rounding, text)
            for rounding, text in zip(node.roundings, told.roundings, strict=True)
        ],
        "notes": [
            {"key": note.key, "text": text}
            for note, text in zip(node.notes, told.notes, strict=True)
        ],
        "rules": told.rules,
        "interpretations": told.readings,
        "materialisation_id": node.record,
        "places": [
            _place(place, text) for place, text in zip(node.places, told.places, strict=True)
        ],
        "see": node.see or None,
        "children": [_node(child) for child in told.children],
    }


def _rounding(rounding: Rounding, text: str) -> Mapping[str, Any]:
    return {
        "before": exact(rounding.before.value),
        "method": rounding.method,
        "after": exact(rounding.after.value),
        "values": {name: _value(value) for name, value in rounding.values.items()},
        "text": text,
    }


def _place(place: Place, told: ToldPlace) -> Mapping[str, Any]:
    return {
        "file": place.file.name,
        "rows": list(place.rows),
        "records": place.records,
        "sha256": place.file.sha256,
        "state": place.file.state,
        "text": told.text,
    }


def _file(told: ToldFile) -> Mapping[str, Any]:
    file = told.file
    return {
        "file": file.name,
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "delivered_on": file.delivered_on.isoformat(),
        "layout": file.layout,
        "state": file.state,
    }


def exact(value: Fraction) -> int | str:
    """A whole number as it is, any other as its fraction."""
    return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _value(value: Value) -> Any:  # noqa: ANN401, PLR0911 - what JSON holds; a kind of value each
    match value:
        case Number():
            return {"value": exact(value.value), "unit": value.unit}
        case Span():
            return {
                "from": str(value.lower),
                "to": None if value.upper is None else str(value.upper),
            }
        case Month():
            return month_key(value.month)
        case Day():
            return value.day.isoformat()
        case Name():
            return value.key
        case Verbatim():
            return value.text
        case Listed():
            return [_value(each) for each in value.values]
