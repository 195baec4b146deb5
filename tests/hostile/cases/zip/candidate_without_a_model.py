"""A zip of Olive 0.7 made where the model was gone: a folder of metadata alone."""

COMMAND = "package run.zip"
EXIT = 5
STDERR = """\
error: run.zip holds no candidate model: BestCandidateModel_1 (run.zip!CandidateModels/cpu-cpu/BestCandidateModel_1 \
holds no model)
hint: A run has no candidate where every pass failed or none was configured; a list, where it is empty.
"""


def make(given):
    given.zip("run.zip", [("CandidateModels/cpu-cpu/BestCandidateModel_1/metrics.json", b"{}")])
