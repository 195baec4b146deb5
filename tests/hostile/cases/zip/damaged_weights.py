"""The bytes of the weights are not those that were packed, which shows when they are read."""

COMMAND = "package run.zip -o out"
EXIT = 1
STDERR = """\
error: CandidateModels/cpu-cpu/BestCandidateModel_1/weights.bin cannot be read: Bad CRC-32 for file \
'CandidateModels/cpu-cpu/BestCandidateModel_1/weights.bin'
hint: Look whether the file is whole and may be read.
"""
STARTED = True


def make(given):
    given.path("out").mkdir()
    given.external_model("model.onnx", location="weights.bin", length="16")
    weights = bytes(range(256)) * 4096
    folder = "CandidateModels/cpu-cpu/BestCandidateModel_1"
    model = given.path("model.onnx").read_bytes()
    given.zip("run.zip", [(f"{folder}/model.onnx", model), (f"{folder}/weights.bin", weights)])
    place = given.path("run.zip")
    content = bytearray(place.read_bytes())
    content[content.index(weights) + len(weights) // 2] ^= 0xFF
    place.write_bytes(content)
