"""The model as the Open Inference Protocol sees it."""

from __future__ import annotations

from typing import Any

from model_runner.model import Model
from model_runner.tensors import Argument
from model_serving.service import Service
from v2_server import project
from v2_server.datatypes import Tensor, tensor_of
from v2_server.errors import RequestError
from v2_server.reading import InferRequest, read_request
from v2_server.writing import Answer, Result, write_answer


class ServedModel:
    """An open model; `infer` may be called from several threads at once.

    `inputs` and `outputs` are those that the protocol can carry, by name.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self.inputs = _tensors(_taken(service.model))
        self.outputs = _tensors(_returned(service.model))

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
        """Answer one request. Raises RequestError or SampleError where it is at fault."""
        request = read_request(body, json_length, self.inputs)
        for name in request.outputs:
            if name not in self.outputs:
                known = ", ".join(map(repr, self.outputs))
                raise RequestError(
                    f"outputs: the model has no output {name!r}, but {known}"
                )
        head = {"model_name": project.NAME, "model_version": project.VERSION}
        if request.id is not None:
            head["id"] = request.id
        return write_answer(head, self._run(request))

    def _run(self, request: InferRequest) -> list[Result]:
        values = {one.name: one.value for one in self._service.predict(request.feeds)}
        wanted = request.outputs or dict.fromkeys(self.outputs, request.binary)
        return [
            Result(self.outputs[name], values[name], binary)
            for name, binary in wanted.items()
            if values[name] is not None  # an optional that is empty
        ]


def _taken(model: Model) -> list[Argument]:
    """What a request must have, and what it may."""
    required = {argument.name for argument in model.missing(())}
    return [
        argument
        for name, argument in model.arguments().items()
        if name in required or argument.type.startswith("optional(")
    ]


def _returned(model: Model) -> list[Argument]:
    """The outputs that no session takes from one before it."""
    taken = {one.name for session in model.sessions[1:] for one in session.get_inputs()}
    return [
        Argument(output.name, output.type, output.shape)
        for session in model.sessions
        for output in session.get_outputs()
        if output.name not in taken
    ]


def _tensors(arguments: list[Argument]) -> dict[str, Tensor]:
    found = map(tensor_of, arguments)
    return {tensor.name: tensor for tensor in found if tensor}
