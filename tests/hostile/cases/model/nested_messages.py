"""Graphs in graphs, ten thousand deep."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx is damaged or not an ONNX model: messages are nested more than 100 deep (at byte 402)
hint: Copy or download the model again; it may have been cut off.
"""


def make(given):
    def field(number, content):
        size, length = len(content), b""
        while size >= 128:
            length, size = length + bytes([size & 127 | 128]), size >> 7
        return bytes([number << 3 | 2]) + length + bytes([size]) + content

    graph = b""
    for _ in range(10_000):
        graph = field(1, field(5, field(6, graph)))
    given.bytes("model.onnx", b"\x08\x08" + field(7, graph))
