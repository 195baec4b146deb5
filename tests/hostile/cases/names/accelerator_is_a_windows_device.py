"""An accelerator that Windows takes for a device."""

COMMAND = "package candidates.yaml"
EXIT = 4
STDERR = """\
error: 'CandidateModels/aux/BestCandidateModel_1/model.onnx' cannot be a path in a bundle: Windows reserves the \
name 'aux'
hint: Rename the file to what Linux, macOS and Windows all accept.
"""


def make(given):
    given.listing(accelerator="aux")
