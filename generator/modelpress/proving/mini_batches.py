"""Runs a rendered batch script on mini-batches of golden inputs, and compares its results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from modelpress.golden_documents import GoldenDocument, difference, read_golden
from modelpress.proving import batch_driver
from modelpress.proving.plain_answers import documents, golden_arrays, plain
from modelpress.proving.processes import run

GOLDEN = "golden"
ROWS = "rows.txt"
COPIES = 3  # of each golden item, so that there is more than one mini-batch
UNFIT = {"unfit.json": '{"no input of the model": 1}', "broken.json": "{", "unknown.xyz": ""}


def prove_batch_script(folder: Path, work: Path, script: Path, python: Path) -> str | None:
    """What is wrong with the script of the project in `folder`; None where nothing is. `work` is a folder to make.

    It gets each golden item several times, and items that no model takes, in two processes.
    """
    golden = read_golden((folder / GOLDEN / "golden.json").read_bytes(), f"{GOLDEN}/golden.json")
    items, outputs = work / "items", work / "outputs"
    items.mkdir(parents=True)
    expected = _write_items(items, folder, golden)
    model = ["--model", str(folder / "model"), "--mini-batch-size", "2", "--max-retries", "1", "--timeout", "120"]
    options = [*model, "--error-threshold", str(len(UNFIT)), "--output-file-name", ROWS]
    command = [str(python), batch_driver.__file__, str(script), str(items), str(outputs), *options]
    ended = run(command, folder, home=work)
    if ended.code != 0:
        return f"the batch job failed:\n{ended.tail}"
    return next(_problems(outputs, expected, golden), None)


def _write_items(items: Path, folder: Path, golden: GoldenDocument) -> int:
    """The items, and how many of them must succeed."""
    inputs = {"inputs": {document["name"]: plain(document) for document in golden.inputs}}
    contents = {"typed.json": golden.request, "plain.json": json.dumps(inputs).encode()}
    arrays = golden_arrays(folder / GOLDEN / "inputs.npz", golden)
    if arrays:
        contents["arrays.npz"] = arrays
    for name, content in contents.items():
        for copy in range(COPIES):
            (items / f"{copy}-{name}").write_bytes(content)
    for name, text in UNFIT.items():
        (items / name).write_text(text, encoding="utf-8")
    return len(contents) * COPIES


def _problems(outputs: Path, expected: int, golden: GoldenDocument) -> Iterator[str]:
    """Each way in which the results differ from what is expected."""
    rows = (outputs / ROWS).read_text(encoding="utf-8").splitlines()
    if len(rows) != expected:
        yield f"{expected} items should have a result, and {len(rows)} have"
    for row in rows:
        written = outputs / row  # of a script that writes files of its own, the name is the result
        try:
            result = json.loads(row if row.startswith("{") else written.read_text(encoding="utf-8"))
            got = documents(result["outputs"], golden.outputs)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            yield f"a result has no outputs by name: {type(error).__name__}: {row[:200]}"
            continue
        found = difference({"outputs": got}, golden)
        if found:
            yield f"{result.get('file', row)}: {found}"
