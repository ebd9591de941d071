from pathlib import Path

import pytest

from labtape.exceptions import SettingsError
from labtape.settings import Settings, load_settings


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "labtape.toml"
    file.write_text(text, "utf-8")
    return file


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings(None, {}) == Settings()


def test_the_environment_wins_over_the_file(tmp_path):
    file = write(
        tmp_path, 'database = "memory:"\n[fetch]\ndeadline = 3\n[digest]\nwatchlist = ["lab:openai"]\n'
    )
    settings = load_settings(file, {"LABTAPE_FETCH_DEADLINE": "7.5", "LABTAPE_LEXICON": "a, b"})
    assert settings.database == "memory:"
    assert settings.fetch.deadline == 7.5
    assert settings.digest.watchlist == ("lab:openai",)
    assert settings.lexicon == ("a", "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("database = ", "labtape.toml: not valid TOML"),
        ("databse = 'x'", "no setting 'databse'; have: database"),
        ("[fetch]\nspeed = 3", "[fetch]: no setting 'speed'; have: deadline"),
        ("[fetch]\ndeadline = 'soon'", "'soon' is not a number above 0"),
        ("[fetch]\nmax_bytes = -1", "-1 is not a whole number above 0"),
        ("[fetch]\ndelay = -0.5", "-0.5 is not a number from 0 up"),
        ("[fetch]\ndelay = nan", "nan is not a number from 0 up"),
        ("[fetch]\npages = 'sometimes'", "'sometimes' is none of short, always, never"),
        ("[store]\nkeep_polls_days = 1.5", "1.5 is not a whole number from 0 up"),
        ("fetch = 3", "[fetch] is a table"),
        ("lexicon = [1]", "is no list of strings"),
        ("deliver = 'mail'", "is no table of channels"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place_and_what_is_right(tmp_path, text, message):
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, text), {})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_may_be_nothing_may_be_zero(tmp_path):
    settings = load_settings(write(tmp_path, "[fetch]\ndelay = 0\n[store]\nkeep_polls_days = 0"), {})
    assert (settings.fetch.delay, settings.store.keep_polls_days) == (0, 0)


def test_a_settings_file_that_is_asked_for_must_exist(tmp_path):
    with pytest.raises(SettingsError, match="no such settings file"):
        load_settings(tmp_path / "none.toml", {})
