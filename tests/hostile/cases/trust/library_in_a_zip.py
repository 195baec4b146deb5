"""The settings of a packed candidate."""

import json

COMMAND = "package run.zip -o out"
EXIT = 4
STDERR = """\
error: candidate BestCandidateModel_1: inference_settings.provider_options[0].backend_path names a path or a \
library: 'C:\\\\evil\\\\QnnHtp.dll'
hint: ONNX Runtime would open or load it. Pass --trust if you know where this candidate comes from.
"""


def make(given):
    given.path("out").mkdir()
    given.model()
    folder = "CandidateModels/npu-qnn/BestCandidateModel_1"
    settings = {"provider_options": [{"backend_path": "C:\\evil\\QnnHtp.dll"}]}
    members = [
        (f"{folder}/model.onnx", given.path("model.onnx").read_bytes()),
        (f"{folder}/inference_config.json", json.dumps(settings).encode()),
    ]
    given.zip("run.zip", members)
