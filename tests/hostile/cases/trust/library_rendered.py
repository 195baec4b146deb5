"""A provider option that names a library is not passed on."""

COMMAND = "render candidates.yaml -o deploy"
EXIT = 4
STDERR = """\
error: candidate one: inference_settings.provider_options[0].backend_path names a path or a library: 'libevil.so'
hint: ONNX Runtime would open or load it. Pass --trust if you know where this candidate comes from.
"""


def make(given):
    settings = {"execution_provider": ["QNNExecutionProvider"], "provider_options": [{"backend_path": "libevil.so"}]}
    given.listing(inference_settings=settings)
