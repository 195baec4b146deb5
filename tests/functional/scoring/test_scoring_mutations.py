"""Scoring code that is wrong in one place: what proves it finds each of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from modelpress.proving.scoring_child import prove
from modelpress.proving.serving import ServedError


class Mutation(NamedTuple):
    """A text of a file and what stands in its place, and a part of what is told."""

    file: str
    text: str
    instead: str
    told: str


MUTATIONS = {
    "wrong axis": Mutation(
        "model_serving/answers.py",
        "return array.tolist() if",
        "return array.T.tolist() if",
        "in nested lists: output 'y'[0, 1]",
    ),
    "wrong dtype in": Mutation(
        "model_runner/inputs.py",
        'return array.astype(target, order="C", copy=False)',
        'return array.astype("float16", order="C", copy=False)',
        "the server ended with 3 before it was ready\nonnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument: ",
    ),
    "wrong dtype out": Mutation(
        "model_runner/documents.py", '"dtype": inner,', '"dtype": "float64",', "got the dtype float64, expected float32"
    ),
    "dropped input": Mutation(
        "model_serving/service.py",
        "        try:\n            return self.model.run(inputs)",
        "        inputs.popitem()\n        try:\n            return self.model.run(inputs)",
        "it answers 400",
    ),
    "swapped outputs": Mutation(
        "model_runner/inference.py",
        "self.outputs.items(), results,",
        "self.outputs.items(), results[::-1],",
        "output 'y': ",
    ),
    "swapped columns": Mutation(
        "model_serving/service.py",
        "            return self.model.run(inputs)",
        '            return self.model.run({**inputs, "x": inputs["x"][:, ::-1]})',
        "output 'y'[0, 0]: got ",
    ),
    "first row only": Mutation(
        "model_serving/service.py",
        "            return self.model.run(inputs)",
        "            return self.model.run({name: value[:1] for name, value in inputs.items()})",
        "output 'y': got the shape [1, 2], expected [2, 2]",
    ),
    "rounded": Mutation(
        "model_serving/answers.py",
        "return array.tolist() if",
        "return array.round(1).tolist() if",
        "in nested lists: output 'y'[0, 0]",
    ),
    "shape ignored": Mutation(
        "model_runner/documents.py",
        'return array.reshape(document["shape"])',
        "return array",
        "got the shape [6]",
    ),
    "output left out of arrays": Mutation(
        "model_serving/answers.py",
        "        for output in outputs:\n",
        "        for output in outputs[1:]:\n",
        'in an .npz answer: the outputs are ["next"], expected ["next", "y"]',
    ),
    "answers of another form": Mutation(
        "score.py",
        'form.of_answer(request.headers.get("Accept", ""))',
        "form",
        "it answers something else than JSON: 200 PK",
    ),
    "unknown inputs let through": Mutation(
        "model_runner/inputs.py",
        "    for name in values:\n        if name not in arguments:",
        "    values = {name: values[name] for name in values if name in arguments}\n"
        "    for name in values:\n        if name not in arguments:",
        "a request that is wrong in 'no input of the model' should be refused with 400, but: 200",
    ),
    "missing inputs not told": Mutation(
        "model_serving/service.py",
        "            if argument.name not in inputs:",
        "            if not inputs:",
        "a request that is wrong in 'x' should be refused with 400, but: 400",
    ),
    "refusals that are failures": Mutation(
        "model_serving/answers.py", "BAD_REQUEST = 400", "BAD_REQUEST = 500", "should be refused with 400, but: 500"
    ),
    "nothing described": Mutation(
        "score.py", "    describe(run, service())", "    service()", "/swagger.json does not describe the inputs"
    ),
    "an error in init": Mutation(
        "score.py",
        "    describe(run, service())",
        '    raise ValueError("a mistake")',
        "the server ended with 3 before it was ready\nValueError: a mistake",
    ),
    "an error in run": Mutation(
        "score.py",
        '    if request.method == "OPTIONS":',
        '    raise KeyError("a mistake")\n    if request.method == "OPTIONS":',
        "it answers 500",
    ),
    "an error at the import": Mutation("score.py", "import functools", "import functoolz", "ModuleNotFoundError: "),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_mutation_is_found(project: Path, python: Path, tmp_path: Path, name: str) -> None:
    mutation = MUTATIONS[name]
    mutated = tmp_path / "project"
    shutil.copytree(project, mutated)
    file = mutated / "scoring" / mutation.file
    source = file.read_text()
    assert mutation.text in source
    file.write_text(source.replace(mutation.text, mutation.instead))
    with pytest.raises(ServedError) as caught:
        prove(mutated, "score.py", python)
    assert mutation.told in str(caught.value)
