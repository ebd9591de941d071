import re
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path

import pytest

from labtape.exceptions import SettingsError
from labtape.settings import CONFIG, Settings, environment_names, load_settings

PAGE = (Path(__file__).parents[1] / "docs" / "settings.md").read_text("utf-8")
ROWS = re.findall(r"^\| `([\w.]+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+) \|$", PAGE, re.M)


HOOK = "[deliver.hook]\nkind = 'webhook'\nurl = 'https://a.example'\n"


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "labtape.toml"
    file.write_text(text, "utf-8")
    return file


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings(None, {}) == Settings()


def test_the_environment_wins_over_the_file_and_options_over_both(tmp_path):
    one, two = tmp_path / "a", tmp_path / "b"
    one.mkdir()
    two.mkdir()
    file = write(
        tmp_path, 'database = "memory:"\n[fetch]\ndeadline = 3\n[digest]\nwatchlist = ["lab:openai"]\n'
    )
    settings = load_settings(file, {"LABTAPE_FETCH_DEADLINE": "7.5", "LABTAPE_LEXICON": f"{one}, {two}"})
    assert settings.database == "memory:"
    assert settings.fetch.deadline == 7.5
    assert settings.digest.watchlist == ("lab:openai",)
    assert settings.lexicon == (str(one), str(two))
    assert load_settings(file, {"LABTAPE_DATABASE": "a.db"}, {"database": "b.db"}).database == "b.db"


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
        ("[fetch]\nprocesses = 65", "65 is not a whole number from 0 up to 64"),
        ("[fetch]\nprocesses = inf", "inf is not a whole number from 0 up to 64"),
        ("[fetch]\nconcurrency = 1025", "1025 is not a whole number above 0 up to 1,024"),
        ("[fetch]\ndeadline = 3601", "3601 is not a number above 0 up to 3,600"),
        ("[fetch]\nmax_bytes = 1073741825", "1073741825 is not a whole number above 0 up to 1,073,741,824"),
        ("[fetch]\nshortest = 86401", "86401 is not a number above 0 up to 86,400"),
        ("[fetch]\nlongest = 86401", "86401 is not a number above 0 up to 86,400"),
        ("[fetch]\nlongest = 60", "fetch.shortest = 300 is above fetch.longest = 60"),
        ("[fetch]\ndelay = 1e999", "inf is not a number from 0 up to 3,600"),
        (f"[fetch]\ndeadline = 1{'0' * 400}", "is not a number above 0 up to 3,600"),
        ("[store]\nkeep_polls_days = 40000", "40000 is not a whole number from 0 up to 36,525"),
        ("[digest]\nhours = 1e9", "is not a number above 0 up to 876,600"),
        ("[fetch]\nallow_private = ['127.0.0.1']", "[fetch]: allow_private: '127.0.0.1' is no host:port"),
        ("[fetch]\nallow_private = ['http://127.0.0.1:80']", "'http://127.0.0.1:80' is no host:port"),
        ("[fetch]\nallow_private = ['*:80']", "'*:80' is no host:port"),
        ("[deliver.nope]", "[deliver.nope]: no channel 'nope'; have: apprise, file, mail, webhook"),
        ("[deliver.file]\npth = 'a.md'", "[deliver.file]: no option 'pth'; have: path"),
        ("[deliver.file]", "[deliver.file]: needs 'path'"),
        ("[deliver.x]\nkind = []", "[deliver.x]: no channel '[]'"),
        ("[watch]\nquiet = '22-7'", "[watch]: quiet: '22' is no time of day; write HH:MM"),
        ("[watch]\nquiet = '22:00'", "quiet: '22:00' are no quiet hours; write FROM-TO"),
        ("[watch]\ndigest_at = ['7:30']", "digest_at: '7:30' is no time of day"),
        ("[watch]\ndigest_at = ['07:30']", "[watch] digest_at: there is no channel to send to"),
        ("[watch]\ndigest_channels = ['x']", "[watch] digest_channels: no channel 'x'; have: none"),
        ("[watch]\ntimezone = 'Europe/Berlim'", "there is no time zone 'Europe/Berlim'; near: Europe/Berlin"),
        ("[watch]\ntimezone = '../etc/passwd'", "there is no time zone '../etc/passwd'"),
        ("[watch]\ncooldown = 'long'", "cooldown: 'long' is no length of time; write 90s, 10m, 2h, 7d"),
        ("[watch]\nrule = 3", "rule is a list of tables, as [[watch.rule]]"),
        ("[[watch.rule]]\nname = 'a'", "[[watch.rule]] 'a': there is no channel to send to"),
        (f"{HOOK}[[watch.rule]]\nlabs = ['DeepSeek']", "[[watch.rule]] number 1: needs a name"),
        (
            f"{HOOK}[[watch.rule]]\nname = 'a'\nlabz = []",
            "[[rule]] number 1: no setting 'labz'; have: name, labs",
        ),
        (
            f"{HOOK}[[watch.rule]]\nname = 'a'\nlabs = ['Deepseak']",
            "'a' labs: no lab or model 'Deepseak'; near: DeepSeek",
        ),
        (
            f"{HOOK}[[watch.rule]]\nname = 'a'\nevents = ['prizing']",
            "events: no event 'prizing'; near: pricing",
        ),
        (f"{HOOK}[[watch.rule]]\nname = 'a'\nchannels = ['hok']", "channels: no channel 'hok'; near: hook"),
        (f"{HOOK}[[watch.rule]]\nname = 'a'\nmin_confidence = 1.5", "1.5 is not a number from 0 up to 1"),
        (f"{HOOK}[[watch.rule]]\nname = 'a'\nnew_stories_only = 1", "1 is neither true nor false"),
        ("[deliver.x]\nkind = 'apprise'\nurls = ['a:SECRET@b']", "[deliver.x] urls: number 1 is no address"),
        ("[deliver]\napprise = 'mailto://a:SECRET@b'", "what stands there is no table of channels"),
        ("[deliver.webhook]\nurl = 'https://a'\nallow_private = ['a']", "allow_private: 'a' is no host:port"),
        ("lexicon = 'nope'", "labtape.toml: lexicon: there is no folder 'nope'; create it"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place_and_what_is_right(tmp_path, text, message):
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, text), {})
    assert message in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_may_be_nothing_may_be_zero(tmp_path):
    settings = load_settings(write(tmp_path, "[fetch]\ndelay = 0\n[store]\nkeep_polls_days = 0"), {})
    assert (settings.fetch.delay, settings.store.keep_polls_days) == (0, 0)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("LABTAPE_FETCH_DEADLIN", "no setting LABTAPE_FETCH_DEADLIN; right would be: LABTAPE_FETCH_DEADLINE"),
        (
            "LABTAPE_DB",
            "no setting LABTAPE_DB; have: LABTAPE_BUNDLE, LABTAPE_BUNDLE_DIGEST, LABTAPE_CONFIG, ",
        ),
        ("LABTAPE_DELIVER_FILE_PATH", "channels are for the file: [deliver.file] path = "),
        ("LABTAPE_PORTS", "no setting LABTAPE_PORTS; have: "),
    ],
)
def test_a_mistyped_name_in_the_environment_is_told_what_would_be_right(name, message):
    with pytest.raises(SettingsError) as caught:
        load_settings(None, {name: "5"})
    assert str(caught.value).startswith("environment: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_others_put_into_the_environment_is_left_to_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cluster = (
        "SERVICE_HOST",
        "SERVICE_PORT",
        "SERVICE_PORT_METRICS",
        "PORT",
        "PORT_9464_TCP",
        "PORT_9464_TCP_ADDR",
    )
    names = ["LABTAPE_TOKEN", "LAB", "labtape_fetch_deadlin", *(f"LABTAPE_{name}" for name in cluster)]
    assert load_settings(None, dict.fromkeys(names, "5")) == Settings()


