"""Which articles tell the same story, what is new in them, and how many sources really report it."""

from labtape.story.copies import content_hash
from labtape.story.grouper import Grouper, story_id

__all__ = ["Grouper", "content_hash", "story_id"]
