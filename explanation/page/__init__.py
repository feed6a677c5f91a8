"""The page: one HTML file with everything in it, to read on a screen, print, and keep.

Without scripts everything stands open. The script folds the deeper levels, and unfolds them to print.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from explanation.telling import Page

FOLDER = Path(__file__).parent
NO_BREAK = "\u00a0"
WITHIN_NUMBER = re.compile(r"(?<=[\d\u2026\u2153\u2154]) (?=\d{3}(?!\d)|kr\b|%|procent\b)")


def as_html(page: Page) -> str:
    """The page as HTML, with no resource but itself."""
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    return _template().render(
        page=page,
        words=page.language.page,
        numbers={each.file.name: each.number for each in page.files},
        # Ours, not a reader's: they stand in the page as they are, and the browser checks the hash.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["unbroken"] = unbroken
    return environment.get_template("page.html.j2")


def unbroken(text: str) -> str:
    """The text with numbers and their units kept on one line."""
    return WITHIN_NUMBER.sub(NO_BREAK, text)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
