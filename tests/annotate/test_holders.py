"""Who holds a share: lists, holders behind the number, words that cannot hold, what pronouns mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labtape.annotate.holder_words import can_hold
from labtape.annotate.mentions import find_mentions
from labtape.annotate.share_behind import given_to, object_before
from labtape.annotate.share_lists import next_item
from labtape.annotate.shares import find_shares
from labtape.lexicon import lexicon
from labtape.text.sentences import sentences
from labtape.types import Share

AT = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


def _shares(text: str, title: str = "Title") -> tuple[Share, ...]:
    full = f"{title}\n\n{text}"
    spans = sentences(full)
    mentions, _ = find_mentions(full, len(title), spans, lexicon(), AT)
    return find_shares(full, spans, mentions, lexicon(), AT, language="en")[0]


HELD = (
    # lists
    ("Printers made up 48% of revenue, scanners 21% of revenue.", ["Printers", "scanners"]),
    ("Many moved to Bolt, a maker that nobody feared, making up only 2% of sales.", ["Bolt"]),
    ("Rugs brought in 40% of sales, lamps sold by mail 22% of sales.", ["Rugs", "lamps sold by mail"]),
    ("Kimi and Qwen took 31% and 12% of tokens.", ["Kimi", "Qwen"]),
    # behind the number
    ("The bank sent 61% of its tokens to Kimi.", ["Kimi"]),
    ("The lab spends 40% of its budget on chips.", ["chips"]),
    ("The jury assigned two-thirds of the blame to Acme and a third to Bolt.", ["Acme", "Bolt"]),
    ("Of the money spent on chips, 58% went to Nvidia and 21% to AMD.", ["Nvidia", "AMD"]),
    # someone else gives or puts
    ("The survey gives Kimi 13% of usage.", ["Kimi"]),
    ("Two analysts put Kimi at 14% of usage.", ["Kimi"]),
    # inside the noun phrase
    ("Cards made in Ohio took 30% of shipments.", ["Cards made in Ohio"]),
    ("Kettles with a screen account for 12% of sales.", ["Kettles with a screen"]),
    # what stands first is no holder
    ("In June the Finnish browser served 66% of web traffic.", ["the Finnish browser"]),
    ("Sugar, once the bulk of the trade, brought in just 6% of sales.", ["Sugar"]),
)


@pytest.mark.parametrize(("text", "held"), HELD)
def test_each_number_has_the_holder_that_the_sentence_gives_it(text: str, held: list[str]) -> None:
    assert [share.subject for share in _shares(text)] == held


def test_a_label_before_a_colon_holds_what_stands_behind_it() -> None:
    shares = _shares("• Cloud: 19% of group revenue\n• Ads: 60% of group revenue")
    assert [share.subject for share in shares] == ["Cloud", "Ads"]


def test_a_pronoun_takes_up_the_subject_of_its_own_sentence() -> None:
    (share,) = _shares("Wind farms are far behind: they supplied 9% of the country's electricity.")
    assert share.subject == "Wind farms"


def test_a_row_of_figures_said_of_the_row_before_has_its_holders() -> None:
    shares = _shares("Tea had 52% of sales, coffee 31%. A year ago the figures were 44% and 40% of sales.")
    assert [share.subject for share in shares] == ["Tea", "coffee", "Tea", "coffee"]
    assert [share.role for share in shares] == ["current", "current", "baseline", "baseline"]


def test_a_product_of_its_own_is_its_maker() -> None:
    (share,) = _shares("OpenAI claims that more than half of Fortune 500 companies use its product.")
    assert share.subject == "OpenAI"
    assert share.subject_labs == ("lab:openai",)


def test_sentences_glued_together_do_not_share_a_holder() -> None:
    shares = _shares("Slop makes up 20% of views.Rot makes up 33% of views.")
    assert shares[-1].subject == "Rot"


def test_a_line_of_a_firm_belongs_to_the_firm_in_the_title() -> None:
    (share,) = _shares("High-purity wafers brought in 28% of revenue.", title="Micron beats forecasts")
    assert share.subject_labs == ("company:micron",)


@pytest.mark.parametrize(
    "words",
    [
        "brought",
        "was left",
        "to",
        "the",
        "In January",
        "two years ago",
        "Owns",
        "Shocking",
        "has not quite",
        "said Dupont",
        "lifting its slice of the pie",
        "640,250 BTC",
        "a\nb",
    ],
)
def test_verbs_times_and_scraps_hold_nothing(words: str) -> None:
    assert not can_hold(words)


@pytest.mark.parametrize(
    "words", ["Kimi", "gaming", "the two groups", "on-chain lending", "under-18s", "Spring water"]
)
def test_noun_phrases_may_hold(words: str) -> None:
    assert can_hold(words)


@pytest.mark.parametrize(
    "gap", [", up from ", ", compared with ", " (", " of revenue and ", ", a year ago ", ", which had "]
)
def test_no_new_holder_where_the_list_names_none(gap: str) -> None:
    assert next_item(gap) is None


def test_what_a_firm_gets_of_its_own_goods_is_not_given_away() -> None:
    assert given_to("Kimi holds ", " of the market in Asia.") is None
    assert object_before("Peru gave it ") is None


def test_what_takes_the_place_of_a_part_holds_it() -> None:
    assert given_to("The agency replaced ", " of its clerks with chatbots.") == ("chatbots", "its clerks")


ROLES = (
    ("Azure: 23% (22%) of cloud spending.", ["current", "baseline"]),
    ("Kimi held 30% of usage. It had been 12% of usage at launch.", ["current", "baseline"]),
    ("Kimi held 30% of usage, against 9% for Qwen.", ["current", "current"]),
    ("Toys made up 44% of sales; dolls should bring in 20% of sales.", ["current", "projected"]),
    ("Packaging reached 27% of sales from 19% a year ago.", ["current", "baseline"]),
    ("The tool has been used to write 40% of the code.", ["current"]),
)


@pytest.mark.parametrize(("text", "roles"), ROLES)
def test_the_role_is_that_of_the_numbers_own_words(text: str, roles: list[str]) -> None:
    assert [share.role for share in _shares(text)] == roles
