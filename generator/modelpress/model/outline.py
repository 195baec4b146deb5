"""The outline of an ONNX file: the model without its weights, which are never read.

The graph is copied field by field from protobuf's wire format. What is small is copied as it
is; a big message is entered, and what only holds weights is left out of it. The result is a
short model that onnx parses. Layout of the messages: onnx.proto of the ONNX project.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import TreePath, reading
from modelpress.model.wire import LENGTH, SMALL, WireReader, encode_varint

if TYPE_CHECKING:
    from onnx import ModelProto

    from modelpress.bundle import Entry

SIZE_LIMIT = 1 << 31  # bytes; protobuf, and with it every runtime, refuses longer messages
OUTLINE_LIMIT = 1 << 27  # bytes; graphs of real models stay below a tenth of it
DEPTH_LIMIT = 100  # messages in each other, as in protobuf's own parsers
OPSETS_SINCE = 3  # IR version from which a model must name its opsets


@dataclass(frozen=True)
class Message:
    """What a kind of message may hold: by field number, other big messages, and what is left out of it."""

    children: Mapping[int, str] = field(default_factory=dict)
    bulk: frozenset[int] = frozenset()

    @cached_property
    def bulk_tags(self) -> frozenset[int]:
        return frozenset(number << 3 | LENGTH for number in self.bulk)


MESSAGES: Mapping[str, Message] = {
    "model": Message({7: "graph", 20: "training", 25: "function"}),
    "training": Message({1: "graph", 2: "graph"}),
    "function": Message({7: "node", 11: "attribute"}),
    "graph": Message({1: "node", 5: "tensor", 15: "sparse tensor"}),
    "node": Message({5: "attribute"}, bulk=frozenset({6, 9})),  # remarks, such as stack traces of the exporter
    "attribute": Message(
        {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse tensor", 23: "sparse tensor"},
        bulk=frozenset({4, 7, 8, 9}),  # a string, and lists of numbers and strings: trees, vocabularies
    ),
    "sparse tensor": Message({1: "tensor", 2: "tensor"}),
    "tensor": Message(bulk=frozenset({4, 5, 6, 7, 9, 10, 11})),  # the typed values and raw_data
}


def read_outline(place: TreePath) -> ModelProto:
    """The model at `place` without its weights: big tensors have their name, type and dimensions only.

    Raises ModelpressError where there is no ONNX model: no file, an empty, cut-off or damaged
    one, a Git LFS pointer, a web page, or a file of 2 GiB or more. Raises UnsafeInputError
    where the graph alone would exhaust the memory.
    """
    entry = place.entry
    if entry is None:
        raise ModelpressError(f"{place} is not a file", hint="Name the .onnx file.", file=str(place))
    outline = outline_bytes(entry, str(place))
    model = _parse(outline, str(place))
    if not model.HasField("graph") or not model.ir_version:
        raise _not_onnx(str(place), "it holds no graph or no IR version")
    if model.ir_version >= OPSETS_SINCE and not model.opset_import:
        raise _not_onnx(str(place), "it names no opset")
    return model


def outline_bytes(entry: Entry, where: str) -> bytes:
    """The serialised outline of the ONNX file in `entry`, which errors call `where`; raises as `read_outline`."""
    if entry.size == 0:
        raise ModelpressError(f"{where} is empty", hint="Copy or download the model again.", file=where)
    if entry.size >= SIZE_LIMIT:
        raise ModelpressError(
            f"{where} is {entry.size / (1 << 30):.1f} GiB long: an ONNX file of 2 GiB or more cannot be loaded",
            hint="Save it with external data: onnx.save_model(model, path, save_as_external_data=True).",
            file=where,
        )
    with reading(where), entry.open() as file:
        reader = WireReader(file, entry.size, where)
        _refuse_foreign(reader.peek(SMALL), where)
        return _Outline(reader, where).message("model", entry.size, 1)


class _Outline:
    """Copies messages from a reader and counts what is kept."""

    def __init__(self, reader: WireReader, where: str) -> None:
        self._reader = reader
        self._where = where
        self._kept = 0

    def message(self, kind: str, end: int, depth: int) -> bytes:
        """The outline of the message from the reader's position to `end`."""
        if depth > DEPTH_LIMIT:
            raise self._reader.damaged(f"messages are nested more than {DEPTH_LIMIT} deep")
        dropped = MESSAGES[kind].bulk_tags
        parts = []
        while self._reader.position < end:
            small = self._reader.take_small_fields(end, dropped)
            self._count(len(small))
            parts.append(small)
            if self._reader.position < end:
                parts.append(self._field(kind, end, depth))
        return b"".join(parts)

    def _field(self, kind: str, end: int, depth: int) -> bytes:
        """The next field, tag included; nothing where it is left out."""
        reader = self._reader
        tag = reader.varint(end)
        number, wire = tag >> 3, tag & 7
        if number == 0:  # a file of zeros, as a broken download leaves it, has nothing else
            raise reader.damaged("a field has the number 0")
        if number in MESSAGES[kind].bulk:
            if wire == LENGTH:
                reader.skip(reader.length(end))
            else:
                reader.scalar(wire, end)
            reader.skip_run(tag, end)
            return b""
        if wire != LENGTH:
            value = reader.scalar(wire, end)
            self._count(len(value))
            return encode_varint(tag) + value
        length = reader.length(end)
        child = MESSAGES[kind].children.get(number)
        if child is not None and length >= SMALL:
            body = self.message(child, reader.position + length, depth + 1)
        else:
            self._count(length)
            body = reader.take(length)
        return encode_varint(tag) + encode_varint(len(body)) + body

    def _count(self, length: int) -> None:
        self._kept += length
        if self._kept > OUTLINE_LIMIT:
            raise UnsafeInputError(
                f"{self._where} holds a graph of more than {OUTLINE_LIMIT >> 20} MiB, weights not counted",
                hint="No real model does; ask where the file comes from.",
                file=self._where,
            )


def _refuse_foreign(head: bytes, where: str) -> None:
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        raise ModelpressError(
            f"{where} is a Git LFS pointer, not the model itself",
            hint="Fetch the model with `git lfs pull`.",
            file=where,
        )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
        raise ModelpressError(
            f"{where} is a web page, not a model",
            hint="Download the model again; the server answered with a page, perhaps to log in.",
            file=where,
        )


def _parse(outline: bytes, where: str) -> ModelProto:
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from onnx import ModelProto

    model = ModelProto()
    try:
        model.ParseFromString(outline)
    except DecodeError:
        raise _not_onnx(where, "it cannot be parsed") from None
    return model


def _not_onnx(where: str, what: str) -> ModelpressError:
    return ModelpressError(
        f"{where} is damaged or not an ONNX model: {what}",
        hint="Copy or download the model again; it may have been cut off.",
        file=where,
    )
