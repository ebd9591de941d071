"""Summary and quotations: the articles' own words, nothing twice."""

from __future__ import annotations

from dataclasses import replace

from .told import article, record, told

LEAD = (
    "Lumen Labs raised the price of its interface by a tenth on Monday. "
    "Customers had letters that name the first of July as the day of the change. "
    "Rivals in Lisbon and Oslo have not changed what they ask."
)
RETOLD = (
    "On Monday Lumen Labs raised the price of its interface by a tenth. "
    "Analysts at a bank in Porto see margins of three large buyers shrink this autumn."
)


def pair(id_: str, text: str, *, publisher: str, at: float = 0, **given):
    a = article(id_, f"Price of Lumen {id_}", text, publisher=publisher, at=at)
    return a, record(a, **given)


def test_sentences_stand_in_the_articles_as_they_are() -> None:
    pairs = [pair("a", LEAD, publisher="P1", up=0.8), pair("b", RETOLD, publisher="P2", at=1)]
    words = {a.id: a.full for a, _ in pairs}
    found = told(*pairs).summary
    assert 1 <= len(found) <= 3
    assert all(words[e.article_id][e.start : e.end] == e.text for e in found)


def test_the_same_news_in_other_order_is_told_once_with_both_sources() -> None:
    found = told(pair("a", LEAD, publisher="P1", up=0.8), pair("b", RETOLD, publisher="P2", at=1)).summary
    raised = [e for e in found if "raised the price" in e.text]
    assert [(e.article_id, e.n_origins) for e in raised] == [("a", 2)]


def test_a_figure_in_like_words_is_told_once() -> None:
    one = "Shares of Lumen fell 5.4% in Oslo after the licence rule. A judge will hear both sides in the autumn."
    two = "The same rule took 5.4% off Lumen. Nobody in the ministry would speak about it."
    found = told(pair("a", one, publisher="P1", down=0.8), pair("b", two, publisher="P2", at=1)).summary
    assert sum("5.4%" in e.text for e in found) == 1


def test_a_sentence_that_leans_on_another_gives_way_to_one_that_stands() -> None:
    text = (
        "Until now it was the price that kept small shops at Lumen Labs. Lumen Labs raised the price of its interface. "
        "But that was before the letter. It will hurt them. Shops in Porto look for another model already."
    )
    found = told(pair("a", text, publisher="P1")).summary
    assert found[0].text == "Lumen Labs raised the price of its interface."
    assert "Shops in Porto look for another model already." in [e.text for e in found]


def test_what_was_cut_off_is_left_out() -> None:
    found = told(
        pair(
            "a", "Lumen Labs raised its price on Monday. Shops in Porto saw it come when […]", publisher="P1"
        )
    )
    assert [e.text for e in found.summary] == ["Lumen Labs raised its price on Monday."]


def test_notices_of_the_outlet_are_left_out() -> None:
    text = "To get more of this, sign up here. Lumen Labs raised its price. Customers in Oslo had letters. Osprey AI waits for July."
    assert not any("sign up" in e.text for e in told(pair("a", text, publisher="P1")).summary)


def test_another_language_than_the_leads_is_not_mixed_in() -> None:
    zh = pair("z", "流明实验室周一宣布上调接口价格。客户已收到信函。", publisher="P3", at=1, language="zh")
    found = told(pair("a", LEAD, publisher="P1", up=0.8), pair("b", RETOLD, publisher="P2", at=1), zh).summary
    assert {e.article_id for e in found} <= {"a", "b"}


def test_words_that_changed_since_they_were_scored_are_not_quoted() -> None:
    a, r = pair("a", LEAD, publisher="P1")
    assert told((replace(a, text="Other words. " + a.text), r)).summary == ()


SAID = "We have raised what we ask because chips cost us more than in spring"


FRAMES = {
    "a": "The head of the firm wrote to customers",
    "b": "In a hall in Porto somebody asked why, and this was the answer",
    "c": "Shops read on Monday what the board thinks of it",
}


def quoting(id_: str, words: str, publisher: str, at: float = 0, *more: str):
    text = f"{FRAMES[id_]}: “{words}.” " + " ".join(f"“{m}.”" for m in more)
    a = article(id_, f"Letter {id_} of its own", text, publisher=publisher, at=at)
    return a, record(a, quotes=(words, *more))


def test_one_quotation_in_many_articles_is_told_once_and_counted() -> None:
    found = told(quoting("a", SAID, "P1"), quoting("b", SAID + " and winter", "P2", 1)).quotes
    assert [(q.article_id, q.n_origins) for q in found] == [("a", 2)]


def test_the_quotation_most_sources_carry_comes_first() -> None:
    own = "Nobody at the ministry was asked about this before today"
    found = told(quoting("a", own, "P1"), quoting("b", SAID, "P2", 1), quoting("c", SAID, "P3", 2)).quotes
    assert [q.text for q in found] == [SAID, own]


def test_hyphens_do_not_make_a_second_quotation() -> None:
    found = told(
        quoting("a", "A fairly underspecified prompt", "P1", 0, "A fairly under-specified prompt")
    ).quotes
    assert len(found) == 1


def test_whole_sentences_come_before_parts() -> None:
    found = told(quoting("a", "because chips cost them so much more", "P1", 0, SAID)).quotes
    assert [q.text for q in found] == [SAID, "because chips cost them so much more"]


def test_quotations_stand_where_they_say() -> None:
    a, r = quoting("a", SAID, "P1")
    (found,) = told((a, r)).quotes
    assert a.full[found.start : found.end] == found.text
