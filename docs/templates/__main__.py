"""`python -m docs.templates`: write the generated documents; with `moved`, compute that anew first."""

import sys

from docs.templates import generated_documents
from docs.templates.moved import keep_anew
from schemas.places import CHECKOUT

if sys.argv[1:] == ["moved"]:
    keep_anew()
for path, text in generated_documents().items():
    path.write_text(text, encoding="utf-8", newline="\n")
    sys.stderr.write(f"{path.relative_to(CHECKOUT)}\n")
