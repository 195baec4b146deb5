"""Execution providers and inference settings of a candidate, in one form whichever way they were recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modelpress.candidates.candidate import Candidate
from modelpress.templating.context import ProviderItem

SUFFIX = "ExecutionProvider"
# ONNX Runtime's spelling; an accelerator's name has it in lower case and without the suffix.
SPELLINGS = {
    name.lower(): name
    for name in (
        *("ACL", "ArmNN", "Azure", "CANN", "CoreML", "CPU", "CUDA", "Dml", "Dnnl", "JS", "MIGraphX", "Nnapi"),
        *("NvTensorRTRTX", "OpenVINO", "QNN", "Rknpu", "ROCM", "SNPE", "Tensorrt", "Tvm", "VitisAI", "VSINPU"),
        *("WebGPU", "WebNN", "Xnnpack"),
    )
}
USUAL = {"gpu": "cuda", "npu": "qnn"}  # for an accelerator that names a device alone


def execution_providers(candidate: Candidate) -> list[ProviderItem]:
    """The providers of the inference settings in order, or else the one that the accelerator is named after."""
    pairs = _pairs(candidate.inference_settings or {})
    found: list[ProviderItem] = [{"name": name, "options": options} for name, options in pairs]
    return found or [{"name": provider_of(candidate.accelerator), "options": {}}]


def provider_of(accelerator: str) -> str:
    """`gpu-cuda` to `CUDAExecutionProvider`: the provider that Olive's folder name of an accelerator ends in."""
    short = re.sub(r"-memory=\d+$", "", accelerator).rpartition("-")[2].lower()
    short = USUAL.get(short, short)
    return SPELLINGS.get(short, short.upper()) + SUFFIX


def olive_settings(settings: object) -> dict[str, Any] | None:
    """Inference settings as Olive writes them: providers as text, with a parallel list of options.

    Files of old releases hold pairs instead: [["CUDAExecutionProvider", {"device_id": 0}]].
    """
    if not isinstance(settings, Mapping) or not settings:
        return None
    recorded = settings.get("execution_provider")
    if not recorded or (isinstance(recorded, list | tuple) and all(isinstance(entry, str) for entry in recorded)):
        return dict(settings)
    pairs = _pairs(settings)
    return {
        **settings,
        "execution_provider": [name for name, _ in pairs],
        "provider_options": [options for _, options in pairs],
    }


def _pairs(settings: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    recorded = settings.get("execution_provider")
    entries = [recorded] if isinstance(recorded, str) else _list(recorded)
    parallel = _list(settings.get("provider_options"))
    padded = [*parallel, *[None] * len(entries)]
    return [pair for entry, options in zip(entries, padded, strict=False) if (pair := _pair(entry, options))[0]]


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _pair(entry: object, parallel: object) -> tuple[str, dict[str, Any]]:
    name, own, *_ = [entry, None] if isinstance(entry, str) else [*_list(entry), None, None]
    options = own if isinstance(own, Mapping) else parallel
    return (name if isinstance(name, str) else ""), dict(options) if isinstance(options, Mapping) else {}
