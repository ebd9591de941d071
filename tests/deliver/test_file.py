from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.channel import MESSAGE, ODD, ChannelContract
from labtape.deliver import FileChannel
from labtape.exceptions import DeliveryError


class TestFileChannel(ChannelContract):
    @pytest.fixture
    def channel(self, tmp_path: Path) -> FileChannel:
        return FileChannel(tmp_path / "digest.md")

    @pytest.fixture
    def arrived(self, tmp_path: Path) -> Callable[[], list[str]]:
        return lambda: [file.read_text("utf-8") for file in tmp_path.iterdir()]

    @pytest.fixture
    def broken(self, tmp_path: Path) -> FileChannel:
        return FileChannel(tmp_path / "no" / "digest.md")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.md", MESSAGE.markdown), ("a.HTML", MESSAGE.html), ("a.htm", MESSAGE.html), ("a.json", MESSAGE.json)],
)
def test_the_suffix_chooses_the_dress(tmp_path: Path, name: str, expected: str) -> None:
    FileChannel(tmp_path / name).send(MESSAGE)
    assert (tmp_path / name).read_bytes() == expected.encode()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_gets_every_dress(tmp_path: Path) -> None:
    FileChannel(str(tmp_path / "out")).send(MESSAGE)
    names = ["digest.html", "digest.json", "digest.md"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == names


def test_a_suffix_nobody_writes_is_told_the_right_ones(tmp_path: Path) -> None:
    with pytest.raises(
        DeliveryError, match=r"a\.pdf: cannot write a '\.pdf'; use \.md, \.html, \.json or \.jsonl"
    ):
        FileChannel(tmp_path / "a.pdf").send(MESSAGE)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match=r"there is no folder .*no; create it"):
        FileChannel(tmp_path / "no" / "a.md").send(MESSAGE)
    with pytest.raises(DeliveryError, match=r"cannot make this folder"):
        FileChannel(tmp_path / "no" / "out").send(MESSAGE)


def test_a_folder_that_cannot_be_written_to_is_named() -> None:
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc, a folder that even root cannot write to")
    with pytest.raises(DeliveryError, match=r"/proc/a\.md: cannot be written"):
        FileChannel("/proc/a.md").send(MESSAGE)


def test_an_older_digest_is_replaced_whole_and_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_text("x" * 9999)
    link.symlink_to(real)
    FileChannel(link).send(MESSAGE)
    assert link.is_symlink()
    assert real.read_bytes() == MESSAGE.markdown.encode()


def test_the_same_message_makes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        FileChannel(tmp_path / name).send(ODD)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
