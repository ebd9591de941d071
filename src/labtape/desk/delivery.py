"""A digest on its way to the channels of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labtape.deliver import channel_from_settings
from labtape.exceptions import DeliveryError, SettingsError
from labtape.ports import Message

if TYPE_CHECKING:
    from labtape.report import Digest


def deliver(
    digest: Digest,
    channels: Mapping[str, Mapping[str, Any]],  # Any: a channel's own options
) -> tuple[DeliveryError | SettingsError, ...]:
    """Send a digest to every channel of the settings; a channel that fails is returned, the others go on."""
    if not channels:
        return ()
    failures: list[DeliveryError | SettingsError] = []
    message = message_of(digest)
    for name, options in channels.items():
        try:
            channel_from_settings(name, options).send(message)
        except (DeliveryError, SettingsError) as e:
            failures.append(e)
    return tuple(failures)


def message_of(digest: Digest) -> Message:
    """A digest in every dress a channel may want."""
    from labtape.report import charts, digest_html, digest_json, digest_mail, digest_markdown

    return Message(
        subject=digest.title,
        markdown=digest_markdown(digest),
        html=digest_html(digest, charts=charts(digest)),
        json=digest_json(digest),
        mail=digest_mail(digest),
    )