def test_the_environment_may_name_the_file_and_an_option_wins(tmp_path):
    file = write(tmp_path, 'database = "one.db"')
    other = tmp_path / "other.toml"
    other.write_text('database = "two.db"', "utf-8")
    assert load_settings(None, {CONFIG: str(file)}).database == "one.db"
    assert load_settings(other, {CONFIG: str(file)}).database == "two.db"
    with pytest.raises(SettingsError, match="no such settings file; create it or leave out LABTAPE_CONFIG"):
        load_settings(None, {CONFIG: str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    "place", ["127.0.0.1:8080", "[::1]:80", "::1:80", "feeds.local:80", "localhost:65535"]
)
def test_a_host_with_a_port_is_taken(place):
    assert load_settings(None, {"LABTAPE_FETCH_ALLOW_PRIVATE": place}).fetch.allow_private == (place,)


# ---------------------------------------------------------------- the page


def default_of(one):
    value = one.default_factory() if one.default is MISSING else one.default
    if isinstance(value, float):
        return f"{value:g}" if value < 1e6 else f"{value:.0f}"
    return {(): "none", "": "none"}.get(value, str(value)) if not isinstance(value, dict) else "none"


def every_setting():
    for part in fields(Settings):
        if is_dataclass(part.default):
            for one in fields(part.default):
                yield f"{part.name}.{one.name}", default_of(one)
        else:
            yield part.name, default_of(part)


def test_every_setting_is_on_the_page_with_its_default_and_its_name_in_the_environment():
    shown = {name: (default.strip("`"), variable.strip("`")) for name, _, default, variable, _, _ in ROWS}
    names = {".".join(path): name for name, path in environment_names().items()}
    assert shown == {name: (default, names.get(name, "none")) for name, default in every_setting()}


def test_the_bounds_on_the_page_are_those_that_hold():
    kinds = {name: kind for name, kind, *_ in ROWS}
    for part in fields(Settings):
        for one in fields(part.default) if is_dataclass(part.default) else ():
            if "most" in one.metadata:
                assert kinds[f"{part.name}.{one.name}"].endswith(f" up to {one.metadata['most']:,}")


def test_the_whole_example_is_valid_and_says_what_holds_without_it(tmp_path):
    whole, channels = re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S)
    assert load_settings(write(tmp_path, whole), {}) == Settings()
    assert all(
        re.search(rf"^{name.rpartition('.')[2]} = ", whole, re.M) for name, *_ in ROWS if name != "deliver"
    )
    assert set(load_settings(write(tmp_path, channels), {}).deliver) == {"file", "webhook", "mail", "apprise"}


def test_a_settings_file_that_is_asked_for_must_exist(tmp_path):
    with pytest.raises(SettingsError, match="no such settings file"):
        load_settings(tmp_path / "none.toml", {})
