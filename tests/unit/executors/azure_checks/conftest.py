"""A sound project for Azure ML, as a few texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from modelpress.bundle import Bundle, RenderedText

SCRIPT = "def init():\n    pass\n\n\ndef run(data):\n    return data\n"
FILES: Mapping[str, str] = {
    "model/model.onnx": "weights",
    "scoring/score.py": SCRIPT,
    "scoring/batch_score.py": SCRIPT,
    "scoring/requirements.txt": "numpy==2.3.2\n",
    "azureml/models/cpu-cpu_1.yml": (
        'name: digits_cpu-cpu_1\nversion: "3"\ntype: custom_model\npath: ../../model\ntags:\n  rank: "1"\n'
    ),
    "azureml/data/cpu-cpu_1.yml": "name: digits_cpu-cpu_1\nversion: v1\ntype: uri_folder\npath: ../../model\n",
    "azureml/online/model.yml": "name: digits\ntype: custom_model\npath: ../../model\n",
    "azureml/online/environment.yml": "name: digits-online\nimage: mcr.example/base:1\nconda_file: conda.yml\n",
    "azureml/online/conda.yml": (
        "name: model\ndependencies:\n  - python=3.11\n  - pip\n  - pip:\n      - azureml-inference-server-http==1.5.1\n"
    ),
    "azureml/online/endpoint.yml": "name: digits-endpoint\nauth_mode: key\n",
    "azureml/online/deployment.yml": (
        "name: blue\n"
        "endpoint_name: digits-endpoint\n"
        "model: azureml:digits@latest\n"
        "environment: azureml:digits-online@latest\n"
        "code_configuration:\n"
        "  code: ../../scoring\n"
        "  scoring_script: score.py\n"
        "instance_type: Standard_DS3_v2\n"
        "instance_count: 1\n"
        "environment_variables:\n"
        '  LEVEL: "1"\n'
        "request_settings:\n"
        "  request_timeout_ms: 60000\n"
        "liveness_probe:\n"
        "  period: 10\n"
        "scale_settings:\n"
        "  type: default\n"
    ),
    "azureml/batch/model.yml": 'name: digits\nversion: "7"\ntype: custom_model\npath: ../../model\n',
    "azureml/batch/environment.yml": "name: digits-batch\nbuild:\n  path: context\n",
    "azureml/batch/context/Dockerfile": "FROM scratch\n",
    "azureml/batch/endpoint.yml": "name: digits-batch\nauth_mode: aad_token\n",
    "azureml/batch/deployment.yml": (
        "name: blue\n"
        "endpoint_name: digits-batch\n"
        "type: model\n"
        "model: azureml:digits:7\n"
        "environment: azureml:digits-batch@latest\n"
        "code_configuration:\n"
        "  code: ../../scoring\n"
        "  scoring_script: batch_score.py\n"
        "compute: azureml:cpu-cluster\n"
        "resources:\n"
        "  instance_count: 1\n"
        "settings:\n"
        "  mini_batch_size: 10\n"
        "  output_action: append_row\n"
        "  output_file_name: predictions.csv\n"
        "  error_threshold: -1\n"
        "  retry_settings:\n"
        "    max_retries: 3\n"
    ),
    "azureml/batch/package.yml": (
        "target_environment: azureml:digits-package:1\n"
        "base_environment_source:\n"
        "  type: EnvironmentAsset\n"
        "  resource_id: azureml:digits-batch@latest\n"
        "inferencing_server:\n"
        "  type: azureml_batch\n"
        "  code_configuration:\n"
        "    code: ../../scoring\n"
        "    scoring_script: batch_score.py\n"
        "model_configuration:\n"
        "  mode: copy\n"
        "  mount_path: models/here\n"
    ),
}

Project = Callable[..., Bundle]


@pytest.fixture
def project() -> Project:
    """Makes the project with changes: path to its text; None takes the file out."""

    def make(changes: Mapping[str, str | bytes | None] | None = None) -> Bundle:
        files = {**FILES, **(changes or {})}
        contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items() if text}
        return Bundle.of({path: RenderedText(content) for path, content in contents.items()})

    return make


@pytest.fixture
def files() -> Mapping[str, str]:
    """The texts of the sound project by path."""
    return FILES
