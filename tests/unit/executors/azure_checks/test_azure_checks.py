"""What the SDK does not check: one wrong thing at a time, with the exact message."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from modelpress.bundle import Bundle
from modelpress.errors import UsageError
from modelpress.executors.azure.checks import PARTS, check_bundle, parts_of, refuse_flaws

Project = Callable[..., Bundle]

ONLINE, BATCH = "azureml/online/deployment.yml", "azureml/batch/deployment.yml"
PACKAGE = "azureml/batch/package.yml"
SHORT = "3 to 32 ASCII letters, digits and hyphens, beginning with a letter and not ending with a hyphen"
TEXT = "Put quotes around it."


def test_a_sound_project_has_no_flaws(project: Project) -> None:
    assert check_bundle(project()) == ()
    assert parts_of(project()) == PARTS
    refuse_flaws(project())


def test_a_project_without_azure_has_none_either(project: Project) -> None:
    bundle = Bundle.of({"model/model.onnx": project().entries["model/model.onnx"]})
    assert parts_of(bundle) == ()
    assert check_bundle(bundle) == ()


# file, what stands there, what stands there instead, where and what is said, the hint
REPLACED = [
    # models and data
    (
        "azureml/models/cpu-cpu_1.yml",
        '"3"',
        '"1.0"',
        "azureml/models/cpu-cpu_1.yml:2: version: '1.0' must be a whole number, as 1",
        "Leave it out for the next one.",
    ),
    (
        "azureml/models/cpu-cpu_1.yml",
        "../../model",
        "../../modell",
        "azureml/models/cpu-cpu_1.yml:4: path: the project has no modell",
        "Render the project again, models included.",
    ),
    (
        "azureml/models/cpu-cpu_1.yml",
        "../../model",
        "../../../etc",
        "azureml/models/cpu-cpu_1.yml:4: path: '../../../etc' is no folder or file inside the project",
        "Name one relative to the YAML file.",
    ),
    (
        "azureml/models/cpu-cpu_1.yml",
        "custom_model",
        "mlflow_model",
        "azureml/models/cpu-cpu_1.yml:3: type: is mlflow_model, and there is no model/MLmodel",
        "Render the project again.",
    ),
    (
        "azureml/models/cpu-cpu_1.yml",
        "custom_model",
        "onnx",
        "azureml/models/cpu-cpu_1.yml:3: type: must be one of custom_model, mlflow_model, triton_model",
        "Correct the name.",
    ),
    (
        "azureml/models/cpu-cpu_1.yml",
        'rank: "1"',
        "rank: 1",
        "azureml/models/cpu-cpu_1.yml:6: tags.rank: must be text",
        TEXT,
    ),
    (
        "azureml/data/cpu-cpu_1.yml",
        "name: digits_cpu-cpu_1",
        "name: digits cpu",
        "azureml/data/cpu-cpu_1.yml:1: name: must be letters, digits, _, - and ., at most 255 of them",
        "Render with another name.",
    ),
    # environments
    (
        "azureml/online/environment.yml",
        "conda.yml",
        "conda.yaml",
        "azureml/online/environment.yml:3: conda_file: is no file of the project",
        "Name one relative to this file.",
    ),
    (
        "azureml/online/environment.yml",
        "image: mcr.example/base:1\n",
        "",
        "azureml/online/environment.yml: image: must be given, or else build",
        "Name a base image, or a build context.",
    ),
    (
        "azureml/online/conda.yml",
        "azureml-inference-server-http==1.5.1",
        "flask",
        "azureml/online/conda.yml:2: dependencies: have no server in them",
        "Add azureml-inference-server-http below pip: the endpoint runs it.",
    ),
    (
        "azureml/online/conda.yml",
        "  - python=3.11",
        "\t- python=3.11",
        (
            "azureml/online/conda.yml:3: not valid YAML: while scanning for the next token, "
            "found character that cannot start any token"
        ),
        "Correct the YAML.",
    ),
    (
        "azureml/batch/environment.yml",
        "path: context",
        "path: contexts",
        "azureml/batch/environment.yml:3: build.path: is no folder of the project",
        "Name one relative to this file.",
    ),
    (
        "azureml/batch/environment.yml",
        "path: context",
        "path: context\n  dockerfile_path: Containerfile",
        "azureml/batch/environment.yml:4: build.dockerfile_path: there is no azureml/batch/context/Containerfile",
        "Render the project again.",
    ),
    (
        "azureml/batch/environment.yml",
        "path: context",
        "path: https://example.org/x",
        "azureml/batch/environment.yml:3: build.path: is no folder of the project",
        "Name one relative to this file.",
    ),
    # endpoints
    (
        "azureml/online/endpoint.yml",
        "auth_mode: key",
        "auth_mode: keys",
        "azureml/online/endpoint.yml:2: auth_mode: must be one of key, aml_token, aad_token",
        "Correct the name.",
    ),
    (
        "azureml/batch/endpoint.yml",
        "aad_token",
        "key",
        "azureml/batch/endpoint.yml:2: auth_mode: must be one of aad_token",
        "Correct the name.",
    ),
    (
        "azureml/online/endpoint.yml",
        "auth_mode: key",
        "traffic: {blue: 90, green: 20}",
        "azureml/online/endpoint.yml:2: traffic: must sum to 100, not 110",
        "Correct the percentages.",
    ),
    (
        "azureml/online/endpoint.yml",
        "auth_mode: key",
        "traffic: {blue: 99.5, green: 0.5}",
        "azureml/online/endpoint.yml:2: traffic: must map deployments to whole percentages",
        "Take it out, or correct it.",
    ),
    (
        "azureml/online/endpoint.yml",
        "auth_mode: key",
        "traffic: 100",
        "azureml/online/endpoint.yml:2: traffic: must map deployments to whole percentages",
        "Take it out, or correct it.",
    ),
    # online deployments
    (ONLINE, "name: blue", "name: b", f"{ONLINE}:1: name: must be {SHORT}", "Choose another deployment_name."),
    (ONLINE, "name: blue", "name: 1", f"{ONLINE}:1: name: must be text", TEXT),
    (ONLINE, "name: blue\n", "", f"{ONLINE}: name: is missing", "Choose another deployment_name."),
    (
        ONLINE,
        "endpoint_name: digits-endpoint",
        "endpoint_name: digits",
        f"{ONLINE}:2: endpoint_name: azureml/online/endpoint.yml describes digits-endpoint",
        "Give both the same name.",
    ),
    (
        ONLINE,
        "azureml:digits@latest",
        "azureml:digit@latest",
        f"{ONLINE}:3: model: names digit, and azureml/online/model.yml describes digits",
        "Give both the same name.",
    ),
    (
        ONLINE,
        "azureml:digits@latest",
        "azureml:digits:4",
        f"{ONLINE}:3: model: names version 4, which azureml/online/model.yml does not describe",
        "Give both the same one.",
    ),
    (
        ONLINE,
        "azureml:digits@latest",
        "digits",
        f"{ONLINE}:3: model: names no model",
        "As azureml:NAME:VERSION or azureml:NAME@latest.",
    ),
    (
        ONLINE,
        "environment: azureml:digits-online@latest\n",
        "",
        f"{ONLINE}: environment: is missing",
        "Name the environment, as azureml:NAME:VERSION.",
    ),
    (
        ONLINE,
        "code: ../../scoring",
        "code: ../../code",
        f"{ONLINE}:6: code_configuration.code: is no folder of the project",
        "Name one relative to this file.",
    ),
    (
        ONLINE,
        "code: ../../scoring",
        "code: ../../../scoring",
        f"{ONLINE}:6: code_configuration.code: is no folder of the project",
        "Name one relative to this file.",
    ),
    (
        ONLINE,
        "scoring_script: score.py",
        "scoring_script: scorer.py",
        "scoring/scorer.py: there is no such scoring script",
        "Did you mean score.py?",
    ),
    (
        ONLINE,
        "  scoring_script: score.py\n",
        "",
        f"{ONLINE}:5: code_configuration.scoring_script: is missing",
        "Name the script, relative to the code folder.",
    ),
    (
        ONLINE,
        "Standard_DS3_v2",
        "DS3_v2",
        f"{ONLINE}:8: instance_type: must be the size of a virtual machine",
        "As Standard_DS3_v2.",
    ),
    (
        ONLINE,
        "instance_count: 1",
        "instance_count: 0",
        f"{ONLINE}:9: instance_count: must be a whole number of at least 1",
        "Correct the number.",
    ),
    (
        ONLINE,
        "instance_count: 1",
        "instance_cuont: 1",
        f"{ONLINE}:9: instance_cuont: unknown key",
        "Did you mean instance_count?",
    ),
    (ONLINE, 'LEVEL: "1"', "LEVEL: 1", f"{ONLINE}:11: environment_variables.LEVEL: must be text", TEXT),
    (
        ONLINE,
        'LEVEL: "1"',
        '"A B": x',
        f'{ONLINE}:11: environment_variables."A B": is no name of an environment variable',
        "Use letters, digits and underscores.",
    ),
    (
        ONLINE,
        'LEVEL: "1"',
        "API_KEY: hunter2",
        f"{ONLINE}:11: environment_variables.API_KEY: a literal that looks like a secret: its name says so",
        "Refer to it: ${env:NAME} takes an environment variable of the publisher, ${keyvault:NAME} a Key Vault secret.",
    ),
    (
        ONLINE,
        'LEVEL: "1"',
        'API_KEY: "${vault:x}"',
        f"{ONLINE}:11: environment_variables.API_KEY: ${{vault:...}} is no reference. Did you mean keyvault?",
        "As ${env:NAME} or ${keyvault:NAME}.",
    ),
    (
        ONLINE,
        "request_timeout_ms: 60000",
        "request_timeout_ms: 600000",
        f"{ONLINE}:13: request_settings.request_timeout_ms: must be a whole number from 1 to 180000",
        "Correct the number.",
    ),
    (
        ONLINE,
        "request_timeout_ms: 60000",
        "timeout: 60",
        f"{ONLINE}:13: request_settings.timeout: unknown key",
        "Take it out.",
    ),
    (
        ONLINE,
        "period: 10",
        "period: 10s",
        f"{ONLINE}:15: liveness_probe.period: must be a whole number of at least 1",
        "Correct the number.",
    ),
    (
        ONLINE,
        "type: default",
        "type: target_utilization",
        f"{ONLINE}:17: scale_settings.type: must be default for a managed endpoint",
        "Scale it with rules of Azure Monitor.",
    ),
    (
        ONLINE,
        "instance_count: 1",
        "instance_type: Standard_F2s_v2",
        f"{ONLINE}:9: the key instance_type stands twice in one mapping",
        "Keep one of the two.",
    ),
    # batch deployments
    (
        BATCH,
        "compute: azureml:cpu-cluster",
        "compute: cpu-cluster",
        f"{BATCH}:9: compute: must be azureml: and the name of a compute cluster",
        "As azureml:cpu-cluster.",
    ),
    (
        BATCH,
        "settings:",
        "mini_batch_size: 5\nsettings:",
        f"{BATCH}:12: mini_batch_size: does not reach the service from here",
        "Put it below settings.",
    ),
    (
        BATCH,
        "settings:",
        'environment_variables: {A: "x"}\nsettings:',
        f"{BATCH}:12: environment_variables: does not reach the service from here",
        "Put it below settings.",
    ),
    (
        BATCH,
        "mini_batch_size: 10",
        "mini_batch_size: 0",
        f"{BATCH}:13: settings.mini_batch_size: must be a whole number of at least 1",
        "Correct the number.",
    ),
    (
        BATCH,
        "error_threshold: -1",
        "error_threshold: -2",
        f"{BATCH}:16: settings.error_threshold: must be a whole number of at least -1",
        "Correct the number.",
    ),
    (
        BATCH,
        "append_row",
        "append_rows",
        f"{BATCH}:14: settings.output_action: must be one of append_row, summary_only",
        "Correct the name.",
    ),
    (
        BATCH,
        "predictions.csv",
        "../predictions.csv",
        f"{BATCH}:15: settings.output_file_name: must be a plain file name",
        "It lies in the output folder of the job.",
    ),
    (
        BATCH,
        "append_row",
        "summary_only",
        f"{BATCH}:15: settings.output_file_name: has no use with summary_only",
        "Take it out.",
    ),
    (
        BATCH,
        "max_retries: 3",
        "max_retry: 3",
        f"{BATCH}:18: settings.retry_settings.max_retry: unknown key",
        "Did you mean max_retries?",
    ),
    (
        BATCH,
        "azureml:digits:7",
        "azureml:digits:8",
        f"{BATCH}:4: model: names version 8, which azureml/batch/model.yml does not describe",
        "Give both the same one.",
    ),
    # package requests
    (
        PACKAGE,
        "azureml:digits-package:1",
        "azureml:digits-package:v1",
        (
            f"{PACKAGE}:1: target_environment: "
            "must be the name of an environment, or azureml:NAME:VERSION with a whole number"
        ),
        "The service registers the package under it.",
    ),
    (
        PACKAGE,
        "azureml_batch",
        "azureml_online",
        f"{PACKAGE}:6: inferencing_server.type: must be azureml_batch beside this deployment",
        "Render the project again.",
    ),
    (
        PACKAGE,
        "scoring_script: batch_score.py",
        "scoring_script: score.py",
        f"{PACKAGE}:7: inferencing_server.code_configuration: is not that of the deployment",
        "Name the same folder and script in both.",
    ),
    (
        PACKAGE,
        "mode: copy",
        "mode: move",
        f"{PACKAGE}:11: model_configuration.mode: must be one of download, copy",
        "Correct the name.",
    ),
    (
        PACKAGE,
        "models/here",
        "/models/../here",
        f"{PACKAGE}:12: model_configuration.mount_path: must be a relative path",
        "The model lies there in the container.",
    ),
    (
        PACKAGE,
        "azureml:digits-batch@latest",
        "digits-batch",
        f"{PACKAGE}:4: base_environment_source.resource_id: names no environment",
        "As azureml:NAME:VERSION or azureml:NAME@latest.",
    ),
]


@pytest.mark.parametrize(
    ("replaced", "said", "hint"),
    [(case[:3], *case[3:]) for case in REPLACED],
    ids=[f"{case[0]}-{case[2]!r}" for case in REPLACED],
)
def test_one_wrong_value_is_one_flaw(
    project: Project, replaced: tuple[str, str, str], said: str, hint: str, files: Mapping[str, str]
) -> None:
    file, sound, wrong = replaced
    assert files[file].count(sound) >= 1
    bundle = project({file: files[file].replace(sound, wrong, 1)})
    assert [(str(flaw), flaw.hint) for flaw in check_bundle(bundle)] == [(said, hint)]
    with pytest.raises(UsageError) as caught:
        refuse_flaws(bundle)
    assert (caught.value.message, caught.value.hint) == (said, hint)


@pytest.mark.parametrize("name", ["ab", "a" * 33, "1ab", "ab-", "a_b", "a b", "añb", "ab\n"])
def test_names_of_endpoints(project: Project, name: str, files: Mapping[str, str]) -> None:
    changed = {
        file: files[file].replace("digits-endpoint", repr(name).replace("'", '"'))
        for file in ("azureml/online/endpoint.yml", ONLINE)
    }
    found = [str(flaw) for flaw in check_bundle(project(changed))]
    assert found == [
        f"azureml/online/endpoint.yml:1: name: must be {SHORT}",
        f"{ONLINE}:2: endpoint_name: must be {SHORT}",
    ]


MISSING = [
    ("azureml/online/model.yml", "azureml/online/model.yml: is missing"),
    ("azureml/batch/endpoint.yml", "azureml/batch/endpoint.yml: is missing"),
    ("azureml/online/deployment.yml", "azureml/online/deployment.yml: is missing"),
    ("scoring/score.py", "scoring/score.py: there is no such scoring script"),
]


@pytest.mark.parametrize(("file", "said"), MISSING)
def test_a_missing_file(project: Project, file: str, said: str) -> None:
    assert [str(flaw) for flaw in check_bundle(project({file: None}))] == [said]


def test_an_environment_that_exists_needs_no_file(project: Project, files: Mapping[str, str]) -> None:
    for place in ("azureml:base:7", "azureml://registries/azureml/environments/x/versions/1"):
        changes = {
            ONLINE: files[ONLINE].replace("azureml:digits-online@latest", place),
            "azureml/online/environment.yml": None,
        }
        assert check_bundle(project(changes)) == ()


def test_only_the_parts_that_are_asked_for(project: Project) -> None:
    bundle = project({"azureml/online/model.yml": "[]", "azureml/batch/model.yml": "[]"})
    said = "azureml/batch/model.yml: must be a mapping of keys to values"
    assert [str(flaw) for flaw in check_bundle(bundle, ["batch", "models"])] == [said]


def test_two_assets_of_one_name(project: Project, files: Mapping[str, str]) -> None:
    bundle = project({"azureml/models/cpu-cpu_2.yml": files["azureml/models/cpu-cpu_1.yml"]})
    said = "azureml/models/cpu-cpu_2.yml:1: name: azureml/models/cpu-cpu_1.yml has the same name"
    assert [str(flaw) for flaw in check_bundle(bundle)] == [said]


def test_a_build_context_that_is_too_large(project: Project) -> None:
    many = {f"azureml/batch/context/{number}": "x" for number in range(100)}
    found = check_bundle(project(many))
    said = "holds 101 files of 113 bytes: the service takes 100 files of 1,048,576 bytes in all"
    assert [str(flaw) for flaw in found] == [f"azureml/batch/environment.yml:3: build.path: {said}"]


def test_all_flaws_are_said_at_once(project: Project, files: Mapping[str, str]) -> None:
    changes = {
        ONLINE: files[ONLINE].replace("Standard_", "").replace("instance_count: 1", "instance_count: 0"),
        "scoring/score.py": "def init(): pass",
    }
    with pytest.raises(UsageError) as caught:
        refuse_flaws(project(changes))
    assert caught.value.message == (
        "scoring/score.py: does not define run(). The server calls init() once and run(data) for each request: "
        "define both.\n"
        f"{ONLINE}:8: instance_type: must be the size of a virtual machine. As Standard_DS3_v2.\n"
        f"{ONLINE}:9: instance_count: must be a whole number of at least 1. Correct the number."
    )
    assert caught.value.hint == "Correct the files, or render the project again."


def test_more_flaws_than_anyone_reads_are_counted(project: Project) -> None:
    tags = "".join(f"  t{number}: {number}\n" for number in range(30))
    with pytest.raises(UsageError) as caught:
        refuse_flaws(project({"azureml/models/cpu-cpu_1.yml": f"name: x\npath: ../../model\ntags:\n{tags}"}))
    lines = caught.value.message.splitlines()
    assert (len(lines), lines[-1]) == (21, "and 10 more")


HOSTILE = [
    b"\xff\xfe",
    b"",
    b"a: &a [*a]",
    b"!!python/object/apply:os.system [id]",
    b"name: " + b"x" * (1 << 20),
    b"[" * 5000,
    b"1: {2: [3]}\nnull: x\n? [a]\n: b\n",
    b"name: {}\nmodel: []\ncode_configuration: x\nsettings: 1\ntags: [a]\nbuild: x\ndependencies: {}\ntraffic: []\n",
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("file", ["models/cpu-cpu_1", "online/deployment", "online/conda", "batch/package"])
def test_what_is_no_such_file_is_a_flaw(project: Project, file: str, content: bytes) -> None:
    file = f"azureml/{file}.yml"
    found = check_bundle(project({file: content or b"\n"}))
    assert found
    assert all(flaw.hint and len(str(flaw)) < 400 for flaw in found)
