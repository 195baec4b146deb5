"""Runtime packages in zips: real pip, on a folder of tiny wheels in the place of a package index."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import onnx
import onnxruntime
import pytest
from click.testing import CliRunner, Result

from modelpress.cli.main import modelpress

RUN = Path(__file__).parents[1] / "data" / "olive" / "0.9.1-search-zip"
GENAI_RUN = Path(__file__).parents[1] / "data" / "olive" / "0.13.0-genai-zip"
FOLDER = "ONNXRuntimePackages/python"
HERE = onnxruntime.__version__
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
LINUX, WINDOWS = "cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-win_amd64"


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that pip takes wheels from; nothing of the person who runs the tests has a say."""
    for name in [name for name in os.environ if name.startswith(("MODELPRESS_", "PIP_"))]:
        if name != "MODELPRESS_REQUIRE":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "index"
    folder.mkdir()
    make_wheel(folder, "onnxruntime", HERE, "py3-none-any", requires=["tiny-numbers"])
    make_wheel(folder, "onnxruntime", "1.2.3", LINUX, requires=["tiny-numbers"])
    make_wheel(folder, "onnxruntime", "1.2.3", WINDOWS, requires=["tiny-numbers"])
    make_wheel(folder, "tiny_numbers", "2.0", "py3-none-any")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return folder


def make_wheel(folder: Path, name: str, version: str, tag: str, requires: Sequence[str] = ()) -> None:
    info = f"{name}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as wheel:
        wheel.writestr(f"tiny_{name}.py", f"VERSION = {version!r}\nTAG = {tag!r}\n")
        wheel.writestr(f"{info}/METADATA", "\n".join(metadata) + "\n")
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        wheel.writestr(f"{info}/RECORD", "")


def package(*options: object, source: Path = RUN, out: str = "out") -> Result:
    arguments = ["package", source, "-o", Path.cwd() / out, *options]
    return CliRunner().invoke(modelpress, [str(argument) for argument in arguments])


def packed(result: Result, out: str = "out") -> dict[str, bytes]:
    """The runtime packages in the zip, by name."""
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(Path.cwd() / out / "OutputModels.zip") as archive:
        names = [name for name in archive.namelist() if name.startswith("ONNXRuntimePackages/")]
        assert all(archive.getinfo(name).compress_type == zipfile.ZIP_STORED for name in names if name[-4:] == ".whl")
        return {name.removeprefix(f"{FOLDER}/"): archive.read(name) for name in names}


def configured(entry: dict[str, object]) -> Path:
    Path("config.json").write_text(json.dumps({"packaging_config": {"type": "Zipfile", **entry}}))
    return Path("config.json")


def test_wheels_with_their_dependencies_install_without_a_network(tmp_path: Path, index: Path) -> None:
    files = packed(package("--runtime-packages", "--python-version", PYTHON))
    wheels = [f"onnxruntime-{HERE}-py3-none-any.whl", "tiny_numbers-2.0-py3-none-any.whl"]
    assert sorted(files) == [*wheels[:1], "requirements.txt", *wheels[1:]]
    assert all(files[name] == (index / name).read_bytes() for name in wheels)
    requirements = files["requirements.txt"].decode()
    for name in wheels:
        assert f"--hash=sha256:{hashlib.sha256(files[name]).hexdigest()}" in requirements
    shutil.rmtree(index)
    done = install(tmp_path, "OutputModels.zip")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "installed" / "tiny_onnxruntime.py").read_text().startswith(f"VERSION = {HERE!r}")


def install(tmp_path: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Installs from the zip's requirements file alone, run from elsewhere."""
    with zipfile.ZipFile(Path.cwd() / "out" / name) as archive:
        archive.extractall(tmp_path / "unpacked")
    command = [sys.executable, "-m", "pip", "install", "--target", str(tmp_path / "installed"), "--no-compile"]
    command += ["-r", str(tmp_path / "unpacked" / FOLDER / "requirements.txt")]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=_without_pip())


