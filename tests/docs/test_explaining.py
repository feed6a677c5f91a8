"""What the document on explanations shows is what is told, and the JSON has the keys that it names."""

import json
import re

from schemas.places import CHECKOUT
from tests.docs.documents import blocks, table_headed
from tests.explanation.golden import FOLDER

EXPLAINING = CHECKOUT / "docs" / "explaining.md"


def keys_of(first: str) -> set[str]:
    """The keys that the first column of a table names."""
    cells = (row[0] for row in table_headed(EXPLAINING, first))
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_the_tree_shown() -> None:
    """It is in the explanation that is kept, line by line."""
    [shown] = blocks(EXPLAINING, "text")
    assert shown in (FOLDER / "new_visits.en.txt").read_text(encoding="utf-8")


def test_the_keys_of_the_json() -> None:
    """Those of the document, and those of a node."""
    document = json.loads((FOLDER / "block_1.sv.json").read_text(encoding="utf-8"))
    assert keys_of("Key") == document.keys()
    assert keys_of("Key of a node") == document["explanation"].keys()
    described = {row[0].strip("`"): row[1] for row in table_headed(EXPLAINING, "Key")}
    for name in ("rules", "interpretations", "files"):
        assert set(re.findall(r"`(\w+)`", described[name])) == document[name][0].keys()
