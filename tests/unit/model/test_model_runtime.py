import onnxruntime
import pytest
from onnx import TensorProto, helper

from modelpress.model import ModelSignature, Versions, compatibility_warnings, releases_for, runtime_for
from modelpress.model.runtime import LIMITS, RUNTIMES


def signature(ir_version: int, opset: int) -> ModelSignature:
    return ModelSignature((), (), {"": opset}, ir_version)


@pytest.mark.parametrize(
    ("providers", "package", "extra"),
    [
        ([], "onnxruntime", "cpu"),
        (["CPUExecutionProvider"], "onnxruntime", "cpu"),
        (["CUDAExecutionProvider", "CPUExecutionProvider"], "onnxruntime-gpu", "gpu"),
        (["CPUExecutionProvider", "CUDAExecutionProvider"], "onnxruntime-gpu", "gpu"),
        (["TensorrtExecutionProvider", "CUDAExecutionProvider"], "onnxruntime-gpu", "gpu"),
        (["DmlExecutionProvider"], "onnxruntime-directml", "directml"),
        (["OpenVINOExecutionProvider"], "onnxruntime-openvino", "openvino"),
        (["QNNExecutionProvider"], "onnxruntime-qnn", None),
        (["ROCMExecutionProvider"], "onnxruntime-rocm", None),
        (["MIGraphXExecutionProvider"], "onnxruntime-migraphx", None),
        (["cuda"], "onnxruntime-gpu", "gpu"),
    ],
)
def test_the_package_that_has_the_providers(providers: list[str], package: str, extra: str | None) -> None:
    found = runtime_for(providers)
    assert (found.package, found.extra, found.warnings) == (package, extra, ())


def test_packages_that_exclude_each_other_are_warned_of() -> None:
    found = runtime_for(["OpenVINOExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"])
    assert found.package == "onnxruntime-openvino"
    assert found.warnings == (
        "CUDAExecutionProvider needs onnxruntime-gpu, which cannot be installed beside onnxruntime-openvino",
    )


def test_unknown_providers_are_warned_of() -> None:
    found = runtime_for(["NoSuchExecutionProvider"])
    assert found.package == "onnxruntime"
    assert found.warnings == ("no package of ONNX Runtime is known to have NoSuchExecutionProvider",)


def test_newer_models_are_warned_of() -> None:
    runtime = runtime_for([], Versions("1.17.3"))
    assert compatibility_warnings(signature(9, 20), runtime) == ()
    assert compatibility_warnings(signature(10, 20), runtime) == (
        "the model has IR version 10, and onnxruntime 1.17.3 loads IR version 9 at most",
    )
    assert compatibility_warnings(signature(9, 21), runtime) == (
        "the model has opset 21, and onnxruntime 1.17.3 loads opset 20 at most",
    )
    assert len(compatibility_warnings(signature(99, 99), runtime_for([]))) == 2


@pytest.mark.parametrize("version", ["0.9.0", "99.0.0", "nightly"])
def test_releases_that_were_not_measured_say_nothing(version: str) -> None:
    assert compatibility_warnings(signature(99, 99), runtime_for([], Versions(version))) == ()


def test_a_provider_package_does_not_say_which_runtime_is_beside_it() -> None:
    assert runtime_for(["QNNExecutionProvider"]).limits is None
    assert runtime_for(["QNNExecutionProvider"], Versions("1.17.0")).limits is None


@pytest.mark.parametrize(
    ("asked", "installed", "version"), [("1.26.0", "1.30.0", "1.26.0"), (None, "1.30.0", "1.30.0"), (None, None, None)]
)
def test_the_version_is_the_one_asked_for_or_installed_or_the_default(
    asked: str | None, installed: str | None, version: str | None
) -> None:
    versions = Versions(asked, {"onnxruntime": installed}.get)
    found = runtime_for(["CPUExecutionProvider"], versions)
    expected = version or RUNTIMES["cpu"].version
    assert (found.version, found.core_version) == (expected, expected)
    assert found.requirements == (f"onnxruntime=={expected}",)
    assert runtime_for(["CUDAExecutionProvider"], versions).version == (asked or RUNTIMES["cuda"].version)


