"""What templates see of the model as MLflow's `onnx` flavour has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from modelpress.templating.doc import Doc

MLFLOW_FOLDER = "mlflow_model"
"""The folder of an MLflow model, beside the other files of its candidate."""


class MlflowSignature(TypedDict):
    """MLflow's signature: lists of tensors, as the JSON text that MLmodel holds."""

    inputs: Annotated[
        str, Doc("The inputs.", '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1]}, "name": "x"}]')
    ]
    outputs: Annotated[str | None, Doc("The outputs; none where one of them is no tensor that MLflow can describe.")]


@dataclass(frozen=True)
class MlflowContext:
    """The model as MLflow has it."""

    version: Annotated[str, Doc("The version of MLflow whose format is written.", "3.17.2")]
    uuid: Annotated[
        str,
        Doc("Id made from the candidate and its model: the same at every render.", "8d0f1c1e2f7a4b7c9d3e5f60718293a4"),
    ]
    onnx_version: Annotated[str, Doc("Version of the package onnx that loads the model.", "1.23.2")]
    providers: Annotated[
        list[Any],
        Doc("Execution providers in order: a name, or a name and its options.", ["CPUExecutionProvider"]),
    ]
    session_options: Annotated[
        dict[str, Any],
        Doc("Those session options that MLflow knows, as it writes them.", {"execution_mode": "parallel"}),
    ]
    signature: Annotated[
        MlflowSignature | None, Doc("The signature, or none where an input is no tensor that MLflow can describe.")
    ]
    input_example: Annotated[
        str | None, Doc("File beside MLmodel that holds inputs by name, or none.", "input_example.json")
    ]
    requirements: Annotated[
        list[str], Doc("What pip installs to serve the model.", ["mlflow==3.17.2", "onnxruntime==1.31.1"])
    ]
