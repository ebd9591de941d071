"""Which characters do these bytes hold?

The order, first fit wins (the parsers behind this step see clean text only):

    HTTP charset  >  BOM  >  valid UTF-8  >  declaration in the document  >  charset_normalizer

with two corrections learnt from real servers. A legacy charset named by HTTP is not believed when the bytes
are valid UTF-8 with characters beyond ASCII: no legacy text is that by chance, and servers add
`charset=iso-8859-1` to everything. And a document with a few broken bytes in otherwise good UTF-8 is UTF-8.
"""

from __future__ import annotations

import codecs
import re
import zlib

MAX_UNPACKED = (
    64 * 1024 * 1024
)  # a compressed document opens to at most this; feeds over the wire stop at 10 MiB
_HEAD = 2048  # where a declaration is looked for; HTML asks for the first 1024 bytes, feeds put comments before it
_SAMPLE = 64 * 1024  # charset_normalizer is slow; this much text decides

# What the name says, and the superset that pages under this name really use (WHATWG's encoding list).
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
    "tis-620": "cp874",
}
# Python's own, which no document is written in; some are slow on purpose-built input.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
# Where the bytes alone decide, they fit Windows-1252 and its sisters alike. It is taken, being ten times as common, unless
# the document names a language of one of these, or holds in a word what no word has in Windows-1252.
_SISTERS = frozenset({
    "cp1250", "cp1254", "cp1257", "cp1258", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-10", "iso8859-13", "iso8859-14",
    "iso8859-15", "iso8859-16", "cp437", "cp775", "cp850", "cp852", "cp857", "cp858", "cp860", "cp861", "cp863", "cp865",
    "hp-roman8", "mac-iceland", "mac-latin2", "mac-roman", "mac-turkish",
})  # fmt: skip
_THEIR_LANGUAGES = frozenset({
    "az", "bs", "cs", "eo", "et", "hr", "hu", "lt", "lv", "mt", "pl", "ro", "sk", "sl", "sq", "sr", "tr", "vi",
})  # fmt: skip
_LANGUAGE = re.compile(rb"""(?:<(?:dc:)?language>|\blang\s?=\s?["'])\s{0,9}([a-z]{2})\b""", re.IGNORECASE)
_NO_WORD = re.compile(r"(?<=[^\W\d_])[¡¢£¤¥¦§¨©«¬®¯°±²³´µ¶¸¹»¼½¾¿×÷†‡ˆ‰‹›€™](?=[a-zà-ÿ])")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = (  # "<" and its neighbour's zero bytes give UTF-16 and UTF-32 away without a mark
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARATION = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]+)|<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
# Not allowed in XML, and of no use in a text; U+0085 is a line end.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")

# Control characters of another age, which stand where text in Windows' charset was taken for Latin-1 once.
MISREAD = {
    n: bytes([n]).decode("cp1252") for n in range(0x80, 0xA0) if n not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)
}
_LATE = re.compile("[\x80-\x9f]+")
_CONTROL_BYTES = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
# Beyond ASCII: the first byte, and what is no character of a text from there on.
_NO_CHARACTERS = (
    (b"\xc2", re.compile(rb"\xc2[\x80-\x9f]")),
    (b"\xed", re.compile(rb"\xed[\xa0-\xbf]")),
    (b"\xef", re.compile(rb"\xef(?:\xbb\xbf|\xbf[\xbe\xbf])")),
)


def decode(body: bytes, *, charset: str | None = None) -> str:
    r"""Give the text of a document, without byte order mark and control characters; never raises.

    `charset` is what the HTTP header said, if anything.

    >>> decode("<title>Café</title>".encode("cp1252"), charset="utf-8")  # the header is wrong
    '<title>Café</title>'
    >>> decode('<?xml encoding="gb2312"?><title>朱镕基'.encode("gb18030"))  # 镕 is not in GB2312
    '<?xml encoding="gb2312"?><title>朱镕基'
    >>> decode(b"a\x00b\x0bc")
    'abc'
    """
    utf8 = _strict(body, "utf-8")
    text = _decoded(body, charset, utf8)
    is_clean = has_only_text(body if text is utf8 else text.encode("utf-8", "surrogatepass"))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if is_clean:
        return text
    text = _LATE.sub(lambda found: found[0].translate(MISREAD), text.replace("\x85", "\n"))
    return _CONTROL.sub("", text)


