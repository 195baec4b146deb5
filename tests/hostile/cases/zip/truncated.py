"""An Olive zip whose copy was cut off."""

COMMAND = "package run.zip"
EXIT = 1
STDERR = """\
error: run.zip cannot be read as a zip: File is not a zip file
hint: The file is truncated or not a zip; copy it again from where it was made.
"""


def make(given):
    given.zip(
        "run.zip", [("models_rank.json", b"[]"), ("CandidateModels/cpu-cpu/BestCandidateModel_1/model.onnx", b"x")]
    )
    place = given.path("run.zip")
    place.write_bytes(place.read_bytes()[:-30])
