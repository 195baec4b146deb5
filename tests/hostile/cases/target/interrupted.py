"""Ctrl-C while gigabytes are written: the old zip stays, and nothing beside it."""

import signal
import time

EXIT = 130
STDERR = """\

error: interrupted; nothing was left half-written
hint: Run the command again.
"""
STARTED = True


def make(given):
    given.external_model("big.onnx", location="big.data")
    given.sparse("big.data", 8 << 30)
    given.text("OutputModels.zip", "the old zip")


def run(given):
    process = given.process("package big.onnx --force")
    for _ in range(2000):
        if list(given.folder.glob(".*.partial/content")):
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    return given.finish(process)
