"""Characters and markup: bytes to clean words."""

from __future__ import annotations

import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.read.charset import decode, unpacked
from labtape.read.markup import advertised_feeds, clean_line, one_line, plain_text, tame, words_token_by_token

TITLE = "通义千问的市场份额上升到三成，分析师感到意外"
LATIN = "Übermäßig große Café-Menüs für Zoë"


@pytest.mark.parametrize(
    ("written", "http", "declared"),
    [
        ("utf-8", None, None),
        ("utf-8", "utf-8", "utf-8"),
        ("utf-8", "iso-8859-1", None),  # servers say so of everything
        ("utf-8", "gbk", "gbk"),  # both lie
        ("utf-8", None, "gbk"),
        ("utf-8-sig", None, None),
        ("utf-16", None, "utf-16"),
        ("utf-16-le", None, None),
        ("utf-16-be", None, "utf-16"),
        ("gb18030", "gb2312", None),
        ("gb18030", None, "gb2312"),
        ("gb18030", "utf-8", "gbk"),
        ("gb18030", "no-such-charset", "gbk"),
        ("gb18030", None, "utf-8"),  # declared UTF-8, is not: guessed
        ("big5", "big5", None),
    ],
)
def test_the_charset_is_found_whatever_is_said_about_it(written, http, declared):
    title = "聯發科技的市場份額" if written == "big5" else TITLE
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = f"{head}<rss><title>{title}</title><p>{title * 3}</p></rss>".encode(written)
    assert f"<title>{title}</title>" in decode(body, charset=http)


@pytest.mark.parametrize(
    ("http", "declared"),
    [("iso-8859-1", None), (None, "latin-1"), ("utf-8", "windows-1252"), (None, "utf-8")],
)
def test_latin_one_is_read_as_windows_reads_it(http, declared):
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = f"{head}<rss><title>{LATIN} – “so”</title></rss>".encode("cp1252")
    assert f"{LATIN} – “so”" in decode(body, charset=http)


@pytest.mark.parametrize(
    ("said", "charset", "text"),
    [
        ("", "cp1252", "L’œuvre coûte 7 €, et la façade du café reste à l’été « dorée » comme naguère."),
        (
            "<language>fr</language>",
            "cp1252",
            "Le maïs coûte 5 € de moins : l’œil du marché s’étonne, à Évry.",
        ),
        (
            "<language>de</language>",
            "cp1252",
            "Für die Bücher zahlt man 7 € – „größer“ wäre schöner, läßt er hören.",
        ),
        (
            "",
            "cp1250",
            "Wczoraj późnym wieczorem spółka ogłosiła, że źródła przychodów są większe niż się spodziewała.",
        ),
        (
            "<language>cs</language>",
            "cp1250",
            "Příliš žluťoučký kůň úpěl ďábelské ódy, řekla včera mluvčí společnosti.",
        ),
        (
            "<language>tr</language>",
            "cp1254",
            "Şirketin gelirleri beklenenden yüksek çıktı; hisseler yükseldiğini gösterdi.",
        ),
    ],
)
def test_an_undeclared_western_text_is_windows_own_unless_its_language_says_else(said, charset, text):
    body = f"<rss><channel>{said}<item><title>{text}</title></item></channel></rss>".encode(charset)
    assert text in decode(body)


def test_control_characters_that_stand_for_windows_quotes_are_quotes():
    assert decode("it\x92s \x93so\x94 \x81caf\xe9".encode()) == "it’s “so” café"


def test_one_broken_byte_does_not_cost_a_document():
    body = (TITLE * 3).encode()
    assert decode(body[:9] + b"\xff" + body[9:]).replace("\ufffd", "") == TITLE * 3
    assert decode(body[:-1]).startswith(TITLE)


def test_control_characters_go_and_line_ends_become_one():
    assert decode(b"a\x00\x08\x0b\x1fb\r\nc\rd\te\x7f") == "ab\nc\nd\te"


