"""What may be asked: query parameters, checked and turned into our nouns. Unknown ones are refused, as a typing error would else
give the whole list.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Final, Literal, Self, get_origin

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from starlette.exceptions import HTTPException

from labtape.moments import end_of
from labtape.ports import Order, Wanted
from labtape.store.terms import word_terms

MOST_TERMS: Final = 16


def moment(value: object) -> datetime:
    """A time or a day, as ISO 8601 has it; without a zone it is UTC.

    >>> moment("2026-06-01T09:30:00+02:00").isoformat()
    '2026-06-01T07:30:00+00:00'
    """
    if not isinstance(value, str) or not value[:4].isdigit() or len(value) < 8:
        raise ValueError("no time; write 2026-06-01 or 2026-06-01T09:30:00Z")
    try:
        # A plus sign in a query stands for a space.
        at = datetime.fromisoformat(value[:10] + value[10:].replace(" ", "+" if "T" in value else "T", 1))
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as e:
        raise ValueError("no time; write 2026-06-01 or 2026-06-01T09:30:00Z") from e


def end(value: object) -> datetime:
    """Like `moment`, but a day is the end of it: up to then means with the whole of that day.

    >>> end("2026-06-01").isoformat(), end("2026-06-01T09:30Z").isoformat()
    ('2026-06-01T23:59:59.999999+00:00', '2026-06-01T09:30:00+00:00')
    """
    return end_of(str(value), moment(value))


_TIME: Any = {  # Any: JSON has no tighter type
    "type": "string",
    "anyOf": [{"format": "date-time"}, {"format": "date"}],
    "examples": ["2026-06-01T00:00:00Z"],
}
Moment = Annotated[datetime, BeforeValidator(moment), WithJsonSchema(_TIME)]
End = Annotated[datetime, BeforeValidator(end), WithJsonSchema(_TIME)]
Cursor = Annotated[str | None, Field(description="`next` of the answer before.", max_length=4000)]


class Asked(BaseModel):
    """A query; no parameter beside those that are named."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    async def parsed(cls, request: Request) -> Self:
        """The query of a request. FastAPI's own way looks at each annotation again each time, which takes longer than the database."""
        values: dict[str, str | list[str]] = dict(request.query_params)
        for name in values.keys() & _many(cls):
            values[name] = request.query_params.getlist(name)
        try:
            return cls.model_validate(values)
        except ValidationError as e:
            raise RequestValidationError(
                [{"loc": ("query", *error["loc"]), "msg": error["msg"]} for error in e.errors()]
            ) from e


@cache
def _many(kind: type[Asked]) -> frozenset[str]:
    """The parameters that may be given more than once."""
    fields = kind.model_fields.items()
    return frozenset(name for name, field in fields if get_origin(field.annotation) is list)


class Filters(Asked):
    """Which records."""

    label: Annotated[
        str | None, Field(max_length=60, description="The verdict's label.", examples=["Bearish"])
    ] = None
    relevant: Annotated[bool | None, Field(description="Whether a trader should see it.")] = None
    lab: Annotated[
        list[str],
        Field(max_length=8, description="Labs that are named, all of them: `lab:deepseek` or `deepseek`."),
    ] = []
    entity: Annotated[
        list[str],
        Field(
            max_length=8,
            description="Entities that are named, or whose lab is: `company:nvidia`, `model:qwen`.",
        ),
    ] = []
    event: Annotated[
        list[str], Field(max_length=8, description="Types of events in the text, all of them: `price_cut`.")
    ] = []
    ticker: Annotated[
        list[str], Field(max_length=8, description="Listings that the verdicts reach: `NASDAQ:NVDA`.")
    ] = []
    state: Annotated[
        Literal["directional", "flat", "mixed", "no_transmission", "insufficient", "out_of_scope"] | None,
        Field(description="Why the verdict is as it is."),
    ] = None
    language: Annotated[str | None, Field(pattern="^[a-z]{2,3}$", description="Of the text: `en`, `zh`.")] = (
        None
    )
    min_confidence: Annotated[float, Field(ge=0, le=1, description="Confidence of the verdict at least.")] = (
        0.0
    )
    q: Annotated[
        str | None,
        Field(max_length=200, description="Words of the title, all of them.", examples=["Kimi price"]),
    ] = None

    def terms(self) -> tuple[str, ...]:
        """What the records must be found by. Raises `HTTPException` (422) for more than can be asked at once."""
        words = word_terms(self.q or "")
        if self.q is not None and not words:
            raise HTTPException(422, "query.q: has no words")
        found = (
            *(lab if lab.startswith("lab:") else f"lab:{lab}" for lab in self.lab),
            *self.entity,
            *(f"event:{event.removeprefix('event:')}" for event in self.event),
            *(f"ticker:{ticker.removeprefix('ticker:')}" for ticker in self.ticker),
            *((f"state:{self.state}",) if self.state else ()),
            *((f"label:{self.label}",) if self.label is not None else ()),
            *((f"lang:{self.language}",) if self.language else ()),
            *((f"relevant:{str(self.relevant).lower()}",) if self.relevant is not None else ()),
            *words,
        )
        if len(found) > MOST_TERMS:
            raise HTTPException(422, f"query: {len(found)} filters and words; at most {MOST_TERMS} at once")
        return found


