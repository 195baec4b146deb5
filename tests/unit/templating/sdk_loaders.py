"""Loads every YAML file for Azure ML below a folder with the SDK's own loaders, and prints what each is sent as.

A program of its own, since importing the SDK warns of this and that.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import azure.ai.ml as sdk
from azure.ai.ml.entities._load_functions import load_model_batch_deployment

LOCATION = "eastus"


def model(path: Path) -> Any:
    loaded = sdk.load_model(path)
    return {
        "name": loaded.name,
        "version": loaded.version,
        "path": str(loaded.path),
        **loaded._to_rest_object().as_dict(),
    }


def data(path: Path) -> Any:
    loaded = sdk.load_data(path)
    return {
        "name": loaded.name,
        "version": loaded.version,
        "path": str(loaded.path),
        "type": loaded.type,
        "tags": loaded.tags,
    }


def environment(path: Path) -> Any:
    loaded = sdk.load_environment(path)
    build = loaded.build and {"path": str(loaded.build.path), "dockerfile_path": loaded.build.dockerfile_path}
    return {"name": loaded.name, "image": loaded.image, "conda": loaded.conda_file, "build": build}


def endpoint(path: Path) -> Any:
    if path.parent.name == "batch":
        batch = sdk.load_batch_endpoint(path)
        return {"name": batch.name, **batch._to_rest_batch_endpoint(LOCATION).as_dict()}
    online = sdk.load_online_endpoint(path)
    return {"name": online.name, **online._to_rest_online_endpoint(LOCATION).as_dict()}


def deployment(path: Path) -> Any:
    load = load_model_batch_deployment if path.parent.name == "batch" else sdk.load_online_deployment
    loaded = load(path)
    names = {"name": loaded.name, "endpoint_name": loaded.endpoint_name}
    return {**names, **loaded._to_rest_object(LOCATION).as_dict()}


def package(path: Path) -> Any:
    return sdk.load_model_package(path)._to_rest_object()


LOADERS: Mapping[str, Callable[[Path], Any]] = {
    "model": model,
    "environment": environment,
    "endpoint": endpoint,
    "deployment": deployment,
    "package": package,
}


def load(path: Path) -> Any:
    if path.parent.name == "models":
        return model(path)
    return data(path) if path.parent.name == "data" else LOADERS[path.stem](path)


def main(root: Path) -> None:
    found = {}
    for path in sorted(root.glob("**/azureml/*/*.yml")):
        if path.stem != "conda":
            try:
                found[path.relative_to(root).as_posix()] = load(path)
            except Exception as error:  # noqa: BLE001 - whatever the SDK says is the test's to judge
                found[path.relative_to(root).as_posix()] = f"{type(error).__name__}: {error}"
    json.dump(found, sys.stdout, default=str)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
