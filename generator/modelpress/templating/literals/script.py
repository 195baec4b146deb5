"""Words of shell scripts, CMake lists and Dockerfiles."""

from __future__ import annotations

from modelpress.templating.literals.notation import InexpressibleError, Notation, integer, real, refuse_characters


def _shell_word(text: str) -> str:
    return "'" + refuse_characters(text).replace("'", "'\\''") + "'"


_CMAKE = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def _cmake_argument(text: str) -> str:
    if "$<" in text:
        raise InexpressibleError("$< begins a generator expression, which is evaluated after all quoting")
    return '"' + refuse_characters(text).translate(_CMAKE) + '"'


_DOCKERFILE = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$"})


def _dockerfile_value(text: str) -> str:
    return '"' + refuse_characters(text, forbidden="\0\n\r").translate(_DOCKERFILE) + '"'


_real = real(infinity="inf", nan="nan")

SHELL = Notation("shell", text=_shell_word, integer=integer(), real=_real)
CMAKE = Notation("cmake", text=_cmake_argument, integer=integer(), real=_real, true="TRUE", false="FALSE")
DOCKERFILE = Notation("dockerfile", text=_dockerfile_value, integer=integer(), real=_real)
