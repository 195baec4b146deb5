"""The model behind the server: what it is, and its answers."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import onnxruntime as ort
from model_runner.model import Model
from model_runner.sessions import open_session
from model_runner.settings import read_settings
from model_runner.tensors import Argument

from v2_server import project
from v2_server.datatypes import Tensor, tensor_of
from v2_server.errors import RequestError
from v2_server.reading import InferRequest, read_request
from v2_server.writing import Answer, Result, write_answer


class Service:
    """An open model; `infer` may be called from several threads at once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.inputs = _tensors(_needed_or_optional(model))
        self.outputs = _tensors(_returned(model))

    @classmethod
    def open(cls, *, allow_fallback: bool) -> Service:
        """Load the model. Raises SampleError where it or its provider cannot be used."""
        settings = read_settings(
            project.MODEL_FOLDER / "inference_config.json",
            project.PROVIDERS,
            optional=True,
        )
        # ONNX Runtime prints to stdout why it gives up a provider.
        with contextlib.redirect_stdout(sys.stderr):
            sessions = [
                open_session(
                    path,
                    settings,
                    extensions=project.EXTENSIONS,
                    allow_fallback=allow_fallback,
                )
                for path in project.MODELS
            ]
        return cls(Model(sessions, project.SHAPES, settings.io_bind))

    @property
    def metadata(self) -> dict[str, Any]:
        return {
            "name": project.NAME,
            "versions": [project.VERSION],
            "platform": "onnxruntime_onnx",
            "inputs": [tensor.metadata for tensor in self.inputs.values()],
            "outputs": [tensor.metadata for tensor in self.outputs.values()],
        }

    def infer(self, body: bytes, json_length: int | None) -> Answer:
        """Answer one request. Raises RequestError for what is wrong with it."""
        request = read_request(body, json_length, self.inputs)
        unknown = sorted(request.outputs.keys() - self.outputs.keys())
        if unknown:
            known = ", ".join(map(repr, self.outputs))
            raise RequestError(
                f"outputs: the model has no output {unknown[0]!r}, but {known}"
            )
        head = {"model_name": project.NAME, "model_version": project.VERSION}
        if request.id is not None:
            head["id"] = request.id
        return write_answer(head, self._run(request))

    def _run(self, request: InferRequest) -> list[Result]:
        wanted = request.outputs or dict.fromkeys(self.outputs, request.binary)
        try:
            values = {one.name: one.value for one in self._model.run(request.feeds)}
        except ort.capi.onnxruntime_pybind11_state.InvalidArgument as error:
            raise RequestError(f"the model takes no such inputs: {error}") from error
        return [
            Result(self.outputs[name], values[name], binary)
            for name, binary in wanted.items()
            if values[name] is not None  # an optional that is empty
        ]


def _needed_or_optional(model: Model) -> list[Argument]:
    needed = {argument.name for argument in model.missing([])}
    return [
        argument
        for name, argument in model.arguments().items()
        if name in needed or argument.type.startswith("optional(")
    ]


def _returned(model: Model) -> list[Argument]:
    """The outputs that no session after takes."""
    taken = {one.name for session in model.sessions[1:] for one in session.get_inputs()}
    return [
        Argument(output.name, output.type, output.shape)
        for session in model.sessions
        for output in session.get_outputs()
        if output.name not in taken
    ]


def _tensors(arguments: list[Argument]) -> dict[str, Tensor]:
    """What of it the protocol can carry, by name."""
    found = map(tensor_of, arguments)
    return {tensor.name: tensor for tensor in found if tensor}
