"""A reader's answers: what they become, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.corpus import read_answers
from labtape.corpus.form import Vocabulary

FULL = {
    "t1": "Qwen takes 61% of tokens\n\nQwen 3 is Alibaba's own. Gemini, the exchange, fell by about 4.5%, "
    "Gemini 3 Pro did not. From 21 to 8.5 percent in the second half; two of every nine use it.",
}
NAMES = {"t1": ["Qwen", "Alibaba", "Gemini", "Gemini 3 Pro"]}
KNOWN = Vocabulary({"alibaba-qwen", "google", "openrouter"}, {"adoption_share", "market_move", "other"})
RIGHT = """=== t1 | 2026-05-04
V rel Neutral | Alibaba | low | adoption_share,market_move
W Usage moves.
G CN,US rivalry act
N alibaba-qwen: Qwen; Qwen 3; Alibaba
N google: Gemini 3 Pro
D Gemini = crypto exchange
E alibaba-qwen subject Bullish low
E google comparator
E NASDAQ:MSFT subject Neutral high
1 S 61 exact current | Qwen | alibaba-qwen | tokens | all tokens | -
2 price_change 4.5 about down
3 S 21 exact baseline | rest | - | tokens | all | -
4 S 8.5 exact projected | rest | - | tokens | all | by 2028
5 x
+ "two of every nine" rate:adoption 22.22 exact none
"""


def read(answers):
    return read_answers(answers, FULL, NAMES, KNOWN)


def test_a_whole_answer_becomes_labels_with_offsets():
    (row,), problems = read(RIGHT)
    assert problems == []
    full = FULL["t1"]
    assert [(full[x["start"] : x["end"]], x["lab"]) for x in row["labs"]] == [
        ("Qwen", "alibaba-qwen"),
        ("Qwen 3", "alibaba-qwen"),
        ("Alibaba", "alibaba-qwen"),
        ("Gemini 3 Pro", "google"),
    ]
    assert [full[x["start"] : x["end"]] for x in row["decoys"]] == ["Gemini"]
    assert [
        (full[x["start"] : x["end"]], x["value"], x["baseline"], x["projected"]) for x in row["shares"]
    ] == [
        ("61%", 61.0, False, False),
        ("21", 21.0, True, False),
        ("8.5 percent", 8.5, False, True),
    ]
    assert [(full[x["start"] : x["end"]], x["kind"], x.get("sub")) for x in row["other_percents"]] == [
        ("4.5%", "price_change", None),
        ("two of every nine", "rate", "adoption"),
    ]
    assert row["geo"] == {"relevant": True, "actors": ["CN", "US"], "direction": "rivalry", "stage": "act"}
    assert row["entities"][2] == {
        "entity": "ticker:NASDAQ:MSFT",
        "role": "subject",
        "sentiment": "Neutral",
        "confidence": "high",
    }


def test_an_irrelevant_article_is_neutral_for_nothing():
    answers = RIGHT.replace("V rel Neutral | Alibaba | low | adoption_share,market_move", "V irr | other")
    (row,), _ = read(answers)
    assert (row["relevant"], row["sentiment"], row["sentiment_asset"]) == (False, "Neutral", "none")


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ("V rel Neutral | Alibaba | low | adoption_share,market_move\n", "", "no V line"),
        ("rel Neutral", "rel Positive", "label 'Positive'; have: Bullish, Neutral, Bearish"),
        ("adoption_share,", "adoption,", "event 'adoption'"),
        ("| low | adoption", "| adoption", "V is 'rel LABEL | asset | high or low | events'"),
        ("G CN,US rivalry act", "G China rivalry act", "actor 'China' is no two-letter code"),
        ("G CN,US rivalry act", "G CN rivalry", "G is '-' or 'ACTORS direction stage'"),
        ("N google:", "N googel:", "id 'googel'"),
        ("D Gemini = crypto exchange", "D Gemini", "D is 'name = what it is'"),
        ("D Gemini = crypto exchange\n", "", "name 'Gemini' is not decided"),
        ("Gemini 3 Pro\n", "Gemini 3 Pro; Grok\n", "name 'Grok' stands 0 times"),
        ("D Gemini = ", "D Gemini@2 = ", "name 'Gemini' stands 1 times"),
        ("E google comparator\n", "", "entities lack lab:google"),
        ("E google comparator", "E google venue low", "E is 'id role' or 'id subject LABEL high|low'"),
        ("E google comparator", "E google subject", "a subject has a label and a confidence"),
        ("E google comparator", "E alibaba-qwen other", "alibaba-qwen has two E lines"),
        ("5 x\n", "", "numbers not decided: 5 'half'"),
        ("5 x", "5 x\n5 x", "number 5 is answered twice"),
        ("5 x", "6 x", "number 6: the sheet has 5"),
        ("1 S 61 ", "1 S 16 ", "value 16 is not what '61%' says"),
        ("1 S 61 exact current", "1 S 61 exact now", "role 'now'"),
        (" | all tokens | -\n2", "\n2", "a share is 'S value bound"),
        (
            "2 price_change 4.5 about down",
            "2 price_change 4.5 down",
            "a figure is 'kind value bound direction'",
        ),
        ("2 price_change", "2 rise", "kind 'rise'"),
        ("2 price_change 4.5 about", "2 price_change 4-5 about", "a range is written 3.1-9"),
        ('+ "two of every nine"', '+ "two of nine"', "'two of nine' stands 0 times"),
        ('+ "two', "+ two", "+ is '+ \"words\"@n'"),
        ("5 x", "Z x", "'Z' begins no line"),
        ("5 x", "5 x\nV irr | other", "a second V line"),
        ("D Gemini = ", "D Gemini@0 = ", "name 'Gemini' stands 1 times"),
        ('+ "two of every nine" rate', '+ "two of every nine"@0 rate', "'two of every nine' stands 1 times"),
        ("W Usage moves.", "W", "W is one sentence: why"),
        ("| Alibaba | low", "| | low", "relevant, and no asset"),
        ("| Qwen | alibaba-qwen | tokens |", "| | alibaba-qwen | tokens |", "no subject"),
        ("2 price_change 4.5 about", "2 price_change 5.5.5 about", "value '5.5.5'"),
        ("G CN,US rivalry act", "G CN,US rivalry act\nX park@" + "9" * 5000, "stands 0 times"),
        ('+ "two of', '+ "two of every nine" rate 22.22 exact none\n+ "two of', "overlap"),
    ],
)
def test_what_cannot_be_right_is_named_and_gives_no_labels(line, instead, told):
    assert line in RIGHT
    rows, problems = read(RIGHT.replace(line, instead, 1))
    assert rows == []
    assert any(told in p.what and p.what.startswith("t1: ") for p in problems), problems


def test_an_unknown_and_a_repeated_article_are_named_with_their_line():
    _, problems = read("=== t9\nV irr | other\n" + RIGHT + RIGHT)
    assert [(p.line, p.what) for p in problems] == [(1, "t9: no such article"), (19, "t1: answered twice")]


def test_one_wrong_article_does_not_stop_the_others():
    texts = FULL | {"t2": "Trees\n\nNothing."}
    answers = "=== t2\nV irr | other\nW Nothing.\nG -\n" + RIGHT.replace("5 x\n", "")
    rows, problems = read_answers(answers, texts, NAMES, KNOWN)
    assert [row["id"] for row in rows] == ["t2"]
    assert len(problems) == 1


LINES = st.tuples(
    st.sampled_from(["V", "W", "G", "N", "D", "X", "E", "1", "2", "9", "+", ""]), st.text(max_size=40)
)


@given(st.lists(LINES, max_size=6).map(lambda lines: "\n".join(" ".join(line) for line in lines)))
def test_no_answer_raises(text):
    rows, _ = read(f"=== t1\n{text}")
    assert rows == []
