from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from modelpress.config.document import FORM
from modelpress.config.load import load_configuration
from modelpress.config.native import Configuration, configuration_schema
from modelpress.errors import UsageError

NATIVE = """\
$schema: https://example.com/modelpress.json
source: runs/latest
output: dist
model_roots: [cache, ../models]
strict: true
compression: auto
project: {name: Digits, version: 2.0, description: Reads digits.}
ranking:
  by: [latency-avg, "accuracy:max"]
  tolerance: {latency-avg: 5%, accuracy: 0.3, size: 1}
  where: [latency-avg<10]
  all: true
templates: [templates]
render:
  sets: [samples]
  variables: {samples: {languages: [python], docs: null}}
  dims: {batch: 4, "input:0": 1}
packages:
- {type: zipfile, compression: deflate, runtime_packages: false}
- type: dockerfile
azure:
  keyvault_name:
"""
ZIPFILE = '{"packaging_config": {"type": "Zipfile", '
MAPPING = "must be a mapping of keys to values"
TYPES = "must be one of zipfile, azureml-models, azureml-data, azureml-deployment, dockerfile"
OLIVE_TYPES = "must be one of Zipfile, AzureMLModels, AzureMLData, AzureMLDeployment, Dockerfile"
PLAIN_NAME = "must be a plain file name: no folders, no reserved names or characters"

