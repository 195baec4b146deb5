"""What requests get from the scoring script in Azure ML's inference server: answers, and refusals by name."""

from __future__ import annotations

import http.client
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelpress.proving.serving import BINARY, HOST, JSON, Reply, Server, serving

ROWS = {"x": [[1, 2, 3], [4, 5, 6.5]], "n": [[1], [9007199254740993]]}
Y = [[23.0, 32.0], [9007199254740992.0, 9007199254740992.0]]  # as float32


@pytest.fixture(scope="module")
def server(project: Path, python: Path) -> Iterator[Server]:
    with serving(project, "score.py", python) as running:
        yield running


def ask(server: Server, document: Any, **options: str) -> Reply:
    return server.post(json.dumps(document).encode(), **options)


def npz(**arrays: Any) -> bytes:
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    return packed.getvalue()


@pytest.mark.parametrize("body", [ROWS, {"inputs": ROWS}], ids=["names at the top", "names below inputs"])
def test_nested_lists_are_answered_with_nested_lists(server: Server, body: Any) -> None:
    reply = ask(server, body)
    assert (reply.status, reply.content_type) == (200, JSON)
    outputs = reply.document["outputs"]
    assert outputs["y"] == Y
    assert outputs["next"] == [[2], [9007199254740994]]  # exactly: no double can hold it


def test_text_stands_for_numbers_that_json_or_its_readers_lack(server: Server) -> None:
    reply = ask(server, {"x": [["NaN", 0, 0], ["-Infinity", 0, 0]], "n": [["7"], ["9007199254740993"]]})
    assert reply.document["outputs"] == {
        "y": [["NaN", "NaN"], ["-Infinity", "-Infinity"]],
        "next": [[8], [9007199254740994]],
    }
    assert ask(server, {**ROWS, "x": [[float("nan"), 0, 0], [0, 0, 0]]}).document["outputs"]["y"][0] == ["NaN", "NaN"]


def test_typed_values_are_answered_with_typed_values(server: Server, project: Path) -> None:
    golden = json.loads((project / "golden" / "golden.json").read_text())
    outputs = ask(server, golden).document["outputs"]
    assert [{**one, "data": len(one["data"])} for one in outputs] == [
        {"name": "y", "kind": "tensor", "dtype": "float32", "shape": [2, 2], "data": 4},
        {"name": "next", "kind": "tensor", "dtype": "int64", "shape": [2, 1], "data": 2},
    ]
    assert all(isinstance(item, str) for item in outputs[1]["data"])


def test_arrays_are_answered_with_arrays(server: Server) -> None:
    body = npz(x=np.array(ROWS["x"], np.float32), n=np.array(ROWS["n"]))
    reply = server.post(body, BINARY)
    assert (reply.status, reply.content_type) == (200, BINARY)
    with np.load(io.BytesIO(reply.body)) as arrays:
        assert arrays["y"].dtype == np.float32
        assert arrays["y"].tolist() == Y
        assert arrays["next"].tolist() == [[2], [9007199254740994]]
    typed = server.post(body, BINARY, accept=JSON)
    assert typed.document["outputs"][0]["dtype"] == "float32"
    assert ask(server, ROWS, accept=BINARY).body == reply.body
    assert server.post(body, "Application/Octet-Stream; charset=x").body == reply.body


def test_whatever_else_the_content_type_says_it_is_json(server: Server) -> None:
    body = json.dumps(ROWS).encode()
    for content_type in ("application/x-www-form-urlencoded", "text/plain", ""):
        assert server.post(body, content_type).status == 200
    assert server.post(b"\xef\xbb\xbf" + body).status == 200
    assert server.post(json.dumps(ROWS).encode("utf-16")).status == 200


