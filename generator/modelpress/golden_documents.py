"""golden.json as a project has it: the request that it makes, and how an answer differs from what it expects.

Only JSON is compared, without numpy: whoever asks a running service may import this. The rule
is that of every sample's `--check` (docs/golden.md).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelpress.errors import ModelpressError

FORMAT = 1
NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
LONGEST = 80  # characters of a value in a message

Document = Mapping[str, Any]
"""A value with its kind, type and elements, as in golden.json."""


@dataclass(frozen=True, slots=True)
class GoldenDocument:
    """The inputs and the outputs of golden.json, outputs with their tolerances."""

    inputs: tuple[Document, ...]
    outputs: tuple[Document, ...]

    @property
    def request(self) -> bytes:
        """The body of a request with the golden inputs; the answer has outputs of the same form."""
        return json.dumps({"format": FORMAT, "inputs": self.inputs}, allow_nan=False).encode()


def read_golden(content: bytes, name: str) -> GoldenDocument:
    """What golden.json holds; `name` is its path for messages. Raises ModelpressError where it is damaged."""
    try:
        document = json.loads(content)
        golden = GoldenDocument(tuple(document["inputs"]), tuple(document["outputs"]))
        known = document["format"] == FORMAT and not difference({"outputs": golden.outputs}, golden)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        known = False
    if not known:
        raise ModelpressError(f"{name} is damaged or of another version", hint="Render the project again.", file=name)
    return golden


def difference(answer: object, golden: GoldenDocument) -> str | None:
    """The first way in which an answer (`{"outputs": [...]}`) differs from the golden outputs; None where it agrees.

    The text names the output and the place in it, what was got and what was expected.
    """
    if not isinstance(answer, Mapping):
        return "the answer is no JSON object"
    try:
        got = {output["name"]: output for output in answer["outputs"]}
        expected = {output["name"]: output for output in golden.outputs}
        if got.keys() != expected.keys():
            return f"the outputs are {_short(sorted(got))}, expected {_short(sorted(expected))}"
        for name, output in expected.items():
            found = next(_Comparison.of(output).differences(got[name], output, f"output {name!r}"), None)
            if found:
                return found
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return f"the answer is not of golden.json's form: {type(error).__name__}: {_short(str(error))}"
    return None


@dataclass(frozen=True, slots=True)
class _Comparison:
    absolute: float
    relative: float
    stable: bool

    @classmethod
    def of(cls, golden: Document) -> _Comparison:
        tolerance = golden["tolerance"]
        return cls(float(tolerance["absolute"]), float(tolerance["relative"]), bool(golden["stable"]))

    def differences(self, got: Document, expected: Document, place: str) -> Iterator[str]:
        """Every difference of one value, part by part; place is where in the output it stands."""
        kind = expected["kind"]
        if got["kind"] != kind:
            yield f"{place}: got {_a(got)}, expected {_a(expected)}"
        elif kind == "optional":
            yield from self._optionals(got["value"], expected["value"], place)
        elif kind == "sequence":
            yield from self._sequences(got["elements"], expected["elements"], place)
        elif kind == "map":
            yield from self._maps(got, expected, place)
        else:
            yield from self._tensors(got, expected, place)

    def _optionals(self, got: Document | None, expected: Document | None, place: str) -> Iterator[str]:
        if got is None or expected is None:
            if got is not expected:
                yield f"{place}: got {_a(got)}, expected {_a(expected)}"
        else:
            yield from self.differences(got, expected, place)

    def _sequences(self, got: Sequence[Document], expected: Sequence[Document], place: str) -> Iterator[str]:
        if len(got) != len(expected):
            yield f"{place}: got {len(got)} elements, expected {len(expected)}"
            return
        for index, pair in enumerate(zip(got, expected, strict=True)):
            yield from self.differences(*pair, f"{place}[{index}]")

    def _maps(self, got: Document, expected: Document, place: str) -> Iterator[str]:
        """By key: the order of a map says nothing."""
        yield from _same(got, expected, ("key_dtype", "value_dtype"), place)
        values = [dict(zip(one["keys"], one["values"], strict=True)) for one in (got, expected)]
        if values[0].keys() != values[1].keys():
            yield f"{place}: got the keys {_short(list(values[0]))}, expected {_short(list(values[1]))}"
            return
        for key, value in values[1].items():
            if not self._agree(values[0][key], value):
                yield f"{place}[{key!r}]: got {_short(values[0][key])}, expected {_short(value)}"

    def _tensors(self, got: Document, expected: Document, place: str) -> Iterator[str]:
        yield from _same(got, expected, ("dtype", "shape"), place)
        if len(got["data"]) != math.prod(expected["shape"]):
            yield f"{place}: got {len(got['data'])} elements, expected {math.prod(expected['shape'])}"
        for index, (one, other) in enumerate(zip(got["data"], expected["data"], strict=True)):
            if not self._agree(one, other):
                where = _index(index, expected["shape"])
                yield f"{place}{where}: got {_short(one)}, expected {_short(other)}"

    def _agree(self, got: Any, expected: Any) -> bool:
        """Whether two elements agree: NaN is NaN, infinities have their sign, without tolerance all must be equal."""
        if not self.stable or (got == expected and isinstance(got, bool) == isinstance(expected, bool)):
            return True
        if isinstance(got, bool) or isinstance(expected, bool) or not (self.absolute or self.relative):
            return False
        a, b = _number(got), _number(expected)
        return math.isfinite(a) and math.isfinite(b) and abs(a - b) <= self.absolute + self.relative * abs(b)


def _same(got: Document, expected: Document, fields: Sequence[str], place: str) -> Iterator[str]:
    for name in fields:
        if got[name] != expected[name]:
            yield f"{place}: got the {name} {_short(got[name])}, expected {_short(expected[name])}"


def _number(value: Any) -> float:
    """An element as a number: int64 is text in JSON, and so is what it has no numbers for."""
    return NOT_FINITE[value] if value in NOT_FINITE else float(value)


def _index(place: int, shape: Sequence[int]) -> str:
    """[row, column] of an element by its place in row-major order; nothing for a scalar."""
    index = []
    for size in reversed(shape):
        place, remainder = divmod(place, size)
        index.append(remainder)
    return str(index[::-1]) if index else ""


def _a(document: Document | None) -> str:
    return "no value" if document is None else f"a {_short(document['kind'])}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
