"""Where digests and alerts go: files, a webhook, mail, the services of Apprise, or a channel of somebody's own.

    [deliver.file]                       [deliver.webhook]                    [deliver.mail]
    path = "digest.html"                 url = "https://hooks.example/ai"     host = "mail.example"
                                         secret = "…"                         sender = "tape@desk.example"
                                                                              recipients = ["a@desk.example"]

A channel has a `name` and `send(message)`; it raises `DeliveryError` and nothing else. Channels are found by
the entry-point group `labtape.channels`, ours among them, so that an installed package can bring its own: the
name is what stands after `deliver.`, the value a callable that takes the options by keyword. With
`kind = "webhook"` a table may have any name, so that there can be two of a kind.

Design notes. A message carries every dress at once (Markdown, HTML, JSON) and a channel takes those it can
use. Nothing is tried twice here: a channel that fails is reported and the others go on. Alerts are tried again by the
outbox (`labtape.alert`), whose tries outlive a restart; an error says whether another try is worth it, and when the receiver
wants it. Files appear whole or not at all. Errors show a webhook's server but not its path, which is often the secret, and of
Apprise's addresses only the scheme. Mail is sent over TLS unless told otherwise, and a password never without it. The id
of a message is the same for every try, in a webhook's header and in a mail's Message-ID, so that a message which came twice
can be told by who receives it.

A library for retries (stamina) was left: it tries within one call and forgets with the process, which is what the
outbox is there not to do, and it hooks into the whole program's logging.
"""

from __future__ import annotations

from labtape.deliver.apprise import AppriseChannel
from labtape.deliver.file import FileChannel
from labtape.deliver.known import (
    channel_from_settings,
    channel_of,
    check_channel,
    known_channels,
    targets_of,
)
from labtape.deliver.mail import MailChannel
from labtape.deliver.webhook import WebhookChannel

__all__ = [
    "AppriseChannel",
    "FileChannel",
    "MailChannel",
    "WebhookChannel",
    "channel_from_settings",
    "channel_of",
    "check_channel",
    "known_channels",
    "targets_of",
]
