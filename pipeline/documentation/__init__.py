"""The documents made from the schemes' data, the tables' models and the second opinion's queries.

Prose stands in `docs/templates/`; whatever lists or computes a value is put into it here, so that no
figure of the agreements is typed twice. `python -m pipeline.documentation` writes the documents.
"""

from collections.abc import Mapping
from pathlib import Path
from string import Template

from pipeline.documentation.dictionary import dictionary_words
from pipeline.documentation.examples import example_words
from pipeline.documentation.json_schemas import json_schemas
from pipeline.documentation.listing import scheme_words
from pipeline.documentation.queries import query_words
from pipeline.documentation.sharing import sharing_words
from rules.loading import load_schemes
from schemas.places import CHECKOUT

DOCUMENTS = CHECKOUT / "docs"
TEMPLATES = DOCUMENTS / "templates"


def generated_documents() -> Mapping[Path, str]:
    """The text of every generated document, by its path.

    Raises:
        KeyError: if a template names words that nothing makes.
    """
    schemes = load_schemes()
    words = {
        "rules.md": {**scheme_words(schemes), **example_words(schemes), **sharing_words(schemes)},
        "data_dictionary.md": dictionary_words(),
        "second_opinion.md": query_words(),
    }
    documents = {
        DOCUMENTS / name: Template((TEMPLATES / name).read_text(encoding="utf-8")).substitute(given)
        for name, given in words.items()
    }
    return {**documents, **json_schemas()}
