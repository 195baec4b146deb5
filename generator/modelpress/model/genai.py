"""Reads what ONNX Runtime GenAI's configuration says of its decoder."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from modelpress.bundle import Entry
from modelpress.errors import ModelpressError
from modelpress.filetree import reading
from modelpress.model.signature import ModelSignature, TensorSpec

GENAI_CONFIG = "genai_config.json"
LONGEST = 1 << 24  # bytes; real ones have some kilobytes


@dataclass(frozen=True, slots=True)
class Decoder:
    """The ONNX file of the decoder, None for a pipeline of several, and the names of its cache.

    The cache (keys and values of earlier tokens) goes in and out by names with a number for
    the layer, such as "past_key_values.%d.key". The library feeds it; a caller never does.
    """

    file: str | None
    cache_names: tuple[str, ...]

    def without_cache(self, signature: ModelSignature) -> ModelSignature:
        """The signature as a caller of the library sees it."""
        numbered = [re.escape(name).replace("%d", "[0-9]+") for name in self.cache_names]
        cache = re.compile("|".join(numbered) or "(?!)")

        def visible(specs: tuple[TensorSpec, ...]) -> tuple[TensorSpec, ...]:
            return tuple(spec for spec in specs if not cache.fullmatch(spec.name))

        return replace(signature, inputs=visible(signature.inputs), outputs=visible(signature.outputs))


def read_decoder(entry: Entry, where: str) -> Decoder:
    """The decoder that the genai_config.json in `entry` names; `where` names that file in errors."""
    with reading(where), entry.open() as file:
        text = file.read(LONGEST)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelpressError(
            f"{where} is not JSON: {error}", hint="Make the model again, or mend the file.", file=where
        ) from None
    decoder = _mapping(_mapping(_mapping(document).get("model")).get("decoder"))
    file_name = decoder.get("filename")
    names = [*_mapping(decoder.get("inputs")).values(), *_mapping(decoder.get("outputs")).values()]
    return Decoder(
        file=file_name if isinstance(file_name, str) and file_name else None,
        cache_names=tuple(name for name in names if isinstance(name, str) and "%d" in name),
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
