"""The caps of S2025 are plausible: population times standard cost, scaled to the whole."""

from docs.templates.need_weights import caps_by_need
from tests.docs.documents import RULES, text_of
from tests.rules.scheme_data import scheme_named


def test_the_caps_follow_from_need_within_two_kronor() -> None:
    """All 21, ten of them to the krona, as the rules say."""
    off = caps_by_need(scheme_named("surgery-2025"))
    assert len(off) == 21
    assert max(map(abs, off.values())) == 2
    assert list(off.values()).count(0) == 10
    assert "differs by at most 2 kronor; 10 of 21 are the same to the krona" in text_of(
        RULES
    ).replace("\n", " ")
