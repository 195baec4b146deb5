"""A GenAI configuration that names a decoder above its folder."""

import json

COMMAND = "render chat -o deploy"
EXIT = 4
STDERR = """\
error: chat/../secret.onnx leads outside chat
hint: Copy the file into the folder if it belongs there.
"""


def make(given):
    given.model("secret.onnx")
    given.model("chat/model.onnx")
    given.text("chat/genai_config.json", json.dumps({"model": {"decoder": {"filename": "../secret.onnx"}}}))
