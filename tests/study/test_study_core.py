import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
from studied import DAYS, about, closes, noise

from labtape.exceptions import ReadError, SettingsError
from labtape.report import to_frame
from labtape.study import Options, events, first_session, study, study_json
from labtape.types import Event

MARKET = {"": "INDEX:M"}
QUICK = {"draws": 500, "placebos": 500, "benchmarks": MARKET}
PLACE = {day: n for n, day in enumerate(DAYS)}
TICKERS = tuple(f"NASDAQ:{n}" for n in "ABCDEFGH")


def at(day: str, hour: int = 22) -> datetime:
    """After the close of that day in New York, unless another hour (UTC) is given."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def days_of(n: int, seed: int, *, first: int = 200, last: int = 600) -> list[str]:
    return [
        DAYS[k] for k in sorted(np.random.default_rng(seed).choice(np.arange(first, last), n, replace=False))
    ]


def prices(jumps=(), size: float = 0.01) -> pd.DataFrame:
    """Eight tickers and their market; `jumps` are (ticker, place, return on top)."""
    market = noise(99, size=size)
    steps = {ticker: market + noise(n, size=size) for n, ticker in enumerate(TICKERS)}
    for ticker, place, jump in jumps:
        steps[ticker][place] += jump
    return closes(**{t.replace(":", "_"): s for t, s in steps.items()}, INDEX_M=market)


def one_row(made, group, window, stories="all", by="verdict"):
    (row,) = [r for r in made.rows if (r.by, r.group, r.window, r.stories) == (by, group, window, stories)]
    return row


# ---------------------------------------------------------------- what was known, and when


@pytest.fixture
def late():
    """Eighty records published on a day, available three days later; their tickers jumped in between, and nothing followed."""
    made, jumps = [], []
    for n, day in enumerate(days_of(80, seed=5)):
        published = at(day)
        ticker = TICKERS[n % len(TICKERS)]
        made.append(about(ticker, published + timedelta(days=3), id_=f"a{n}", published=published))
        jumps.append((ticker, PLACE[first_session(published, "NASDAQ")] + 1, 0.05))
    return made, prices(jumps)


def test_what_moved_between_publication_and_availability_is_no_effect(late):
    made = study(*late, options=Options(windows=(1, 5), by=("verdict",), **QUICK))
    for row in made.rows:
        if not row.is_check:
            assert abs(row.mean) < 0.01
            assert row.p > 0.05
    assert made.counts.n_late == 80
    assert any("more than two days after being published" in note for note in made.notes)


def test_the_leak_would_be_seen_if_published_at_were_used(late, monkeypatch):
    """The test above can fail: with the wrong time the jump is an effect of five percent."""
    monkeypatch.setattr(events, "known_at", lambda record: record.published_at)
    made = study(*late, options=Options(windows=(1, 5), by=("verdict",), **QUICK))
    row = one_row(made, "Bullish", (0, 1))
    assert row.mean == pytest.approx(0.05, abs=0.01)
    assert row.q < 0.05


def test_published_at_changes_nothing_at_all():
    day = days_of(40, seed=1)
    same = [
        [about("NASDAQ:A", at(d), id_=d, published=at(d) - timedelta(days=back)) for d in day]
        for back in (0, 30)
    ]
    first, second = (study(records, prices(), options=Options(by=("verdict",), **QUICK)) for records in same)
    assert first.rows == second.rows


def test_a_verdict_made_after_the_fact_is_reported():
    day = days_of(3, seed=1)
    records = [about("NASDAQ:A", at(d), id_=d, scored=at(d) + timedelta(days=90)) for d in day]
    records.append(about("NASDAQ:A", at(DAYS[300]), id_="early", published=at(DAYS[301])))
    made = study(records, prices(), options=Options(**QUICK))
    assert (made.counts.n_hindsight, made.counts.n_before_published) == (3, 1)
    assert made.notes[0].startswith("Scored in hindsight: 3 records")
    assert "1 record available before being published" in made.notes[1]


# ---------------------------------------------------------------- found, and not found


def verdicts(n_days: int = 150, seed: int = 3):
    random = np.random.default_rng(seed)
    for n, day in enumerate(days_of(n_days, seed=seed)):
        for ticker in random.choice(TICKERS, 2, replace=False):
            label = str(random.choice(["Bullish", "Neutral", "Bearish"]))
            yield about(
                str(ticker),
                at(day, int(random.integers(24))),
                label,
                id_=f"a{n}{ticker}",
                confidence=float(random.uniform(0.5, 0.9)),
            )


def planted(records, effect: float):
    """Prices in which each directional verdict moves its ticker over five sessions after the entry."""
    signs = {"Bullish": 1, "Neutral": 0, "Bearish": -1}
    jumps = []
    for record in records:
        entry = PLACE[first_session(record.available_at, "NASDAQ")]
        ticker = record.verdict.target.removeprefix("ticker:")
        jumps += [(ticker, entry + k, effect / 5 * signs[record.verdict.label]) for k in range(1, 6)]
    return prices(jumps)


def test_a_planted_effect_is_found_in_its_size_and_direction():
    records = list(verdicts())
    made = study(
        records,
        planted(records, 0.015),
        options=Options(windows=(1, 5, 20), by=("verdict", "state", "confidence"), **QUICK),
    )
    bullish, bearish, spread = (one_row(made, g, (0, 5)) for g in ("Bullish", "Bearish", "up less down"))
    assert bullish.low > 0 > bearish.high
    assert bullish.low < 0.015 < bullish.high
    assert spread.mean == pytest.approx(0.03, abs=0.008)
    for row in (bullish, bearish, spread, one_row(made, "directional", (0, 5), by="state")):
        assert row.q < 0.05
    neutral = one_row(made, "Neutral", (0, 5))
    assert neutral.low < 0 < neutral.high
    assert neutral.q > 0.05
    assert bullish.hit_low > 0.5
    assert bearish.hit_low > 0.5
    check = one_row(made, "in its direction", (-5, 0))
    assert check.low < 0 < check.high
    assert (check.p, check.q) == (None, None)


def test_where_nothing_was_planted_nothing_is_found():
    records = list(verdicts())
    made = study(
        records, prices(), options=Options(windows=(1, 5, 20), by=("verdict", "state", "confidence"), **QUICK)
    )
    assert made.n_tests > 30
    assert [row for row in made.rows if row.q is not None and row.q < 0.05] == []
    assert any(f"{made.n_tests} tests made, so {made.n_tests * 0.05:.1f}" in note for note in made.notes)


def test_a_data_frame_of_records_gives_the_study_of_the_records():
    records = list(verdicts(20))
    from_frame, from_records = (
        study(given, prices(), options=Options(by=("verdict",), **QUICK))
        for given in (to_frame(records), records)
    )
    assert from_frame == from_records
    with pytest.raises(ReadError, match="lacks the columns verdict"):
        study(to_frame(records).drop(columns="verdict"), prices())


def test_the_same_seed_gives_the_same_study_and_another_does_not():
    records = list(verdicts(60))
    first, again, other = (
        study(iter(records), prices(), options=Options(seed=s, **QUICK)) for s in (0, 0, 1)
    )
    assert first == again
    assert first.rows != other.rows


# ---------------------------------------------------------------- observations


def test_articles_about_one_ticker_on_one_day_are_one_observation():
    day = days_of(40, seed=2)
    once = [about("NASDAQ:A", at(d), id_=d) for d in day]
    swarm = [about("NASDAQ:A", at(d), id_=f"{d} {n}") for d in day for n in range(10)]
    options = Options(windows=(5,), by=("verdict",), **QUICK)
    alone, many = (one_row(study(r, prices(), options=options), "Bullish", (0, 5)) for r in (once, swarm))
    assert (many.n, many.n_days, many.n_records) == (40, 40, 400)
    assert (many.mean, many.low, many.high, many.p) == (alone.mean, alone.low, alone.high, alone.p)


def test_tickers_that_share_their_days_make_wider_intervals_than_such_that_do_not():
    day = days_of(20, seed=4)
    shared = noise(7, size=0.03)
    market = noise(99)
    steps = {t.replace(":", "_"): market + shared + noise(n, size=0.002) for n, t in enumerate(TICKERS)}
    records = [about(t, at(d), id_=f"{d}{t}") for d in day for t in TICKERS]
    made = study(
        records, closes(**steps, INDEX_M=market), options=Options(windows=(1,), by=("verdict",), **QUICK)
    )
    row = one_row(made, "Bullish", (0, 1))
    assert (row.n, row.n_days) == (160, 20)
    assert row.high - row.low > 2 * 1.96 * 0.03 / 160**0.5 * 1.8  # about that of 20 facts, not of 160


def test_verdicts_that_contradict_each_other_on_a_day_have_no_direction():
    day = days_of(30, seed=2)
    both = [
        about("NASDAQ:A", at(d), label, id_=f"{d}{label}") for d in day for label in ("Bullish", "Bearish")
    ]
    extra = [about("NASDAQ:B", at(d), "Bullish", id_=f"{d}B") for d in day]
    made = study(both + extra, prices(), options=Options(windows=(5,), by=("verdict",), **QUICK))
    assert one_row(made, "in its direction", (0, 5)).n == 30
    assert one_row(made, "Bullish", (0, 5)).n == 60


def test_only_the_first_record_of_a_story_counts_where_that_is_asked():
    day = days_of(35, seed=2)
    records = [
        about("NASDAQ:A", at(d) + timedelta(days=n), id_=f"{d} {n}", story=d) for d in day for n in (2, 0, 1)
    ]
    made = study(records, prices(), options=Options(windows=(5,), by=("verdict",), **QUICK))
    every, first = (one_row(made, "Bullish", (0, 5), stories) for stories in ("all", "first"))
    assert (every.n_records, first.n_records) == (105, 35)
    assert [one.trade.article_id for one in made.outcomes if one.is_first] == [
        f"{d} 0" for d in day for _ in range(1)
    ]
    alone = study(records, prices(), options=Options(windows=(5,), by=("verdict",), first_only=True, **QUICK))
    assert {row.stories for row in alone.rows} == {"first"}
    assert one_row(alone, "Bullish", (0, 5), "first").mean == first.mean


def test_one_ticker_is_studied_against_the_market_of_all():
    day = days_of(35, seed=2)
    records = [about(f"NASDAQ:{name}", at(d), id_=f"{name} {d}") for d in day for name in "AB"]

    def studied(*tickers):
        made = study(
            records, prices(), options=Options(windows=(5,), by=("verdict",), tickers=tickers, **QUICK)
        )
        return {one.trade.article_id: one.abnormal for one in made.outcomes}

    whole = studied()
    assert studied("nasdaq:a") == {id_: car for id_, car in whole.items() if id_.startswith("A ")}
    assert studied("NASDAQ:A", "NASDAQ:B") == whole
    with pytest.raises(SettingsError, match="no prices of NASDAQ:NONE; give tickers of the table"):
        studied("NASDAQ:A", "NASDAQ:NONE")


def test_too_few_are_said_to_be_and_are_not_tested():
    records = [about("NASDAQ:A", at(d), id_=d) for d in days_of(29, seed=2)]
    made = study(records, prices(), options=Options(windows=(1,), by=("verdict",), **QUICK))
    assert {row.is_enough for row in made.rows} == {False}
    assert {row.p for row in made.rows} == {None}
    assert made.n_tests == 0
    assert any("n too small" in note for note in made.notes)
    same_day = [about(t, at(d), id_=f"{d}{t}") for d in days_of(9, seed=2) for t in TICKERS]
    assert {row.is_enough for row in study(same_day, prices(), options=Options(**QUICK)).rows} == {False}


def test_without_a_market_returns_are_raw_and_that_is_said():
    frame = prices()[["NASDAQ:A"]]
    records = [about("NASDAQ:A", at(d), id_=d) for d in days_of(40, seed=2)]
    made = study(records, frame, options=Options(windows=(1,), by=("verdict",), draws=200, placebos=200))
    row = one_row(made, "Bullish", (0, 1))
    assert not row.is_abnormal
    assert row.mean == row.mean_return
    assert any("Returns are raw" in note for note in made.notes)


def test_what_is_left_out_is_counted():
    good = about("NASDAQ:A", at(DAYS[300]), id_="good")
    records = [
        good,
        about("market:ai", at(DAYS[300]), id_="market"),
        about("NASDAQ:ZZ", at(DAYS[300]), id_="unpriced"),
        about("NASDAQ:A", at(DAYS[-1]), id_="after"),
        about("NASDAQ:A", datetime(2022, 6, 1, tzinfo=UTC), id_="before"),
        about("NASDAQ:A", datetime(1990, 6, 1, tzinfo=UTC), id_="long before"),
    ]
    made = study(records, prices(), options=Options(**QUICK))
    c = made.counts
    assert (c.n_records, c.n_unlisted, c.n_unpriced, c.missing) == (6, 1, 1, (("NASDAQ:ZZ", 1),))
    assert (c.n_after, c.n_without_price, c.n_without_session, c.n_trades) == (1, 1, 1, 1)
    told = next(note for note in made.notes if note.startswith("Left out"))
    assert (
        "1 record about nothing listed; 1 record without prices (NASDAQ:ZZ 1); 1 trade after the last price"
        in told
    )


def test_groups_by_event_take_the_verdicts_direction():
    day = days_of(60, seed=2)
    records = [
        about("NASDAQ:A", at(d), "Bearish" if n % 2 else "Bullish", id_=d, events=(Event("pricing" if n < 40 else "outage", 0.9, 0, 1, "r"),))
        for n, d in enumerate(day)
    ]  # fmt: skip
    made = study(
        records,
        prices(),
        options=Options(windows=(1,), by=("event", "phase", "origin", "ticker", "horizon"), **QUICK),
    )
    assert [
        (r.group, r.n) for r in made.rows if r.by == "event" and r.stories == "all" and not r.is_check
    ] == [("pricing", 40), ("outage", 20)]
    (pricing,) = [
        r for r in made.rows if (r.by, r.group, r.window, r.stories) == ("event", "pricing", (0, 1), "all")
    ]
    cars = [o.abnormal[-1] * o.trade.sign for o in made.outcomes if o.trade.main_event == "pricing"]
    assert pricing.mean == pytest.approx(np.mean(cars))
    assert pricing.median == pytest.approx(np.median(cars))
    assert pricing.n_hits == sum(car > 0 for car in cars)
    assert {r.group for r in made.rows if r.by in ("phase", "origin", "ticker")} == {
        "post",
        "target",
        "NASDAQ:A",
    }


def test_every_single_outcome_can_be_checked_by_hand():
    records = [about("NASDAQ:A", at(DAYS[300]), id_="a"), about("NASDAQ:A", at(DAYS[-4]), id_="b")]
    frame = prices()
    made = study(records, frame, options=Options(windows=(1, 5), **QUICK))
    first, last = made.events().to_dict("records")
    a = frame["NASDAQ:A"].to_numpy()
    assert (first["entry"], first["price"]) == (DAYS[301], a[301])
    assert first["return_5"] == pytest.approx(a[306] / a[301] - 1, abs=1e-6)
    assert first["return_-5"] == pytest.approx(a[301] / a[296] - 1, abs=1e-6)
    assert (first["method"], first["n_estimation"]) == ("market model", 120)
    assert pd.isna(last["return_5"])  # prices end before
    assert not pd.isna(last["return_1"])


def test_the_way_after_a_label_starts_at_the_entry():
    records = list(verdicts(60))
    made = study(records, planted(records, 0.02), options=Options(**QUICK))
    (up,) = [path for path in made.paths if path.label == "Bullish"]
    points = {k: mean for k, mean, _, _ in up.points}
    assert list(points) == list(range(-5, 21))
    assert points[0] == 0
    assert points[5] == pytest.approx(0.02, abs=0.008)
    assert abs(points[-5]) < 0.01


def test_the_study_is_json_with_how_it_was_made():
    made = study(
        [about("NASDAQ:A", at(DAYS[300]))], prices(), options=Options(windows=(5,), by=("verdict",), **QUICK)
    )
    plain = json.loads(study_json(made))
    assert plain["schema"] == "labtape.study/1"
    assert plain["options"]["benchmarks"] == MARKET
    assert [(r["group"], r["start"], r["end"], r["n"]) for r in plain["rows"]][:2] == [
        ("Bullish", -5, 0, 1),
        ("Bullish", 0, 5, 1),
    ]
    assert list(made.table().columns)[:6] == ["by", "group", "measure", "stories", "start", "end"]


def test_no_records_make_an_empty_study():
    made = study([], prices(), options=Options(**QUICK))
    assert (made.rows, made.outcomes, made.paths) == ((), (), ())
    assert len(made.table()) == len(made.events()) == 0
    assert study_json(made)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"windows": ()}, "windows"),
        ({"windows": (0,)}, "from 1 to 250"),
        ({"before": -1}, "before: -1"),
        ({"by": ("mood",)}, "by: no mood; have: verdict, state"),
        ({"lag": timedelta(seconds=-1)}, "before the news"),
    ],
)
def test_what_makes_no_study_is_said(given, words):
    with pytest.raises(SettingsError, match=words):
        Options(**given)