@given(
    st.binary(max_size=400),
    st.sampled_from([None, "utf-8", "gbk", "utf-16", "cp037", "utf-7", "punycode", "hex", "x"]),
)
def test_any_bytes_become_a_text(body, charset):
    text = decode(body, charset=charset)
    assert "\x00" not in text and "\r" not in text
    text.encode("utf-8")


def test_gzip_is_opened_and_broken_gzip_stays():
    assert unpacked(gzip.compress(b"<rss/>")) == b"<rss/>"
    assert unpacked(b"\x1f\x8bbroken") == b"\x1f\x8bbroken"


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("One<br>two<br/>three", "One\ntwo\nthree"),
        ("<b>Qwen</b>'s <i>share</i>", "Qwen's share"),
        ("R&amp;D &lt;5% &#8212; caf&eacute;&nbsp;x", "R&D <5% — café x"),
        ("<script>alert(1)</script><style>p{}</style>seen<noscript>x</noscript>", "seen"),
        ("<svg><text>x</text></svg><p onclick='x()'>seen", "seen"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<p>a\n   b</p>", "a b"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("<!-- <p>hidden</p> -->seen", "seen"),
        ("<p>before<!-- never closed", "before"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<p>a <unknown>b</unknown></p>", "a b"),
        ("<![CDATA[<p>twice wrapped</p>]]>", "twice wrapped"),
        ("&lt;p&gt;twice &amp;amp; escaped&lt;/p&gt;", "twice & escaped"),
        ("<p>keeps &lt;b&gt; as written</p>", "keeps <b> as written"),
        ("line one\nline two", "line one\nline two"),
        ("<a href='x'>line one</a>\n\nline two", "line one\nline two"),
        ("<head><title>t</title></head><body>seen</body>", "seen"),
    ],
)
def test_html_is_read_aloud(markup, words):
    assert plain_text(markup) == words


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "a b",
                " ",
                "\n",
                "<br/>",
                "<a href='x>y'>",
                "</a>",
                "<td>",
                "&amp;",
                "&lt;b&gt;",
                "&nbsp;",
                "<script>x</script>",
                "<pre>",
                "</pre>",
                "<!-- c -->",
                "< 3",
                "<b",
                "“é”",
                "\u200b",
                '<IMG alt="<p>">',
                "<DIV\nclass=x>",
            ]
        ),
        max_size=12,
    )
)
def test_cutting_at_the_tags_gives_the_words_of_the_tokenizer(pieces):
    markup = "<div>" + "".join(pieces)
    tokens = words_token_by_token(tame(markup), keep_lines=False)
    expected = "\n".join(line for line in map(clean_line, tokens.split("\n")) if line)
    assert plain_text(markup) == expected


def test_a_title_is_one_line():
    assert one_line("<p>a</p>\n<p>b</p>") == "a b"
    assert clean_line(" a\n\u200b b <T> ") == "a b <T>"


@given(st.text(alphabet="<>!-/?[]&#;\"'= abpdivscript\n", max_size=80) | st.text(max_size=80))
def test_any_markup_has_words_and_no_empty_line(markup):
    words = plain_text(markup)
    assert "\n\n" not in words and words == words.strip()


@pytest.mark.parametrize(
    "piece", ["<!--", "<a ", "<![x[", "<?", "<script>", "<a b='", "&#", "</", "<div>", "<a b='x' "]
)
def test_markup_made_to_be_slow_is_not(piece):
    start = time.process_time()
    plain_text("<p>" + piece * 50_000 + ">")
    plain_text("<p>" + piece * 50_000)
    assert time.process_time() - start < 2


def test_a_page_names_its_feeds_with_whole_addresses():
    page = """<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml">
      <link rel='alternate nofollow' type='application/atom+xml; charset=utf-8' href='https://a.example/atom'>
      <link rel="stylesheet" type="text/css" href="x.css"><link rel="alternate" hreflang="de" href="/de">"""
    assert advertised_feeds(page, "https://b.example/news") == (
        "https://b.example/feed.xml",
        "https://a.example/atom",
    )
