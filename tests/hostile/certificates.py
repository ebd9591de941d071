"""TLS for servers on loopback: one that is right, and the ways to be wrong."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme


def contexts(folder: Path) -> tuple[dict[str, ssl.SSLContext], Path]:
    """Servers' contexts for 127.0.0.1 by name, and the certificate of the authority that signed all but `alone`."""
    ours, stranger = trustme.CA(), trustme.CA()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    leaves = {
        "right": ours.issue_cert("127.0.0.1"),
        "expired": ours.issue_cert(
            "127.0.0.1", not_before=yesterday - timedelta(days=9), not_after=yesterday
        ),
        "wrong": ours.issue_cert("127.0.0.99", "desk.example"),
        "alone": stranger.issue_cert("127.0.0.1"),
    }
    file = folder / "authority.pem"
    ours.cert_pem.write_to_path(str(file))
    made = {}
    for name, leaf in leaves.items():
        made[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(made[name])
    return made, file
