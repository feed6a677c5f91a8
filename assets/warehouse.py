"""What is published: the recorded tables, and beside them the second opinion with its parameters."""

from ledger.engine import Engine
from ledger.ledger import Ledger
from ledger.warehouse import publish
from rules.loading import load_schemes
from rules.tables_beside import tables_beside
from schemas.places import DataRoot
from second_opinion.parameters import scheme_rows
from second_opinion.publication import publication


def publish_all(root: DataRoot, engine: Engine | None = None) -> dict[str, int]:
    """Make the published warehouse anew, with everything in it; arguments, result and errors as `publish`.

    Raises:
        SchemeError: if a scheme that something is recorded of cannot be used: it would be there by half.
    """
    ledger = Ledger(engine) if engine else Ledger.of(root)
    schemes = load_schemes().with_all(record.scheme for record in ledger.current())
    parameters = [scheme_rows(each.folder, each.identity.interpretations) for each in schemes]
    return publish(root, tables_beside(schemes), list(publication(parameters)), engine)
