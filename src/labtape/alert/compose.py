"""Deliveries as a message: words of strangers cleaned and escaped for each dress.

`report` is imported where it is used: the settings read this room's rules, and every command reads the settings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from labtape.alert.nouns import Alert
from labtape.foreign import clean, web_link
from labtape.plain import from_plain, to_plain
from labtape.ports import Delivery, Message

ALERTS_SCHEMA = "labtape.alerts/1"
_PAGE = Markup(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n{body}</body></html>\n'
)


def message_of(batch: Sequence[Delivery]) -> Message:
    """The message that a batch is sent as; the same bytes for the same batch. Raises `ReadError` for a body that is none."""
    first = batch[0]
    if first.kind == "digest":
        kept = from_plain(Message, json.loads(first.body))
        return Message(kept.subject, kept.markdown, kept.html, kept.json, first.batch, "digest")
    return alerts_message([from_plain(Alert, json.loads(d.body)) for d in batch], id_=first.batch)


def alerts_message(alerts: Sequence[Alert], *, id_: str) -> Message:
    """Alerts as one message, in the order they were made."""
    ordered = sorted(alerts, key=lambda alert: alert.at)
    subject = subject_of(ordered)
    markdown = "\n\n".join("\n".join(_markdown(alert)) for alert in ordered) + "\n"
    html = _PAGE.format(title=subject, body=Markup("").join(map(_html, ordered)))
    body = {"schema": ALERTS_SCHEMA, "alerts": [to_plain(alert) for alert in ordered]}
    return Message(subject, markdown, str(html), json.dumps(body), id_, "alert")


def subject_of(alerts: Sequence[Alert]) -> str:
    if len(alerts) > 1:
        from labtape.report.wording import counted

        rules = ", ".join(dict.fromkeys(alert.rule for alert in alerts))
        return f"{counted(len(alerts), 'alert')} held in quiet hours: {rules}"
    (alert,) = alerts
    return f"{alert.rule}: {alert.label}: {clean(alert.title)}"


def _markdown(alert: Alert) -> Iterator[str]:
    from labtape.report.markdown import escaped, linked

    yield f"**{escaped(alert.label)}** {linked(clean(alert.title) or '(no headline)', alert.url)}"
    yield ""
    if alert.takeaway:
        yield escaped(clean(alert.takeaway))
        yield ""
    yield from (f"- {escaped(line)}" for line in _facts(alert))


def _html(alert: Alert) -> Markup:
    title = clean(alert.title) or "(no headline)"
    link = web_link(alert.url)
    head = Markup('<a href="{}">{}</a>').format(link, title) if link else escape(title)
    facts = Markup("").join(Markup("<li>{}</li>\n").format(line) for line in _facts(alert))
    return Markup("<h2>{}: {}</h2>\n<p>{}</p>\n<ul>\n{}</ul>\n").format(
        alert.label, head, clean(alert.takeaway), facts
    )


def _facts(alert: Alert) -> Iterator[str]:
    from labtape.report.wording import counted, moment, name_of, percent

    verdict = f"{alert.label} {percent(alert.confidence)} on {name_of(alert.target)}"
    yield f"Verdict: {verdict}, {alert.state.replace('_', ' ')}; of the story as a whole: {alert.story.label}"
    told = f"{counted(alert.story.n_articles, 'article')} of {counted(alert.story.n_origins, 'origin')}"
    yield f"Story: {alert.story.phase}, {told}, importance {alert.story.importance:.2f}" + (
        ", new" if alert.is_new else ""
    )
    if alert.labs or alert.events:
        about = [*(name_of(lab) for lab in alert.labs), *(event.replace("_", " ") for event in alert.events)]
        yield f"About: {', '.join(about)}"
    source = f"{clean(alert.publisher)}, " if alert.publisher else ""
    yield f"Source: {source}{moment(alert.published_at)}; rule {clean(alert.rule)}, story {alert.story.id}, article {clean(alert.article_id)}"
