"""With --trust it is passed on."""

COMMAND = "render candidates.yaml -o deploy --trust"
EXIT = 0
STDERR = ""
STDOUT = """\
deploy: <sizes>
"""
WRITES = ("deploy",)


def make(given):
    settings = {"execution_provider": ["QNNExecutionProvider"], "provider_options": [{"backend_path": "libQnnHtp.so"}]}
    given.listing(inference_settings=settings)
