"""A year told in a language: its words, and how the pages write shares, amounts and months."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from explanation.language import Code
from explanation.values import kronor, percent
from reports.pages.standing import Reported
from reports.pages.year import Year
from reports.payout import decided
from reports.results import Money, NextLevel, Result, Share
from reports.tables import Cell
from reports.words import Worded
from schemas.amounts import NO_BREAK_SPACE
from schemas.months import month_key
from schemas.regions import region_name

EXPLANATION = "utbetalning-"
"""How the names of the payouts' explanations begin."""

ABBREVIATED = 3
"""Letters of a month where it heads a narrow column."""


@dataclass(frozen=True)
class Telling(Worded):
    """The year and the language."""

    year: Year
    code: Code

    @property
    def title(self) -> str:
        """The scheme's title in the language."""
        return self.year.scheme.identity.told("title", self.code)

    def month(self, month: date) -> str:
        """The month, written out."""
        return self.language.month(month)

    def short(self, month: date) -> str:
        """The month as it heads a narrow column."""
        return self.language.months[month.month - 1][:ABBREVIATED]

    def kronor(self, amount: Decimal | int) -> str:
        """An amount in a sentence."""
        return self.language.write(kronor(amount)).replace(" ", NO_BREAK_SPACE)

    def percent(self, tenths: Decimal | None) -> str:
        """A share in a sentence, with one decimal."""
        return (
            self.words["pages"]["missing"]
            if tenths is None
            else self.language.write(percent(tenths, 1)).replace(" ", NO_BREAK_SPACE)
        )

    def regions(self, codes: Collection[str]) -> str:
        """The regions by their names; all in a word."""
        is_all = set(codes) == set(self.year.scheme.regions)
        return self.words["data_page"]["all"] if is_all else ", ".join(map(region_name, codes))

    def missing(self, report: Reported) -> str:
        """The regions that have reported nothing of it, or a part, by their names; all in a word."""
        part = self.words["data_page"]["partial"]
        if set(report.incomplete) == set(self.year.scheme.regions):
            return self.regions(report.incomplete)
        return ", ".join(
            f"{region_name(code)} ({part})"
            if report.states[code] == "partial"
            else region_name(code)
            for code in report.incomplete
        )

    def not_in(self, gaps: Sequence[Reported], regions: Collection[str]) -> list[str]:
        """What of the regions' data is missing, by month, and how it counts meanwhile; nothing where all is in."""
        months = [
            f"{self.month(each.month)} ({said})" if said else self.month(each.month)
            for each in gaps
            if (said := self._missing(each, regions)) is not None
        ]
        return [self.words["pages"]["not_in"].format(months=", ".join(months))] if months else []

    def _missing(self, report: Reported, regions: Collection[str]) -> str | None:
        """Whose data are missing, and of what they are in part; the one region that it is about has no name."""
        missing, partial = (
            [code for code in regions if report.states[code] == state]
            for state in ("missing", "partial")
        )
        if not missing and not partial:
            return None
        is_one = len(regions) == 1
        said = [self.regions(missing)] if missing and not is_one else []
        if partial and report.lacking:
            said += [self.procedure(name) for name in report.lacking]
        elif partial:
            part = self.words["data_page"]["partial"]
            said.append(part if is_one else f"{part}: {self.regions(partial)}")
        return "; ".join(said)

    def earned_is_unknown(self, who: str) -> str:
        """That it is not known what somebody earned of the month, in the place of 0 kr."""
        kind = "unknown_operations" if self.year.is_of_operations else "unknown"
        return self.words["pages"][kind].format(who=who, month=self.month(self.year.until))

    def of(self, money: Money) -> dict[str, str]:
        """What was earned, of how much, and the share, for a sentence."""
        return {
            "earned": self.kronor(money.earned),
            "reserved": self.kronor(money.reserved),
            "share": self.percent(money.share),
        }

    def share(self, share: Share) -> Cell:
        """A share in a cell: in per cent with one decimal, or the words that stand for it."""
        if share.is_withheld:
            return self.words["audience"]["withheld"]
        tenths = share.tenths
        return self.words["pages"]["missing"] if tenths is None else tenths

    def why_withheld(self, results: Iterable[Result]) -> list[str]:
        """Why these readers see no counts of some of the results; nothing where they see all."""
        is_some = any(each.is_any_withheld for each in results)
        return [self.words["audience"]["why_withheld"]] * is_some

    def change(self, result: Result) -> Cell:
        """The improvement on last year in a cell, or the words that stand for it."""
        if result.is_any_withheld:
            return self.words["audience"]["withheld"]
        change = result.improvement_pp
        return self.words["pages"]["missing"] if change is None else change

    def country_path(self, month: date | None = None) -> str:
        """Where the country's page is."""
        return f"{self.year.scheme.name}/{month_key(month or self.year.until)}.html"

    def region_path(self, region: str, month: date | None = None) -> str:
        """Where a region's page is."""
        return f"{self.year.scheme.name}/{region}/{month_key(month or self.year.until)}.html"

    def way_to(self, level: NextLevel) -> str:
        """How many patients are missing to the level, and which."""
        words = self.words["next_level"]
        if level.alternative == "production":
            return self.counted("visits", level.patients_completed)
        parts = [
            self.counted(name, count)
            for name, count in (
                ("completed", level.patients_completed),
                ("waiting", level.patients_waiting),
            )
            if count
        ]
        return words["within"].format(patients=f" {self.language.form['and']} ".join(parts))

    def explanation_path(self, region: str, payout: date) -> str:
        """Where the explanation of a region's payout is."""
        return f"{self.year.scheme.name}/{region}/{EXPLANATION}{month_key(payout)}.html"

    def payout_path(self, payout: date) -> str:
        """Where the page of a payout is."""
        return f"{self.year.scheme.name}/{EXPLANATION}{month_key(payout)}.html"

    def payout_title(self, payout: date) -> str:
        """What the payout's page is called."""
        title = self.words["payout_page"]["title"]
        return title.format(scheme=self.title, month=self.month(payout))

    def decided(self, payout: date) -> str:
        """Whether a payout is decided, by whom and when, or only computed."""
        return decided(self.words["status"], self.year.decisions.get(payout), self.language)

    def banner(self, regions: Collection[str]) -> list[str]:
        """What a reader must know of a month's figures of the regions before anything else."""
        year, words = self.year, self.words["pages"]
        lines = []
        if payout := year.payout:
            months = payout.round_months()
            lines.append(
                decided(
                    words,
                    year.decisions.get(payout.month),
                    self.language,
                    months=self.language.span(months[0], months[-1]),
                    payout=self.month(payout.month),
                )
            )
        lines += self.not_in(year.gaps, regions)
        if differing := year.differing(regions):
            payouts = self.language.listed([*map(self.month, differing)])
            lines.append(words["differing"].format(payouts=payouts))
        if year.data_as_of and year.known(regions):
            lines.append(words["as_of"].format(day=self.language.day(year.data_as_of)))
        return lines

    def standing(self, *, is_made_up: bool) -> list[str]:
        """What every page says of itself: for whom it is, and whether any of its data are made up."""
        version = self.words["audience"][self.year.audience]
        return [version, *[self.words["made_up"]["note"]] * is_made_up]
