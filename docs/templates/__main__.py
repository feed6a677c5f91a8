"""`python -m docs.templates`: write the generated documents."""

import sys

from docs.templates import generated_documents
from schemas.places import CHECKOUT

for path, text in generated_documents().items():
    path.write_text(text, encoding="utf-8", newline="\n")
    sys.stderr.write(f"{path.relative_to(CHECKOUT)}\n")
