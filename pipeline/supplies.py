"""What a scheme is missing, said so that whoever reads it knows which file to supply."""

from collections.abc import Iterable, Mapping

from explanation.language import Code, Language, language
from reports.words import words_in
from rules.planning import Missing
from rules.scheme import Scheme
from schemas.months import month_key


def supplies(scheme: Scheme, missing: Iterable[Missing], code: Code = "en") -> list[str]:
    """A line for each parameter that is not known yet, and for each month of a dataset that is missing.

    Each says what to supply.
    """
    words = words_in(code)["supplies"]
    unknown = [words["unknown"].format(what=each) for each in scheme.not_known_in(code)]
    return [*unknown, *(_supply(scheme, each, words, language(code)) for each in missing)]


def _supply(scheme: Scheme, missing: Missing, words: Mapping[str, str], spoken: Language) -> str:
    month = spoken.month(missing.month)
    if not missing.dataset:
        return words["not_begun"].format(month=month)
    file = f"raw/{missing.dataset}/{month_key(missing.month)}/<{words['day']}>.csv"
    bases = [base for each in scheme.requirements.values() for base in each.populations()]
    groups = {base.age_group for base in bases if base.reference_month == missing.month}
    if missing.dataset == "population":
        ages = spoken.listed([spoken.name(f"age_group.{each}") for each in sorted(groups)])
        return words["population"].format(ages=ages, day=spoken.day(missing.month), file=file)
    names = [spoken.in_a_sentence(f"procedure.{each}") for each in missing.lacking]
    procedures = spoken.listed(names) if names else ""
    return words["lacking" if procedures else "counts"].format(
        dataset=spoken.name(f"dataset.{missing.dataset}"),
        month=month,
        file=file,
        lacking=procedures,
    )
