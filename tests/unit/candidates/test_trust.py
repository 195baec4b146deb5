"""Inference settings that name a path or a library are refused; ordinary ones are not."""

import pytest

from modelpress.candidates.candidate import Candidate, ModelReference
from modelpress.candidates.trust import refuse_untrusted
from modelpress.errors import UnsafeInputError


def candidate(settings: dict[str, object] | None) -> Candidate:
    return Candidate("a1", "cpu-cpu", ModelReference("onnxmodel", "model.onnx"), inference_settings=settings)


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"backend_path": "QnnHtp"}, "provider_options[0].backend_path"),
        ({"trt_extra_plugin_lib_paths": "evil"}, "provider_options[0].trt_extra_plugin_lib_paths"),
        ({"ModelCacheDirectory": "cache"}, "provider_options[0].ModelCacheDirectory"),
        ({"anything": "evil.so.1"}, "provider_options[0].anything"),
        ({"anything": "..\\evil"}, "provider_options[0].anything"),
        ({"nested": {"library": "evil"}}, "provider_options[0].nested.library"),
        ({"list": ["ok", "/evil"]}, "provider_options[0].list[1]"),
    ],
)
def test_paths_and_libraries_are_refused(options: dict[str, object], where: str) -> None:
    with pytest.raises(UnsafeInputError) as caught:
        refuse_untrusted(candidate({"execution_provider": ["QNN"], "provider_options": [options]}))
    assert f"inference_settings.{where} names a path or a library" in caught.value.message
    assert "--trust" in caught.value.hint


def test_a_custom_op_library_in_the_session_options_is_refused() -> None:
    settings = {"session_options": {"extra_session_config": {"custom_op_library": "ops"}}}
    with pytest.raises(UnsafeInputError):
        refuse_untrusted(candidate(settings))


@pytest.mark.parametrize(
    "settings",
    [
        None,
        {},
        {
            "execution_provider": ["CUDAExecutionProvider", "CPUExecutionProvider"],
            "provider_options": [{"device_id": 0, "arena_extend_strategy": "kNextPowerOfTwo", "do_copy": "1"}, {}],
            "io_bind": False,
            "session_options": {
                "execution_mode": 0,
                "graph_optimization_level": "ORT_ENABLE_ALL",
                "intra_op_num_threads": 2,
                "extra_session_config": {"session.dynamic_block_base": "4"},
            },
        },
    ],
)
def test_ordinary_settings_pass(settings: dict[str, object] | None) -> None:
    refuse_untrusted(candidate(settings))
    assert candidate(settings).id == "a1"
