"""Joins the parts: a store, a lexicon, a model and a way to fetch, working together.

core      Desk: crawl what is due, score what is new
reading   what it tells of what it keeps: records, ledger, digests, stories
telling   records of stories: finds what they need in the store
results   what a crawl and a cycle brought
delivery  a digest on its way to the channels of the settings
alerting  alerts and digests of a watch: posts what is decided, sends what is due
knowledge what records are made with, in a form that is kept
scoring   what scoring remembers of the time before        rescoring   scoring again, and comparing
corrections  what was told and does not hold any more       corrected     looks up what they are told by
reissue   stories anew, after corrections
"""

from __future__ import annotations

from labtape.desk.alerting import Alerting, Outcome, resend, send_due, send_test
from labtape.desk.core import Desk, Progress
from labtape.desk.corrections import Change, Correction, correction_words, corrections
from labtape.desk.delivery import deliver, message_of
from labtape.desk.rescoring import Difference, Rescored
from labtape.desk.results import Crawled, Cycle, KeptArticles

__all__ = [
    "Alerting",
    "Change",
    "Correction",
    "Crawled",
    "Cycle",
    "Desk",
    "Difference",
    "KeptArticles",
    "Outcome",
    "Progress",
    "Rescored",
    "correction_words",
    "corrections",
    "deliver",
    "message_of",
    "resend",
    "send_due",
    "send_test",
]
