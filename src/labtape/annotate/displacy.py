"""Text with marked places as HTML, by spaCy's displaCy.

displaCy cuts the text at the places and escapes what lies between and inside them; what stands around a place is given as
markup of ours, made safe already. Its own dress has style attributes, which a page with a strict policy refuses, so
the frame it puts around each text is taken off again. spaCy is imported when the first text is marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from labtape.exceptions import SettingsError

if TYPE_CHECKING:
    from types import ModuleType

# displaCy's template for a place; its fields are those of `Mark` and the escaped words.
_TEMPLATE: Final = "{before}{text}{after}"
_FRAME: Final = '<div class="entities"'


class HasHtml(Protocol):
    """Markup that is safe as it is."""

    def __html__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text and the markup around it; where it has no width the markup stands there alone."""

    start: int
    end: int
    before: HasHtml
    after: HasHtml


def marked(texts: Sequence[tuple[str, Sequence[Mark]]]) -> tuple[str, ...]:
    """The markup of each text with its marks, which do not overlap; all words are escaped, line ends are `<br>`.

    Raises `SettingsError` where spaCy is not installed.
    """
    displacy = _displacy()
    if not texts:
        return ()
    given = [{"text": text, "ents": [_ent(mark) for mark in marks]} for text, marks in texts]
    made: str = displacy.render(
        given, style="ent", manual=True, page=False, jupyter=False, options={"template": _TEMPLATE}
    )
    # Words are escaped and marks are ours, so the frame's beginning is nowhere else.
    return tuple(part[part.index(">") + 1 : part.rindex("</div>")] for part in made.split(_FRAME)[1:])


def _ent(mark: Mark) -> dict[str, Any]:  # Any: as displaCy takes it
    params = {"before": mark.before.__html__(), "after": mark.after.__html__()}
    return {"start": mark.start, "end": mark.end, "label": "", "params": params}


def _displacy() -> ModuleType:
    try:
        from spacy import displacy
    except ModuleNotFoundError as e:
        if e.name is None or not e.name.startswith("spacy"):  # it is there, and something it needs is not
            raise
        raise SettingsError(
            "the page of linked articles is drawn with spaCy, which is not installed; pip install 'labtape[spacy]'"
        ) from e
    return displacy