class RecordQuery(Filters):
    """What GET /records takes."""

    since: Annotated[Moment | None, Field(description="Articles of then or later.")] = None
    until: Annotated[
        End | None, Field(description="Articles of then or earlier; a day is the whole of it.")
    ] = None
    updated_since: Annotated[
        Moment | None,
        Field(
            description="Records that were kept then or later, new or scored again; in the order they were kept."
        ),
    ] = None
    story: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Articles that stand in this story, by its id, an id it had, or that of an article.",
        ),
    ] = None
    stories: Annotated[
        bool,
        Field(
            description="Add `stories`: for each article the id of the story it stands in; a record says where it was placed."
        ),
    ] = False
    as_of: Annotated[End | None, Field(description="As it was known then; of a day, at its end.")] = None
    limit: Annotated[
        int | None,
        Field(
            ge=1, le=500, description="Records at most; 50 where none is given, and in NDJSON all there are."
        ),
    ] = None
    cursor: Cursor = None

    def wanted(self) -> Wanted:
        order: Order = "newest" if self.updated_since is None else "added"
        return Wanted(
            since=self.since,
            until=self.until,
            kept_since=self.updated_since,
            terms=self.terms(),
            min_confidence=self.min_confidence,
            order=order,
        )


class StoryQuery(Asked):
    """What GET /stories takes."""

    since: Annotated[Moment | None, Field(description="Stories still told then or later.")] = None
    as_of: Annotated[End | None, Field(description="As it was known then; of a day, at its end.")] = None
    limit: Annotated[
        int | None, Field(ge=1, le=100, description="20 where none is given, and in NDJSON all there are.")
    ] = None
    cursor: Cursor = None


class ShareQuery(Asked):
    """What GET /shares takes."""

    platform: Annotated[
        str | None, Field(max_length=100, description="Where counted, by id or name: `OpenRouter`.")
    ] = None
    holder: Annotated[
        str | None, Field(max_length=100, description="Who holds it: a lab by name or id, or a country.")
    ] = None
    metric: Annotated[str | None, Field(max_length=100, description="Words of what is counted.")] = None
    status: Annotated[
        str | None, Field(max_length=40, description="How the claim stands, as `confirmed` or `disputed`.")
    ] = None
    since: Annotated[Moment | None, Field(description="Claims of then or later.")] = None
    until: Annotated[
        End | None, Field(description="Claims of then or earlier; a day is the whole of it.")
    ] = None
    as_of: Annotated[End | None, Field(description="As it was known then; of a day, at its end.")] = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Cursor = None


class Period(Asked):
    """What GET /digest takes."""

    since: Annotated[
        Moment | None, Field(description="From then on; 24 hours before `until` where not given.")
    ] = None
    until: Annotated[
        End | None, Field(description="Up to then, a day with the whole of it; now where not given.")
    ] = None
    as_of: Annotated[End | None, Field(description="As it was known then; of a day, at its end.")] = None


class Since(Asked):
    """What GET /corrections takes."""

    since: Annotated[Moment | None, Field(description="Against what was known then.")] = None


class When(Asked):
    """What GET of one thing takes."""

    as_of: Annotated[End | None, Field(description="As it was known then; of a day, at its end.")] = None
