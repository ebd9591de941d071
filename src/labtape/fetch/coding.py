"""What was sent, without its content coding, in pieces no larger than what is asked for."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from labtape.exceptions import FetchError

ACCEPTED = "gzip, deflate"
_PIECE = 32 * 1024
_GZIP = b"\x1f\x8b"


def decode(pieces: Iterable[bytes], *, coding: str, limit: int, add: Callable[[bytes], None]) -> None:
    """Hand a body to `add` piece by piece, decoded as `Content-Encoding` says. Raises `FetchError` beyond `limit` bytes.

    A body that says gzip and is not, or is gzip and does not say so, is read as what it is. One coding only: a chain
    of them is how bombs are built.
    """
    names = [
        name.strip().lower() for name in coding.split(",") if name.strip().lower() not in ("", "identity")
    ]
    if len(names) > 1 or any(name not in ("gzip", "x-gzip", "deflate") for name in names):
        raise FetchError(f"content coding {coding!r}; would read one of {ACCEPTED}", kind="encoding")
    size = 0
    for piece in _opened(_measured(pieces, limit), names[0] if names else ""):
        size += len(piece)
        if size > limit:
            raise FetchError(f"larger than {_mib(limit)} when decoded", kind="size")
        add(piece)


def _measured(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise FetchError(f"larger than {_mib(limit)}", kind="size")
        yield piece


def _mib(size: int) -> str:
    return f"{size / 2**20:g} MiB"


def _opened(pieces: Iterator[bytes], coding: str) -> Iterator[bytes]:
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= 2:
            break
    window = _window(first, coding)
    if window is None:
        yield first
        yield from pieces
        return
    try:
        yield from _inflated(first, pieces, window)
    except zlib.error as e:
        raise FetchError(f"broken {coding or 'gzip'} data ({e})", kind="encoding") from e


def _window(first: bytes, coding: str) -> int | None:
    """Give zlib's name for the wrapping that the first bytes have; None when there is none."""
    if first.startswith(_GZIP):
        return zlib.MAX_WBITS | 16
    if coding == "deflate" and len(first) >= 2:
        is_zlib = first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0
        return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS
    return None


def _inflated(first: bytes, pieces: Iterator[bytes], window: int) -> Iterator[bytes]:
    stream = zlib.decompressobj(window)
    for piece in chain((first,), pieces):
        waiting, has_more = piece, False
        while waiting or has_more:
            if stream.eof:
                if not waiting.startswith(_GZIP):
                    break  # rubbish after the end
                stream = zlib.decompressobj(window)  # gzip files may be joined
            out = stream.decompress(waiting, _PIECE)
            yield out
            has_more = len(out) == _PIECE
            waiting = stream.unused_data if stream.eof else stream.unconsumed_tail
    if not stream.eof:
        raise FetchError("the compressed body ends in the middle", kind="encoding")
