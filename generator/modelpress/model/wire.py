"""Reads protobuf's wire format forwards, one window of a file at a time."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Set as AbstractSet
from functools import cache
from typing import BinaryIO, Final

from modelpress.errors import ModelpressError

CHUNK = 1 << 16  # bytes read at a time
SMALL = 1 << 10  # bytes; a field below this is copied without looking into it
VARINT_BYTES = 10  # the longest that protobuf writes: 64 bits in groups of seven
MORE = 0x80  # set in each byte of a varint but the last

VARINT: Final = 0
FIXED64: Final = 1
LENGTH: Final = 2
FIXED32: Final = 5


def encode_varint(value: int) -> bytes:
    """The number as protobuf writes it, seven bits a byte, lowest first."""
    encoded = bytearray()
    while value >= MORE:
        encoded.append(value & 0x7F | MORE)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


@cache
def _run_of(tag: int) -> re.Pattern[bytes]:
    """Matches fields of one tag in a row: how numbers lie in a file whose writer did not pack them."""
    values = {VARINT: rb"[\x80-\xff]{0,9}[\x00-\x7f]", FIXED64: rb"[\x00-\xff]{8}", FIXED32: rb"[\x00-\xff]{4}"}
    return re.compile(b"(?:" + re.escape(bytes([tag])) + values[tag & 7] + b")*+")


class WireReader:
    """A position in a file of `size` bytes; `where` names the file in errors.

    A plain file is sought over; a member of a zip is read through, since it has to be
    decompressed anyway. No length is believed beyond the end of the message that holds it.
    """

    def __init__(self, file: BinaryIO, size: int, where: str) -> None:
        self._file = file
        self._size = size
        self._where = where
        self._buffer = b""
        self._base = 0  # where the buffer begins in the file
        self._at = 0  # where the position lies in the buffer

    @property
    def position(self) -> int:
        return self._base + self._at

    def peek(self, length: int) -> bytes:
        """Up to `length` bytes from the position, which does not move."""
        self._hold(length)
        return self._buffer[self._at : self._at + length]

    def varint(self, end: int) -> int:
        """The number at the position, which must lie before `end`."""
        self._hold(VARINT_BYTES)
        value = 0
        for place, byte in enumerate(self._buffer[self._at : self._at + min(VARINT_BYTES, end - self.position)]):
            value |= (byte & 0x7F) << 7 * place
            if byte < MORE:
                self._at += place + 1
                return value & 0xFFFF_FFFF_FFFF_FFFF
        raise self.damaged("a number has no end")

    def length(self, end: int) -> int:
        """The length in bytes of the field whose tag was read, in a message that ends at `end`."""
        length = self.varint(end)
        self._require(length, end)
        return length

    def take(self, length: int) -> bytes:
        """The next bytes."""
        self._hold(length)
        taken = self._buffer[self._at : self._at + length]
        if len(taken) < length:
            raise self.damaged("the file ends too early")
        self._at += length
        return taken

    def scalar(self, wire: int, end: int) -> bytes:
        """The value of a field that is a number, as it is written."""
        if wire == VARINT:
            return encode_varint(self.varint(end))
        sizes = {FIXED64: 8, FIXED32: 4}
        if wire not in sizes:
            raise self.damaged(f"a field of unknown form {wire}")
        self._require(sizes[wire], end)
        return self.take(sizes[wire])

    def take_small_fields(self, end: int, dropped: AbstractSet[int]) -> bytes:
        """The small fields from the position on, as far as they lie in the window.

        Stops at a number, at a field of `SMALL` bytes or more and at one whose tag is
        `dropped`. This is the loop that a graph of many small nodes spends its time in.
        """
        buffer, start = self._buffer, self._at
        stop = min(len(buffer), end - self._base)
        at = start
        while at < stop - 2:
            tag, length = buffer[at], buffer[at + 1]
            following = at + 2 + length
            if length >= MORE:
                following = at + 3 + (length & 0x7F) + (buffer[at + 2] << 7)
                if buffer[at + 2] >= SMALL >> 7:
                    break
            if tag & 0x87 != LENGTH or tag in dropped or following > stop:
                break
            at = following
        self._at = at
        return buffer[start:at]

    def skip(self, length: int) -> None:
        """Moves on without keeping anything."""
        target = self.position + length
        if target <= self._base + len(self._buffer):
            self._at = target - self._base
            return
        missing = target - self._base - len(self._buffer)
        self._buffer, self._base, self._at = b"", target, 0
        if isinstance(self._file, zipfile.ZipExtFile):  # its own seek holds 16 MiB at a time
            while missing:
                missing -= len(self._read(min(missing, CHUNK)))
        else:
            self._file.seek(target)

    def skip_run(self, tag: int, end: int) -> None:
        """Moves over further fields of the same tag, as far as they lie in the window."""
        stop = min(len(self._buffer), end - self._base)
        if tag & 7 == LENGTH:
            self._at = _after_short_fields(self._buffer, tag, self._at, stop)
        else:
            found = _run_of(tag).match(self._buffer, self._at, stop)
            self._at = found.end() if found else self._at

    def damaged(self, what: str) -> ModelpressError:
        """The error for bytes that are not what protobuf writes."""
        return ModelpressError(
            f"{self._where} is damaged or not an ONNX model: {what} (at byte {self.position})",
            hint="Copy or download the model again; it may have been cut off.",
            file=self._where,
        )

    def _require(self, length: int, end: int) -> None:
        if length > end - self.position:
            raise self.damaged(f"a field is {length} bytes long where {end - self.position} are left")

    def _hold(self, length: int) -> None:
        """Hold that many bytes from the position on, or all that the file has left."""
        held = len(self._buffer) - self._at
        left = self._size - self.position
        if held < min(length, left):
            more = self._read(min(max(length, CHUNK), left) - held)
            self._buffer = self._buffer[self._at :] + more
            self._base += self._at
            self._at = 0

    def _read(self, length: int) -> bytes:
        parts = []
        while length:
            part = self._file.read(length)
            if not part:
                raise self.damaged("the file ends too early")
            parts.append(part)
            length -= len(part)
        return b"".join(parts)


def _after_short_fields(buffer: bytes, tag: int, at: int, stop: int) -> int:
    """The place in the buffer behind a row of strings of less than 128 bytes with that tag."""
    while at < stop - 1 and buffer[at] == tag and buffer[at + 1] < MORE and at + 2 + buffer[at + 1] <= stop:
        at += 2 + buffer[at + 1]
    return at