def test_a_wheel_that_was_changed_is_not_installed(tmp_path: Path) -> None:
    packed(package("--runtime-packages", "--python-version", PYTHON))
    with zipfile.ZipFile(Path.cwd() / "out" / "OutputModels.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    wheel = next((tmp_path / "unpacked" / FOLDER).glob("tiny*.whl"))
    with zipfile.ZipFile(wheel, "a") as content:
        content.writestr("more.py", "")
    requirements = wheel.parent / "requirements.txt"
    command = [sys.executable, "-m", "pip", "download", "-q", "-d", str(tmp_path / "d"), "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_without_pip())
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr


def _without_pip() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}


def test_the_version_and_where_it_comes_from_are_said() -> None:
    assert f"onnxruntime=={HERE} for Python 3.11 on " in package("--runtime-packages").stderr
    assert "the version installed here" in package("--runtime-packages").stderr
    asked = package("--runtime-packages", "--runtime-version", HERE)
    assert "the version asked for" in asked.stderr


def test_wheels_are_for_the_python_and_the_platforms_asked_for() -> None:
    options = ("--runtime-packages", "--runtime-version", "1.2.3", "--python-version", "3.12")
    one = packed(package(*options, "--platform", "windows-x86_64"))
    assert [name for name in one if "onnxruntime" in name] == [f"onnxruntime-1.2.3-{WINDOWS}.whl"]
    both = packed(package(*options, "--platform", "windows-x86_64", "--platform", "linux-x86_64", out="both"), "both")
    assert sorted(name for name in both if "onnxruntime" in name) == [
        f"onnxruntime-1.2.3-{LINUX}.whl",
        f"onnxruntime-1.2.3-{WINDOWS}.whl",
    ]
    pinned = [line for line in both["requirements.txt"].decode().splitlines() if line.startswith("onnxruntime")]
    assert pinned == ["onnxruntime==1.2.3 \\"]
    other = package("--runtime-packages", "--runtime-version", "1.2.3", "--platform", "windows-x86_64", out="other")
    assert other.exit_code == 6, "there is none for Python 3.11"


def test_what_one_platform_needs_in_another_version_has_its_marker(index: Path) -> None:
    make_wheel(index, "tiny_numbers", "3.0", WINDOWS)
    options = ("--runtime-packages", "--runtime-version", "1.2.3", "--python-version", "3.12")
    both = packed(package(*options, "--platform", "win_amd64", "--platform", "linux-x86_64"))
    lines = both["requirements.txt"].decode().splitlines()
    assert [line for line in lines if line.startswith("tiny")] == [
        "tiny-numbers==2.0 ; (sys_platform == 'linux' and platform_machine == 'x86_64') \\",
        "tiny-numbers==3.0 ; (sys_platform == 'win32' and platform_machine == 'AMD64') \\",
    ]


def test_the_second_run_needs_no_index_and_gives_the_same_bytes(index: Path) -> None:
    packed(package("--runtime-packages"))
    shutil.rmtree(index)
    packed(package("--runtime-packages", out="second"), "second")
    first, second = (Path.cwd() / out / "OutputModels.zip" for out in ("out", "second"))
    assert first.read_bytes() == second.read_bytes()
    assert package("--runtime-packages", "--runtime-version", "1.2.3", out="third").exit_code == 6


def test_a_kept_wheel_that_was_changed_is_downloaded_again(tmp_path: Path) -> None:
    before = packed(package("--runtime-packages"))
    (kept,) = (tmp_path / "cache").rglob("tiny_numbers*.whl")
    kept.write_bytes(b"something else")
    assert packed(package("--runtime-packages", out="second"), "second") == before


@pytest.mark.parametrize("dry", [False, True])
def test_what_cannot_be_had_is_an_error_and_there_is_no_zip(tmp_path: Path, *, dry: bool) -> None:
    result = package("--runtime-packages", "--runtime-version", "9.9.9", *(["--dry-run"] if dry else []))
    assert result.exit_code == 6
    assert "onnxruntime==9.9.9 for Python 3.11 on " in result.stderr
    assert "No matching distribution found for onnxruntime==9.9.9" in result.stderr
    assert not (Path.cwd() / "out").exists()
    assert list((tmp_path / "cache" / "modelpress" / "wheels").iterdir()) == []


def test_a_dependency_that_is_missing_leaves_nothing_half_downloaded(tmp_path: Path, index: Path) -> None:
    (index / "tiny_numbers-2.0-py3-none-any.whl").unlink()
    result = package("--runtime-packages")
    assert result.exit_code == 6
    assert "tiny-numbers" in result.stderr
    assert list((tmp_path / "cache" / "modelpress" / "wheels").iterdir()) == []


def test_missing_packages_may_be_allowed() -> None:
    options = ("--runtime-packages", "--runtime-version", "9.9.9", "--allow-missing-runtime")
    result = package(*options)
    assert packed(result) == {}
    assert "warning: runtime packages are left out: wheels of onnxruntime==9.9.9" in result.stderr
    only = package("--runtime-packages", "--runtime-version", "1.2.3", "--python-version", "3.12", *options[3:],
                   "--platform", "macos-arm64", "--platform", "win_amd64", out="only")  # fmt: skip
    assert f"onnxruntime-1.2.3-{WINDOWS}.whl" in packed(only, "only")


def test_an_index_with_a_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://person:secret@127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    result = package("--runtime-packages", "-v")
    assert result.exit_code == 6
    assert "the connection failed" in result.stderr
    assert "secret" not in result.output
    assert "127.0.0.1" not in result.output


@pytest.mark.parametrize(
    ("entry", "flags", "included"),
    [
        ({}, (), True),
        ({"include_runtime_packages": True}, (), True),
        ({"include_runtime_packages": False}, (), False),
        ({"include_runtime_packages": False}, ("--runtime-packages",), True),
        ({}, ("--no-runtime-packages",), False),
        (None, (), False),
        (None, ("--runtime-packages",), True),
    ],
)
def test_a_configuration_asks_for_them_unless_it_says_no(
    entry: dict[str, object] | None, flags: tuple[str, ...], *, included: bool
) -> None:
    configuration = () if entry is None else ("-c", configured(entry))
    assert bool(packed(package(*configuration, *flags))) == included


def test_each_package_that_the_candidates_need_has_its_requirements(index: Path) -> None:
    make_wheel(index, "onnxruntime_openvino", "1.24.1", "py3-none-any")
    make_wheel(index, "onnxruntime_gpu", "1.31.1", "py3-none-any")
    files = packed(package("--runtime-packages", source=with_providers("CPU", "OpenVINO", "CUDA")))
    assert {name for name in files if name.endswith(".txt")} == {
        "requirements.txt",
        "requirements-onnxruntime-gpu.txt",
        "requirements-onnxruntime-openvino.txt",
    }
    assert b"onnxruntime-openvino==1.24.1" in files["requirements-onnxruntime-openvino.txt"]


def test_a_package_with_a_provider_alone_comes_with_onnxruntime(index: Path) -> None:
    make_wheel(index, "onnxruntime_qnn", "2.7.0", "py3-none-any")
    files = packed(package("--runtime-packages", source=with_providers("QNN")))
    assert b"\nonnxruntime-qnn==2.7.0 " in files["requirements.txt"]
    assert f"\nonnxruntime=={HERE} ".encode() in files["requirements.txt"]


def test_a_genai_model_gets_the_library_that_runs_it(index: Path) -> None:
    make_wheel(index, "onnxruntime_genai", "0.18.0", "py3-none-any", requires=["onnxruntime>=1.2"])
    files = packed(package("--runtime-packages", source=GENAI_RUN))
    assert b"\nonnxruntime-genai==0.18.0 " in files["requirements.txt"]
    asked = ("--runtime-version", "1.2.3", "--python-version", "3.12", "--platform", "win_amd64")
    other = packed(package("--runtime-packages", *asked, source=GENAI_RUN, out="other"), "other")
    assert b"\nonnxruntime==1.2.3 " in other["requirements.txt"]


def test_operators_of_extensions_come_with_the_runtime(index: Path) -> None:
    make_wheel(index, "onnxruntime_extensions", "0.15.2", "py3-none-any")
    node = onnx.helper.make_node("StringUpper", ["text"], ["upper"], domain="ai.onnx.contrib")
    text, upper = (onnx.helper.make_tensor_value_info(name, onnx.TensorProto.STRING, [1]) for name in ("text", "upper"))
    opsets = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("ai.onnx.contrib", 1)]
    graph = onnx.helper.make_graph([node], "upper", [text], [upper])
    onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), "upper.onnx")
    files = packed(package("--runtime-packages", source=Path("upper.onnx")))
    assert b"\nonnxruntime-extensions==0.15.2 " in files["requirements.txt"]


