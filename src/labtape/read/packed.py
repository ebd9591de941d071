"""A stream that is packed by gzip or Zstandard, unpacked as it is read; what a strange one may cost is bounded."""

from __future__ import annotations

import io
import zlib
from pathlib import PurePath
from typing import Any, BinaryIO, Final, cast

from labtape.exceptions import ReadError

HEAD = 8192
#: What a file that is packed ends in.
PACKED: Final = (".gz", ".zst")
# The most memory a Zstandard stream may ask for, 128 MiB: what `zstd --ultra -22` makes. More takes `--long`.
_MAX_WINDOW = 1 << 27
# Packed bytes unpacked at once: a block of four of Zstandard may say 128 KiB of one byte, so these are 32 MiB at most.
_STEP = 1024
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_GZIP_FRAME = 31  # zlib's word for: with gzip's header and checksum


def opened(stream: BinaryIO, name: str = "") -> BinaryIO:
    """Give the stream unpacked when it is gzip or Zstandard; it must be able to look ahead.

    Raises `ReadError` for Zstandard where the extra `archives` is not installed, and where `name` ends in .gz or .zst and the
    stream is neither. What is broken, or ends in the middle, is a `ReadError` once all before it has been read.
    """
    head = cast("io.BufferedReader", stream).peek(4)[:4]
    if head.startswith(_GZIP):
        return _buffered(_Unpacking(stream, _Gzip()))
    if _is_zstandard(head):
        return _buffered(_Unpacking(stream, _Zstandard()))
    if head and name.lower().endswith(PACKED):
        raise ReadError(
            f"is neither gzip nor Zstandard, though its name ends in {PurePath(name).suffix}; would read a packed file, "
            f"or a plain one under the name {PurePath(name).stem}"
        )
    return stream


def _is_zstandard(head: bytes) -> bool:
    """Whether a stream that begins so is Zstandard; one made by many threads may begin with a frame that is passed over.

    >>> _is_zstandard(b"\\x28\\xb5\\x2f\\xfd"), _is_zstandard(b"\\x50\\x2a\\x4d\\x18"), _is_zstandard(b"PAR1")
    (True, True, False)
    """
    return head == _ZSTD or (head[1:] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50)


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(raw, HEAD))


class _Gzip:
    name = "gzip"
    errors: type[Exception] = zlib.error

    def frame(self) -> Any:  # Any: zlib's object, or one of the library's that has its ways
        return zlib.decompressobj(_GZIP_FRAME)

    def next_frame(self, rest: bytes) -> bytes:
        """What lies behind a frame, without the zeros that fill a tape's block."""
        return rest.lstrip(b"\0")


class _Zstandard:
    name = "Zstandard"

    def __init__(self) -> None:
        try:
            import zstandard
        except ImportError as e:
            raise ReadError("is packed by Zstandard; `pip install 'labtape[archives]'` to read it") from e
        self.errors: type[Exception] = zstandard.ZstdError
        self.frame = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj

    def next_frame(self, rest: bytes) -> bytes:
        return rest


class _Unpacking(io.RawIOBase):
    """A packed stream, all frames in a row. What was unpacked before a broken place is given before the `ReadError` is raised."""

    def __init__(self, stream: BinaryIO, packing: _Gzip | _Zstandard) -> None:
        self._stream = stream
        self._packing = packing
        self._frame = packing.frame()
        self._left = memoryview(b"")  # unpacked, and not yet taken
        self._rest = b""  # packed, of the next frame
        self._is_inside = False
        self._n_packed = 0  # bytes taken of the stream, with `_rest`
        self._n_unpacked = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # as BufferedReader calls it
        while not self._left:
            packed = self._rest or self._more()
            self._rest = b""
            if not packed:
                if self._is_inside:
                    raise self._broken("ends in the middle")
                return 0
            self._take(packed)
        n = min(len(buffer), len(self._left))
        buffer[:n] = self._left[:n]
        self._left = self._left[n:]
        return n

    def _more(self) -> bytes:
        """The next packed bytes; none at the end."""
        while packed := self._stream.read(_STEP):
            self._n_packed += len(packed)
            if found := packed if self._is_inside else self._packing.next_frame(packed):
                return found
        return b""

    def _take(self, packed: bytes) -> None:
        try:
            unpacked = self._frame.decompress(packed)
        except self._packing.errors as e:
            raise self._broken(" ".join(str(e).split())) from e
        self._left = memoryview(unpacked)
        self._n_unpacked += len(unpacked)
        self._is_inside = not self._frame.eof
        if self._frame.eof:
            self._rest = self._packing.next_frame(self._frame.unused_data)
            self._frame = self._packing.frame()

    def _broken(self, why: str) -> ReadError:
        return ReadError(
            f"broken {self._packing.name}: {why}, near byte {self._n_packed} as it is packed; "
            f"{self._n_unpacked} unpacked bytes before that are read"
        )
