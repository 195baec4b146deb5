"""Inference settings that make ONNX Runtime load a library or touch a path of their choosing.

A candidate from elsewhere may carry them; they are passed on only where the user trusts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelpress.candidates.candidate import Candidate
from modelpress.errors import UnsafeInputError

# Providers name such options in their own ways (backend_path, trt_engine_cache_path,
# ModelCacheDirectory, load_config), so the words of the key and the look of the value decide.
PATH_WORD = re.compile(
    r"(path|dir|directory|folder|file|filename|filepath|lib|library|libraries|plugin)s?", re.IGNORECASE
)
WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
PATH_VALUE = re.compile(r"[/\\]|\.(so|dll|dylib)(\.[\d.]+)?$", re.IGNORECASE)


def refuse_untrusted(candidate: Candidate) -> None:
    """Raise UnsafeInputError (exit 4) where the candidate's inference settings name a path or a library."""
    for where, value in _path_options(candidate.inference_settings or {}, "inference_settings"):
        raise UnsafeInputError(
            f"candidate {candidate.id}: {where} names a path or a library: {value!r}",
            hint="ONNX Runtime would open or load it. Pass --trust if you know where this candidate comes from.",
        )


def _path_options(options: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(options, Mapping):
        for key, value in options.items():
            place = f"{where}.{key}"
            if isinstance(value, str) and value and (_names_path(str(key)) or PATH_VALUE.search(value)):
                yield place, value
            else:
                yield from _path_options(value, place)
    elif isinstance(options, list | tuple):
        for index, value in enumerate(options):
            if isinstance(value, str) and PATH_VALUE.search(value):
                yield f"{where}[{index}]", value
            else:
                yield from _path_options(value, f"{where}[{index}]")


def _names_path(key: str) -> bool:
    return any(PATH_WORD.fullmatch(word) for word in WORDS.findall(key))