def with_providers(*names: str) -> Path:
    """A listing with a candidate for each provider."""
    model = Path(__file__).parents[2] / "examples" / "single-model" / "model.onnx"
    shutil.copy(model, "model.onnx")
    candidates = [
        {
            "id": name,
            "model": "model.onnx",
            "metrics": {"latency": place},
            "inference_settings": {"execution_provider": [f"{name}ExecutionProvider"]},
        }
        for place, name in enumerate(names)
    ]
    Path("candidates.json").write_text(json.dumps({"candidates": candidates}))
    return Path("candidates.json")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--runtime-version", "1 --pre"), "--runtime-version: must be a version such as 1.31.1"),
        (("--python-version", "eleven"), "--python-version eleven: not a version of Python 3"),
        (("--platform", "amiga"), "--platform amiga: no such platform"),
    ],
)
def test_a_wrong_option_is_refused(options: tuple[str, ...], message: str) -> None:
    result = package("--runtime-packages", *options, "--allow-missing-runtime")
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_file_called_pip_in_the_working_folder_is_not_run() -> None:
    Path("pip.py").write_text("raise SystemExit('foreign code')")
    assert packed(package("--runtime-packages"))


def test_a_python_without_pip_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)  # what Python itself takes for "cannot be imported"
    result = package("--runtime-packages")
    assert result.exit_code == 1
    assert f"onnxruntime=={HERE} cannot be downloaded: {sys.executable} has no pip" in result.stderr
    assert packed(package("--runtime-packages", "--allow-missing-runtime")) == {}


def test_without_a_cache_folder_there_is_no_place_for_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path("file").resolve()))
    result = package("--runtime-packages")
    assert result.exit_code == 1
    assert "Let XDG_CACHE_HOME" in result.stderr


def test_onnxruntime_itself_is_downloaded_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_RETRIES", "1")
    result = package("--runtime-packages", "--python-version", PYTHON)
    required = {"network", "all"} & set(os.environ.get("MODELPRESS_REQUIRE", "").split(","))
    if result.exit_code == 6 and "the connection failed" in result.stderr and not required:
        pytest.skip("there is no network")
    assert result.exit_code == 0, result.output
    done = install(tmp_path, "OutputModels.zip")
    assert done.returncode == 0, done.stderr
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'installed')!r}); import onnxruntime as o; print(o.__file__)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith(str(tmp_path / "installed"))
