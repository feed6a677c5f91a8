"""Press figures and paragraphs: whole millions by one rule, and what does not sum said so."""

from collections.abc import Sequence

from reports.payout import Payout
from rules.computed_figures import whole_millions
from schemas.amounts import spaced


def press_text(payout: Payout) -> str:
    """The country's paragraph and one a region, as Markdown.

    Every amount is rounded by itself (`rules.computed_figures.whole_millions`); where the regions'
    rounded amounts do not add up to the rounded total, a sentence gives both.
    """
    words = payout.words["press"]
    country = words["country_decided" if payout.decision else "country_computed"].format(
        amount=_amount(payout, payout.paid()),
        regions=payout.counted(
            "regions", sum(1 for code in payout.regions if payout.paid_to(code))
        ),
        part=_part(payout, payout.regions),
    )
    paragraphs = [
        f"# {words['title'].format(scheme=payout.title, month=payout.month_words)}",
        *payout.standing,
        country,
        *payout.conditions_not_met(),
        words["rule"],
        rounded_sums(payout, payout.components),
        *_parts_that_do_not_sum(payout),
        f"## {words['regions']}",
        *(_region(payout, code) for code in payout.regions),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _region(payout: Payout, code: str) -> str:
    return payout.words["press"]["region"].format(
        region=payout.region(code),
        amount=_amount(payout, payout.paid_to(code)),
        part=_part(payout, [code]),
        exact=spaced(payout.paid_to(code)),
    )


def _part(payout: Payout, regions: Sequence[str]) -> str:
    part = payout.annex.of_which if payout.annex else None
    if part is None:
        return ""
    amount = sum(payout.paid_to(code, part.components) for code in regions)
    return payout.words["press"]["part"].format(
        amount=_amount(payout, amount), name=part.name[payout.code]
    )


def _parts_that_do_not_sum(payout: Payout) -> list[str]:
    """Of the part that each paragraph names, that the regions' do not add up to the country's; nothing where they do."""
    part = payout.annex.of_which if payout.annex else None
    if part is None:
        return []
    said, sums = rounded_sums(payout, part.components), payout.words["press"]["sums"]
    name = part.name[payout.code]
    return [] if said == sums else [payout.words["press"]["of_part"].format(name=name, said=said)]


def _amount(payout: Payout, amount: int) -> str:
    """An amount in whole millions; one that would be rounded to nothing is written in kronor."""
    millions = whole_millions(amount)
    if not millions:
        return payout.words["press"]["kronor"].format(number=spaced(amount))
    return payout.counted("millions", millions)


def rounded_sums(payout: Payout, components: Sequence[str]) -> str:
    """Whether the regions' rounded amounts of the components add up to the rounded total; else both."""
    rounded = sum(whole_millions(payout.paid_to(code, components)) for code in payout.regions)
    exact = payout.paid(components)
    total = whole_millions(exact)
    return payout.words["press"]["sums" if rounded == total else "does_not_sum"].format(
        sum=spaced(rounded), total=spaced(total), exact=spaced(exact)
    )
