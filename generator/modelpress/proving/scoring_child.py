"""The child process that serves a scoring script in Azure ML's inference server and asks it.

    python -m modelpress.proving.scoring_child FOLDER SCRIPT PYTHON

FOLDER is a project, SCRIPT the name of the script in its folder `scoring`, PYTHON that of an
environment with the server. A process of its own, since it may have a network of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from modelpress.golden_documents import Document, GoldenDocument, difference, read_golden
from modelpress.proving.plain_answers import array_document, documents, golden_arrays, plain
from modelpress.proving.scripts import FOLDER, RENDERED_CODE
from modelpress.proving.serving import BINARY, JSON, Reply, ServedError, serving

GOLDEN = "golden/golden.json"
GOLDEN_ARRAYS = "golden/inputs.npz"
OK, BAD_REQUEST = 200, 400


def main() -> int:
    """Prove one script; the last line on stdout says what was seen, or what is wrong (exit code 1)."""
    folder, script, python = sys.argv[1:]
    try:
        told = prove(Path(folder), script, Path(python))
    except ServedError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{told}\n")
    return 0


def prove(folder: Path, script: str, python: Path) -> str:
    """Serve the script and ask it all that it should know. Raises ServedError where it fails."""
    with serving(folder, script, python) as server:
        if RENDERED_CODE not in (folder / FOLDER / script).read_bytes():
            return "starts and is healthy; what requests this script of your own takes is not known"
        return f"{ask_all(server, folder)}; what does not fit is refused by name"


class Asked(Protocol):
    """A server of the scoring script, wherever it runs."""

    def post(self, body: bytes, content_type: str = JSON, accept: str = "*/*") -> Reply: ...

    def get(self, path: str) -> Reply: ...


def ask_all(server: Asked, folder: Path) -> str:
    """Ask in every form, for the description, and wrongly. Raises ServedError where an answer is wrong."""
    golden = read_golden((folder / GOLDEN).read_bytes(), GOLDEN)
    forms = [*_json_forms(server, golden), *_array_forms(server, golden, folder / GOLDEN_ARRAYS)]
    _check_description(server, golden)
    _check_refusals(server, golden)
    return f"the golden outputs come back for {', '.join(forms)}"


def _json_forms(server: Asked, golden: GoldenDocument) -> list[str]:
    """Ask with the golden inputs as documents and as nested lists."""
    _compare(_answered(server.post(golden.request)), golden, "golden.json's form")
    inputs = {document["name"]: plain(document) for document in golden.inputs}
    for body in ({"inputs": inputs}, inputs):
        answer = _answered(server.post(json.dumps(body).encode()))
        try:
            got = documents(answer["outputs"], golden.outputs)
        except (AttributeError, KeyError, TypeError):
            raise ServedError(f"the answer in JSON has no outputs by name: {json.dumps(answer)[:200]}") from None
        _compare({"outputs": got}, golden, "nested lists")
    return ["golden.json's form", "nested lists"]


def _array_forms(server: Asked, golden: GoldenDocument, path: Path) -> list[str]:
    """Ask with the golden arrays, where all inputs are some; in arrays, where all outputs are."""
    arrays = golden_arrays(path, golden)
    if arrays is None:
        return []
    _compare(_answered(server.post(arrays, BINARY, accept=JSON)), golden, "an .npz file")
    if any(document["kind"] != "tensor" for document in golden.outputs):
        return [".npz to JSON"]
    reply = server.post(golden.request, accept=BINARY)
    if reply.status != OK or reply.content_type != BINARY:
        raise ServedError(f"asked for an .npz file, it answers {reply}")
    _compare({"outputs": _array_documents(reply.body, golden.outputs)}, golden, "an .npz answer")
    return [".npz files"]


def _check_description(server: Asked, golden: GoldenDocument) -> None:
    """Whether /swagger.json tells the inputs of the model."""
    document = _answered(server.get("/swagger.json"))
    try:
        described = document["definitions"]["ServiceInput"]["properties"]["inputs"]["properties"].keys()
    except (KeyError, TypeError, AttributeError):
        raise ServedError("/swagger.json does not describe the inputs") from None
    lacking = sorted({one["name"] for one in golden.inputs} - set(described))
    if lacking:
        raise ServedError(f"/swagger.json does not describe the inputs {lacking}")


def _check_refusals(server: Asked, golden: GoldenDocument) -> None:
    """Whether what does not fit is answered with 400 and the input at fault."""
    inputs = {document["name"]: plain(document) for document in golden.inputs}
    unknown = "no input of the model"
    cases: list[tuple[Any, str | None]] = [({**inputs, unknown: 1}, unknown), ("inputs", None)]
    cases += [({**inputs, one["name"]: {"a": [{}]}}, one["name"]) for one in golden.inputs if one["kind"] == "tensor"]
    required = _answered(server.get("/swagger.json"))["definitions"]["ServiceInput"]["properties"]["inputs"]
    for name in required.get("required", ()):
        cases.append(({other: value for other, value in inputs.items() if other != name}, name))
    for body, field in cases:
        reply = server.post(json.dumps({"inputs": body} if isinstance(body, dict) else body).encode())
        told = reply.document if isinstance(reply.document, Mapping) else {}
        if reply.status != BAD_REQUEST or told.get("field") != field:
            raise ServedError(f"a request that is wrong in {field!r} should be refused with 400, but: {reply}")


def _answered(reply: Reply) -> Any:
    if reply.status != OK:
        raise ServedError(f"it answers {reply}")
    if reply.document is None:
        raise ServedError(f"it answers something else than JSON: {reply}")
    return reply.document


def _compare(answer: object, golden: GoldenDocument, form: str) -> None:
    found = difference(answer, golden)
    if found:
        raise ServedError(f"in {form}: {found}")


def _array_documents(content: bytes, golden: Sequence[Document]) -> list[Document]:
    import numpy as np

    like = {output["name"]: output for output in golden}
    try:
        with np.load(BytesIO(content), allow_pickle=False) as archive:
            return [array_document(name, archive[name], like.get(name)) for name in archive.files]
    except Exception as error:  # noqa: BLE001  # zip, zlib and numpy have errors of their own
        raise ServedError(f"the answer is no .npz file: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
