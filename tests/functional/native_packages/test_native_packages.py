"""NuGet packages for C++ and C# in zips: which ones, from which feed, and what cannot be had."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
import pytest
from click.testing import CliRunner, Result

from modelpress.cli.main import modelpress
from modelpress.model.runtime import CPU

ROOT = Path(__file__).parents[3]
RUN = ROOT / "tests" / "data" / "olive" / "0.9.1-search-zip"
GENAI_RUN = ROOT / "tests" / "data" / "olive" / "0.13.0-genai-zip"
HERE = onnxruntime.__version__
ORT = "Microsoft.ML.OnnxRuntime"


def package(*options: object, source: Path = RUN, out: str = "out") -> Result:
    arguments = ["package", source, "-o", Path.cwd() / out, *options]
    return CliRunner().invoke(modelpress, [str(argument) for argument in arguments])


def packed(result: Result, out: str = "out") -> dict[str, dict[str, bytes]]:
    """The runtime packages in the zip, by folder and name."""
    assert result.exit_code == 0, result.output
    found: dict[str, dict[str, bytes]] = {"python": {}, "cpp": {}, "cs": {}}
    with zipfile.ZipFile(Path.cwd() / out / "OutputModels.zip") as archive:
        for name in archive.namelist():
            top, *rest = name.split("/")
            if top == "ONNXRuntimePackages":
                found[rest[0]][rest[1]] = archive.read(name)
    return found


def names(files: dict[str, bytes]) -> set[str]:
    assert "SHA512SUMS" in files
    return {name.removesuffix(".nupkg") for name in files if name.endswith(".nupkg")}


def with_provider(name: str) -> Path:
    """A listing with one candidate for the provider."""
    shutil.copy(ROOT / "examples" / "single-model" / "model.onnx", "model.onnx")
    settings = {"execution_provider": [f"{name}ExecutionProvider"]}
    Path("candidates.json").write_text(
        json.dumps({"candidates": [{"id": name, "model": "model.onnx", "inference_settings": settings}]})
    )
    return Path("candidates.json")


def test_cpp_gets_the_native_package_and_csharp_all_that_it_depends_on(feed: Any, tmp_path: Path) -> None:
    files = packed(package("--runtime-packages", "--native-feed", feed.url))
    assert names(files["cpp"]) == {f"{ORT}.{HERE}"}
    assert names(files["cs"]) == {f"{ORT}.{HERE}", f"{ORT}.Managed.{HERE}", "System.Numerics.Tensors.9.0.0"}
    assert files["cpp"][f"{ORT}.{HERE}.nupkg"] == feed.packages[ORT, HERE]
    assert "requirements.txt" in files["python"]
    with zipfile.ZipFile("out/OutputModels.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    for name in ("cpp", "cs"):
        folder = tmp_path / "unpacked" / "ONNXRuntimePackages" / name
        listed = subprocess.run(
            ["sha512sum", "-c", "SHA512SUMS"], cwd=folder, capture_output=True, text=True, check=True
        )
        assert len(listed.stdout.splitlines()) == len(list(folder.glob("*.nupkg")))


def test_the_second_run_needs_no_feed_and_gives_the_same_bytes(feed: Any) -> None:
    packed(package("--runtime-packages", "--native-feed", feed.url))
    feed.packages.clear()
    feed.requests.clear()
    packed(package("--runtime-packages", "--native-feed", feed.url, out="second"), "second")
    assert feed.requests == []
    first, second = (Path(out, "OutputModels.zip").read_bytes() for out in ("out", "second"))
    assert first == second


@pytest.mark.parametrize(("platform", "mine", "other"), [("linux-x86_64", "Linux", "Windows"),
                                                         ("windows-x86_64", "Windows", "Linux")])  # fmt: skip
def test_the_gpu_package_comes_with_the_part_for_the_platform(feed: Any, platform: str, mine: str, other: str) -> None:
    options = ("--runtime-packages", "--runtime-version", HERE, "--native-feed", feed.url, "--platform", platform)
    files = packed(package(*options, source=with_provider("CUDA")))
    assert names(files["cpp"]) == {f"{ORT}.Gpu.{HERE}", f"{ORT}.Gpu.{mine}.{HERE}"}
    assert {f"{ORT}.Gpu.{mine}.{HERE}", f"{ORT}.Gpu.{other}.{HERE}", f"{ORT}.Managed.{HERE}"} <= names(files["cs"])


def test_a_native_dependency_comes_to_cpp_too(feed: Any) -> None:
    options = ("--runtime-packages", "--runtime-version", HERE, "--native-feed", feed.url, "--platform", "win_amd64")
    files = packed(package(*options, source=with_provider("Dml")))
    assert names(files["cpp"]) == {f"{ORT}.DirectML.{HERE}", "Microsoft.AI.DirectML.1.15.4"}


def test_a_provider_of_its_own_comes_beside_the_plain_package(feed: Any) -> None:
    feed.release(CPU.version)  # that of the C# sample, whatever is installed
    options = ("--runtime-packages", "--native-feed", feed.url, "--platform", "win_amd64")
    files = packed(package(*options, source=with_provider("QNN")))
    assert names(files["cpp"]) == {f"{ORT}.{CPU.version}", f"{ORT}.QNN.{CPU.version}"}


def test_a_genai_model_gets_the_library_that_runs_it(feed: Any) -> None:
    files = packed(package("--runtime-packages", "--native-feed", feed.url, source=GENAI_RUN))
    assert {"Microsoft.ML.OnnxRuntimeGenAI.0.18.0", f"{ORT}.{HERE}"} == names(files["cpp"])
    assert "Microsoft.ML.OnnxRuntimeGenAI.Managed.0.18.0" in names(files["cs"])


def test_the_csharp_sample_finds_every_package_that_it_names(feed: Any) -> None:
    node = onnx.helper.make_node("StringUpper", ["text"], ["upper"], domain="ai.onnx.contrib")
    text, upper = (onnx.helper.make_tensor_value_info(name, onnx.TensorProto.STRING, [1]) for name in ("text", "upper"))
    opsets = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("ai.onnx.contrib", 1)]
    graph = onnx.helper.make_graph([node], "upper", [text], [upper])
    onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), "upper.onnx")
    files = packed(package("--runtime-packages", "--native-feed", feed.url, source=Path("upper.onnx")))
    with zipfile.ZipFile("out/OutputModels.zip") as archive:
        project = archive.read("SampleCode/csharp/Sample.csproj").decode()
    named = re.findall(r'PackageReference Include="([^"]+)" Version="([^"]+)"', project)
    assert len(named) == 2
    assert {f"{name}.{version}" for name, version in named} <= names(files["cs"])


def test_providers_that_nuget_does_not_have_are_told(feed: Any) -> None:
    options = ("--runtime-packages", "--native-feed", feed.url, "--allow-missing-runtime", "--runtime-version", HERE)
    result = package(*options, source=with_provider("ROCM"))
    assert names(packed(result)["cpp"]) == {f"{ORT}.{HERE}"}
    assert (
        "NuGet has no package with the execution providers of onnxruntime-rocm: these are for the CPU" in result.stderr
    )


def test_without_a_feed_they_are_left_out_and_that_is_told() -> None:
    result = package("--runtime-packages")
    assert packed(result)["cpp"] == packed(result)["cs"] == {}
    assert "warning: runtime packages for C++ and C# are left out: name their NuGet feed" in result.stderr


def test_a_feed_alone_asks_for_nothing(feed: Any) -> None:
    assert not any(packed(package("--native-feed", feed.url)).values())
    assert feed.requests == []


def test_the_feed_is_a_setting(feed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = Path("project/modelpress.yaml")
    (configuration.parent / "feed").mkdir(parents=True)
    for (name, version), content in feed.packages.items():
        (configuration.parent / "feed" / f"{name}.{version}.nupkg").write_bytes(content)
    configuration.write_text("native_feed: feed\npackages: [{type: zipfile}]\n")
    in_file = packed(package("-c", configuration))
    assert names(in_file["cpp"]) == {f"{ORT}.{HERE}"}
    monkeypatch.setenv("MODELPRESS_NATIVE_FEED", feed.url)
    assert packed(package("--runtime-packages", out="second"), "second") == in_file


def test_what_cannot_be_had_is_an_error_and_there_is_no_zip(feed: Any, tmp_path: Path) -> None:
    del feed.packages["System.Numerics.Tensors", "9.0.0"]
    del feed.packages["System.Numerics.Tensors", "9.0.1"]
    options = ("--runtime-packages", "--native-feed", feed.url)
    result = package(*options)
    assert result.exit_code == 6
    assert result.stderr == (
        "error: System.Numerics.Tensors from 9.0.0 cannot be had from the NuGet feed "
        f"http://127.0.0.1:{feed.port}: it has no package of that name\n"
        "hint: Check the network, --native-feed and --runtime-version; --allow-missing-runtime goes on without them,"
        " --no-runtime-packages does not ask for them.\n"
    )
    assert not Path("out").exists()
    assert list((tmp_path / "XDG_CACHE_HOME" / "modelpress" / "nuget").iterdir()) == []
    allowed = package(*options, "--allow-missing-runtime")
    files = packed(allowed)
    assert "requirements.txt" in files["python"]
    assert files["cpp"] == files["cs"] == {}
    assert "warning: runtime packages for C++ and C# are left out: System.Numerics.Tensors from 9.0.0" in allowed.stderr
    assert package(*options, "--no-runtime-packages", out="none").exit_code == 0


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("nowhere", "--native-feed nowhere: there is no such folder"),
        ("https://", "--native-feed: the address has no server"),
        ("https://[::1/index.json", "--native-feed: the address has no server"),
        ("https://me:secret@127.0.0.1/index.json", "--native-feed: the address holds a name or a password"),
        ("http://feed.example/index.json", "--native-feed: an address that begins with http:// is not safe"),
        ("ftp://feed.example/index.json", "--native-feed: an address that begins with ftp:// is not safe"),
    ],
)
def test_what_is_no_feed_is_refused(location: str, message: str) -> None:
    result = package("--runtime-packages", "--native-feed", location, "--allow-missing-runtime")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (2, f"error: {message}")
    assert "secret" not in result.output


def test_a_version_that_nuget_cannot_have_is_refused(tmp_path: Path) -> None:
    result = package("--runtime-packages", "--runtime-version", "1.2rc1", "--native-feed", tmp_path,
                     "--allow-missing-runtime")  # fmt: skip
    assert result.exit_code == 2
    assert "--runtime-version 1.2rc1: NuGet has no versions of that form" in result.stderr


def test_digests_are_those_of_the_files(feed: Any) -> None:
    files = packed(package("--runtime-packages", "--native-feed", feed.url))["cs"]
    for line in files.pop("SHA512SUMS").decode().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha512(files.pop(name)).hexdigest() == digest
    assert not files
