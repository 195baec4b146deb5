"""A tiny model for ONNX Runtime GenAI, and the chat sample of its project."""

from __future__ import annotations

import contextlib
import io
import json
import runpy
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper

from modelpress.model.golden import Wishes
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.golden import NO_GOLDEN, golden_of
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_project
from modelpress.templating import ProjectContext, search_path

VOCABULARY = 256  # a token for each byte
END = ord("~")  # what ends an answer
CONTEXT = 200
COUNTING = "{{ messages | length }}"  # a chat template that says how long the conversation is


@dataclass(frozen=True)
class Outcome:
    """What a run of the sample gave."""

    code: int
    stdout: str
    stderr: str
    pieces: tuple[str, ...] = ()

    @property
    def error(self) -> str:
        """The message of a run that had to fail."""
        assert (self.code, self.stdout) == (1, ""), self
        return self.stderr.partition("error: ")[2]


class Written(io.StringIO):
    """Standard output that keeps what was written at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        self.pieces.append(text)
        return super().write(text)


@dataclass(frozen=True)
class ChatProject:
    """A rendered project of a GenAI model."""

    root: Path
    samples: str = "samples"

    @property
    def program(self) -> Path:
        return self.root / self.samples / "python" / "chat.py"

    @property
    def golden(self) -> dict[str, Any]:
        found = json.loads((self.root / "golden" / "golden.json").read_text(encoding="utf-8"))
        assert isinstance(found, dict)
        return found

    def call(self, *arguments: object, stdin: str = "") -> Outcome:
        """Run the program in this process."""
        stdout, stderr = Written(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(self.program.parent))
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
                code = runpy.run_path(str(self.program))["main"]([str(argument) for argument in arguments])
        return Outcome(code, stdout.getvalue(), stderr.getvalue(), tuple(stdout.pieces))


def successor() -> onnx.ModelProto:
    """The likeliest token is the one after the last: its logit is 5, and the farther from it, the lower they are.

    It keeps past tokens as keys and values, as such models do, and does not look at them.
    """
    node, value = helper.make_node, helper.make_tensor_value_info
    cache = {"past_key_values.0": "past_sequence_length", "present.0": "total_sequence_length"}
    shapes = {
        f"{name}.{one}": ["batch_size", 1, length, 1] for name, length in cache.items() for one in ("key", "value")
    }
    nodes = [
        node("Cast", ["input_ids"], ["token"], to=TensorProto.FLOAT),
        node("Add", ["token", "step"], ["next"]),
        node("Unsqueeze", ["next", "last_axis"], ["column"]),
        node("Sub", ["column", "numbers"], ["difference"]),
        node("Abs", ["difference"], ["distance"]),
        node("Sub", ["highest", "distance"], ["logits"]),
        node("Unsqueeze", ["token", "cache_axes"], ["kept"]),
        node("Concat", ["past_key_values.0.key", "kept"], ["present.0.key"], axis=2),
        node("Concat", ["past_key_values.0.value", "kept"], ["present.0.value"], axis=2),
    ]
    numbers = helper.make_tensor("numbers", TensorProto.FLOAT, [VOCABULARY], list(range(VOCABULARY)))
    graph = helper.make_graph(
        nodes,
        "successor",
        [
            value("input_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
            value("attention_mask", TensorProto.INT64, ["batch_size", "total_sequence_length"]),
            *(value(name, TensorProto.FLOAT, shape) for name, shape in shapes.items() if name.startswith("past")),
        ],
        [
            value("logits", TensorProto.FLOAT, ["batch_size", "sequence_length", VOCABULARY]),
            *(value(name, TensorProto.FLOAT, shape) for name, shape in shapes.items() if name.startswith("present")),
        ],
        [
            numbers,
            helper.make_tensor("step", TensorProto.FLOAT, [], [1]),
            helper.make_tensor("highest", TensorProto.FLOAT, [], [5]),
            helper.make_tensor("last_axis", TensorProto.INT64, [1], [2]),
            helper.make_tensor("cache_axes", TensorProto.INT64, [2], [1, 3]),
        ],
    )
    return helper.make_model(graph, ir_version=9, opset_imports=[helper.make_opsetid("", 18)])


def byte_tokenizer() -> dict[str, Any]:
    """tokenizer.json of a byte-level vocabulary without merges; bytes that do not print stand for themselves + 256."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    names = {byte: chr(byte if byte in printable else 256 + others.index(byte)) for byte in range(256)}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": level,
        "post_processor": None,
        "decoder": level,
        "model": {"type": "BPE", "vocab": {name: byte for byte, name in names.items()}, "merges": []},
    }


def genai_config(**search: Any) -> dict[str, Any]:
    names = {"past_key_names": "past_key_values.%d.key", "past_value_names": "past_key_values.%d.value"}
    decoder = {
        "session_options": {"provider_options": []},
        "filename": "model.onnx",
        "head_size": 1,
        "hidden_size": 1,
        "num_attention_heads": 1,
        "num_hidden_layers": 1,
        "num_key_value_heads": 1,
        "inputs": {"input_ids": "input_ids", "attention_mask": "attention_mask", **names},
        "outputs": {
            "logits": "logits",
            "present_key_names": "present.%d.key",
            "present_value_names": "present.%d.value",
        },
    }
    model = {"type": "llama", "context_length": CONTEXT, "vocab_size": VOCABULARY, "decoder": decoder}
    ends = dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id"), END)
    return {"model": {**model, **ends}, "search": {"max_length": 20, "past_present_share_buffer": False, **search}}


@pytest.fixture(scope="session")
def make_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A folder with the model; `template` is its chat template, `search` the options in genai_config.json."""

    def make(template: str | None = COUNTING, **search: Any) -> Path:
        folder = tmp_path_factory.mktemp("genai") / "successor"
        folder.mkdir()
        onnx.save(successor(), folder / "model.onnx")
        settings: Mapping[str, Any] = {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": False}
        settings = settings if template is None else {**settings, "chat_template": template}
        files = {
            "genai_config.json": genai_config(**search),
            "tokenizer.json": byte_tokenizer(),
            "tokenizer_config.json": settings,
        }
        for name, content in files.items():
            (folder / name).write_text(json.dumps(content), encoding="utf-8")
        return folder

    return make


@pytest.fixture(scope="session")
def render_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ChatProject]:
    """Render the project of such a folder, with golden vectors where `golden` says what they are wished to be."""
    rendering = Rendering.of(ProjectContext("chat", "1"), search_path(), ["candidate", "samples"], {})

    def render(folder: Path, golden: Wishes | None = None) -> ChatProject:
        chosen = choose(Request(folder), candidate_of_rank(1))
        vectors = NO_GOLDEN if golden is None else golden_of(chosen, golden)
        target = tmp_path_factory.mktemp("rendered") / "project"
        execute(plan_project(chosen, rendering, Target(target), vectors))
        return ChatProject(target)

    return render


@pytest.fixture(scope="session")
def project(make_folder: Callable[..., Path], render_folder: Callable[..., ChatProject]) -> ChatProject:
    """The project of a model that continues with what comes next in the alphabet."""
    return render_folder(make_folder(), Wishes())
