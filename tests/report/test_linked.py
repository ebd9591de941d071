"""The page of linked articles: every finding where it stands, nothing of a feed's words alive."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("spacy", reason="the spacy extra is not installed")

from labtape.annotate.displacy import Mark, marked
from labtape.batch import Tools, score
from labtape.lexicon import lexicon
from labtape.report import linked_html
from labtape.types import Article, Event, Unlinked

from .samples import NOW

VOID = {"br", "meta"}
ASIDE = {"to", "flag-event"}
ARTICLE = Article(
    id="a1",
    title="Chinese models take 61% of tokens on OpenRouter",
    text=(
        "Alibaba's Qwen took 18% of tokens, up from 13% a year earlier & <more>.\n\n"
        "Gemini, the crypto exchange, rose 5%.\nIt opened in 2014.\n \n\n英伟达股价上涨3.5%，智谱跟涨。"
    ),
    publisher="Example Wire",
    url="https://news.example/1",
)
HOSTILE = [
    "<script>alert(1)</script>",
    "Qwen</h1><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)> OpenAI',
    "</style><style>*{display:none}</style>",
    "{{ 7 * 7 }} {before} {text} {0} %s",
    "Qwen \x07\x1b]0;x\x07 \u202etxt\u2066",
    "javascript:alert(1)",
]


class Page(HTMLParser):
    """What a browser makes of it: tags with attributes, and the words of the articles without our labels."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.marks, self.ids = [], {"h1": [], "p": []}, [], set()
        self._open = []
        self.feed(html)
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append((tag, values))
        self.ids |= {values["id"]} if "id" in values else set()
        if tag == "br":
            self.handle_data("\n")
        if tag not in VOID:
            self._open.append((tag, values))
            if (block := self.block()) and self._open[-1][1] is values and tag == block:
                self.words[block].append("")
            if "mark" in values.get("class", "").split() and self.block():
                self.marks.append([values["class"].split()[1], "", ""])

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        classes = {c for _, values in self._open for c in values.get("class", "").split()}
        if not (block := self.block()):
            return
        if not classes & ASIDE:
            self.words[block][-1] += data
        if "mark" in classes:
            self.marks[-1][2 if classes & ASIDE else 1] += data

    def block(self):
        """The heading or paragraph of an article that is open."""
        return next((t for t, values in self._open if t in self.words and values.get("dir") == "auto"), None)


def html_of(*articles, bundle="rules"):
    records = score(articles, tools=Tools(bundle=bundle), now=NOW)
    return linked_html(zip(records, articles, strict=True), lexicon=lexicon())


@pytest.fixture(scope="module")
def page():
    return Page(html_of(ARTICLE))


def test_the_words_are_those_of_the_article(page):
    assert page.words["h1"] == [ARTICLE.title]
    assert page.words["p"] == [part.strip() for part in re.split(r"\n\s*\n", ARTICLE.text)]


def test_every_name_and_figure_is_marked_with_what_it_is(page):
    assert {(kind, words) for kind, words, _ in page.marks} == {
        ("country", "Chinese"), ("platform", "OpenRouter"), ("company", "Alibaba"), ("model", "Qwen"),
        ("company", "英伟达"), ("lab", "智谱"), ("unlinked", "Gemini"), ("share", "61%"), ("share", "18%"), ("share", "13%"),
        ("other-figure", "5%"), ("other-figure", "3.5%"),
    }  # fmt: skip


def test_a_mark_says_where_it_links_or_why_it_does_not(page):
    said = {words: label for _, words, label in page.marks}
    assert (said["Qwen"], said["Gemini"], said["13%"]) == ("alibaba-qwen", "crypto", "share before")
    assert said["5%"] == "price change ↑"


def test_only_the_first_mark_of_a_name_repeats_its_target():
    page = Page(html_of(Article("x", "Qwen gains", "Qwen took on DeepSeek. Qwen won.")))
    assert [label for _, words, label in page.marks if words == "Qwen"] == ["alibaba-qwen", "", ""]


def test_every_link_inside_the_page_leads_somewhere(page):
    inside = [
        values["href"][1:] for tag, values in page.tags if tag == "a" and values["href"].startswith("#")
    ]
    assert inside
    assert set(inside) <= page.ids


def test_the_verdict_stands_above_the_text_and_the_legend_has_what_occurs():
    html = html_of(ARTICLE)
    assert html.index("Neutral") < html.index("<h1") < html.index("Alibaba")
    legend = html[html.index("legend") : html.index("</header>")]
    assert re.findall(r'"(?:mark )?([\w-]+)">[\w ]+</span>', legend) == [
        "lab", "company", "model", "platform", "country", "share", "other-figure", "flag-event", "unlinked",
    ]  # fmt: skip


def test_a_sentence_that_tells_an_event_has_a_flag_and_nothing_told_has_none():
    assert 'class="flag-event">' in html_of(Article("x", "Nvidia shares fall 9% on export rules", ""))
    assert 'class="flag-event">' not in html_of(Article("x", "A walk in the park", "Nothing but trees."))


def test_a_page_has_all_its_articles_and_a_list_of_them():
    html = html_of(ARTICLE, Article("b", "", "Kimi K2 is out."), Article("c", "Nothing", ""))
    page = Page(html)
    assert [
        values["href"] for tag, values in page.tags if tag == "a" and values["href"] in ("#a1", "#a2", "#a3")
    ]
    assert {"a1", "a2", "a3"} <= page.ids
    assert page.words["h1"] == [ARTICLE.title, "(no headline)", "Nothing"]
    assert "<nav>" not in html_of(ARTICLE)


def test_a_page_of_no_articles_is_a_page():
    assert html_of().startswith("<!doctype html>")


