"""The bytes of a model are not those that were packed."""

COMMAND = "package run.zip -o out"
EXIT = 1
STDERR = """\
error: run.zip!CandidateModels/cpu-cpu/BestCandidateModel_1/model.onnx cannot be read: Bad CRC-32 for file \
'CandidateModels/cpu-cpu/BestCandidateModel_1/model.onnx'
hint: Look whether the file is whole and may be read.
"""


def make(given):
    given.path("out").mkdir()
    given.model()
    model = given.path("model.onnx").read_bytes()
    given.zip("run.zip", [("CandidateModels/cpu-cpu/BestCandidateModel_1/model.onnx", model)])
    place = given.path("run.zip")
    content = bytearray(place.read_bytes())
    content[content.index(model) + len(model) // 2] ^= 0xFF
    place.write_bytes(content)
