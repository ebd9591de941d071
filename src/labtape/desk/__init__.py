"""Joins the parts: a store, a lexicon, a model and a way to fetch, working together.

core      Desk: crawl what is due, score what is new, tell what it means
telling   records of stories: finds what they need in the store
results   what a crawl and a cycle brought
delivery  a digest on its way to the channels of the settings
"""

from __future__ import annotations

from labtape.desk.core import Desk, Progress
from labtape.desk.delivery import deliver, message_of
from labtape.desk.results import Crawled, Cycle, KeptArticles

__all__ = ["Crawled", "Cycle", "Desk", "KeptArticles", "Progress", "deliver", "message_of"]
