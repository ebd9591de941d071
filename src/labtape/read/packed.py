"""A stream that is packed by gzip or Zstandard, unpacked as it is read; what a strange one may cost is bounded."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO, Final, cast

from labtape.exceptions import ReadError

HEAD = 8192
#: What reading gzip raises where it is broken.
GZIP_ERRORS: Final = (OSError, EOFError, zlib.error)
# The most memory a Zstandard stream may ask for, 128 MiB: what `zstd --ultra -22` makes. More takes `--long`.
_MAX_WINDOW = 1 << 27
# Packed bytes unpacked at once: a block of four may say 128 KiB of one byte, so these are 32 MiB at most.
_STEP = 1024
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def opened(stream: BinaryIO) -> BinaryIO:
    """Give the stream unpacked when it is gzip or Zstandard; it must be able to look ahead.

    Raises `ReadError` for Zstandard where the extra `archives` is not installed.
    """
    head = cast("io.BufferedReader", stream).peek(4)[:4]
    if head.startswith(_GZIP):
        return _buffered(gzip.GzipFile(fileobj=stream))
    if head == _ZSTD:
        return _buffered(_Unpacking(stream))
    return stream


def _buffered(raw: object) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", raw), HEAD))


class _Unpacking(io.RawIOBase):
    """Zstandard, all frames in a row. Broken data is a `ReadError`, also where the stream ends inside a frame."""

    def __init__(self, stream: BinaryIO) -> None:
        try:
            import zstandard
        except ImportError as e:
            raise ReadError("is packed by Zstandard; `pip install 'labtape[archives]'` to read it") from e
        self._errors = zstandard.ZstdError
        self._new = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj
        self._stream = stream
        self._frame = self._new()
        self._left = memoryview(b"")  # unpacked, and not yet taken
        self._rest = b""  # packed, of the next frame
        self._is_inside = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # as BufferedReader calls it
        while not self._left:
            packed = self._rest or self._stream.read(_STEP)
            self._rest = b""
            if not packed:
                if self._is_inside:
                    raise ReadError("broken Zstandard: ends in the middle")
                return 0
            self._take(packed)
        n = min(len(buffer), len(self._left))
        buffer[:n] = self._left[:n]
        self._left = self._left[n:]
        return n

    def _take(self, packed: bytes) -> None:
        try:
            self._left = memoryview(self._frame.decompress(packed))
        except self._errors as e:
            raise ReadError(f"broken Zstandard: {e}") from e
        self._is_inside = not self._frame.eof
        if self._frame.eof:
            self._rest = self._frame.unused_data
            self._frame = self._new()