REFUSED: list[tuple[Any, str | None, str]] = [
    ({**ROWS, "z": 1}, "z", "the model has no input 'z', but 'x' (float32 [batch, 3]), 'n' (int64 [batch, 1])"),
    ({"x": ROWS["x"]}, "n", "input 'n' (int64 [batch, 1]) is missing"),
    ({}, "x", "input 'x' (float32 [batch, 3]) is missing"),
    ({**ROWS, "x": [1, 2, 3]}, "x", "input 'x' (float32 [batch, 3]): got the shape [3]"),
    ({**ROWS, "x": [[1, 2]]}, "x", "input 'x' (float32 [batch, 3]): got the shape [1, 2]"),
    ({**ROWS, "x": 5}, "x", "input 'x' (float32 [batch, 3]): got the shape []"),
    ({**ROWS, "x": [["a", "b", "c"]]}, "x", "input 'x' (float32 [batch, 3]): got str"),
    ({**ROWS, "x": [[1, "2", 3]]}, "x", "input 'x' (float32 [batch, 3]): got str"),
    ({**ROWS, "x": [[1, None, 3]]}, "x", "input 'x' (float32 [batch, 3]): got object"),
    ({**ROWS, "x": None}, "x", "input 'x' (float32 [batch, 3]): got object"),
    ({**ROWS, "x": [[1, 2, 3], [4, 5]]}, "x", "input 'x' (float32 [batch, 3]): setting an array element"),
    ({**ROWS, "x": [[1e39, 2, 3]]}, "x", "input 'x' (float32 [batch, 3]): it has values beyond the range of float32"),
    ({**ROWS, "x": {"data": [1]}}, "x", "input 'x' (float32 [batch, 3]): got object"),
    ({**ROWS, "n": [[1.5]]}, "n", "input 'n' (int64 [batch, 1]): got float64"),
    ({**ROWS, "n": [[True]]}, "n", "input 'n' (int64 [batch, 1]): got bool"),
    ({**ROWS, "n": [[2**63]]}, "n", "input 'n' (int64 [batch, 1]): it has values beyond the range of int64"),
    ({**ROWS, "n": [[2**70]]}, "n", "input 'n' (int64 [batch, 1]): got float64"),
    ({**ROWS, "n": [["9223372036854775808"]]}, "n", "input 'n' (int64 [batch, 1]): "),
    ({**ROWS, "n": [["a"]]}, "n", "input 'n' (int64 [batch, 1]): invalid literal"),
    ({**ROWS, "n": [[1], [2], [3]]}, None, "the model does not run on these inputs: [ONNXRuntimeError]"),
    ([ROWS], None, "the body is no JSON object with values by input name"),
    ({"inputs": [1, 2]}, "inputs", "the model has no input 'inputs'"),
    ({"format": 1, "inputs": [{"name": "x"}]}, None, "not inputs of golden.json's form: KeyError('kind')"),
    ({"format": 1, "inputs": [1]}, None, "not inputs of golden.json's form: TypeError"),
]


@pytest.mark.parametrize(("body", "field", "message"), REFUSED, ids=[f"{one[1]}-{one[2][-40:]}" for one in REFUSED])
def test_what_does_not_fit_is_refused_with_the_input_at_fault(
    server: Server, body: Any, field: str | None, message: str
) -> None:
    reply = ask(server, body)
    assert reply.status == 400, reply
    assert reply.document["message"].startswith(message)
    assert reply.document.get("field") == field
    expected = {"x": "float32 [batch, 3]", "n": "int64 [batch, 1]"}.get(field or "")
    assert reply.document.get("expected") == expected


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe\xfa", b"[" * 200_000, b'{"x": ' + b"9" * 5000 + b"}"],
    ids=["none", "{", "x", "[", "9"],
)
def test_what_is_no_json_is_refused(server: Server, body: bytes) -> None:
    reply = server.post(body)
    assert reply.status == 400
    assert reply.document["message"].startswith("the body is not JSON: ")


def pickled() -> bytes:
    return npz(x=np.array([{"a": 1}], object))


def unpacking_to_much() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(2**10))
        archive.infolist()[0].file_size = 2**31  # goes into the directory at the end
    return packed.getvalue()


def lying_about_its_shape() -> bytes:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (10**12, 3)})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x.npy", header.getvalue())
    return packed.getvalue()


@pytest.mark.parametrize("make", [pickled, unpacking_to_much, lying_about_its_shape, bytes, lambda: b"PK\x03\x04"])
def test_arrays_that_would_do_harm_are_refused(server: Server, make: Any) -> None:
    reply = server.post(make(), BINARY)
    assert reply.status == 400, reply
    assert ".npz" in reply.document["message"] or "it unpacks to" in reply.document["message"]
    assert ask(server, ROWS).status == 200


def test_wrong_arrays_are_refused_by_name(server: Server) -> None:
    reply = server.post(npz(x=np.zeros((2, 4), np.float32), n=np.zeros((2, 1), np.int64)), BINARY)
    assert (reply.status, reply.document["field"]) == (400, "x")
    assert reply.document["message"] == "input 'x' (float32 [batch, 3]): got the shape [2, 4]"


def test_other_methods_are_told_what_to_do(server: Server) -> None:
    answers = {}
    for method in ("GET", "OPTIONS", "DELETE"):
        connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
        connection.request(method, "/score")
        answers[method] = connection.getresponse().status
        connection.close()
    assert answers == {"GET": 405, "OPTIONS": 200, "DELETE": 405}


def test_the_service_is_described(server: Server) -> None:
    assert server.get("/").body == b"Healthy"
    two, three = server.get("/swagger.json").document, server.get("/swagger.json?version=3").document
    given = two["definitions"]["ServiceInput"]
    assert three["components"]["schemas"]["ServiceInput"] == given
    inputs = given["properties"]["inputs"]
    assert inputs["required"] == ["x", "n"]
    assert inputs["properties"]["x"] == {
        "type": "array",
        "items": {"type": "array", "items": {"type": "number", "format": "float"}, "minItems": 3, "maxItems": 3},
        "description": "float32 [batch, 3]",
    }
    assert inputs["properties"]["n"]["items"]["items"] == {"type": "integer", "format": "int64"}
    answer = ask(server, given["example"])
    assert answer.document == two["definitions"]["ServiceOutput"]["example"]
    assert set(two["definitions"]["ServiceOutput"]["properties"]["outputs"]["properties"]) == {"y", "next"}
