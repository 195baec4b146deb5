"""Golden vectors in the Open Inference Protocol, version 2: requests in JSON and in binary, and their answers."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from modelpress.golden_documents import NOT_FINITE, Document, GoldenDocument, difference
from modelpress.proving.container import Answer, Container
from modelpress.proving.plain_answers import numbers, texts
from modelpress.proving.serving import BINARY, JSON, ServedError

JSON_LENGTH = "Inference-Header-Content-Length"
OK = 200
COUNT = struct.Struct("<I")  # bytes of an element of BYTES
DATATYPES: Mapping[str, str] = dict(
    [("bool", "BOOL"), ("string", "BYTES"), ("bfloat16", "BF16")]
    + [(f"float{bits}", f"FP{bits}") for bits in (16, 32, 64)]
    + [(f"{sign}int{bits}", f"{sign.upper()}INT{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)]
)
DTYPES = {datatype: dtype for dtype, datatype in DATATYPES.items()}


@dataclass(frozen=True, slots=True)
class _Vectors:
    """Golden tensors as the protocol carries them; an optional without value is left out there."""

    inputs: tuple[Document, ...]
    golden: GoldenDocument

    @classmethod
    def of(cls, golden: GoldenDocument) -> _Vectors:
        inputs = tuple(tensor for document in golden.inputs if (tensor := _tensor(document)))
        carried = tuple(document for document in golden.outputs if _is_carried(document))
        return cls(inputs, GoldenDocument(golden.inputs, carried))


def ask_protocol(server: Container, golden: GoldenDocument) -> list[str]:
    """Ask with the golden inputs in both forms, and compare. The forms; raises ServedError where one fails."""
    name = _model_name(server)
    vectors = _Vectors.of(golden)
    _compare(_answered(server.ask("POST", f"{name}/infer", _in_json(vectors), {"Content-Type": JSON})), vectors)
    text, body = _in_binary(vectors)
    headers = {"Content-Type": BINARY, JSON_LENGTH: str(len(text))}
    answer = server.ask("POST", f"{name}/infer", text + body, headers)
    if JSON_LENGTH.lower() not in answer.headers and answer.status == OK and vectors.golden.outputs:
        raise ServedError("it answers in JSON where binary is asked for")
    _compare(_answered(answer), vectors)
    return ["JSON", "binary"]


def _model_name(server: Container) -> str:
    """The address of the model, which the description of the server names."""
    answer = server.get("/openapi.json")
    document = answer.document
    try:
        name = document["info"]["title"]
        described = any(path.endswith("/infer") for path in document["paths"])
    except (KeyError, TypeError):
        raise ServedError(f"/openapi.json does not describe the server: {answer}") from None
    if not described:
        raise ServedError("/openapi.json does not describe how the model is asked")
    return f"/v2/models/{quote(name, safe='')}"


def _tensor(document: Document) -> Document | None:
    """The tensor that an input is, or that an optional holds; None for an optional without value."""
    if document["kind"] != "optional":
        return document
    held: Document | None = document["value"]
    return None if held is None else {**held, "name": document["name"]}


def _is_carried(document: Document) -> bool:
    """Whether the protocol has the type: tensors of most types, and optionals of them."""
    if document["kind"] == "optional":
        return document["value"] is None or _is_carried(document["value"])
    return document["kind"] == "tensor" and document["dtype"] in DATATYPES


def _in_json(vectors: _Vectors) -> bytes:
    entries = [{**_entry(one), "data": numbers(one["data"], one["dtype"])} for one in vectors.inputs]
    return json.dumps({"inputs": entries}).encode()


def _in_binary(vectors: _Vectors) -> tuple[bytes, bytes]:
    """The JSON of a request that asks for binary outputs, and the elements after it."""
    parts = [_elements(one) for one in vectors.inputs]
    entries = [
        {**_entry(one), "parameters": {"binary_data_size": len(part)}}
        for one, part in zip(vectors.inputs, parts, strict=True)
    ]
    text = json.dumps({"inputs": entries, "parameters": {"binary_data_output": True}})
    return text.encode(), b"".join(parts)


def _entry(document: Document) -> dict[str, Any]:
    return {"name": document["name"], "datatype": DATATYPES[document["dtype"]], "shape": document["shape"]}


def _elements(document: Document) -> bytes:
    """The elements of a tensor one after another, little-endian; each text has its length before it."""
    import numpy as np

    dtype, data = document["dtype"], numbers(document["data"], document["dtype"])
    if dtype == "string":
        encoded = [text.encode() for text in data]
        return b"".join(COUNT.pack(len(text)) + text for text in encoded)
    finite = [NOT_FINITE.get(item, item) if isinstance(item, str) else item for item in data]
    return np.array(finite, _numpy_type(dtype)).tobytes()


def _compare(outputs: Sequence[Document], vectors: _Vectors) -> None:
    """An optional output without value is not in an answer, and one with value is a tensor there."""
    got = {output["name"]: output for output in outputs}
    documents: list[Document] = []
    for golden in vectors.golden.outputs:
        name = golden["name"]
        if golden["kind"] == "optional":
            documents.append({"name": name, "kind": "optional", "value": got.pop(name, None)})
        elif name in got:
            documents.append(got.pop(name))
    if found := difference({"outputs": [*documents, *got.values()]}, vectors.golden):
        raise ServedError(f"over the Open Inference Protocol: {found}")


def _answered(answer: Answer) -> list[Document]:
    """The outputs of an answer in either form, as documents."""
    if answer.status != OK:
        raise ServedError(f"the Open Inference Protocol is answered with {answer}")
    try:
        length = int(answer.headers.get(JSON_LENGTH.lower(), len(answer.body)))
        return list(_outputs(json.loads(answer.body[:length]), answer.body[length:]))
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise ServedError(f"the answer is not of the Open Inference Protocol: {error}: {answer}") from None


def _outputs(document: Mapping[str, Any], rest: bytes) -> Iterator[Document]:
    for output in document["outputs"]:
        dtype, shape = DTYPES[output["datatype"]], output["shape"]
        data = output.get("data")
        if data is None:
            size = output["parameters"]["binary_data_size"]
            data, rest = _from_binary(rest[:size], dtype), rest[size:]
        yield {"name": output["name"], "kind": "tensor", "dtype": dtype, "shape": shape, "data": texts(data, dtype)}


def _from_binary(content: bytes, dtype: str) -> list[Any]:
    import numpy as np

    if dtype == "string":
        return list(_counted(content))
    array = np.frombuffer(content, _numpy_type(dtype))
    listed: list[Any] = (array.astype("float32") if dtype == "bfloat16" else array).tolist()
    return listed


def _counted(content: bytes) -> Iterator[str]:
    at = 0
    while at < len(content):
        (length,) = COUNT.unpack_from(content, at)
        at += COUNT.size + length
        yield content[at - length : at].decode()


def _numpy_type(dtype: str) -> Any:
    import numpy as np

    if dtype == "bfloat16":
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(dtype)
