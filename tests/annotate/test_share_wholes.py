"""What a share is a part of, and where: chosen from the phrases near the number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labtape.annotate import shares
from labtape.annotate.mentions import find_mentions
from labtape.annotate.share_context import Setting, settings
from labtape.annotate.share_wholes import WholeWeights, read_whole_weights, whole_weights
from labtape.annotate.shares import find_shares
from labtape.annotate.whole_features import Scale, candidates, features
from labtape.annotate.whole_phrases import surroundings
from labtape.lexicon import lexicon
from labtape.text.quantities import find_quantities
from labtape.text.sentences import sentences
from labtape.train.numbers import numbered
from labtape.types import Share

LEXICON = lexicon()
REGISTER = "Van sales in Norland\n\nNorland registered 9,120 new vans in April. Battery models made up 41% of the vans."


def shares_of(full: str) -> tuple[Share, ...]:
    spans = sentences(full)
    mentions = find_mentions(full, full.find("\n\n"), spans, LEXICON)[0]
    return find_shares(full, spans, mentions, LEXICON, None, language="en")[0]


def setting_of(full: str) -> Setting:
    return next(iter(settings(full, sentences(full), find_quantities(full))))


def phrases_of(full: str) -> set[str]:
    quantities = [(q.start, q.end) for q in find_quantities(full)]
    return {p.text for p in surroundings(setting_of(full), full.find("\n\n"), quantities).phrases}


def test_phrases_are_cut_at_prepositions_and_joined_again():
    found = phrases_of("Our report\n\nThe bridge toll is 30% of the yearly income of two small towns.")
    assert {"Our report", "bridge toll", "yearly income", "two small towns"} <= found | {"Our report"}
    assert "yearly income of two small towns" in found


def test_no_phrase_holds_the_number_or_a_verb():
    found = phrases_of("Tolls\n\nThe bridge toll is 30% of the yearly income of two towns.")
    assert not [p for p in found if "30" in p or " is " in f" {p} "]


def test_a_scope_takes_the_place_that_an_earlier_sentence_names():
    (share,) = [s for s in shares_of(REGISTER) if s.text == "41%"]
    assert share.metric == "vans"
    assert "Norland" in (share.scope or "")


def test_a_scope_with_a_platform_takes_on_nothing():
    full = "Router weekly\n\nKimi K2 took 9% of tokens on OpenRouter, says a paper from Lisbon."
    (share,) = shares_of(full)
    assert share.scope == "tokens on OpenRouter"


def test_a_market_is_divided_by_what_it_sells():
    (share,) = shares_of("Nvidia holds 80% of the AI chip market.")
    assert share.metric == "AI chip sales"


def test_the_holder_is_no_place():
    (share,) = shares_of("Harbour notes\n\nNvidia took 12% of crane orders.")
    assert "Nvidia" not in (share.scope or "")


def test_weights_are_added_as_the_features_are_counted():
    row = {"title": REGISTER.partition("\n\n")[0], "text": REGISTER.partition("\n\n")[2]}
    article, asked = numbered(row, LEXICON), []

    def answer(_, for_metric, for_place):
        asked.extend((for_metric, for_place))
        return None, None

    decisions = [replace(d, kind=None) for d in article.decisions]
    assert shares.shares_of(article.full, decisions, article.mentions, LEXICON, None, answer=answer)
    table = whole_weights().weights
    assert len(asked) == 2
    for column, question in enumerate(asked):
        found = candidates(question)
        totals = Scale(question.around, table).weighed(question, found, column)
        for candidate, total in zip(found, totals, strict=True):
            counted = features(question, candidate).items()
            assert total == pytest.approx(sum(table.get(name, (0, 0))[column] * n for name, n in counted))


def test_a_table_is_read_as_it_was_written():
    table = WholeWeights({"w:sales": (0.5, -0.25), "Z.a:$": (0.0, 1.0)}, -2.5)
    assert read_whole_weights(table.as_json()) == table
