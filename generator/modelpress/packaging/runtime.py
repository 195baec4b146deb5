"""The runtime of a chosen candidate: which packages at which versions. All that is rendered or packaged asks here."""

from __future__ import annotations

from collections.abc import Iterator

from modelpress.candidates import Ranked
from modelpress.installation import installed_release
from modelpress.model import ModelFiles, Runtime, Versions, runtime_for
from modelpress.model.runtime import EXTENSIONS_DOMAINS
from modelpress.templating import execution_providers


def runtime_of(ranked: Ranked, files: ModelFiles, version: str | None = None) -> Runtime:
    """What the candidate with these files needs: ONNX Runtime at `version`, or as installed here, or its default."""
    return runtime_for(
        [provider["name"] for provider in execution_providers(ranked.candidate)],
        Versions(version, installed_release),
        genai=files.format == "genai",
        extensions=bool(ranked.candidate.model.config.get("use_ort_extensions"))
        or not EXTENSIONS_DOMAINS.isdisjoint(_custom_domains(files)),
    )


def _custom_domains(files: ModelFiles) -> Iterator[str]:
    for signature in (files.signature, *(component.signature for component in files.components)):
        yield from signature.custom_domains if signature else ()
