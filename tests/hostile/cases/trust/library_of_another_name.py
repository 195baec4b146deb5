"""A library under a key that says nothing of one."""

COMMAND = "render candidates.yaml -o deploy"
EXIT = 4
STDERR = """\
error: candidate one: inference_settings.session_options.extra_session_config.ep.dynamic.registration names a path \
or a library: '/opt/evil.so'
hint: ONNX Runtime would open or load it. Pass --trust if you know where this candidate comes from.
"""


def make(given):
    settings = {"session_options": {"extra_session_config": {"ep.dynamic.registration": "/opt/evil.so"}}}
    given.listing(inference_settings=settings)
