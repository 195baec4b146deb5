"""What the child process is asked, as JSON: it must not matter what state the asking process is in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelpress.errors import ModelpressError
from modelpress.model.description import spec_document
from modelpress.model.golden.tolerance import Arithmetic
from modelpress.model.golden.types import type_from_document
from modelpress.model.signature import TensorSpec

RESULT, JSON_NAME, INPUTS_NAME, OUTPUTS_NAME = "result.json", "golden.json", "inputs.npz", "outputs.npz"
PLAIN = ("arithmetic", "provider", "memory", "seed", "extensions", "generates")
NAMES = (JSON_NAME, INPUTS_NAME, OUTPUTS_NAME)


class NoVectorsError(ModelpressError):
    """The model gives no golden vectors, for a reason that is no fault of what the user asked for."""


@dataclass(frozen=True, slots=True)
class Component:
    """One ONNX file to run, or a folder of ONNX Runtime GenAI, and its inputs."""

    path: Path
    inputs: tuple[TensorSpec, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """Compute golden vectors: the components run in order, each may take what those before it return.

    `dims` are sizes by NAME or INPUT:AXIS; `inputs` is a file with real inputs. `folder`
    takes the results. `header` goes into golden.json as it is. `extensions` registers the
    operators of onnxruntime-extensions. `generates` says that the one component is a folder of
    ONNX Runtime GenAI. `memory` is the most address space to take, in bytes.
    """

    components: tuple[Component, ...]
    folder: Path
    arithmetic: Arithmetic
    provider: str
    memory: int
    header: Mapping[str, Any] = field(default_factory=dict)
    dims: Mapping[str, int] = field(default_factory=dict)
    inputs: Path | None = None
    seed: int = 0
    extensions: bool = False
    generates: bool = False

    def to_json(self) -> str:
        """The task as the child process reads it."""
        return json.dumps(
            {
                **{name: getattr(self, name) for name in PLAIN},
                "header": dict(self.header),
                "dims": dict(self.dims),
                "folder": str(self.folder),
                "inputs": None if self.inputs is None else str(self.inputs),
                "components": [
                    {"path": str(one.path), "inputs": [spec_document(spec) for spec in one.inputs]}
                    for one in self.components
                ],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Task:
        """The task that `to_json` wrote."""
        found = json.loads(text)
        components = tuple(
            Component(
                Path(one["path"]),
                tuple(TensorSpec(spec["name"], type_from_document(spec)) for spec in one["inputs"]),
            )
            for one in found.pop("components")
        )
        folder, inputs = Path(found.pop("folder")), found.pop("inputs")
        return cls(components=components, folder=folder, inputs=Path(inputs) if inputs else None, **found)
