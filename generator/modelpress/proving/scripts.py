"""The scoring scripts of a project: which there are, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["online", "batch"]

FOLDER = "scoring"
# The script of each kind unless its deployment names another, and the file of what it needs.
USUAL: Mapping[Kind, tuple[str, str]] = {
    "online": ("score.py", "requirements.txt"),
    "batch": ("batch_score.py", "batch_requirements.txt"),
}
RENDERED_CODE = b"from model_serving."  # what reads requests and writes answers


@dataclass(frozen=True, slots=True)
class Script:
    """A scoring script, and the requirements file that should lie beside it."""

    kind: Kind
    path: Path
    requirements: Path

    @property
    def is_rendered(self) -> bool:
        """Whether it takes the requests that are known here: one of the user's own may take any."""
        return RENDERED_CODE in self.path.read_bytes()


def find_scripts(project: Path) -> Iterator[Script]:
    """The scripts that are there."""
    folder = project / FOLDER
    for kind, (usual, requirements) in USUAL.items():
        path = folder / _named(project / "azureml" / kind / "deployment.yml", usual)
        if path.is_file():
            yield Script(kind, path, folder / requirements)


def _named(deployment: Path, usual: str) -> str:
    """The script that a deployment names; `usual` where there is no deployment."""
    import yaml

    try:
        document = yaml.safe_load(deployment.read_text(encoding="utf-8"))
        return str(document["code_configuration"]["scoring_script"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
        return usual
