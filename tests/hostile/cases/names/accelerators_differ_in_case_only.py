"""Two accelerators that are one folder on Windows and macOS."""

COMMAND = "package candidates.yaml"
EXIT = 4
STDERR = """\
error: 'CandidateModels/cpu-cpu/BestCandidateModel_1/model.onnx' and \
'CandidateModels/CPU-cpu/BestCandidateModel_1/model.onnx' are one place where upper and lower case or Unicode forms \
are not told apart
hint: Rename one of the two.
"""


def make(given):
    given.listing(accelerator="CPU-cpu")
