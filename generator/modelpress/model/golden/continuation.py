"""Golden vectors of a model that generates text: a prompt, its continuation, and how likely the model finds that.

Computers do not round alike, so that they may choose different tokens where two are nearly as
likely. So the continuation is an input, and what is compared are the logits of its tokens.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from modelpress.model.golden.given import read_inputs
from modelpress.model.golden.parts import GENAI_CONFIG, PROMPT
from modelpress.model.golden.sessions import reason_of
from modelpress.model.golden.task import NoVectorsError, Task
from modelpress.model.golden.values import Value
from modelpress.model.signature import TypeSpec

DEFAULT_PROMPT: Final = "Once upon a time there was a small house at the edge of the forest"
LENGTH: Final = 16  # tokens of a continuation
# Greedy, one thread, and nothing that changes the logits.
SEARCH: Final = {"do_sample": False, "num_beams": 1, "num_return_sequences": 1, "min_length": 0}
PLAIN: Final = {"repetition_penalty": 1.0, "no_repeat_ngram_size": 0}
ONE_THREAD: Final = json.dumps({"model": {"decoder": {"session_options": {"intra_op_num_threads": 1}}}})

Run = tuple[Sequence[Value], Sequence[Value], Sequence[Value]]


def continued(task: Task) -> Run:
    """The inputs (prompt, tokens that the model continues it with), and what it returns for them, twice.

    Raises UsageError for a file of inputs without a fitting prompt, and NoVectorsError where
    the model does not run.
    """
    model = _Model(task.components[0].path)
    given = read_inputs(task.inputs, [PROMPT]) if task.inputs else []
    prompt = str(given[0].content.item()) if given else DEFAULT_PROMPT
    try:
        tokens = model.greedy(prompt)
        inputs = [_value("prompt", "string", prompt), _value("tokens", "int32", tokens)]
        return inputs, model.outputs(prompt, tokens), model.outputs(prompt, tokens)
    except RuntimeError as error:  # what the library raises
        raise NoVectorsError(f"the model does not continue a prompt: {reason_of(error)}") from None


class _Model:
    """A model with its tokenizer, on the CPU."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime_genai as genai

        self._genai = genai
        try:
            config = genai.Config(str(folder))
            config.clear_providers()
            config.overlay(ONE_THREAD)
            self._model = genai.Model(config)
            self._tokenizer = genai.Tokenizer(self._model)
            document = json.loads((folder / GENAI_CONFIG).read_text(encoding="utf-8"))
            self._longest = int(document["model"]["context_length"])
        except (RuntimeError, OSError, ValueError, KeyError, TypeError) as error:
            raise NoVectorsError(
                f"onnxruntime-genai {genai.__version__} cannot load the model: {reason_of(error)}"
            ) from None

    def greedy(self, prompt: str) -> list[int]:
        """The likeliest continuation, as far as the end that the model sets, or LENGTH tokens."""
        generator = self._started(self._encoded(prompt), LENGTH)
        tokens: list[int] = []
        while not generator.is_done():
            generator.generate_next_token()
            tokens.append(int(generator.get_next_tokens()[0]))
        if not tokens:
            raise NoVectorsError(f"the prompt fills the {self._longest} tokens that the model reads")
        return tokens

    def outputs(self, prompt: str, continuation: Sequence[int]) -> list[Value]:
        """Tokens of the prompt; logit of each token of the continuation, and the highest logit there; its text."""
        tokens = self._encoded(prompt)
        generator = self._started(tokens, len(continuation))
        stream = self._tokenizer.create_stream()
        text, own, highest = "", [], []
        for place, token in enumerate(continuation):
            if place:
                generator.append_tokens([continuation[place - 1]])
            logits = generator.get_logits().ravel()
            own.append(float(logits[token]))
            highest.append(float(logits.max()))
            text += stream.decode(token)
        return [
            _value("prompt_tokens", "int32", tokens),
            _value("logits", "float32", own),
            _value("highest", "float32", highest),
            _value("text", "string", text),
        ]

    def _encoded(self, prompt: str) -> list[int]:
        return [int(token) for token in self._tokenizer.encode(prompt)]

    def _started(self, tokens: list[int], more: int) -> Any:
        params = self._genai.GeneratorParams(self._model)
        params.set_search_options(max_length=min(len(tokens) + more, self._longest), **SEARCH, **PLAIN)
        generator = self._genai.Generator(self._model, params)
        generator.append_tokens(tokens)
        return generator


def _value(name: str, dtype: str, content: Any) -> Value:
    import numpy as np

    array = np.array(content, object if dtype == "string" else dtype)
    return Value(name, TypeSpec("tensor", dtype, array.shape), array)
