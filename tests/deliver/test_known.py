from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from labtape.deliver import FileChannel, MailChannel, WebhookChannel, channel_from_settings, known_channels
from labtape.exceptions import SettingsError


def test_our_channels_are_found_by_their_entry_points() -> None:
    assert {"apprise", "file", "mail", "webhook"} <= set(known_channels())


def test_a_table_becomes_a_channel() -> None:
    mail = {"host": "h", "sender": "a@b.c", "recipients": ["d@e.f"], "port": 25}
    assert channel_from_settings("file", {"path": "a.md"}) == FileChannel("a.md")
    assert channel_from_settings("webhook", {"url": "https://a", "timeout": 3}) == WebhookChannel(
        "https://a", timeout=3
    )
    assert channel_from_settings("mail", mail) == MailChannel("h", "a@b.c", ["d@e.f"], 25)


def test_a_table_of_another_name_says_its_kind() -> None:
    channel = channel_from_settings("team", {"kind": "file", "path": "a.md"})
    assert channel == FileChannel("a.md", name="team")


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("pigeon", {}, r"^\[deliver\.pigeon\]: no channel 'pigeon'; have: .*file, mail, webhook"),
        ("team", {"kind": "pigeon"}, r"^\[deliver\.team\]: no channel 'pigeon'; have: "),
        ("file", {"pth": "a.md"}, r"no option 'pth'; have: path$"),
        ("file", {}, r"\[deliver\.file\]: needs 'path'; options are: path$"),
        ("webhook", {"url": "https://a", "timeout": "3"}, r"timeout: expected a number, got '3'"),
        ("mail", {"host": "h", "port": 2.5}, r"port: expected a whole number, got 2\.5"),
        ("mail", {"host": "h", "starttls": "no"}, r"starttls: expected true or false, got 'no'"),
        ("file", "digest.html", r"\[deliver\.file\]: expected a table of options, got 'digest\.html'"),
    ],
)
def test_what_does_not_fit_is_named_with_what_would(
    name: str, options: Mapping[str, object], expected: str
) -> None:
    with pytest.raises(SettingsError, match=expected):
        channel_from_settings(name, options)


def test_a_package_can_bring_a_channel_and_a_broken_one_is_named(tmp_path: Path) -> None:
    info = tmp_path / "pager-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pager\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[labtape.channels]\npager = pager:Pager\nlost = lost:Lost\n")
    (tmp_path / "pager.py").write_text(
        "class Pager:\n    name = 'pager'\n    def __init__(self, number): ...\n"
    )
    code = """
from labtape.deliver import channel_from_settings
print(channel_from_settings("pager", {"number": 7}).name)
try:
    channel_from_settings("lost", {})
except Exception as e:
    print(e)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(tmp_path)}
    )
    assert done.stdout.splitlines() == [
        "pager",
        "[deliver.lost]: channel 'lost' of lost:Lost cannot be loaded: No module named 'lost'",
    ]


def test_the_room_is_light_to_import() -> None:
    code = "import sys; import labtape.deliver; print('httpx2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
