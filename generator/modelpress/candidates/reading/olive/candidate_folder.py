"""One candidate folder of a package: a model and the JSON files that Olive wrote beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from modelpress.candidates.candidate import ModelReference, Step
from modelpress.candidates.reading import datafile
from modelpress.candidates.reading.measurement import NOTHING, Measurement
from modelpress.candidates.reading.olive.model import model_reference
from modelpress.candidates.reading.recorded_paths import portable
from modelpress.candidates.reading.recorded_values import mapping
from modelpress.errors import ModelpressError
from modelpress.filetree import FileTree, TreePath

FOLDER = re.compile(r"(?P<name>CandidateModels/(?:(?P<accelerator>[^/]+)/)?BestCandidateModel_(?P<number>\d{1,9}))/")
METADATA = frozenset({"inference_config.json", "configurations.json", "metrics.json", "model_info.json"})
"""The files of a candidate folder that are about the model, not part of it."""

MLFLOW_METADATA = frozenset(
    {"MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt", "input_example.json", "inference_config.json"}
)


@dataclass(frozen=True)
class CandidateFolder:
    """The folder of one candidate, with the names of all files in it.

    `number` is the k of BestCandidateModel_k; `accelerator` is None where the folder has none
    above it (Olive 0.2).
    """

    place: TreePath
    files: tuple[str, ...]
    number: int = 0
    accelerator: str | None = None

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The passes by configurations.json, the input model first; it does not name the passes."""
        configurations = mapping(self.document("configurations.json"))
        return tuple(
            Step(model_id, None, config if isinstance(config, dict) else None)
            for model_id, config in configurations.items()
        )

    @property
    def model_id(self) -> str | None:
        """Olive's id of the model: the last one in configurations.json."""
        return self.steps[-1].model_id if self.steps else None

    @cached_property
    def info(self) -> Mapping[str, Any]:
        """model_info.json, {rank, model_config, metrics}; empty before Olive 0.6."""
        return mapping(self.document("model_info.json"))

    def measurements(self) -> tuple[Measurement, Measurement]:
        """What was measured of the candidate, and of the input model."""
        recorded = mapping(self.document("metrics.json"))
        if "candidate_model_metrics" in recorded or "input_model_metrics" in recorded:
            own, original = recorded.get("candidate_model_metrics"), recorded.get("input_model_metrics")
            return Measurement(mapping(self.info.get("metrics") or own)), Measurement(mapping(original))
        node = mapping(recorded.get("metrics"))  # Olive 0.2 wrote the whole node of the footprint
        values = mapping(self.info.get("metrics")) or mapping(node.get("value")) or recorded
        return Measurement(values, mapping(node.get("cmp_direction"))), NOTHING

    def model(self, recorded: object = None) -> ModelReference:
        """The model in this folder. `recorded` is the model configuration where model_info.json is missing.

        Raises ModelpressError where the folder holds no model.
        """
        config = self.info.get("model_config") or recorded
        name, kind = self._model()
        found = self.place.inside(name) if name else self.place
        if not config:
            settings = mapping(self.document("inference_config.json")) or None
            return ModelReference(kind, found.name, config={"model_path": found.name, "inference_settings": settings})
        reference = model_reference(config)
        place = TreePath(self.place.tree, portable(reference.path))
        in_here = f"{place.name}/".startswith(f"{self.place.name}/") and name != "model"
        if in_here and place.exists():
            found = place
        return with_file_name(replace(reference, path=found.name), found)

    def _model(self) -> tuple[str, str]:
        """What to load, relative to the folder ("" is the folder itself), and the likely type."""
        own = [name for name in self.files if name not in METADATA]
        if not own:
            raise ModelpressError(f"{self.place} holds no model", file=str(self.place))
        if any(name.startswith("mlflow_model/") for name in own):
            return "mlflow_model", "onnxmodel"
        if own == ["model.onnx"]:
            return "model.onnx", "onnxmodel"
        kind = "openvinomodel" if any(name.endswith(".xml") for name in own) else "onnxmodel"
        return ("model" if all(name.startswith("model/") for name in own) else ""), kind

    def document(self, name: str) -> Any:
        """The data of one of the JSON files, None where it is missing."""
        return datafile.load(self.place.inside(name)) if name in self.files else None


def candidate_folders(tree: FileTree) -> list[CandidateFolder]:
    """The candidate folders of a tree by accelerator and number."""
    files: dict[str, list[str]] = {}
    matches: dict[str, re.Match[str]] = {}
    for name in tree.names("CandidateModels"):
        match = FOLDER.match(name)
        if match:
            matches[match["name"]] = match
            files.setdefault(match["name"], []).append(name[match.end() :])
    folders = [
        CandidateFolder(TreePath(tree, name), tuple(files[name]), int(match["number"]), match["accelerator"])
        for name, match in matches.items()
    ]
    return sorted(folders, key=lambda folder: (folder.accelerator or "", folder.number, folder.place.name))


def with_file_name(reference: ModelReference, place: TreePath) -> ModelReference:
    """The reference with the file name that the folder at `place` really has.

    Olive renames the file to model.onnx when it packages a folder, and leaves the old name in the record.
    """
    recorded = reference.onnx_file_name
    if not recorded or not place.is_folder or place.inside(recorded).entry is not None:
        return reference
    renamed = place.inside("model.onnx").entry is not None
    return replace(reference, onnx_file_name="model.onnx") if renamed else reference
