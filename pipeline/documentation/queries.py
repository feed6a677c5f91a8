"""The second opinion's queries, as the appendix prints them."""

import re
from collections.abc import Mapping

from pipeline.documentation.markdown import table
from second_opinion.queries import SqlFile, sql_files

COMMENTED = re.compile(r"COMMENT ON TABLE (parameters\.\w+) IS '((?:[^']|'')+)';")


def query_words() -> Mapping[str, str]:
    """What the template of the second opinion is filled with."""
    files = sql_files()
    return {
        "contents": table(
            ["File", "What it makes"],
            [[f"[{file.path.name}](#{_anchor(file)})", file.headline] for file in files.values()],
        ),
        "queries": "\n\n".join(map(_section, files.values())),
        "parameters": table(
            ["Table", "What it holds"],
            [
                [f"`{name}`", words.replace("''", "'")]
                for name, words in COMMENTED.findall(files["parameters"].text)
            ],
        ),
    }


def _section(file: SqlFile) -> str:
    return f"### {file.path.name}\n\n```sql\n{file.text.rstrip()}\n```"


def _anchor(file: SqlFile) -> str:
    """The heading's anchor as Markdown renderers make it: without the dot."""
    return file.path.name.replace(".", "")
