"""Golden vectors of a model that generates: how likely it finds a continuation.

Computers do not round alike, so that they may choose different tokens where two are
nearly as likely. So the model is fed the golden continuation, token by token, and must
find each as likely as it did where the project was rendered, and none likelier.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chat_runner.generation import Document, Generation, tensor
from chat_runner.messages import SampleError

FORMAT = 1  # of golden.json
PLAIN = {  # what leaves the logits as the model gives them
    "do_sample": False,
    "repetition_penalty": 1.0,
    "no_repeat_ngram_size": 0,
    "min_length": 0,
}


@dataclass(frozen=True)
class Golden:
    """The inputs of golden.json, its outputs by name, and where it lies."""

    inputs: list[Document]
    outputs: Mapping[str, Document]
    path: Path

    def data(self, name: str) -> list[Any]:
        """The elements of an input."""
        found: list[Any] = {one["name"]: one for one in self.inputs}[name]["data"]
        return found


def read_golden(path: Path | None) -> Golden:
    if path is None:
        raise SampleError("this project was rendered without golden vectors")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise SampleError(f"{path} is not of the form that this sample knows")
        outputs = {output["name"]: output for output in document["outputs"]}
        return Golden(document["inputs"], outputs, path)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SampleError(f"cannot read {path}: {error!r}") from error


def check(generation: Generation, golden: Golden) -> list[Document]:
    """What the model gives; a difference is an error."""
    try:
        outputs = replay(generation, golden.data("prompt")[0], golden.data("tokens"))
        for output in outputs:
            expected = golden.outputs[output["name"]]
            compare(output, expected)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SampleError(f"{golden.path} is damaged: {error!r}") from error
    return outputs


def replay(
    generation: Generation, prompt: str, continuation: list[int]
) -> list[Document]:
    """Feed the prompt and then the continuation."""
    tokens = generation.tokens_of(prompt)
    longest = len(tokens) + len(continuation)
    generator = generation.start(tokens, {**PLAIN, "max_length": longest})
    stream = generation.tokenizer.create_stream()
    text, own, highest = "", [], []
    for place, token in enumerate(continuation):
        if place:
            generator.append_tokens([continuation[place - 1]])
        logits = generator.get_logits().ravel()
        own.append(float(logits[token]))
        highest.append(float(logits.max()))
        text += stream.decode(token)
    return [
        tensor("prompt_tokens", "int32", [len(tokens)], tokens),
        tensor("logits", "float32", [len(own)], own),
        tensor("highest", "float32", [len(highest)], highest),
        tensor("text", "string", [], [text]),
    ]


def compare(got: Document, expected: Document) -> None:
    """Within the tolerance of the golden output, as golden vectors of any model are."""
    name = got["name"]
    if (got["dtype"], got["shape"]) != (expected["dtype"], expected["shape"]):
        raise SampleError(
            f"check failed: output {name!r}: got {got['dtype']} {got['shape']}, "
            f"expected {expected['dtype']} {expected['shape']}"
        )
    if not expected["stable"]:
        return
    tolerance = expected["tolerance"]
    for place, (here, there) in enumerate(
        zip(got["data"], expected["data"], strict=True)
    ):
        if not is_near(here, there, tolerance):
            raise SampleError(
                f"check failed: output {name!r}[{place}]: got {here!r}, "
                f"expected {there!r}"
            )


def is_near(here: Any, there: Any, tolerance: Mapping[str, float]) -> bool:
    if not isinstance(here, float):
        return bool(here == there)
    distance = tolerance["absolute"] + tolerance["relative"] * abs(there)
    return bool(abs(here - there) <= distance)  # a NaN is near nothing
