from __future__ import annotations

import os

import pytest

from labtape.exceptions import FetchError
from labtape.fetch import FileFetcher, fetcher
from labtape.types import Validators


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a feed.xml"
    path.write_bytes(b"<rss/>")
    return path


def test_a_plain_path_and_a_file_address_are_the_same_file(file):
    assert FileFetcher().fetch(str(file)).body == b"<rss/>"
    assert FileFetcher().fetch(file.as_uri()).body == b"<rss/>"
    assert FileFetcher().fetch(file.as_uri()).final_url == file.as_uri()


def test_an_unchanged_file_is_a_304(file):
    first = FileFetcher().fetch(str(file))
    second = FileFetcher().fetch(str(file), first.validators)
    assert second.is_unchanged and second.body == b""
    assert second.validators == first.validators


def test_a_changed_file_is_read_again(file):
    first = FileFetcher().fetch(str(file))
    file.write_bytes(b"<rss></rss>")
    assert FileFetcher().fetch(str(file), first.validators).body == b"<rss></rss>"
    os.utime(file, ns=(1, 1))
    assert FileFetcher().fetch(str(file), first.validators).status == 200


def test_a_folder_a_pipe_and_a_missing_file_are_errors(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in (".", "pipe", "none.xml", "nul\0.xml"):
        with pytest.raises(FetchError) as caught:
            FileFetcher().fetch(f"{tmp_path}/{name}")
        assert caught.value.kind == "missing"


def test_a_file_beyond_the_limit_is_refused(file):
    with pytest.raises(FetchError) as caught:
        FileFetcher(max_bytes=3).fetch(str(file))
    assert caught.value.kind == "size"


def test_a_file_of_another_machine_is_refused():
    with pytest.raises(FetchError) as caught:
        FileFetcher().fetch("file://fileserver/share/feed.xml")
    assert caught.value.kind == "forbidden_address"


def test_the_scheme_says_who_fetches(file, server):
    one = fetcher(deadline=5, allow_private=[server.place])
    assert one.fetch(str(file)).body == b"<rss/>"
    assert one.fetch(file.as_uri()).status == 200
    assert one.fetch(server.url("/ok"), Validators()).status == 200
    with pytest.raises(FetchError, match="would fetch http"):
        one.fetch("gopher://example.com/")