MALFORMED = [
    # file name, content, message after the folder, hint
    (
        "c.json",
        "",
        "c.json:1:1: not valid JSON: Expecting value",
        "The file is empty; copy it again, or write {} where nothing is to be said.",
    ),
    (
        "c.json",
        '{\n  // the run\n  "output_dir": "x"\n}',
        "c.json:2:3: not valid JSON: Expecting property name enclosed in double quotes",
        "JSON has no comments: take them out, or save the file as .yaml with # comments.",
    ),
    (
        "c.json",
        ZIPFILE + '\n "name": "a", "name": "b"}}',
        "c.json:2:15: the key name stands twice in one mapping",
        "Keep one of the two.",
    ),
    (
        "c.json",
        '{"host": "\\ud83d\\ude00", "a\\n": 1, "a\\n": 2}',
        'c.json: the key "a\\n" stands twice in one mapping',
        "Keep one of the two.",
    ),
    ("c.json", "[" * 100_000, "c.json: is nested too deeply", ""),
    ("c.json", '{"output_dir": ' + "9" * 5000 + "}", "c.json: holds a number that is too long", ""),
    ("c.json", "[]", f"c.json: a configuration {MAPPING}", ""),
    ("c.json", '"packages"', f"c.json: a configuration {MAPPING}", ""),
    ("c.json", b'{"a": "\xff"}', "c.json: is not UTF-8 text", "Save the file as UTF-8."),
    ("c.json", " " * (1 << 20) + "{}", "c.json: is larger than a configuration can be (1 MiB)", ""),
    (
        "c.yaml",
        "packages: [\n",
        "c.yaml:2:1: not valid YAML: while parsing a flow node, did not find expected node content",
        "",
    ),
    (
        "c.yaml",
        "strict: true\nstrict: false\n",
        "c.yaml:2:1: the key strict stands twice in one mapping",
        "Keep one of the two.",
    ),
    ("c.yaml", "[" * 200_000, "c.yaml:1:101: is nested too deeply", ""),
    ("c.yaml", "a: &a [*a]\n", "c.yaml:1:4: holds more values, aliases included, than a configuration can", ""),
    (
        "c.yaml",
        "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        + "".join(f"{n}: &{n} [{', '.join([f'*{p}'] * 10)}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)),
        "c.yaml:6:4: holds more values, aliases included, than a configuration can",
        "",
    ),
    (
        "c.yaml",
        "".join(f"k{i}: &k{i} [{f'*k{i - 1}' if i else ''}]\n" for i in range(150)),
        "c.yaml:101:7: is nested too deeply",
        "",
    ),
    (
        "c.yaml",
        "output: !!python/object/apply:os.system [id]\n",
        "c.yaml:1:9: not valid YAML: only plain values are allowed, no tags",
        "",
    ),
    ("c.yaml", "strict: !!bool perhaps\n", "c.yaml: not valid YAML: holds a value that does not fit its type", ""),
    ("c.yaml", "output: a\0b\n", "c.yaml: not valid YAML: holds a control character", ""),
    (
        "c.yaml",
        "a: 1\n---\nb: 2\n",
        "c.yaml:2:1: not valid YAML: expected a single document in the stream, but found another document",
        "",
    ),
    (
        "c.yaml",
        "rankin: {}\n",
        "c.yaml: neither an Olive workflow nor a modelpress configuration: rankin",
        "Did you mean ranking?",
    ),
    (
        "c.json",
        '{"packging_config": {}}',
        "c.json: neither an Olive workflow nor a modelpress configuration: packging_config",
        "Did you mean packaging_config?",
    ),
    (
        "c.yaml",
        "type: zipfile\n",
        "c.yaml: neither an Olive workflow nor a modelpress configuration: type",
        "Olive's options are under packaging_config.",
    ),
    (
        "c.yaml",
        "packages: []\nazureml_client: {}\n",
        "c.yaml: mixes keys of Olive (azureml_client) with keys of modelpress (packages)",
        "Keep the two in files of their own.",
    ),
    ("c.yaml", "strict: 1\nranking: {bye: [a]}\n", "c.yaml:2:11: ranking.bye: unknown key", "Did you mean by?"),
    ("c.yaml", 'strict: 1\n"x\\e[31m": 2\n', 'c.yaml:2:1: "x\\u001b[31m": unknown key', ""),
    ("c.yaml", "ranking: {1: a}\n", "c.yaml:1:11: ranking[1]: a key must be text", ""),
    ("c.yaml", "strict: 3\n", "c.yaml:1:1: strict: must be true or false", ""),
    ("c.yaml", "output: [x]\n", "c.yaml:1:1: output: must be text", ""),
    ("c.yaml", "output: ''\n", "c.yaml:1:1: output: must not be empty", ""),
    ("c.yaml", 'output: "a\\0b"\n', "c.yaml:1:1: output: must not hold a NUL character", ""),
    ("c.json", '{"output": "\\ud800"}', "c.json: holds half of a surrogate pair, which is not text", ""),
    ("c.yaml", "templates: dir\n", "c.yaml:1:1: templates: must be a list", ""),
    ("c.yaml", "ranking: [a]\n", f"c.yaml:1:1: ranking: {MAPPING}", ""),
    ("c.yaml", "ranking: {by: ['']}\n", "c.yaml:1:16: ranking.by[0]: must not be empty", ""),
    *(
        (
            "c.yaml",
            f"ranking: {{tolerance: {{latency-avg: {amount}}}}}\n",
            (
                "c.yaml:1:23: ranking.tolerance.latency-avg: "
                "must be a percentage such as 5% or a number such as 0.3, not negative"
            ),
            "",
        )
        for amount in ("-1", "-5%", "yes", "much", ".nan", ".inf", "'5 %%'", "[]")
    ),
    ("c.yaml", "render: {dims: {batch: 0}}\n", "c.yaml:1:17: render.dims.batch: must be at least 1", ""),
    ("c.yaml", "render: {dims: {batch: 1.5}}\n", "c.yaml:1:17: render.dims.batch: must be a whole number", ""),
    ("c.yaml", "render: {dims: {batch: true}}\n", "c.yaml:1:17: render.dims.batch: must be a whole number", ""),
    ("c.yaml", "render: {variables: {samples: 1}}\n", f"c.yaml:1:22: render.variables.samples: {MAPPING}", ""),
    ("c.yaml", "packages: {type: zipfile}\n", "c.yaml:1:1: packages: must be a list", ""),
    ("c.yaml", "packages: [zipfile]\n", f"c.yaml:1:12: packages[0]: {MAPPING}", ""),
    ("c.yaml", "packages:\n- name: x\n", "c.yaml:2:3: packages[0].type: is required", ""),
    ("c.yaml", "packages:\n- type: zip-file\n", f"c.yaml:2:3: packages[0].type: {TYPES}", "Did you mean zipfile?"),
    (
        "c.yaml",
        "packages: [" + "{type: zipfile}, " * 101 + "]\n",
        "c.yaml:1:1: packages: must not have more than 100 entries",
        "",
    ),
    (
        "c.yaml",
        "packages:\n- {type: zipfile, compression: deflated}\n",
        "c.yaml:2:19: packages[0].compression: must be one of default, store, deflate, auto",
        "Did you mean deflate?",
    ),
    *(
        ("c.yaml", f"packages: [{{type: zipfile, name: {name}}}]\n", f"c.yaml:1:28: packages[0].name: {PLAIN_NAME}", "")
        for name in ("a/b", "'a\\b'", "..", "'a.'", "'a '", "NUL", "com1.x", "'a:b'", '"a\\nb"', "x" * 201)
    ),
    (
        "c.yaml",
        "packages:\n- type: zipfile\n- type: azureml-deployment\n  deployment_config: {instance_count: two}\n",
        (
            "c.yaml:3:3: packages[1].model_package: is required\n"
            "c.yaml:4:23: packages[1].deployment_config.instance_count: must be a whole number"
        ),
        "",
    ),
    ("c.yaml", "azure: {read_timeout: 0}\n", "c.yaml:1:9: azure.read_timeout: must be at least 1", ""),
    ("c.yaml", "azure: {default_auth_params: s3cret}\n", f"c.yaml:1:9: azure.default_auth_params: {MAPPING}", ""),
    ("c.json", '{"engine": [1]}', f"c.json:1:2: engine: {MAPPING}", ""),
    ("c.json", '{"azureml_client": "s3cret"}', f"c.json:1:2: azureml_client: {MAPPING}", ""),
    ("c.json", '{"packaging_config": "Zipfile"}', f"c.json:1:2: packaging_config: {MAPPING}", ""),
    ("c.json", '{"packaging_config": [null, 7]}', f"c.json:1:29: packaging_config[1]: {MAPPING}", ""),
    ("c.json", ZIPFILE + '"config": 1}}', f"c.json:1:42: packaging_config.config: {MAPPING}", ""),
    (
        "c.json",
        '{"packaging_config": {"type": "Zip"}}',
        f"c.json:1:23: packaging_config.type: {OLIVE_TYPES}",
        "Did you mean Zipfile?",
    ),
    ("c.json", '{"packaging_config": {"type": 5}}', f"c.json:1:23: packaging_config.type: {OLIVE_TYPES}", ""),
    ("c.json", ZIPFILE + '"name": "a/b"}}', f"c.json:1:42: packaging_config.name: {PLAIN_NAME}", ""),
    (
        "c.json",
        '{"engine": {"packaging_config": [{"config": {"export_in_mlflow_format": "perhaps"}}]}}',
        "c.json:1:46: engine.packaging_config[0].config.export_in_mlflow_format: must be true or false",
        "",
    ),
    (
        "c.json",
        (
            '{"packaging_config": {"type": "AzureMLDeployment", "model_package": {"inferencing_server": '
            '{"type": "AzureOnline", "code_folder": "c", "scoring_script": "s"}, "base_environment_id": "b"}}}'
        ),
        (
            "c.json:1:93: packaging_config.model_package.inferencing_server.type: "
            "must be one of AzureMLOnline, AzureMLBatch"
        ),
        "Did you mean AzureMLOnline?",
    ),
    (
        "c.json",
        '{"packaging_config": {"type": "AzureMLDeployment", "model_package": null}}',
        "c.json:1:52: packaging_config.model_package: is required",
        "",
    ),
]


