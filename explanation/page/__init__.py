"""The page: one HTML file with everything in it, to read on a screen, print, and keep.

Without scripts everything stands open. The script folds the deeper levels, and unfolds them to print.
"""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from explanation.telling import Page
from schemas.amounts import unbroken

FOLDER = Path(__file__).parent


def as_html(page: Page) -> str:
    """The page as HTML, with no resource but itself."""
    numbers = {each.file.name: each.number for each in page.files}
    of_page = template(FOLDER)
    html = of_page.render(
        **with_feet(of_page, page.heading, page.version),
        page=page,
        words=page.language.page,
        numbers=numbers,
    )
    return f"{html}\n"


@cache
def template(folder: Path) -> Template:
    """The folder's `page.html.j2`, which knows `css` and `js`, the files of a page; of `js` the hash too."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    css, js = ((folder / f"page.{name}").read_text(encoding="utf-8") for name in ("css", "js"))
    environment.globals |= {"css": css, **_with_hash("js", js)}
    return environment.get_template("page.html.j2")


def with_feet(of_page: Template, *standing: str) -> dict[str, Markup]:
    """The page's `css`, and its hash: below each sheet of paper stand the texts, and which of how many it is."""
    said = json.dumps(". ".join(standing), ensure_ascii=False).replace("<", " ")
    font = "font: 7pt sans-serif; color: #444;"
    feet = (
        f"@page {{ @bottom-left {{ content: {said}; {font} }} "
        f'@bottom-right {{ content: counter(page) " (" counter(pages) ")"; white-space: nowrap; {font} }} }}\n'
    )
    return _with_hash("css", f"{of_page.globals['css']}{feet}")


def _with_hash(name: str, text: str) -> dict[str, Markup]:
    """The page's `css` or `js` as it stands there, and its hash, which the browser checks."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    # Ours, not a reader's.
    return {name: Markup(text), f"{name}_hash": Markup(f"'sha256-{digest}'")}  # noqa: S704
