"""Projects to deploy, in the layout of the template sets azure-online and azure-batch, small enough for many tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publishing import Project, publish
from standin.answers import Answer, canned, wrong
from standin.client import Azure

ENDPOINT = "digits-endpoint"
SCRIPTS = {
    "online": "def init():\n    pass\n\n\ndef run(text):\n    return text\n",
    "batch": "def init():\n    pass\n\n\ndef run(mini_batch):\n    return mini_batch\n",
}
CONDA = {
    "name": "model",
    "dependencies": ["python=3.11", "pip", {"pip": ["azureml-inference-server-http==1.5.1"]}],
}


def tensor(name: str, *data: float) -> dict[str, Any]:
    return {"name": name, "kind": "tensor", "dtype": "float32", "shape": [len(data)], "data": list(data)}


GOLDEN = {
    "format": 1,
    "inputs": [tensor("x", 1.0, 2.0)],
    "outputs": [{**tensor("y", 10.0, 20.0), "tolerance": {"absolute": 0.001, "relative": 0.001}, "stable": True}],
}
RIGHT: Answer = canned({"outputs": [tensor("y", 10.0, 20.0005)]})
WRONG: Answer = wrong({"outputs": [tensor("y", 10.0, 21.0)]})
FAILING: Answer = canned({"error": {"message": "ValueError: no such input"}}, status=424)


class EndpointProject(Project):
    """A project of one endpoint; `part` is online or batch."""

    @property
    def part(self) -> str:
        return "batch" if (self.folder / "azureml" / "batch").is_dir() else "online"

    def yaml(self, name: str, content: Mapping[str, object]) -> Path:
        """A file below azureml/<part>; JSON is YAML too, and fields of None are left out."""
        given = {key: value for key, value in content.items() if value is not None}
        return self.write(f"azureml/{self.part}/{name}.yml", json.dumps(given, indent=2))

    def change(self, file: str, /, **fields: object) -> None:
        """Change fields of a file, or with None take them out."""
        path = self.folder / "azureml" / self.part / f"{file}.yml"
        self.yaml(file, {**json.loads(path.read_text(encoding="utf-8")), **fields})

    def new_model(self, content: str) -> None:
        self.write("model/model.onnx", content)


def online_project(folder: Path) -> EndpointProject:
    """Model digits, environment digits-env, endpoint and deployment blue, with golden vectors."""
    project = EndpointProject(folder)
    _common(project, "online")
    project.yaml("endpoint", {"name": ENDPOINT, "auth_mode": "key", "public_network_access": "enabled"})
    project.yaml(
        "deployment",
        {
            "name": "blue",
            "endpoint_name": ENDPOINT,
            "model": "azureml:digits@latest",
            "environment": "azureml:digits-env@latest",
            "code_configuration": {"code": "../../scoring", "scoring_script": "score.py"},
            "instance_type": "Standard_DS3_v2",
            "instance_count": 1,
            "request_settings": {"request_timeout_ms": 60000, "max_concurrent_requests_per_instance": 1},
            "scale_settings": {"type": "default"},
        },
    )
    project.write("scoring/score.py", SCRIPTS["online"])
    project.write("golden/golden.json", json.dumps(GOLDEN))
    return project


def batch_project(folder: Path) -> EndpointProject:
    """Model digits, environment digits-env, endpoint and deployment blue."""
    project = EndpointProject(folder)
    project.write("azureml/batch/conda.yml", json.dumps(CONDA))
    _common(project, "batch")
    project.yaml("endpoint", {"name": ENDPOINT, "auth_mode": "aad_token"})
    project.yaml(
        "deployment",
        {
            "name": "blue",
            "endpoint_name": ENDPOINT,
            "type": "model",
            "model": "azureml:digits@latest",
            "environment": "azureml:digits-env@latest",
            "code_configuration": {"code": "../../scoring", "scoring_script": "batch_score.py"},
            "compute": "azureml:cpu-cluster",
            "resources": {"instance_count": 1},
            "settings": {
                "mini_batch_size": 10,
                "max_concurrency_per_instance": 1,
                "output_action": "append_row",
                "output_file_name": "predictions.csv",
                "error_threshold": -1,
                "logging_level": "info",
                "retry_settings": {"max_retries": 3, "timeout": 300},
            },
        },
    )
    project.write("scoring/batch_score.py", SCRIPTS["batch"])
    return project


def packaged(project: EndpointProject, target: str = "packed", **fields: object) -> EndpointProject:
    """Let the service package the model first."""
    script = {"online": "score.py", "batch": "batch_score.py"}[project.part]
    project.yaml(
        "package",
        {
            "target_environment": target,
            "base_environment_source": {"type": "EnvironmentAsset", "resource_id": "azureml:digits-env@latest"},
            "inferencing_server": {
                "type": f"azureml_{project.part}",
                "code_configuration": {"code": "../../scoring", "scoring_script": script},
            },
            "model_configuration": {"mode": "download"},
            **fields,
        },
    )
    return project


def _common(project: EndpointProject, part: str) -> None:
    project.write("model/model.onnx", "model 1")
    project.write("model/metrics.json", "{}\n")
    project.write(f"azureml/{part}/conda.yml", json.dumps(CONDA))
    project.yaml("model", {"name": "digits", "type": "custom_model", "path": "../../model", "tags": {"rank": "1"}})
    project.yaml("environment", {"name": "digits-env", "image": "mcr.microsoft.com/x:1", "conda_file": "conda.yml"})


def answering(project: EndpointProject, azure: Azure, *answers: Answer) -> str:
    """Let the deployment that publishing would make now answer so; returns its name, told by a dry run."""
    name = planned(azure, project)
    azure.answer(ENDPOINT, name, *answers)
    return name


def planned(azure: Azure, project: EndpointProject) -> str:
    """The name of the deployment that publishing would make now."""
    outcome = publish(azure, project.part, project.folder, "--dry-run")
    assert outcome.exit_code == 0, outcome
    return str(next(one["name"] for one in outcome.document["steps"] if one["kind"] == "deployment"))
