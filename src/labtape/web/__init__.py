"""REST API and the page, over the desk.

    GET  /                      the page: tape, stories, articles, labs, ledger … (`web/pages`)
    GET  /api/v1/records        records, newest first; filters as query parameters, a cursor to go on
    GET  /api/v1/records/{id}   one record
    GET  /api/v1/stories        stories with their articles
    GET  /api/v1/shares         the ledger of share claims
    GET  /api/v1/digest         the digest as JSON
    POST /api/v1/label          a record for a text

Chosen: FastAPI, because the OpenAPI description comes with the signatures. Errors are problem+json (RFC 9457).
Every answer carries a Content-Security-Policy that allows no other host, and no script but the page's own files. On an
address other than this machine's own a token is required and compared in constant time.
"""

from __future__ import annotations

from labtape.web.app import create_app

__all__ = ["create_app"]
