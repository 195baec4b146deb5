"""Generates tokens with ONNX Runtime GenAI."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnxruntime_genai as genai

from chat_runner.messages import SampleError, note

NO_TEMPLATE = "Empty chat template"  # how the library says that there is none
CPU = ("cpu", "cpuexecutionprovider")  # always there, and what runs without any
STREAMED = {"num_beams": 1, "num_return_sequences": 1}  # beams end all at once

Document = dict[str, Any]
"""A value of the form that golden.json has."""


@dataclass(frozen=True)
class Generation:
    """A model and its tokenizer."""

    model: Any
    tokenizer: Any

    @property
    def described(self) -> str:
        return f"onnxruntime-genai {genai.__version__} on {self.model.device_type}"

    def tokens_of(self, text: str) -> list[int]:
        tokens = [int(token) for token in self.tokenizer.encode(text)]
        if not tokens:
            raise SampleError("the prompt is empty")
        return tokens

    def start(self, tokens: list[int], search: dict[str, Any]) -> Any:
        """A generator that has read the tokens."""
        try:
            params = genai.GeneratorParams(self.model)
            params.set_search_options(**STREAMED, **search)
            longest = int(params.get_search_options()["max_length"])
            if len(tokens) >= longest:
                raise SampleError(
                    f"what was said has {len(tokens)} tokens, and max_length is "
                    f"{longest}: nothing is left for an answer"
                )
            generator = genai.Generator(self.model, params)
            generator.append_tokens(tokens)
        except RuntimeError as error:
            raise SampleError(f"the model cannot begin: {error}") from error
        return generator

    def generate(self, generator: Any) -> Iterator[int]:
        """One token after another, up to the end of the answer."""
        try:
            while not generator.is_done():
                generator.generate_next_token()
                yield int(generator.get_next_tokens()[0])
        except RuntimeError as error:
            raise SampleError(f"the model failed: {error}") from error


def open_model(folder: Path, provider: str | None) -> Generation:
    """The model in a folder, on one provider where one is given.

    A provider that cannot be used is an error of the library's own.
    """
    if not (folder / "genai_config.json").is_file():
        raise SampleError(f"there is no genai_config.json in {folder}")
    try:
        config = genai.Config(str(folder))
        if provider:
            config.clear_providers()
        if provider and provider.lower() not in CPU:
            config.append_provider(provider)
        model = genai.Model(config)
        return Generation(model, genai.Tokenizer(model))
    except RuntimeError as error:
        raise SampleError(f"cannot load {folder}: {error}") from error


class Conversation:
    """What was said to the model and by it.

    It is given to the model anew for each answer, in the form of the chat template.
    Without a template a model continues the prompt alone, whatever was said before.
    """

    def __init__(
        self,
        generation: Generation,
        search: dict[str, Any],
        *,
        system: str | None,
        templated: bool,
    ) -> None:
        self._generation = generation
        self._search = search
        self._system = system
        self._said: list[dict[str, str]] = []
        self._templated = templated and self._has_template()
        if system is not None and not self._templated:
            raise SampleError("--system needs a chat template")

    def clear(self) -> None:
        """Forget all but the system's words."""
        self._said.clear()

    def answer(self, prompt: str) -> Iterator[str]:
        """The answer in pieces, as they are made."""
        generator = self._read(prompt)
        stream = self._generation.tokenizer.create_stream()
        pieces = []
        try:
            for token in self._generation.generate(generator):
                pieces.append(stream.decode(token))
                yield pieces[-1]
        finally:
            self._remember(prompt, "".join(pieces))

    def document(self, prompt: str) -> tuple[list[Document], list[Document]]:
        """The prompt, and the answer as tokens and as text, of golden.json's form."""
        stream = self._generation.tokenizer.create_stream()
        tokens = list(self._generation.generate(self._read(prompt)))
        text = "".join(map(stream.decode, tokens))
        answer = tensor("tokens", "int32", [len(tokens)], tokens)
        return (
            [tensor("prompt", "string", [], [prompt])],
            [answer, tensor("text", "string", [], [text])],
        )

    def _read(self, prompt: str) -> Any:
        text = self._in_template(prompt) if self._templated else prompt
        tokens = self._generation.tokens_of(text)
        return self._generation.start(tokens, self._search)

    def _in_template(self, prompt: str) -> str:
        system = [] if self._system is None else [message("system", self._system)]
        messages = json.dumps([*system, *self._said, message("user", prompt)])
        return str(self._generation.tokenizer.apply_chat_template(messages))

    def _remember(self, prompt: str, answer: str) -> None:
        self._said += [message("user", prompt), message("assistant", answer)]

    def _has_template(self) -> bool:
        try:
            self._in_template("Hello")
        except RuntimeError as error:
            if NO_TEMPLATE not in str(error):
                raise SampleError(
                    f"the chat template of the tokenizer: {error} "
                    "--no-template does without it."
                ) from error
            note("the tokenizer has no chat template: prompts are taken as they are")
            return False
        return True


def message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def tensor(name: str, dtype: str, shape: list[int], data: list[Any]) -> Document:
    described = {"kind": "tensor", "dtype": dtype, "shape": shape, "data": data}
    return {"name": name, **described}
