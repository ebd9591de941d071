"""The page: what people read in a browser, over a desk. Reading needs no JavaScript, sets no cookie and changes nothing.

    GET /                 the tape: newest first, filters, search        tape      tape_views
    GET /story/{id}       one story                                      story     story_views
    GET /article/{id}     one article, its marks and its evidence        article   article_views, marks
    GET /labs, /lab/{id}  organisations                                  labs      lab_views
    GET /shares           the ledger; joins what is comparable only      shares    share_views, share_chart
    GET /digest           the digest of `labtape digest --format html`   digest
    GET /feeds, /model, /corrections                                     desk_pages
    GET, POST /login      a session for readers, where a token is asked  door

Design notes

- A page is three things: a router function that reads the address, pure functions from the desk's nouns to a view of frozen
  values, and a template that decides nothing.
- Titles and texts are plain text and are escaped; the one thing that is HTML (a model's card) passes nh3. Addresses pass
  `foreign.web_link`. The policy allows scripts and styles from /static alone, so what slips through does not run either.
- Evidence is shown by `:target` and `:has`, without a script. htmx (vendored, no build) only saves reloads: filters, search and
  the count of newer articles; its evaluation of strings is switched off.
- A session (`door`) is an HMAC of the token and a day: it can be checked without keeping anything, and says nothing of the token.
  It opens pages and nothing that changes something.
- Tried and left: grouping the tape by story (what is new hides below what is old), sending rows by server-sent events (a list
  that moves while it is read).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labtape.web.attempts import Attempts
from labtape.web.pages.article import article_pages
from labtape.web.pages.desk_pages import desk_pages
from labtape.web.pages.digest import digest_pages
from labtape.web.pages.door import guard_pages
from labtape.web.pages.labs import lab_pages
from labtape.web.pages.shares import share_pages
from labtape.web.pages.shell import page_router, serve_files, show_missing
from labtape.web.pages.story import story_pages
from labtape.web.pages.tape import tape_pages

if TYPE_CHECKING:
    from fastapi import FastAPI

    from labtape.desk import Desk

__all__ = ["pages"]


def pages(app: FastAPI, desk: Desk, *, token: str | None = None, attempts: Attempts | None = None) -> None:
    """Add the pages to an application. To be called last: with a `token` its door stands outside of every other guard.

    `attempts` are the wrong tokens by address that the guard counts as well.
    """
    router = page_router()
    for add in (tape_pages, story_pages, article_pages, lab_pages, share_pages, digest_pages, desk_pages):
        add(router, desk)
    app.include_router(router)
    serve_files(app)
    show_missing(app)
    if token is not None:
        guard_pages(app, token, attempts or Attempts())
