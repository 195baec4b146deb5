from __future__ import annotations

import os
from pathlib import Path

import pytest

from modelpress.config.layers import ORIGINS
from modelpress.config.settings import Setting, resolve_settings
from modelpress.config.vocabulary import setting_fields, variable_name
from modelpress.errors import UsageError

PROJECT = """\
output: dist
strict: false
ranking:
  by: [project]
  tolerance: {a: 1, b: 2}
compression: auto
packages: [{type: zipfile, compression: deflate}, {type: azureml-models}]
azure: {default_auth_params: {client_secret: s3cret}}
"""
USER = "output: user\nmodel_roots: [models]\nranking: {by: [user], where: [a<1], tolerance: {b: 3, c: 4}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "project" / "modelpress.yaml"
    path.parent.mkdir()
    path.write_text(PROJECT, encoding="utf-8")
    return path


@pytest.fixture
def user(tmp_path: Path) -> Path:
    path = tmp_path / "user.yaml"
    path.write_text(USER, encoding="utf-8")
    return path


def test_each_layer_outranks_the_one_below(project: Path, user: Path) -> None:
    name = "ranking.by"
    flags, environ = {name: ("flag",)}, {"MODELPRESS_RANKING_BY": "one, two"}
    assert resolve_settings(flags, environ, project, user)[name] == Setting(name, ["flag"], "flag")
    assert resolve_settings({}, environ, project, user)[name] == Setting(
        name, ["one", "two"], "environment", "MODELPRESS_RANKING_BY"
    )
    assert resolve_settings({}, {}, project, user)[name] == Setting(name, ["project"], "project", str(project))
    assert resolve_settings({}, {}, None, user)[name] == Setting(name, ["user"], "user", str(user))
    assert resolve_settings({}, {})[name] == Setting(name, [], "default")


def test_the_configuration_holds_what_won(project: Path, user: Path) -> None:
    settings = resolve_settings({"ranking.all": True}, {"MODELPRESS_MODEL_ROOTS": f"a{os.pathsep}b"}, project, user)
    configuration = settings.configuration
    assert configuration.model_roots == ("a", "b")
    assert configuration.ranking.all is True
    assert configuration.ranking.where == ("a<1",)
    assert configuration.output == "dist"


def test_mappings_are_merged_by_key(project: Path, user: Path) -> None:
    environ = {"MODELPRESS_RANKING_TOLERANCE": "a=5%,d=0.1"}
    settings = resolve_settings({"ranking.tolerance": ("a=7%",)}, environ, project, user)
    assert settings.configuration.ranking.tolerance == {"a": "7%", "b": "2", "c": "4", "d": "0.1"}
    origins = {key: settings[f"ranking.tolerance.{key}"].origin for key in "abcd"}
    assert origins == {"a": "flag", "b": "project", "c": "user", "d": "environment"}
    assert settings["ranking.tolerance.d"].where == "MODELPRESS_RANKING_TOLERANCE"


def test_variables_and_dimensions_come_as_texts() -> None:
    flags = {"render.variables": ("samples.greeting=a=b",), "render.dims": ("input:0=2", "batch=3")}
    environ = {"MODELPRESS_RENDER_VARIABLES": "samples.greeting=x,docker.port=80"}
    settings = resolve_settings(flags, environ)
    assert settings.configuration.render.variables == {"samples": {"greeting": "a=b"}, "docker": {"port": "80"}}
    assert settings.configuration.render.dims == {"input:0": 2, "batch": 3}
    assert settings['render.dims."input:0"'].origin == "flag"


def test_what_is_not_given_says_nothing(project: Path) -> None:
    flags = {"output": None, "ranking.by": (), "strict": None}
    settings = resolve_settings(flags, {"MODELPRESS_OUTPUT": ""}, project)
    assert (settings["output"].value, settings["output"].origin) == ("dist", "project")


def test_compression_of_this_run_outranks_that_of_a_package(project: Path) -> None:
    def compressions(**layers: str) -> tuple[str, str | None]:
        flags = {"compression": layers.get("flag")}
        environ = {"MODELPRESS_COMPRESSION": layers.get("environment", "")}
        configuration = resolve_settings(flags, environ, project).configuration
        return configuration.compression, configuration.packages[0].compression

    assert compressions() == ("auto", "deflate")
    assert compressions(flag="store") == ("store", None)
    assert compressions(environment="store") == ("store", None)


def test_paths_are_resolved_where_they_were_written(project: Path, user: Path, tmp_path: Path) -> None:
    settings = resolve_settings({"templates": (Path("sets"),)}, {}, project, user)
    assert settings.configuration.templates == ("sets",)
    assert settings.resolve("output", "dist") == project.parent / "dist"
    assert settings.resolve("model_roots", "models") == tmp_path / "models"
    assert settings.resolve("templates", "sets") == Path("sets")
    assert settings.resolve("packages", "requirements.txt") == project.parent / "requirements.txt"


