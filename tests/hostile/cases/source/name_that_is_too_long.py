"""A name longer than any file system takes."""

NAME = "x" * 5000
COMMAND = f"rank {NAME}"
EXIT = 1
STDERR = f"""\
error: {NAME}: cannot be read: File name too long
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive \
workflow file, an Olive zip, models_rank.json, a list of candidates \
(.yaml, .json, .csv), a .onnx file, and a folder that holds a model.
"""
