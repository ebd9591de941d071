"""The `lexicon` room."""

from labtape.lexicon.entries import Lexicon
from labtape.lexicon.loading import check, lexicon, load_lexicon

__all__ = ["Lexicon", "check", "lexicon", "load_lexicon"]
