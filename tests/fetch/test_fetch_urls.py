"""Plain addresses are read as all others are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labtape.exceptions import FetchError
from labtape.fetch.urls import Address, _parsed, read_address

PARTS = st.sampled_from(
    [
        "http", "https", "://", "HTTP://", "a.example", "b-c.example", "A.example", "xn--bcher-kva.example", "example", "a..b",
        "127.0.0.1", "127.1.1.300", "10.0.0.01", "1.2.3", "localhost", ":80", ":443", ":8080", ":65535", ":99999", ":0800", ":",
        "/", "//", "/feed", "/.", "/..", "/a.xml", "/A_b~c", "%20", "?", "?a=1&b=2", "?q=/x-y", "#c", "@", " ", "é", "\n", "_", "-", ".",
    ]
)  # fmt: skip


def read(parse, url: str) -> Address | str:
    try:
        return parse(url)
    except FetchError as e:
        return str(e)


@given(st.sampled_from(["http://", "https://", ""]), st.lists(PARTS, max_size=6).map("".join))
def test_an_address_says_the_same_to_both_readers(begin: str, rest: str):
    assert read(read_address, begin + rest) == read(_parsed, begin + rest)
