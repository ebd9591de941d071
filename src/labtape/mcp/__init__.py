"""The desk as tools for a language model, by the Model Context Protocol over stdin and stdout.

    label_text      a record for a text; nothing is kept           list_signals   records in brief, newest first
    get_story       the record of a story                          query_shares   share claims, and what is not comparable
    digest          what is new, as Markdown or JSON               related        other stories to read
    labtape://record/{id}   a whole record, as a resource

Nothing is written: the desk that `labtape mcp` opens only looks. What is wrong with a call comes back as an error of the tool, in the
words the command line would use. `answers` makes the answers (pure, over a desk), `server` gives them their names and schemas.
"""

from __future__ import annotations

from labtape.mcp.server import create_server

__all__ = ["create_server"]
