"""Serve the model: python -m v2_server.main [--host ADDRESS] [--port PORT] ..."""

from __future__ import annotations

import argparse
import contextlib
import sys

from model_runner.messages import SampleError, note
from model_serving.service import Service
from v2_server import project
from v2_server.app import make_app
from v2_server.served import ServedModel
from v2_server.serving import Server, configuration


def main() -> int:
    options = parse_arguments()
    try:
        # ONNX Runtime prints to stdout why it gives up a provider.
        with contextlib.redirect_stdout(sys.stderr):
            model = ServedModel(Service.start())
    except SampleError as error:
        note(f"error: {error}")
        return 1
    app = make_app(model, options.workers, options.max_bytes)
    Server(configuration(app, options.host, options.port)).run()
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="v2_server",
        description="Serve the model over the Open Inference Protocol.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    add("--port", type=int, default=project.PORT, help="port (%(default)s)")
    add(
        "--workers",
        type=int,
        default=project.WORKERS,
        help="requests that run at a time (%(default)s)",
    )
    add(
        "--max-bytes",
        type=int,
        default=100_000_000,
        help="longest request in bytes (%(default)s)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
