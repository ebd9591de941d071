"""REST API and the page, over the desk.

    GET  /                      the page: tape, stories, articles, labs, ledger … (`web/pages`)
    /api/v1/…                   records, stories, related, shares, labs, digest, corrections, label, score, stream

    app.py      the application            guard.py     host, token, size of what comes; headers of what goes
    api/        routes by theme            attempts.py  wrong tokens by address
    serving.py  processes                  problems.py  errors

Design notes.

*FastAPI*, because the OpenAPI description comes with the signatures. Errors are problem+json (RFC 9457), whoever finds them. Every answer
carries a Content-Security-Policy that allows no other host, and no script but the page's own files.

*Records are handed on as they are kept*: the text in the store is the answer's. Made into nouns and written again, a page of 50 takes ten
times as long.

*Workers share nothing* but the database, which they only read: a cursor, a tag and the number of an event mean the same in each.

*On this machine alone* no token is needed, but the Host header must name it: a page elsewhere may let its own name lead here. On other addresses
a token is required, compared in constant time, and wrong ones are counted.
"""

from __future__ import annotations

from labtape.web.app import create_app

__all__ = ["create_app"]
