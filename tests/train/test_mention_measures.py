import pytest

from labtape.lexicon import lexicon
from labtape.train.matching import Groups
from labtape.train.mentions import MentionTally


def mention(start, lab, confidence=0.9, rule="name"):
    return {
        "start": start,
        "end": start + 4,
        "entity": lab,
        "lab": lab,
        "confidence": confidence,
        "rule": rule,
    }


def measured(*articles):
    tally, groups = MentionTally(), Groups.of(lexicon())
    for row, mentions in articles:
        tally.count({"decoys": [], "title": "", "text": ""} | row, {"mentions": mentions}, groups)
    return tally.measures()


META = {"start": 0, "end": 4, "lab": "meta"}


def test_the_lab_is_judged_where_a_mention_stands_over_an_annotated_one():
    row = {"labs": [META, {"start": 10, "end": 14, "lab": "openai"}]}
    found = measured((row, [mention(0, "lab:meta"), mention(10, "lab:nvidia"), mention(20, "lab:google")]))
    assert found["mentions"]["lab_right"] == 0.5
    assert (found["mentions"]["fp"], found["mentions"]["fn"]) == (2, 1)


def test_chinese_articles_have_measures_apart_when_there_are_any():
    english = ({"labs": [META], "language": "en"}, [])
    assert "mentions_zh" not in measured(english)
    chinese = ({"labs": [META], "language": "zh"}, [mention(0, "lab:meta")])
    assert measured(english, chinese)["mentions_zh"]["f1"] == 1.0


def test_an_article_that_does_not_say_its_language_is_read():
    row = {"labs": [META], "text": "英伟达周一表示，公司将在年内向客户交付新一代芯片。"}
    assert measured((row, []))["mentions_zh"]["fn"] == 1


def test_the_confidence_of_links_is_compared_with_how_often_they_are_right():
    row = {"labs": [META], "decoys": [{"start": 10, "end": 14}]}
    links = measured((row, [mention(0, "lab:meta", 1.0), mention(10, "lab:meta", 0.5, "low")]))["links"]
    assert (links["n"], links["right"], links["confidence"]) == (2, 0.5, 0.75)
    assert links["brier"] == pytest.approx(0.125)
    assert links["ece"] == pytest.approx(0.25)
    assert links["by_rule"]["low"] == {"ece": 0.5, "brier": 0.25, "confidence": 0.5, "right": 0.0, "n": 1}


def test_a_mention_that_is_neither_right_nor_wrong_has_no_calibration():
    links = measured(({"labs": []}, [mention(0, "company:github")]))["links"]
    assert links["n"] == 0
