"""Names of accelerators: Olive's, which are also names of folders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modelpress.candidates.reading.recorded_values import items, mapping, text

DEFAULT = "cpu-cpu"
SUFFIX = "ExecutionProvider"
DEVICES = {  # where each execution provider runs
    "cpu": "cpu",
    "openvino": "cpu",
    "xnnpack": "cpu",
    "acl": "cpu",
    "armnn": "cpu",
    "azure": "cpu",
    "cuda": "gpu",
    "tensorrt": "gpu",
    "nvtensorrtrtx": "gpu",
    "rocm": "gpu",
    "migraphx": "gpu",
    "dml": "gpu",
    "js": "gpu",
    "webgpu": "gpu",
    "qnn": "npu",
    "vitisai": "npu",
    "snpe": "npu",
    "cann": "npu",
    "coreml": "npu",
    "nnapi": "npu",
}
NAME = re.compile(
    rf"(?:cpu_spr|cpu|gpu|npu|vpu|intel_myriad)(?:-(?:{'|'.join(DEVICES)}))?(?:-memory=\d+)?",
)
"""An accelerator as Olive writes it: device, execution provider, memory in bytes."""

FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]{0,99}")
"""What may name an accelerator at all: one folder, on every system."""


def accelerator_name(device: object, provider: object, memory: object = None) -> str | None:
    """The name that Olive gives to a device with an execution provider, None where it cannot be told.

    Without a provider only a CPU is clear; without a device the provider's usual one is taken.
    """
    short = (text(provider) or "").removesuffix(SUFFIX).lower()
    where = (text(device) or DEVICES.get(short, "")).lower()
    if not where or (not short and where != "cpu"):
        return None
    name = f"{where}-{short or 'cpu'}" + (f"-memory={memory}" if isinstance(memory, int) and memory > 0 else "")
    return name if FOLDER_NAME.fullmatch(name) else None


def accelerator_of_settings(settings: Mapping[str, Any] | None) -> str | None:
    """The accelerator of inference settings, by their first execution provider."""
    providers = items(mapping(settings).get("execution_provider"))
    return accelerator_name(None, provider_name(providers[0])) if providers else None


def provider_name(entry: object) -> str | None:
    """The name of an execution provider: text, or the first of a pair with its options or its library."""
    if isinstance(entry, list):
        return text(entry[0]) if entry else None
    return text(entry)


def accelerator_of_workflow(workflow: Mapping[str, Any]) -> str | None:
    """The accelerator that an Olive workflow runs on, None where it names none or several."""
    places = (workflow, mapping(workflow.get("engine")))
    systems = mapping(workflow.get("systems"))
    for role in ("target", "host"):
        for place in places:
            system = place.get(role)
            names = _names_of_system(mapping(systems.get(system) if isinstance(system, str) else system))
            if names:
                return names.pop() if len(names) == 1 else None
    names = _names_of_system(mapping(next(iter(systems.values())))) if len(systems) == 1 else set()
    return names.pop() if len(names) == 1 else None


def _names_of_system(system: Mapping[str, Any]) -> set[str]:
    accelerators = items(system.get("accelerators")) or items(mapping(system.get("config")).get("accelerators"))
    found = set()
    for entry in accelerators:
        device = text(entry) or mapping(entry).get("device")
        for provider in items(mapping(entry).get("execution_providers")) or [None]:
            found.add(accelerator_name(device, provider_name(provider), mapping(entry).get("memory")))
    return {name for name in found if name}
