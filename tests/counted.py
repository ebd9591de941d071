"""Rankings made up in the shape of OpenRouter's file: fifty models and `other` a day, all figures ours.

In 2026 Chinese models have 40.5 % of all tokens within the top 10, which are 61.0 % of those, and 45.2 % of all; two
authors nobody knows have 2 % and `other` 10 %. In 2025 they have a fifth of that before scaling, and in one week of
August (4th to 10th) more.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from labtape.annotate.core import annotate
from labtape.ledger.questions import claims_in
from labtape.lexicon import lexicon
from labtape.types import Article

TOP = {
    "deepseek/deepseek-chat-v3.1": 1420, "x-ai/grok-code-fast-1": 1100, "qwen/qwen3-coder": 950,
    "anthropic/claude-4.5-sonnet-20250929": 800, "z-ai/glm-4.6": 750, "moonshotai/kimi-k2-0905": 550,
    "xiaomi/mimo-v2-flash": 380, "google/gemini-2.5-flash": 360, "openai/gpt-5": 175, "openai/gpt-4.1-mini": 155,
}  # fmt: skip
CHINESE_BELOW = {
    "deepseek/deepseek-r1-0528:free": 59, "qwen/qwen3-235b-a22b": 59, "qwen/qwen3-max": 59, "minimax/minimax-m2": 59,
    "stepfun/step-3.5-flash": 59, "bytedance-seed/seed-1.6": 59, "tencent/hy3-preview": 58, "baidu/ernie-4.5-21b-a3b": 58,
}  # fmt: skip
UNKNOWN = {"tngtech/deepseek-r1t2-chimera": 100, "openrouter/quiet-otter": 100}
WESTERN_BELOW = {
    "google/gemini-2.5-pro": 100, "anthropic/claude-4-sonnet-20250522": 100, "anthropic/claude-opus-4.1": 90,
    "meta-llama/llama-3.3-70b-instruct": 80, "mistralai/mistral-nemo": 80, "openai/gpt-oss-120b": 80,
} | {f"openai/gpt-4o-2024-{1 + n // 2:02}-{10 + n}": 48 for n in range(23)} | {"mistralai/devstral-small": 56}  # fmt: skip
OTHER = 1000
CHINESE = {
    *CHINESE_BELOW,
    *(m for m in TOP if m.split("/")[0] in ("deepseek", "qwen", "z-ai", "moonshotai", "xiaomi")),
}
FIRST, LAST = date(2025, 1, 1), date(2026, 4, 30)
PEAK = date(2025, 8, 4)


def tokens_on(day: date) -> dict[str, int]:
    """A day's row values by model; the scale is free, since only parts of a whole are looked at."""
    models = TOP | CHINESE_BELOW | UNKNOWN | WESTERN_BELOW
    assert len(models) == 50
    percent = 100 if day.year > 2025 else 60 if PEAK <= day < PEAK + timedelta(days=7) else 20
    return {m: n * 1000 * (percent if m in CHINESE else 100) for m, n in models.items()} | {
        "other": OTHER * 100_000
    }


def rows(first: date = FIRST, last: date = LAST) -> list[dict[str, object]]:
    """Rows as the API gives them: tokens as text, days in order."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        {"date": day.isoformat(), "model_permaslug": model, "total_tokens": str(n)}
        for day in days
        for model, n in tokens_on(day).items()
    ]


def rankings_body(first: date = FIRST, last: date = LAST) -> bytes:
    return json.dumps({"data": rows(first, last), "meta": {"version": "v1"}}).encode()


def article(
    text: str, *, published: datetime | None = datetime(2026, 5, 1, 9, tzinfo=UTC), n: int = 1
) -> Article:
    return Article(
        id=f"a{n}", title="What the router's table shows", text=text, url=f"https://news.example/{n}", publisher="The Wire",
        published_at=published, published_precision="day" if published else "none",
    )  # fmt: skip


def claims(text: str, **given):
    """The claims of a text as the real finders see them."""
    found = annotate(article(text, **given), lexicon())
    return tuple(claims_in(found.article, found.shares, found.mentions))
