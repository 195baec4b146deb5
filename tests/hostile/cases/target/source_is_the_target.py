"""The zip that is read would be replaced."""

COMMAND = "package OutputModels.zip"
EXIT = 1
STDERR = """\
error: OutputModels.zip cannot be replaced: <here>/OutputModels.zip is read for it
hint: Write elsewhere with -o.
"""


def make(given):
    given.model()
    model = given.path("model.onnx").read_bytes()
    given.zip("OutputModels.zip", [("CandidateModels/cpu-cpu/BestCandidateModel_1/model.onnx", model)])