@pytest.mark.parametrize(("name", "content", "message", "hint"), MALFORMED)
def test_malformed_files_get_one_clear_error(
    tmp_path: Path, name: str, content: str | bytes, message: str, hint: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError) as caught:
        load_configuration(path)
    assert caught.value.message.replace(f"{path}", name) == message
    assert caught.value.hint == (hint or FORM)
    assert caught.value.exit_code == 2
    first = message.split(": ", maxsplit=1)[0].split(":")
    assert caught.value.file.replace(f"{path}", name) == ":".join(first[:2])


@pytest.mark.parametrize("name", ["missing.json", ".", "x" * 300, "a\0b"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r": cannot be read: \w+"):
        load_configuration(tmp_path / name)


def test_a_native_file_loads_and_fits_its_published_schema(tmp_path: Path) -> None:
    import yaml

    path = tmp_path / "modelpress.yaml"
    path.write_text(NATIVE, encoding="utf-8")
    loaded = load_configuration(path)
    assert (loaded.kind, loaded.warnings) == ("native", ())
    said = loaded.configuration.model_dump(mode="json", exclude_unset=True)
    assert said["project"] == {"name": "Digits", "version": "2.0", "description": "Reads digits."}
    assert loaded.configuration.ranking.tolerances == ("latency-avg=5%", "accuracy=0.3", "size=1")
    assert said["render"]["variables"] == {"samples": {"languages": ["python"], "docs": None}}
    assert said["packages"][0] == {"type": "zipfile", "compression": "deflate", "runtime_packages": False}
    assert loaded.configuration.azure.keyvault_name is None
    validator = Draft202012Validator(configuration_schema())
    written = yaml.safe_load(NATIVE)
    del written["azure"]["keyvault_name"]
    written["project"]["version"] = "2.0"
    assert list(validator.iter_errors(written)) == []
    assert [error.json_path for error in validator.iter_errors({"packages": [{"type": "zip"}]})] == ["$.packages[0]"]
    assert not validator.is_valid({"rankin": {}})
    assert not validator.is_valid({"render": {"dims": {"batch": 0}}})
    assert not validator.is_valid({"azure": {"max_operation_retries": -1}})


def test_json_holds_a_native_configuration_too(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"output": "dist"}), encoding="utf-8-sig")
    assert load_configuration(path).configuration == Configuration(output="dist")


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "{}", "ranking:\nrender:\n  sets:\n"])
def test_an_empty_file_says_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "modelpress.yaml"
    path.write_text(content, encoding="utf-8")
    assert load_configuration(path).configuration == Configuration()


