"""Whatever a configuration file holds: it loads, or the error is one of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelpress.config.load import load_configuration
from modelpress.config.native import Configuration
from modelpress.config.olive_options import ENGINE_KEYS, OPTIONS, WORKFLOW_KEYS
from modelpress.config.package_types import PACKAGE_TYPES
from modelpress.config.packages import PACKAGE_MODELS, DeploymentConfig, InferencingServer, ModelPackage
from modelpress.config.settings import resolve_settings
from modelpress.config.vocabulary import setting_fields, variable_name
from modelpress.errors import UsageError

FAST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SECTIONS = [*PACKAGE_MODELS.values(), DeploymentConfig, InferencingServer, ModelPackage, Configuration]
KEYS = sorted(
    {
        *WORKFLOW_KEYS,
        *ENGINE_KEYS,
        "config",
        *(option for options in OPTIONS.values() for option in options),
        *(name for section in SECTIONS for name in section.model_fields),
    }
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from([*PACKAGE_TYPES, *PACKAGE_TYPES.values(), "\ud800", "online", "5%"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=5)), inner, max_size=5),
    ),
    max_leaves=25,
)
entries = st.fixed_dictionaries(
    {"type": st.sampled_from([*PACKAGE_TYPES, *PACKAGE_TYPES.values()])},
    optional=dict.fromkeys(("name", "config", "model_package", "deployment_config", "version", "base_image"), values),
)
workflows = st.fixed_dictionaries({"packaging_config": st.one_of(entries, st.lists(entries, max_size=3), values)})
natives = st.fixed_dictionaries(
    {"packages": st.lists(entries, max_size=3)}, optional={"ranking": values, "azure": values}
)


def refused(path: Path, content: bytes, *, strict: bool = False) -> UsageError | None:
    """The error that a configuration file gets; None for one that loads and can be written again."""
    path.write_bytes(content)
    try:
        loaded = load_configuration(path, strict=strict)
    except UsageError as error:
        return error
    loaded.configuration.model_dump_json()
    return None


def assert_clear(error: UsageError | None, path: Path) -> None:
    if error is None:
        return
    assert error.message.startswith(f"{path}:")
    assert "pydantic" not in error.message
    assert "Input should" not in error.message
    assert (error.message + error.hint).replace(str(path), "").isascii()


@FAST
@given(data=st.one_of(values, workflows, natives), strict=st.booleans())
def test_any_json(tmp_path: Path, data: Any, *, strict: bool) -> None:
    path = tmp_path / "c.json"
    assert_clear(refused(path, json.dumps(data).encode(), strict=strict), path)


@FAST
@given(data=st.one_of(workflows, natives))
def test_any_json_read_as_yaml(tmp_path: Path, data: Any) -> None:
    path = tmp_path / "c.yaml"
    assert_clear(refused(path, json.dumps(data).encode()), path)


@FAST
@given(
    content=st.one_of(st.binary(max_size=200), st.text("{}[]:,&*!|>-?'\"#%@ \n\tab01<", max_size=60).map(str.encode))
)
@pytest.mark.parametrize("name", ["c.yaml", "c.json"])
def test_any_bytes(tmp_path: Path, name: str, content: bytes) -> None:
    assert_clear(refused(tmp_path / name, content), tmp_path / name)


@FAST
@given(environ=st.dictionaries(st.sampled_from([variable_name(name) for name in setting_fields()]), st.text()))
def test_any_environment(environ: dict[str, str]) -> None:
    named = ""
    try:
        resolve_settings({}, environ)
    except UsageError as error:
        named = error.message.split(":")[0]
    assert not named or named in environ
