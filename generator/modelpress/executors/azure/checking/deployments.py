"""Deployments and package requests: their own rules, and that they fit the files beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelpress.bundle import Bundle
from modelpress.config.problems import quoted
from modelpress.executors.azure.checking import fields
from modelpress.executors.azure.checking.code import code_flaws
from modelpress.executors.azure.checking.documents import RENDER, Bounds, Document, Rule, choice_flaws
from modelpress.executors.azure.checking.flaws import Flaw
from modelpress.executors.azure.checking.names import (
    COMPUTE,
    DEPLOYMENT,
    ENDPOINT,
    INSTANCE_TYPE,
    reference_flaws,
    text_flaws,
    unknown_flaws,
    variable_flaws,
)

LONGEST_REQUEST = 180_000  # milliseconds, the most that the service waits for an answer
OUTPUT_FILE = Rule(
    re.compile(r"[^/\\\0]*[^/\\\0. ][^/\\\0]*"), "a plain file name", "It lies in the output folder of the job."
)
TARGET = Rule(
    re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}|azureml:[A-Za-z0-9][A-Za-z0-9_.-]{0,254}:[1-9][0-9]*"),
    "the name of an environment, or azureml:NAME:VERSION with a whole number",
    "The service registers the package under it.",
)
MOUNT_PATH = Rule(
    re.compile(r"(?!/)(?!.*(^|/)\.\.(/|$))[^\0\\]+"), "a relative path", "The model lies there in the container."
)


@dataclass(frozen=True, slots=True)
class Deployed:
    """The files of one kind of endpoint, online or batch, by what they describe: `model`, `endpoint`, ..."""

    kind: str
    bundle: Bundle
    documents: Mapping[str, Document]


def deployment_flaws(deployed: Deployed) -> Iterator[Flaw]:
    """What is wrong with the deployment, and with the code that it sends."""
    document = deployed.documents["deployment"]
    yield from DEPLOYMENT.flaws(document, "name", required=True)
    yield from ENDPOINT.flaws(document, "endpoint_name", required=True)
    endpoint = deployed.documents.get("endpoint")
    if endpoint is not None and endpoint.get("name") != document.get("endpoint_name"):
        named = quoted(endpoint.get("name"))
        yield document.flaw(("endpoint_name",), f"{endpoint.file} describes {named}", "Give both the same name.")
    for kind in ("model", "environment"):
        yield from reference_flaws(document, (kind,), kind, deployed.documents.get(kind))
    yield from text_flaws(document, "tags")
    yield from unknown_flaws(document, fields.FIELDS[deployed.kind] | fields.MISPLACED[deployed.kind])
    yield from _code_flaws(deployed.bundle, document, ("code_configuration",))
    yield from (_online_flaws if deployed.kind == "online" else _batch_flaws)(document)


def package_flaws(deployed: Deployed) -> Iterator[Flaw]:
    """What is wrong with the request to package the model; its code is the deployment's."""
    document = deployed.documents["package"]
    yield from TARGET.flaws(document, "target_environment", required=True)
    yield from unknown_flaws(document, fields.PACKAGE)
    source = ("base_environment_source", "resource_id")
    yield from reference_flaws(document, source, "environment", deployed.documents.get("environment"))
    if document.get("inferencing_server", "type") != f"azureml_{deployed.kind}":
        keys = ("inferencing_server", "type")
        yield document.flaw(keys, f"must be azureml_{deployed.kind} beside this deployment", RENDER)
    yield from choice_flaws(document, ["model_configuration", "mode"], ("download", "copy"))
    yield from MOUNT_PATH.flaws(document, "model_configuration", "mount_path")
    yield from variable_flaws(document, "environment_variables")
    yield from text_flaws(document, "tags")
    code, deployment = ("inferencing_server", "code_configuration"), deployed.documents.get("deployment")
    if deployment is not None and document.section(*code) != deployment.section("code_configuration"):
        yield document.flaw(code, "is not that of the deployment", "Name the same folder and script in both.")


def _code_flaws(bundle: Bundle, document: Document, keys: tuple[str, ...]) -> Iterator[Flaw]:
    code, script = document.get(*keys, "code"), document.get(*keys, "scoring_script")
    folder = document.place(code) if isinstance(code, str) else None
    files = {
        path.removeprefix(f"{folder}/"): entry
        for path, entry in bundle.entries.items()
        if folder and path.startswith(f"{folder}/")
    }
    if folder is None or not files:
        yield document.flaw((*keys, "code"), "is no folder of the project", "Name one relative to this file.")
    elif not isinstance(script, str) or not script:
        yield document.flaw((*keys, "scoring_script"), "is missing", "Name the script, relative to the code folder.")
    else:
        yield from code_flaws(files, folder, script)


def _online_flaws(document: Document) -> Iterator[Flaw]:
    yield from INSTANCE_TYPE.flaws(document, "instance_type", required=True)
    yield from Bounds(1).flaws(document, "instance_count")
    yield from variable_flaws(document, "environment_variables")
    yield from choice_flaws(document, ["egress_public_network_access"], ("enabled", "disabled"))
    yield from unknown_flaws(document, fields.REQUEST_SETTINGS, "request_settings")
    yield from Bounds(1, LONGEST_REQUEST).flaws(document, "request_settings", "request_timeout_ms")
    yield from Bounds(1).flaws(document, "request_settings", "max_concurrent_requests_per_instance")
    yield from Bounds(0).flaws(document, "request_settings", "max_queue_wait_ms")
    for probe in ("liveness_probe", "readiness_probe"):
        yield from unknown_flaws(document, fields.PROBE, probe)
        for name in sorted(fields.PROBE):
            yield from Bounds(1).flaws(document, probe, name)
    if document.get("scale_settings", "type") not in (None, "default"):
        keys = ("scale_settings", "type")
        yield document.flaw(keys, "must be default for a managed endpoint", "Scale it with rules of Azure Monitor.")


def _batch_flaws(document: Document) -> Iterator[Flaw]:
    yield from COMPUTE.flaws(document, "compute", required=True)
    yield from Bounds(1).flaws(document, "resources", "instance_count")
    place = "settings"
    for name in sorted(fields.MISPLACED["batch"] & document.data.keys()):
        yield document.flaw((name,), "does not reach the service from here", f"Put it below {place}.")
    yield from unknown_flaws(document, fields.BATCH_SETTINGS, place)
    for name in ("mini_batch_size", "max_concurrency_per_instance"):
        yield from Bounds(1).flaws(document, place, name)
    yield from Bounds(-1).flaws(document, place, "error_threshold")
    yield from choice_flaws(document, [place, "output_action"], ("append_row", "summary_only"))
    yield from choice_flaws(document, [place, "logging_level"], ("info", "warning", "debug"))
    yield from OUTPUT_FILE.flaws(document, place, "output_file_name")
    if document.get(place, "output_action") == "summary_only" and document.get(place, "output_file_name"):
        yield document.flaw((place, "output_file_name"), "has no use with summary_only", "Take it out.")
    yield from unknown_flaws(document, fields.RETRY_SETTINGS, place, "retry_settings")
    yield from Bounds(0).flaws(document, place, "retry_settings", "max_retries")
    yield from Bounds(1).flaws(document, place, "retry_settings", "timeout")
    yield from variable_flaws(document, place, "environment_variables")
