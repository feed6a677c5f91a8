"""The kinds of requirement, each a module: parameters, reserves, steps, payments. This is the register.

A new kind is a class here and a line below; CONTRIBUTING says how.
"""

from rules.requirement import Requirement
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.grant import Grant
from rules.requirements.surgery import Surgery
from rules.requirements.waiting_times import WaitingTime

KINDS: dict[str, type[Requirement]] = {
    each.kind: each for each in (WaitingTime, FirstVisitProduction, Surgery, Grant)
}
"""The kinds by the name that a scheme's file gives."""
