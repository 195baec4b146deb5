import onnxruntime
import pytest
from onnx import TensorProto, helper

from modelpress.model import ModelSignature, compatibility_warnings, runtime_for
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
    runtime = runtime_for([], version="1.17.3")
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
    assert compatibility_warnings(signature(99, 99), runtime_for([], version=version)) == ()


def test_a_provider_package_does_not_say_which_runtime_is_beside_it() -> None:
    assert runtime_for(["QNNExecutionProvider"]).limits is None
    assert runtime_for(["QNNExecutionProvider"], version="1.17.0").limits is None


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