def test_dates_and_versions_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "modelpress.yaml"
    path.write_text("project: {version: 2024-01-31}\n", encoding="utf-8")
    assert load_configuration(path).configuration.project.version == "2024-01-31"


def test_only_the_first_problems_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "modelpress.yaml"
    path.write_text("strict: 1\n" + "".join(f"key{number}: 1\n" for number in range(50)), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_configuration(path)
    lines = caught.value.message.splitlines()
    assert lines[0] == f"{path}:2:1: key0: unknown key"
    assert len(lines) == 21
    assert lines[-1] == f"{path}: 30 more of these"


def test_every_field_is_described() -> None:
    schema = configuration_schema()
    for model in (schema, *schema["$defs"].values()):
        for name, field in model.get("properties", {}).items():
            text = field.get("description") or schema["$defs"][field["$ref"].split("/")[-1]].get("description")
            assert text, name


def test_secrets_are_in_no_representation(tmp_path: Path) -> None:
    path = tmp_path / "modelpress.yaml"
    path.write_text("azure: {default_auth_params: {client_secret: s3cret}}\n", encoding="utf-8")
    configuration = load_configuration(path).configuration
    assert configuration.azure.default_auth_params == {"client_secret": "s3cret"}
    assert "s3cret" not in repr(configuration)


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, modelpress.config.settings, modelpress.config.package_types;"
        "print(sorted({'pydantic', 'yaml'} & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
