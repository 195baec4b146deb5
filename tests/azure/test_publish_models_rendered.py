"""From a run of Olive to registered assets, through the commands alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from publishing import publish
from standin.client import Azure

from modelpress.cli.main import modelpress

RUN = Path(__file__).parents[1] / "data/olive"


def render(source: Path, target: Path, *options: str) -> None:
    arguments = ["render", str(source), "-o", str(target), "--no-golden", *options]
    result = CliRunner().invoke(modelpress, arguments)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(("kind", "target"), [("model", "deploy"), ("model", "deploy.zip"), ("data", "deploy")])
def test_what_is_rendered_is_registered(azure: Azure, tmp_path: Path, kind: str, target: str) -> None:
    place, set_name = tmp_path / target, "azure-models" if kind == "model" else "azure-data"
    render(RUN / "0.9.1-search-zip", place, "-t", set_name, "-t", "candidate", "--var", f"{set_name}.name=digits")
    [artifact] = publish(azure, kind, place).document["artifacts"]
    assert artifact["asset"] == "azureml:digits_cpu-cpu_1:1"
    registered = azure.models() if kind == "model" else azure.data()
    tags = registered["digits_cpu-cpu_1:1"]["tags"]
    assert tags["rank"] == "1"
    assert tags["content_sha256"] == artifact["content_sha256"]
    assert float(tags["metric.latency-avg"]) > 0
    names = {blob["name"].rpartition("/")[2] for blob in azure.blobs()}
    assert {"model.onnx", "inference_config.json", "configurations.json", "metrics.json", "model_info.json"} <= names
    assert publish(azure, kind, place).document["artifacts"][0]["action"] == "keep"
