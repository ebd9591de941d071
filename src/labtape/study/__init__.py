"""What happened after a signal.

    records ─first session they could be traded in→ prices ─returns over 1, 5, 20 sessions→ by label, with n

An item counts from the first session that closes after its `available_at`, never from `published_at`: what
nobody could have read yet cannot be traded. Sessions are those of the ticker's exchange (exchange_calendars).
The return over h sessions is close(entry + h) / close(entry) - 1, the entry at the close of that first session.
Means come with a bootstrap interval; under 30 returns the table says that n is too small to mean anything.

Abnormal returns against a market model, placebo dates, first-story-only and the ledger of calls belong to the
Scale issue.
"""

from __future__ import annotations

from labtape.study.core import Outcome, Reading, outcomes, read_prices, summary

__all__ = ["Outcome", "Reading", "outcomes", "read_prices", "summary"]
