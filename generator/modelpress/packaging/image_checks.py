"""What an image can serve: refusals before anything is rendered, and warnings of what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from modelpress.errors import UsageError
from modelpress.model import BaseImage, ModelFiles, TensorSpec, TypeSpec, describe_type, image_for
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.rendering import Rendering
from modelpress.packaging.runtime import runtime_of
from modelpress.templating import execution_providers

SET: Final = "docker"
SERVED: Final = ("onnx", "composite")
WINDOWS_ONLY: Final = ("onnxruntime-directml",)
# Element types of the Open Inference Protocol, by their names here.
CARRIED: Final = frozenset(
    (
        *("bool", "string", "float16", "bfloat16", "float32", "float64"),
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    )
)
IMAGE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]*")
LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?")
PORTS: Final = range(1, 65536)


def image_remarks(chosen: Chosen, rendering: Rendering) -> tuple[str, ...]:
    """What the protocol of the server cannot carry of the best candidate; nothing where no image is rendered.

    Raises UsageError for what cannot be served at all and for settings that no image can have.
    """
    if SET not in rendering.settings:
        return ()
    own = rendering.settings[SET]
    ranked = chosen.entries[0]
    model = chosen.models[ranked.candidate.id]
    providers = [provider["name"] for provider in execution_providers(ranked.candidate)]
    if model.format not in SERVED:
        raise UsageError(
            f"the server of an image runs ONNX Runtime, and this model's format is {model.format}",
            hint=f"Leave the template set {SET} out.",
        )
    runtime = runtime_of(ranked, model, rendering.runtime_version)
    if runtime.package in WINDOWS_ONLY:
        raise UsageError(
            f"{providers[0]} needs {runtime.package}, which no Linux container can have",
            hint=f"Take a candidate for another execution provider, or leave the template set {SET} out.",
        )
    _check_settings(own)
    _check_python(own, image_for(providers, runtime.version))
    return tuple(_left_out(model)) if own["server"] == "v2" else ()


def _check_settings(own: Mapping[str, Any]) -> None:
    if own["base_image"] and not IMAGE.fullmatch(own["base_image"]):
        raise UsageError(
            f"{SET}.base_image: {own['base_image']!r} is no reference of an image", hint="For example python:3.12-slim."
        )
    for name in own["labels"]:
        if not LABEL.fullmatch(name):
            raise UsageError(
                f"{SET}.labels: {name!r} cannot be the name of a label",
                hint="Letters, digits, dots and dashes, such as org.example.team.",
            )
    for name in ("port", "workers"):
        if own[name] not in PORTS:
            raise UsageError(f"{SET}.{name}: {own[name]} is not from 1 to {PORTS[-1]}", hint="Correct the variable.")


def _check_python(own: Mapping[str, Any], image: BaseImage) -> None:
    """The default image of an accelerator has the Python of its Ubuntu, and no other."""
    asked = own["python_version"]
    if not own["base_image"] and not image.has_python and asked not in ("default", image.python_version):
        raise UsageError(
            f"{SET}.python_version: {image.reference} has Python {image.python_version}, not {asked}",
            hint=f"Leave python_version out, or name an image that has it with {SET}.base_image.",
        )


def _left_out(model: ModelFiles) -> Iterator[str]:
    """The outputs that the protocol has no type for. Raises UsageError for an input that every request needs."""
    signatures = [part.signature for part in model.components or (model,) if part.signature]
    passed_on = {spec.name for one in signatures[1:] for spec in one.inputs}
    returned: set[str] = set()
    for signature in signatures:
        for spec in signature.inputs:
            if spec.name not in returned and spec.type.kind != "optional" and not _is_carried(spec.type):
                raise UsageError(
                    f"the Open Inference Protocol cannot carry the input {spec.name!r}: {describe_type(spec.type)}",
                    hint=f"The Azure ML server can: --var {SET}.server=azure.",
                )
        returned |= {spec.name for spec in signature.outputs}
        left_out = (spec for spec in signature.outputs if spec.name not in passed_on and not _is_carried(spec.type))
        yield from map(_warning, left_out)


def _warning(spec: TensorSpec) -> str:
    return (
        f"the Open Inference Protocol cannot carry the output {spec.name!r} ({describe_type(spec.type)}), "
        f"which is left out; the Azure ML server can (--var {SET}.server=azure)"
    )


def _is_carried(type_: TypeSpec) -> bool:
    if type_.kind == "optional" and type_.element is not None:
        return _is_carried(type_.element)
    return type_.kind == "tensor" and type_.dtype in CARRIED
