"""The folder of an accelerator in a zip is called as Windows calls a device."""

COMMAND = "package run.zip -o out"
EXIT = 4
STDERR = """\
error: 'CandidateModels/nul/BestCandidateModel_1/model.onnx' cannot be a path in a bundle: Windows reserves the \
name 'nul'
hint: Rename the file to what Linux, macOS and Windows all accept.
"""


def make(given):
    given.path("out").mkdir()
    given.model()
    model = given.path("model.onnx").read_bytes()
    given.zip("run.zip", [("CandidateModels/nul/BestCandidateModel_1/model.onnx", model)])
