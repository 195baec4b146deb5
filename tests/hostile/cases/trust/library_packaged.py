"""The same for package, and for the candidate that is not the best one."""

COMMAND = "package candidates.yaml --by accuracy:min"
EXIT = 4
STDERR = """\
error: candidate one: inference_settings.provider_options[0].backend_path names a path or a library: 'libevil.so'
hint: ONNX Runtime would open or load it. Pass --trust if you know where this candidate comes from.
"""


def make(given):
    settings = {"execution_provider": ["QNNExecutionProvider"], "provider_options": [{"backend_path": "libevil.so"}]}
    given.listing(inference_settings=settings)
