"""Where a digest goes: files, a webhook, mail, or a channel of somebody's own.

    [deliver.file]                       [deliver.webhook]                    [deliver.mail]
    path = "digest.html"                 url = "https://hooks.example/ai"     host = "mail.example"
                                         secret = "…"                         sender = "tape@desk.example"
                                                                              recipients = ["a@desk.example"]

A channel has a `name` and `send(message)`; it raises `DeliveryError` and nothing else. Channels are found by
the entry-point group `labtape.channels`, ours among them, so that an installed package can bring its own: the
name is what stands after `deliver.`, the value a callable that takes the options by keyword. With
`kind = "webhook"` a table may have any name, so that there can be two of a kind.

Design notes. A message carries every dress at once (Markdown, HTML, JSON) and a channel takes those it can
use. Nothing is tried twice here: a channel that fails is reported and the others go on; whoever runs labtape
on a schedule sends the next digest anyway. Files appear whole or not at all. Errors show a webhook's server
but not its path, which is often the secret. Mail is sent over TLS unless told otherwise, and a password
never without it. The id of a mail is made from its content and its day, so that a digest which is sent twice
can be recognised by the reader's program.
"""

from __future__ import annotations

from labtape.deliver.file import FileChannel
from labtape.deliver.known import channel_from_settings, check_channel, known_channels
from labtape.deliver.mail import MailChannel
from labtape.deliver.webhook import WebhookChannel

__all__ = [
    "FileChannel",
    "MailChannel",
    "WebhookChannel",
    "channel_from_settings",
    "check_channel",
    "known_channels",
]
