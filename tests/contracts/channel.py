"""What every channel must do. Subclass `ChannelContract` and supply its three fixtures."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from labtape.exceptions import DeliveryError
from labtape.ports import Channel, Message

MESSAGE = Message(
    subject="AI tape, 3 June: Qwen gains — 阿里巴巴",
    markdown="# AI tape\n\n- Qwen at 18% of tokens 🚀\n",
    html="<!doctype html><title>AI tape</title><p>Qwen at 18% of tokens 🚀</p>\n",
    json='{"schema": "labtape.digest/1", "stories": [{"title": "Qwen gains"}]}',
)
ODD = Message(
    subject="two\r\nlines\tand \ud83d half a pair",
    markdown="half \ud83d and nul \0\n" + "x" * 3000 + "\n.\n.\nafter the dots",
    html="<p>\ud83d \0 " + "y" * 3000 + "</p>",
    json=json.dumps({"odd": "\ud83d\0"}),
)


class ChannelContract:
    """`channel`: one that works; `arrived`: what came, as texts; `broken`: one that cannot work."""

    def test_it_has_a_name(self, channel: Channel) -> None:
        assert channel.name

    def test_a_message_arrives(self, channel: Channel, arrived: Callable[[], list[str]]) -> None:
        channel.send(MESSAGE)
        assert any("Qwen at 18% of tokens 🚀" in text for text in arrived())

    def test_it_can_be_used_again(self, channel: Channel, arrived: Callable[[], list[str]]) -> None:
        channel.send(ODD)
        channel.send(MESSAGE)
        assert any("Qwen at 18% of tokens 🚀" in text for text in arrived())

    def test_any_text_arrives_somehow(self, channel: Channel, arrived: Callable[[], list[str]]) -> None:
        channel.send(ODD)
        assert any("after the dots" in text or "y" * 3000 in text for text in arrived())

    def test_what_cannot_be_delivered_is_an_error_on_one_line(self, broken: Channel) -> None:
        with pytest.raises(DeliveryError) as error:
            broken.send(MESSAGE)
        assert str(error.value)
        assert "\n" not in str(error.value)