def goes_with_utf8(charset: str | None) -> bool:
    """Tell whether valid UTF-8 is read as such under what the HTTP header said."""
    return _known(charset) in (None, "utf-8", "cp1252")


def has_only_text(written: bytes) -> bool:
    """Tell whether UTF-8 holds no control character, in passes over its bytes that are a twentieth of a search."""
    if len(written.translate(None, _CONTROL_BYTES)) != len(written):
        return False
    if written.isascii():
        return True
    return not any(lead in written and marks.search(written) for lead, marks in _NO_CHARACTERS)


def unpacked(body: bytes) -> bytes:
    """Give the document inside gzip bytes, as it is otherwise; what is broken or too large stays packed."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        opened = stream.decompress(body, MAX_UNPACKED)
    except zlib.error:
        return body
    return body if stream.unconsumed_tail else opened


def _decoded(body: bytes, charset: str | None, utf8: str | None) -> str:
    has_utf8 = utf8 is not None and not utf8.isascii()
    named = _known(charset)
    if named and (named.startswith("utf") or not has_utf8):
        text = _strict(body, named)
        if text is not None:
            return text
    for mark, name in (*_BOMS, *_UNMARKED):
        if body.startswith(mark):
            return body.decode(name, "replace")
    if utf8 is not None:
        return utf8
    declared = _known(_declared(body))
    nearly = _nearly_utf8(body, says_so=(declared or named or "utf-8").startswith("utf"))
    if nearly is not None:
        return nearly
    as_declared = _strict(body, declared) if declared else None
    return as_declared if as_declared is not None else _guessed(body, declared)


def _known(name: str | None) -> str | None:
    """Give the codec to use for a charset name; None for a name nobody knows or that is no text encoding."""
    if not name:
        return None
    try:
        info = codecs.lookup(name.strip().strip("\"'").lower())
    except (LookupError, ValueError):
        return None
    if not info._is_text_encoding or info.name in _NO_CHARSETS:
        return None
    return _WIDER.get(info.name, info.name)


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, ValueError):
        return None


def _declared(body: bytes) -> str | None:
    found = _DECLARATION.search(body[:_HEAD])
    return (found.group(1) or found.group(2)).decode("ascii", "replace") if found else None


def _nearly_utf8(body: bytes, *, says_so: bool) -> str | None:
    """Give the text when few of the characters beyond ASCII are broken (cut off, spoiled).

    One in twenty, or one in two where the document says that it is UTF-8: text of another charset has hardly any byte
    that fits.
    """
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text if good >= broken * (1 if says_so else 20) else None


def _guessed(body: bytes, declared: str | None) -> str:
    from charset_normalizer import from_bytes

    if declared and not declared.startswith("utf"):
        text = body.decode(declared, "replace")
        if text.count("\ufffd") * 100 <= len(text):
            return text
    best = from_bytes(body[:_SAMPLE]).best() if len(body) >= 64 else None
    name = _known(best.encoding) if best else None
    if name in _SISTERS and (western := _strict(body, "cp1252")) is not None and _is_western(body, western):
        return western
    as_guessed = _strict(body, name) if name else None
    return as_guessed if as_guessed is not None else body.decode("cp1252", "replace")


def _is_western(body: bytes, western: str) -> bool:
    """Tell whether nothing speaks against Windows-1252.

    >>> [_is_western(text.encode("cp1250"), text.encode("cp1250").decode("cp1252")) for text in ("façade", "gęś, miłość")]
    [True, False]
    """
    languages = {found.lower().decode() for found in _LANGUAGE.findall(body[:_SAMPLE])}
    return languages.isdisjoint(_THEIR_LANGUAGES) and _NO_WORD.search(western) is None
