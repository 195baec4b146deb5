"""Reads what ONNX Runtime GenAI's configuration says of its decoder."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from modelpress.bundle import Entry
from modelpress.candidates.reading.datafile import parse, read_bytes
from modelpress.candidates.reading.recorded_values import mapping, text
from modelpress.model.signature import ModelSignature, TensorSpec


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
    """The decoder that the genai_config.json in `entry` names; `where` names that file in errors.

    Raises ModelpressError where it is not JSON.
    """
    document = mapping(parse(read_bytes(entry, where), where))
    decoder = mapping(mapping(document.get("model")).get("decoder"))
    names = [*mapping(decoder.get("inputs")).values(), *mapping(decoder.get("outputs")).values()]
    return Decoder(
        file=text(decoder.get("filename")),
        cache_names=tuple(name for name in names if isinstance(name, str) and "%d" in name),
    )
