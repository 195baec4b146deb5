"""Which container image has the libraries that an execution provider needs beside its Python package."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

UBUNTU_PYTHON = "3.12"  # of Ubuntu 24.04


@dataclass(frozen=True, slots=True)
class BaseImage:
    """An image to start from: its reference, in which ${PYTHON_VERSION} is a version of Python.

    `python_version` is the one to take where nobody chooses. An image without `has_python` is an
    Ubuntu 24.04, which can install that version and no other.
    """

    reference: str
    python_version: str = UBUNTU_PYTHON
    has_python: bool = False


# Every reference is whole: podman does not guess a registry.
SLIM = BaseImage("docker.io/library/python:${PYTHON_VERSION}-slim-bookworm", "3.11", has_python=True)
# The libraries are of the versions that the packages in RUNTIMES are linked with: CUDA 13 with
# cuDNN 9 (CUDA 12 before), OpenVINO 2025.4.1, ROCm 7 with MIGraphX and MIOpen.
CUDA = BaseImage("docker.io/nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04")
CUDA_12 = BaseImage("docker.io/nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04")
TENSORRT = BaseImage("nvcr.io/nvidia/tensorrt:25.11-py3")
TENSORRT_CUDA_12 = BaseImage("nvcr.io/nvidia/tensorrt:25.05-py3")
OPENVINO = BaseImage("docker.io/openvino/ubuntu24_runtime:2025.4.1")
ROCM = BaseImage("docker.io/rocm/onnxruntime:rocm7.2.4_ub24.04_ort1.23_torch2.10.0")
FIRST_ON_CUDA_13 = (1, 27)  # release of onnxruntime-gpu

IMAGES: Mapping[str, BaseImage] = {
    "CUDAExecutionProvider": CUDA,
    "TensorrtExecutionProvider": TENSORRT,
    "OpenVINOExecutionProvider": OPENVINO,
    "ROCMExecutionProvider": ROCM,
    "MIGraphXExecutionProvider": ROCM,
}
ON_CUDA_12: Mapping[BaseImage, BaseImage] = {CUDA: CUDA_12, TENSORRT: TENSORRT_CUDA_12}


def image_for(providers: Sequence[str], version: str) -> BaseImage:
    """The image for execution providers in order of preference: that of the first which needs one.

    `version` is that of ONNX Runtime's package.
    """
    image = next((IMAGES[name] for name in providers if name in IMAGES), SLIM)
    release = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    return ON_CUDA_12.get(image, image) if release < FIRST_ON_CUDA_13 else image