def test_nothing_is_loaded_and_only_our_style_applies():
    html = html_of(ARTICLE)
    page = Page(html)
    policy = next(v["content"] for t, v in page.tags if v.get("http-equiv") == "Content-Security-Policy")
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/]+='; base-uri 'none'; form-action 'none'", policy
    )
    assert not {tag for tag, _ in page.tags} & {"script", "img", "link", "iframe", "object", "form", "base"}
    assert not any("style" in values or "src" in values for _, values in page.tags)
    assert "url(" not in html
    assert "@import" not in html


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_words(words):
    """In every place that takes words from outside: title, text, publisher, address."""
    clean = Page(html_of(Article("x", "Qwen", "OpenAI", publisher="P", url="https://x.example")))
    page = Page(html_of(Article("x", words, f"{words}\n\nOpenAI {words}", publisher=words, url=words)))
    allowed = {tag for tag, _ in clean.tags} | {"br", "dt", "dd", "dl"}
    assert {tag for tag, _ in page.tags} <= allowed
    assert [tag for tag, _ in page.tags].count("style") == 1
    assert not any(name.startswith("on") or name == "style" for _, values in page.tags for name in values)
    for _, values in page.tags:
        assert values.get("href", "#").startswith(("#", "https://"))
    visible = "".join(c for c in words if c.isprintable())
    shown = page.words["h1"][0].replace("\ufffd", "").replace("\u200b", "")
    assert shown == visible.replace("\u202e", "").replace("\u2066", "")


@settings(max_examples=40, deadline=None)
@given(
    st.text(max_size=40),
    st.text(st.sampled_from("aB \n\t<>&\"'{}%61\u202e\x00英伟达。Qwen"), max_size=200),
)
def test_any_text_is_shown_whole_and_closed(title, text):
    page = Page(html_of(Article("x", title, text)))
    hidden = re.compile(r"[\s\ufffd\u200b-\u200f\u202a-\u202e\u2066-\u2069\x00-\x1f\x7f-\x9f\ud800-\udfff]")
    shown = hidden.sub("", "".join(page.words["p"]))
    assert shown == hidden.sub("", text)


@pytest.mark.parametrize(
    ("start", "end"), [(0, 7), (8, 14), (2, 5), (5, 10), (0, 47), (20, 23), (19, 24), (46, 55), (40, 42)]
)
def test_where_findings_overlap_the_words_stand_once_and_the_name_stays(start, end):
    (record,) = score([ARTICLE], tools=Tools(bundle="rules"), now=NOW)
    extra = Unlinked(start, end, ARTICLE.full[start:end], "made up")
    event = Event("pricing", 0.9, start, end, "made up")
    page = Page(
        linked_html([(replace(record, unlinked=(extra,), events=(event,)), ARTICLE)], lexicon=lexicon())
    )
    assert page.words["h1"] == [ARTICLE.title]
    found = [words for kind, words, _ in page.marks if kind in ("country", "platform", "share")]
    assert found == ["Chinese", "61%", "OpenRouter", "18%", "13%"]
    is_free = (start, end) == (8, 14)
    assert (("unlinked", "models", "made up") in map(tuple, page.marks)) == is_free


def test_displacy_keeps_marks_in_order_and_escapes_between_them():
    class Tag(str):
        def __html__(self):
            return self

    made = marked(
        [
            ("a<b\nc", (Mark(0, 1, Tag("<i>"), Tag("</i>")), Mark(0, 0, Tag("<u>"), Tag("</u>")))),
            ('<div class="entities">', ()),
            ("", ()),
        ]
    )
    assert made == ("<u></u><i>a</i>&lt;b<br>c", "&lt;div class=&quot;entities&quot;&gt;", "")


# ---------------------------------------------------------------- on the command line


def test_label_prints_a_page(labtape):
    answer = labtape("--bundle", "rules", "label", "Qwen gains on DeepSeek.", "--title", "Qwen", "--html")
    assert (answer.code, answer.err) == (0, "")
    assert Page(answer.out).words == {"h1": ["Qwen"], "p": ["Qwen gains on DeepSeek."]}


def test_label_writes_one_page_for_all_articles_of_a_file(labtape):
    rows = [{"title": f"Kimi K{n} is out", "text": "Moonshot AI shipped it."} for n in range(3)]
    Path("news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    answer = labtape("--bundle", "rules", "label", "news.jsonl", "-o", "page.html")
    assert (answer.code, answer.out) == (0, "")
    assert Page(Path("page.html").read_text("utf-8")).words["h1"] == [row["title"] for row in rows]


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--html", "--json"], "give one of the two"), (["-o", "page.docx"], "ends in .html"), (["--html", "-o", "no/p.html"], "no/p.html")],
)  # fmt: skip
def test_wrong_use_is_told_in_one_line(labtape, options, told):
    answer = labtape("--bundle", "rules", "label", "Qwen gains", *options)
    assert answer.code == 2
    assert told in answer.err
    assert answer.err.count("\n") == 1


def test_without_spacy_the_command_says_what_to_install():
    """As where the extra is not installed: no module of that name can be found."""
    code = (
        "import sys\n"
        "class Gone:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'spacy':\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Gone())\n"
        "from labtape.cli import main\n"
        "main(['--bundle', 'rules', 'label', 'Qwen gains', *sys.argv[1:]])\n"
    )

    def run(*options):
        return subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True)

    assert run().returncode == 0
    page = run("--html")
    assert page.returncode == 2
    assert page.stdout == ""
    assert page.stderr.startswith("labtape: ")
    assert page.stderr.endswith("pip install 'labtape[spacy]'\n")