def test_a_provider_alone_needs_the_runtime_beside_it() -> None:
    versions = Versions("1.26.0", {"onnxruntime-qnn": "2.8.0"}.get)
    found = runtime_for(["QNNExecutionProvider"], versions)
    assert found.requirements == ("onnxruntime-qnn==2.8.0", "onnxruntime==1.26.0")


def test_genai_brings_its_runtime_unless_a_version_is_asked_for() -> None:
    assert runtime_for([], genai=True).requirements == ("onnxruntime-genai==0.18.0",)
    asked = runtime_for(["CUDAExecutionProvider"], Versions("1.31.1"), genai=True)
    assert asked.requirements == ("onnxruntime-genai-cuda==0.18.0", "onnxruntime-gpu==1.31.1")
    assert runtime_for(["OpenVINOExecutionProvider"], genai=True).package == "onnxruntime-genai"


def test_extensions_come_beside_the_runtime() -> None:
    found = runtime_for([], Versions(None, {"onnxruntime-extensions": "0.14.0"}.get), extensions=True)
    assert found.extensions
    assert found.requirements == (f"onnxruntime=={found.version}", "onnxruntime-extensions==0.14.0")


@pytest.mark.parametrize(
    ("provider", "version", "releases"),
    [
        ("CPU", "1.32.0", ("OnnxRuntime 1.32.0", "onnxruntime 1.29.0", "onnxruntime-node 1.30.0")),
        ("CPU", "1.27.1", ("OnnxRuntime 1.27.1", "onnxruntime 1.26.0", "onnxruntime-node 1.27.0")),
        (
            "CUDA",
            "1.27.0",
            ("OnnxRuntime.Gpu 1.27.0", "onnxruntime_gpu 1.27.0", "onnxruntime-node 1.27.0"),
        ),
        ("ROCM", None, ("OnnxRuntime 1.22.2", "onnxruntime 1.22.0", "onnxruntime-node 1.22.0")),
        ("CPU", "1.17.0", ("OnnxRuntime 1.17.0", "onnxruntime 1.22.0", "onnxruntime-node 1.22.0")),
        ("QNN", None, ("OnnxRuntime 1.31.1", "onnxruntime 1.29.0", "onnxruntime-node 1.30.0")),
    ],
)
def test_other_languages_get_the_nearest_release(provider: str, version: str | None, releases: tuple[str, ...]) -> None:
    found = releases_for(runtime_for([f"{provider}ExecutionProvider"], Versions(version)))
    names = [f"{one.package.removeprefix('Microsoft.ML.')} {one.version}" for one in found.values()]
    assert names == list(releases)
    assert list(found) == ["csharp", "java", "javascript"]
    assert found["csharp"].has_providers is (provider in {"CPU", "CUDA"})
    assert all(one.limits.ir_version >= 9 for one in found.values())


def test_every_default_version_was_measured() -> None:
    assert all(runtime.limits or runtime.core_version is None for runtime in RUNTIMES.values())


def test_the_installed_runtime_agrees(model, tensor) -> None:
    release = ".".join(onnxruntime.__version__.split(".")[:2])
    newest = list(LIMITS)[-1]
    limits = LIMITS.get(release, LIMITS[newest])

    def loads(ir_version: int, opset: int) -> bool:
        node = helper.make_node("Identity", ["x"], ["y"])
        graph = helper.make_graph([node], "g", [tensor("x")], [tensor("y", [1], TensorProto.FLOAT)])
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        made = model(graph, opsets=[("", opset)], ir_version=ir_version).SerializeToString()
        try:
            onnxruntime.InferenceSession(made, options, providers=["CPUExecutionProvider"])
        except Exception:  # noqa: BLE001  onnxruntime's errors share no base class
            return False
        return True

    assert loads(limits.ir_version, limits.opset)
    if release in LIMITS:  # one that is not measured yet may load more
        assert not loads(limits.ir_version + 1, limits.opset)
        assert not loads(limits.ir_version, limits.opset + 1)
