"""What a request may be made of."""

from __future__ import annotations

import h11
import pytest

from labtape.fetch.http1 import _written

HOST = (b"Host", b"news.example")


def test_a_head_is_written_as_it_is_given():
    assert _written(b"/feed?a=1", [HOST]) == b"GET /feed?a=1 HTTP/1.1\r\nHost: news.example\r\n\r\n"


@pytest.mark.parametrize(
    ("target", "value"),
    [
        (b"/a b", b"x"),
        (b"/a\r\nX: y", b"x"),
        (b"", b"x"),
        (b"/", b"x\r\nX: y"),
        (b"/", b"x\ny"),
        (b"/", b"x\ry"),
        (b"/", b"x\0y"),
    ],
)
def test_nothing_in_a_request_begins_a_line_of_its_own(target, value):
    with pytest.raises(h11.LocalProtocolError, match="illegal characters"):
        _written(target, [HOST, (b"If-None-Match", value)])