def test_an_olive_workflow_is_a_project_file(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"output_dir": "run", "packaging_config": {"nam": "x"}, "azureml_client": {"keyvault_name": "k"}}')
    settings = resolve_settings({"azure.keyvault_name": "other"}, {}, path)
    assert settings["source"] == Setting("source", "run", "project", str(path))
    assert settings["azure.keyvault_name"].value == "other"
    assert settings["packages"].origin == "project"
    assert settings.warnings == (f"{path}:1:44: packaging_config.nam: unknown key, ignored. Did you mean name?",)


@pytest.mark.parametrize("layer", ["flag", "environment", "user"])
def test_strict_reaches_the_project_file_from_every_other_layer(tmp_path: Path, layer: str) -> None:
    path, user = tmp_path / "config.json", tmp_path / "user.yaml"
    path.write_text('{"packaging_config": {"nam": "x"}}')
    user.write_text("strict: true\n")
    flags = {"strict": True} if layer == "flag" else {}
    environ = {"MODELPRESS_STRICT": "yes"} if layer == "environment" else {}
    with pytest.raises(UsageError, match="unknown key"):
        resolve_settings(flags, environ, path, user if layer == "user" else None)
    assert resolve_settings({"strict": False}, {}, path, user).configuration.strict is False


def test_an_olive_workflow_is_no_user_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("packaging_config: {}\n")
    with pytest.raises(UsageError, match="belongs to a project"):
        resolve_settings({}, {}, None, path)


def test_secrets_are_masked(project: Path) -> None:
    environ = {
        "MODELPRESS_AZURE_DEFAULT_AUTH_PARAMS": "password=hunter2",
        "MODELPRESS_RENDER_VARIABLES": "online.api_key=hunter2,online.name=shown",
    }
    path = project.parent / "deployment.yaml"
    path.write_text(
        "packages:\n- type: azureml-deployment\n  model_package:\n    base_environment_id: b\n"
        "    inferencing_server: {type: online, code_folder: c, scoring_script: s.py}\n"
        "    environment_variables: {ANY: hunter2}\n"
        "  deployment_config: {extra_config: {environment_variables: {ANY: hunter2}, tags: {a: b}}}\n"
    )
    settings = resolve_settings({}, environ, path)
    shown = repr(list(settings.values.values()))
    assert "hunter2" not in shown
    assert "'ANY': '***'" in shown
    assert settings["render.variables.online.name"].value == "shown"
    assert settings["azure.default_auth_params.password"].value == "***"
    assert settings.configuration.azure.default_auth_params == {"password": "hunter2"}
    assert "s3cret" not in repr(resolve_settings({}, {}, project))


@pytest.mark.parametrize(
    ("variable", "text", "message", "hint"),
    [
        ("MODELPRESS_STRICT", "perhaps", "must be true or false", ""),
        ("MODELPRESS_COMPRESSION", "stored", "must be one of default, store, deflate, auto", "Did you mean store?"),
        (
            "MODELPRESS_RANKING_TOLERANCE",
            "a=hunter2",
            "a: must be a percentage such as 5% or a number such as 0.3, not negative",
            "",
        ),
        ("MODELPRESS_RENDER_DIMS", "batch=0", "batch: must be at least 1", ""),
        (
            "MODELPRESS_AZURE_DEFAULT_AUTH_PARAMS",
            "hunter2",
            "must be KEY=VALUE",
            "Commas separate several of them.",
        ),
        (
            "MODELPRESS_RENDER_VARIABLES",
            "port=1",
            "must be SET.KEY=VALUE",
            "Commas separate several of them.",
        ),
        ("MODELPRESS_AZURE_READ_TIMEOUT", "hunter2", "must be a whole number", ""),
    ],
)
def test_a_bad_variable_is_named_and_not_repeated(variable: str, text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_settings({}, {variable: text})
    assert caught.value.message == f"{variable}: {message}"
    assert caught.value.hint == (hint or ORIGINS)


def test_a_bad_flag_is_named_as_it_was_given() -> None:
    with pytest.raises(UsageError) as caught:
        resolve_settings({"ranking.tolerance": ("latency",)}, {})
    assert caught.value.message == "--tolerance: must be KEY=VALUE"
    assert caught.value.hint == "Give the option once for each of them."


def test_a_misspelt_variable_is_pointed_out() -> None:
    settings = resolve_settings({}, {"MODELPRESS_RANKIN_BY": "x", "MODELPRESS_HOME_PAGE": "y", "OTHER": "z"})
    assert settings.warnings == ("MODELPRESS_RANKIN_BY: no such setting. Did you mean MODELPRESS_RANKING_BY?",)


def test_every_setting_has_a_value_and_a_variable_of_its_own() -> None:
    names = setting_fields().keys()
    assert {"output", "templates", "ranking.by", "ranking.tolerance", "strict", "compression"} <= names
    assert names | {"packages"} == resolve_settings({}, {}).values.keys()
    assert len({variable_name(name) for name in names}) == len(names)
    assert variable_name("templates") == "MODELPRESS_TEMPLATES"
