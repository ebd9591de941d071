"""A small corpus of our own making: labels by id and hash, their texts elsewhere, one article with its text."""

import json
from hashlib import sha256

TEXTS = (
    {
        "id": "t1",
        "title": "Qwen takes 61% of tokens",
        "text": "Half of it is Alibaba's own. Gemini, the exchange, rose 4.5%.",
        "published": "2026-05-04",
        "url": "https://wire.example/1",
    },
    {
        "id": "t2",
        "title": "A walk in the park",
        "text": "Nothing but trees.",
        "published": "2026-08-02",
        "url": "https://wire.example/2",
    },
)
NO_GEO = {"relevant": False, "actors": [], "direction": "none", "stage": "none"}


def full_of(text):
    return f"{text['title']}\n\n{text['text']}"


def digest(text):
    return sha256(full_of(text).encode()).hexdigest()


def span(text, words, nth=1):
    full, at = full_of(text), -1
    for _ in range(nth):
        at = full.index(words, at + 1)
    return {"start": at, "end": at + len(words)}


def labels():
    """The labels of both texts, nothing wrong with them."""
    first, second = TEXTS
    return [
        {
            "id": "t1",
            "sha256": digest(first),
            "published": "2026-05-04",
            "publisher": "wire.example",
            "draw": "natural",
            "story": "s1",
            "split": "train",
            "relevant": True,
            "sentiment": "Neutral",
            "sentiment_asset": "Alibaba",
            "confidence": "low",
            "events": ["adoption_share"],
            "geo": dict(NO_GEO),
            "horizon_note": "Usage moves between private labs.",
            "labs": [
                span(first, "Qwen") | {"lab": "alibaba-qwen"},
                span(first, "Alibaba") | {"lab": "alibaba-qwen"},
            ],
            "decoys": [span(first, "Gemini") | {"why": "crypto exchange"}],
            "shares": [
                span(first, "61%")
                | {
                    "value": 61.0,
                    "bound": "exact",
                    "subject": "Qwen",
                    "subject_labs": ["alibaba-qwen"],
                    "metric": "tokens",
                    "scope": "all tokens",
                    "period": None,
                    "baseline": False,
                    "projected": False,
                }
            ],
            "other_percents": [
                span(first, "4.5%")
                | {"kind": "price_change", "value": 4.5, "bound": "exact", "direction": "up"}
            ],
            "entities": [
                {
                    "entity": "lab:alibaba-qwen",
                    "role": "subject",
                    "sentiment": "Bullish",
                    "confidence": "low",
                }
            ],
        },
        {
            "id": "t2",
            "sha256": digest(second),
            "published": "2026-08-02",
            "story": "s2",
            "split": "test",
            "relevant": False,
            "sentiment": "Neutral",
            "sentiment_asset": "none",
            "confidence": "high",
            "events": ["other"],
            "geo": dict(NO_GEO),
        },
    ]


def own_article():
    """An article of our own writing, with its text and its labels."""
    text = {"id": "a1", "title": "Kimi K9 is out", "text": "Moonshot AI shipped it."}
    return text | {
        "published": "2026-03-01",
        "language": "en",
        "genre": "flash",
        "story": "a1",
        "split": "train",
        "relevant": True,
        "sentiment": "Neutral",
        "sentiment_asset": "Moonshot AI",
        "confidence": "low",
        "events": ["model_release"],
        "geo": dict(NO_GEO),
        "labs": [
            span(text, "Kimi K9") | {"lab": "moonshot"},
            span(text, "Moonshot AI") | {"lab": "moonshot"},
        ],
        "decoys": [],
        "shares": [],
        "other_percents": [],
        "entities": [
            {"entity": "lab:moonshot", "role": "subject", "sentiment": "Neutral", "confidence": "low"}
        ],
    }


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def write_corpus(folder, rows=None, articles=None):
    """Lay the corpus and its texts into a folder; returns both."""
    corpora = folder / "project" / "corpora"
    write(corpora / "labels" / "pool" / "2026.jsonl", labels() if rows is None else rows)
    write(corpora / "articles" / "flash.jsonl", [own_article()] if articles is None else articles)
    return corpora, write(folder / "texts" / "pool.jsonl", TEXTS)
