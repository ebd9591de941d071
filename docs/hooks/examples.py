"""Doctests in docstrings become code blocks of the site; in Markdown `>>>` would be quotes within quotes."""

from __future__ import annotations

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"(?:^>>> .*\n?(?:^(?!>>> )\S.*\n?)*)+", re.M)
_PAGE = re.compile(r"\bdocs/([a-z_-]+)\.md\b")


class Examples(griffe.Extension):
    """Looks at each docstring once, as it is read."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:  # Any: what griffe hands on
        if obj.docstring is not None:
            obj.docstring.value = dressed(obj.docstring.value)


def dressed(docstring: str) -> str:
    """The docstring with its examples fenced and its pages linked.

    >>> dressed("Doubles (docs/text.md).\\n\\n>>> 1 + 1\\n2")
    'Doubles ([text](../text.md)).\\n\\n```pycon\\n>>> 1 + 1\\n2\\n```\\n'
    """
    fenced = _EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", docstring)
    return _PAGE.sub(r"[\1](../\1.md)", fenced)
