"""When was this page's article published?

The first that holds, each read by our strict list of forms (`dates`):

    what the page states (`metadata`)  >  a visible date under a word as "Published"  >  the day in the address
    >  the day its <time> elements agree on  >  htmldate's finding, if a reader can see it

None is better than a wrong one: htmldate looks into scripts and comments as well, where a page without a date has the
dates of other things; its finding counts only when that day is in the visible text or in the first `<time>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from labtape.read.dates import NO_DATE, Dated, read_date
from labtape.read.markup import plain_text

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]{0,6}"
_WRITTEN = (
    rf"(?:{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}|\d{{1,2}}(?:st|nd|rd|th|\.)?\s{_MONTH}\.?,?\s\d{{4}}"
    r"|\d{4}-\d{1,2}-\d{1,2}|\d{4}年\s?\d{1,2}月\s?\d{1,2}日|\d{4}/\d{1,2}/\d{1,2})"
)
_LABELLED = re.compile(
    r"(?:\b(?:first published|published|publish date|posted|date posted|publiziert|veröffentlicht|publié le|publicado)\b"
    r"|发布时间|发布于|发表于|发布日期|发表时间|發佈時間|發布時間)(?:\s(?:on|am|at))?[\s:：|,-]{0,4}"
    r"(?:(?:\d{1,2}:\d{2}\s?(?:[AaPp]\.?[Mm]\.?)?\s?(?:[A-Z]{2,4})?[\s,]{1,2})?(?:[A-Z][a-z]{2,8}\.?,?\s)?)"
    rf"(?P<day>{_WRITTEN})",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|\.)(?=\s|,)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<gap>[/_-])(?P<month>\d{1,2}|[a-z]{3})(?P=gap)(?P<day>\d{1,2})(?!\d)"
    r"|/(?P<packed>20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)",
    re.IGNORECASE,
)
_TIME = re.compile(r"<time\s[^>]{0,400}?datetime\s*=\s*[\"']?([^\"'>]{8,60})", re.IGNORECASE)
_WIDTH = 400_000  # characters of markup whose visible text is searched


def published_at(page: str, *, url: str, stated: tuple[str, ...], now: datetime) -> Dated:
    """Give the date of a page's article, or none. `stated` are its own dates as written, best first.

    >>> from datetime import UTC
    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> published_at("<b>Ann Lee</b> Published 9:12 AM EST June 13th, 2026", url="", stated=(), now=now).at.day
    13
    >>> published_at("", url="https://a.example/2026/06/12/kimi", stated=(), now=now).at.day
    12
    """
    dated = _first(stated, now)
    if dated.at is not None:
        return dated
    text = plain_text(page[:_WIDTH])
    dated = _first((*_labelled(text), *_in_address(url), *_agreed(page)), now)
    return dated if dated.at is not None else _searched(page, text, now)


def _first(written: Iterable[str], now: datetime) -> Dated:
    """Give the first date that can be read."""
    dates = (read_date(raw, now=now) for raw in written)
    return next((dated for dated in dates if dated.at is not None), NO_DATE)


def _labelled(text: str) -> Iterator[str]:
    for found in _LABELLED.finditer(text):
        yield _ORDINAL.sub("", found["day"])


def _in_address(url: str) -> Iterator[str]:
    for found in _ADDRESS.finditer(url.partition("?")[0]):
        if found["packed"]:
            yield f"{found['packed'][:4]}-{found['packed'][4:6]}-{found['packed'][6:]}"
        elif found["month"].isdigit():
            yield f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}"
        else:
            yield f"{found['day']} {found['month'].title()} {found['year']}"


def _agreed(page: str) -> Iterator[str]:
    """Yield the first `<time>` where all of them name one day."""
    times = _TIME.findall(page)
    if times and len({raw[:10] for raw in times}) == 1:
        yield times[0]


def _searched(page: str, text: str, now: datetime) -> Dated:
    from htmldate import find_date

    found = find_date(page, original_date=True, extensive_search=False, max_date=now + timedelta(days=1))
    dated = read_date(found, now=now) if found else NO_DATE
    return dated if dated.at is not None and _is_seen(dated.at, page, text) else NO_DATE


def _is_seen(at: datetime, page: str, text: str) -> bool:
    first = _TIME.search(page)  # the others belong to other articles, or to comments
    if first and first[1].startswith(at.date().isoformat()):
        return True
    day, month, year = f"0?{at.day}", f"0?{at.month}", f"(?:{at.year}|{at.year % 100:02})"
    near = r"(?!\d)[^\n]{1,16}(?<!\d)"
    numbers = (year + near + day, day + near + year, month + near + day + near + year)
    return any(re.search(rf"(?<!\d){one}(?!\d)", text) for one in numbers)
