"""What the heads learn from articles that were written beside real ones."""

from dataclasses import replace

import pytest

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.signal.features import see
from labtape.train.heads import WRITTEN, Annotation, fit_heads
from labtape.types import Article

NEWS = (
    ("Nvidia opens an office", "Neutral"),
    ("OpenAI names a date for its report", "Neutral"),
    ("Oracle holds its annual meeting", "Neutral"),
    ("Micron shares fall on weak demand", "Bearish"),
    ("Alibaba shares rise on strong demand", "Bullish"),
)


def annotations(*, written_have_directions: bool) -> list[Annotation]:
    """Twenty articles of news and as many of ours; every one of ours has a direction, whatever it says."""
    known = lexicon()
    made = []
    for n in range(40):
        title, label = NEWS[n % len(NEWS)]
        is_ours = n >= 20
        if is_ours and written_have_directions and label == "Neutral":
            label = ("Bullish", "Bearish")[n % 2]
        seen = see(annotate(Article(str(n), f"{title} ({n})", "The AI chip business."), known), known)
        made.append(Annotation(seen, (0.3, 0.4, 0.3), n % 7 != 6, label, str(n), "x", written=is_ours))
    return made


@pytest.fixture(scope="module")
def ours() -> list[Annotation]:
    return annotations(written_have_directions=True)


def test_directions_of_written_articles_do_not_move_the_bias_of_news(ours: list[Annotation]) -> None:
    marked = fit_heads(ours, text_temperature=1.0).settings
    plain = fit_heads([replace(a, written=False) for a in ours], text_temperature=1.0).settings
    assert marked.material["bias"] < plain.material["bias"]


def test_no_record_has_the_column(ours: list[Annotation]) -> None:
    settings = fit_heads(ours, text_temperature=1.0).settings
    assert all(WRITTEN not in weights for weights in settings.heads.values())


def test_where_all_are_written_the_column_says_nothing(ours: list[Annotation]) -> None:
    alone = [replace(a, written=True) for a in ours]
    unmarked = [replace(a, written=False) for a in ours]
    assert (
        fit_heads(alone, text_temperature=1.0).settings == fit_heads(unmarked, text_temperature=1.0).settings
    )
