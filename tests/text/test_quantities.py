"""Numbers out of a hundred, as intervals."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.text.quantities import Quantity, find_quantities

_MARK = re.compile(r"\[([^\[\]]+)\]\(([^()]+)\)")

# [number](bound low-high) and, where it matters, the unit behind it
MARKED = (
    "Its slice is [61%](exact 61-61).",
    "Roughly [61%](about 59-63) of the traffic, up from less than [1.2%](under 0-1.2).",
    "It handles nearly [30 percent](about 28-30) at peaks, averaging ~[13%](about 11.7-14.3) over the year.",
    "The mix went from ~[11%](about 9.9-12.1) to over [50%](over 50-100).",
    "Usage slid from [21](exact 21-21) to [8.5 percent](exact 8.5-8.5).",
    "The count fell from [40%](exact 40-40) to [25%](exact 25-25).",
    "Power use may reach [6.7% to 12%](range 6.7-12) of the grid.",
    "Ten firms earn [65 to 80 percent](range 65-80) of it.",
    "Between [3 and 5 per cent](range 3-5) of orders fail.",
    "A [30–40%](range 30-40) slice, ranging from [5% to 9%](range 5-9).",
    "About [15%](about 13.5-16.5) and [16%](about 14.4-17.6) respectively.",
    "They hold at least [40 pct](over 40-100) and at most [55%](under 0-55).",
    "It takes just over [20%](over 20-22), they just under [20%](under 18-20).",
    "No more than [7%](under 0-7), not less than [3%](over 3-100).",
    "Well over [half](over 50-100 fraction) of it, almost [a third](about 30.33-33.33 fraction) of the rest.",
    "[Two-thirds](exact 66.67-66.67 fraction) of clips and [three-quarters](exact 75-75 fraction) of songs.",
    "[One in five](exact 20-20 fraction) users left; [seven out of the 10](exact 70-70 fraction) stayed.",
    "[Three of the top five](exact 60-60 fraction) models are open, [9 out of 10](exact 90-90 fraction) are cheap.",
    "They cut the bill in [half](exact 50-50 fraction).",
    "Rates rose by [half a percentage point](exact 0.5-0.5 point) or [25 basis points](exact 25-25 basis_point).",
    "The gap is [5.5 percentage points](exact 5.5-5.5 point), or [12bps](exact 12-12 basis_point).",
    "A [twenty-five percent](exact 25-25) rise, then [1,180%](exact 1180-1180).",
    "The fund lost [-3.4%](exact -3.4--3.4) in June.",
    "Sales grew [12%](exact 12-12) at first; [30%](over 30-100) or more is likely.",
    "It is north of [70%](over 70-100), shy of [90%](under 88-90).",
    "Output rose [40pc](exact 40-40); [90-plus percent](over 90-100) of it is sold, [80+%](over 80-100) abroad.",
    "A [10- to 15-percent](range 10-15) cut, or [20-to-30 percent](range 20-30) at most plants.",
    "[One-in-five](exact 20-20 fraction) shops and [1 of every 4](exact 25-25 fraction) malls closed.",
    "It got [35 out of 42](exact 83.33-83.33 fraction) points, the other [5 of 6](exact 83.33-83.33 fraction) problems.",
    "It solved [5/6](exact 83.33-83.33 fraction) problems and took [88.1%](exact 88.1-88.1)/[77.2%](exact 77.2-77.2).",
    "Fees fell [a quarter of a percent](exact 0.25-0.25) to [half of one percent](exact 0.5-0.5).",
    "Sales grew by [a fifth](exact 20-20 fraction), at [1/10th](exact 10-10 fraction) the cost.",
    "It must hand over [15%](exact 15-15) of it and keeps over [80%](over 80-100).",
    "Save [60%](exact 60-60)Have a friend along.",
    "国产模型约占流量的[六成](about 57.0-63.0 fraction)。",
    "渗透率已[过半](over 50-100 fraction)，去年不到[两成](under 0-20 fraction)。",
    "它拿下[七成半](exact 75-75 fraction)订单，其余[百分之二十五](exact 25-25)归对手。",
    "约[三分之二](about 63.67-69.67 fraction)的开支用于芯片。",
    "股价跌超[13%](over 13-100)，最高涨幅达[15%](exact 15-15)。",
    "份额从[２１％](exact 21-21)升至[38.5%](exact 38.5-38.5)。",
    "利率上调[25个基点](exact 25-25 basis_point)，差[1.2个百分点](exact 1.2-1.2 point)。",
    "预计增长[37%至38%](range 37-38)，[三到四成](range 30-40 fraction)来自海外。",
    "Its slice did not fall below [50%](over 50-100) and never dropped under [30%](over 30-100).",
    "It has not been below [45%](over 45-100), and it isn't above [70%](under 0-70).",
    "Not more than [20%](under 0-20) went abroad; no less than [40%](over 40-100) stayed.",
    "It failed to reach [10%](under 0-10), and has yet to pass [5%](under 0-5) in Japan.",
    "No single buyer accounts for more than [15%](under 0-15) of it, nothing less than [9%](over 9-100) will do.",
    "It is no longer above [60%](under 0-60), but not only over [50%](over 50-100) there.",
    "There were no ads in more than [50%](over 50-100) of chats; it could not say how over [30%](over 30-100) left.",
    "No doubt over [50%](over 50-100) agree, and it never expected over [20%](over 20-100) to stay.",
    "Output grew without dropping below [80%](over 80-100); it could not hold above [90%](under 0-90).",
    "占比不低于[30%](over 30-100)、不超过[40%](under 0-40)，从未低于[20%](over 20-100)。",
    "份额未跌破[50%](over 50-100)，尚未突破[60%](under 0-60)，海外未能达到[10%](under 0-10)，国内跌破[七成](under 0-70 fraction)。",
    "份额接近[50%](about 48-50)，[20%](over 20-100)以上来自出口，[5%](about 4.5-5.5)左右是新客。",
)

MARKED += (
    "It yields [4 1/2 percent](exact 4.5-4.5), the other [3¾ per cent](exact 3.75-3.75), the third [½%](exact 0.5-0.5).",
    "The levy takes [two and a half percent](exact 2.5-2.5), the fee [one point five percent](exact 1.5-1.5).",
    "The three divisions grew [4](exact 4-4), [5](exact 5-5) and [9 percent](exact 9-9).",
    "It slid to [9 per cent](exact 9-9) from [15](exact 15-15); the rest went from [37 percent](exact 37-37) to [2](exact 2-2).",
    "They rent in [300 of its 1,000](exact 30-30 fraction) towns and keep [23 cents of every dollar](exact 23-23 fraction).",
    "[One paying guest in six](exact 16.67-16.67 fraction) left; [nine cases out of a hundred](exact 9-9 fraction) were late.",
    "Between [a fifth and a quarter](range 20-25 fraction) of it rots, [a quarter to a third](range 25-33.33 fraction) of the rest.",
    "A [half-point](exact 0.5-0.5 point) rate cut, [a full percentage point](exact 1-1 point) in all.",
    "It lost [three-tenths of a percent](exact 0.3-0.3), then [a percent or two](range 1-2).",
    "It has a [50-50](exact 50-50 fraction) chance and booked [(4.1)%](exact -4.1--4.1).",
    "[12%](about 10.8-13.2), give or take; [30%](about 28-32) or thereabouts; [20-odd percent](about 18-22).",
    "Fines of up to £3 million or [6%](under 0-6) of sales; it moved up to [14%](exact 14-14) from there.",
    "They paid more than the [30%](exact 30-30) of last year and passed the [50%](over 50-100) mark.",
    "约佔[八成](about 77-83 fraction)，[五成](over 50-53 fraction)出头才算。",
)

NOTHING = (
    "See page 2 of 3, part 4 of 5, and the 4 of 5 stars.",
    "It is a third of an inch thick; August is half over; it grinds half pipes.",
    "He held 2 of 3 on 9/10 and 3/4.",
    "The second half and the third quarter were slow.",
    "Half a million users waited half an hour; a year and a half later they left.",
    "A third party bought a quarter-size unit in Q3 for the third time.",
    "See https://example.com/a%20b?q=30%25%2020 for more.",
    "The first quarter of 2025 had one in 2024 and three in June.",
    "She came third in a fourth round; one of the top five teams won.",
    "他成为公司成员，完成任务后在下半年离开。",
    "A half-hour show and a half-life of nine days.",
    "The sheet says .col { width: 100%; flex: 0 0 33.3%; } and prints %d items and %s.",
    "They won by a half-point on Sunday, 3 of 2025 and one goal in six games.",
    "Growth in the low single digits; a share in the mid-30s.",
)


def _read(sentence: str) -> tuple[str, list[tuple[str, str]]]:
    return _MARK.sub(lambda m: m[1], sentence), [(m[1], m[2]) for m in _MARK.finditer(sentence)]


def _written(quantity: Quantity) -> tuple[str, str, float, float]:
    return quantity.text, quantity.bound, quantity.low, quantity.high


@pytest.mark.parametrize("sentence", MARKED)
def test_a_number_is_found_with_its_bound_and_interval(sentence: str) -> None:
    text, marks = _read(sentence)
    expected = []
    for words, said in marks:
        bound, interval, *_ = said.split()
        low, high = re.fullmatch(r"(-?[\d.]+)-(-?[\d.]+)", interval).groups()  # type: ignore[union-attr]
        expected.append((words, bound, pytest.approx(float(low)), pytest.approx(float(high))))
    assert [_written(q) for q in find_quantities(text)] == expected


@pytest.mark.parametrize("sentence", MARKED)
def test_a_number_has_its_unit(sentence: str) -> None:
    text, marks = _read(sentence)
    units = [[*said.split(), "percent"][2] for _, said in marks]
    assert [q.unit for q in find_quantities(text)] == units


@pytest.mark.parametrize("sentence", NOTHING)
def test_words_that_only_look_like_fractions_are_no_numbers(sentence: str) -> None:
    assert find_quantities(sentence) == ()


@pytest.mark.parametrize(
    ("sentence", "direction"),
    [
        ("Shares fell by about 17% on Monday.", "down"),
        ("Revenue rose more than 9%.", "up"),
        ("A 22% jump in orders.", "up"),
        ("It holds 40% of the market.", "none"),
        ("智谱跌超13%", "down"),
        ("营收同比增长18%", "up"),
        ("Chips make up 80% of sales.", "none"),
        ("The rate rose to 5% last week.", "none"),
        ("Output is up from 9% in spring.", "none"),
        ("It fell below 4% again.", "none"),
        ("Wages have not fallen 5% as feared.", "none"),
        ("The gap widened by 1.4 percentage points.", "up"),
        ("The deficit narrowed 0.3%.", "down"),
        ("The shares gave up 3%.", "down"),
        ("It laid off 350 people, or about 14% of its staff.", "down"),
        ("The index gained 120 points, or 0.8 per cent.", "up"),
        ("The bill was cut in half.", "down"),
        ("The fee is 12% more than in May.", "up"),
        ("股价收盘挫6.7%", "down"),
        ("失业率升至5.3%", "none"),
        ("跌幅扩大到14%", "down"),
    ],
)
def test_direction_is_read_apart_from_the_bound(sentence: str, direction: str) -> None:
    (quantity,) = find_quantities(sentence)
    assert quantity.direction == direction


@pytest.mark.parametrize(
    ("sentence", "directions"),
    [
        ("It climbed 6 per cent and Acme 4 per cent.", ["up", "up"]),
        ("Orders from Asia shrank 7%, those from Peru 1%.", ["down", "down"]),
        ("It rose 5%, and 20% of readers cheered.", ["up", "none"]),
        ("It raised the tax 1.5 percentage points, to 9 percent.", ["up", "none"]),
        ("It rose from 3% to 5%.", ["none", "none"]),
    ],
)
def test_a_number_shares_the_verb_of_the_one_before_it(sentence: str, directions: list[str]) -> None:
    assert [q.direction for q in find_quantities(sentence)] == directions


@pytest.mark.parametrize(
    "piece", ["1", "%", "1,", "of ", "1% ", "half ", "五 ", "约", "a third of a ", "one in ", "not over "]
)
def test_hostile_text_is_read_in_pieces_of_bounded_size(piece: str) -> None:
    """A number at the end is found as well behind 20,000 hostile letters as behind 200."""
    far, near = (find_quantities((piece * 20_000)[:size] + " . It is 5%")[-1] for size in (20_000, 200))
    assert (
        (far.text, far.value, far.direction) == (near.text, near.value, near.direction) == ("5%", 5.0, "none")
    )


_PIECES = st.sampled_from(
    ["about ", "over ", "61%", "30-40%", "六成", "约", "half ", "a third of ", "from ", " to ", "5 percent", "百分之", "三分之二", "one in five", " and ", "％", "-", ".", "0", "分之", "1,000 ", "pp", "\n\n", "过半", "k"]
)  # fmt: skip


def test_what_did_not_fall_below_a_number_did_not_fall_by_it() -> None:
    assert [q.direction for q in find_quantities("The rate did not fall below 3%, it fell 2%.")] == [
        "none",
        "down",
    ]


@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=14).map("".join)))
def test_any_text_gives_ordered_intervals_inside_the_text_that_do_not_overlap(text: str) -> None:
    end = 0
    for q in find_quantities(text):
        assert text[q.start : q.end] == q.text
        assert end <= q.start < q.end <= len(text)
        assert q.outer_start <= q.start
        assert q.end <= q.outer_end
        assert q.low <= q.value <= q.high
        end = q.end


# ---------------------------------------------------------------- public test cases


def _cases(folder: Path, name: str) -> list[tuple[str, list[tuple[str, float]]]]:
    rows = json.loads((folder / "specs" / "recognizers_specs" / name).read_text(encoding="utf-8-sig"))
    cases = []
    for row in rows:
        expected = [
            (result["Text"], float(result["Resolution"]["value"].rstrip("%")))
            for result in row["Results"]
            if result["Resolution"]["value"] != "null" and "折" not in result["Text"]
        ]
        cases.append((row["Input"], expected))
    return cases


@pytest.mark.parametrize(
    "name", ["English_PercentModel.json", "English_PercentModelPercentMode.json", "Chinese_PercentModel.json"]
)
def test_the_public_percent_cases_are_recalled(shared: Path, name: str) -> None:
    found = total = 0
    for text, expected in _cases(shared, name):
        quantities = find_quantities(text)
        for words, value in expected:
            start = text.find(words)
            over = [q for q in quantities if q.start < start + len(words) and start < q.end]
            total += 1
            found += any(abs(said - value) < 0.005 for q in over for said in (q.value, q.high))
    assert found / total >= 0.95, f"{found} of {total}"


_OUT_OF_A_HUNDRED = re.compile(r"%|percent|\b(?:half|quarter)\b|\d/\d|分之|成")


def _range_cases(folder: Path, name: str) -> list[tuple[str, int, int, list[float]]]:
    """The range cases within scope: a bound or a range of a percent or of a fraction of a whole.

    Plain numbers ("between 10 and 20"), ranks ("between the tenth and the fifteenth") and scores are other
    quantities: a result counts only if its own words hold a percent, a fraction or 成. Fractions are given as parts of
    one there and out of a hundred here.
    """
    rows = json.loads((folder / "specs" / "recognizers_specs" / name).read_text(encoding="utf-8-sig"))
    cases = []
    for row in rows:
        for result in row["Results"]:
            if not _OUT_OF_A_HUNDRED.search(result["Text"]):
                continue
            factor = 1.0 if re.search(r"%|percent|百分之", result["Text"]) else 100.0
            ends = [factor * float(end) for end in re.findall(r"[\d.]+", result["Resolution"]["value"])]
            cases.append((row["Input"], result["Start"], result["End"] + 1, ends))
    return cases


def test_the_public_range_cases_within_scope_are_recalled(shared: Path) -> None:
    found = total = 0
    for name in ("English_NumberRangeModel.json", "Chinese_NumberRangeModel.json"):
        for text, start, end, ends in _range_cases(shared, name):
            inside = [q for q in find_quantities(text) if q.start < end and start < q.end]
            total += 1
            found += all(
                any(abs(said - side) < 0.005 for q in inside for side in (q.value, q.low, q.high))
                for said in ends
            )
    assert total >= 6
    assert found / total >= 0.95, f"{found} of {total}"
