"""A small inference server for tests: `init()` once, then `run(text)` for each POST /score. Needs Python alone.

Takes the port as argument, and the script from AML_APP_ROOT and AZUREML_ENTRY_SCRIPT as Azure's own server does.
"""

from __future__ import annotations

import http.server
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType


def load() -> ModuleType:
    """The scoring script, after its init()."""
    root = Path(os.environ["AML_APP_ROOT"])
    sys.path.insert(0, str(root))
    spec = importlib.util.spec_from_file_location("scoring_script", root / os.environ["AZUREML_ENTRY_SCRIPT"])
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.init()
    return module


class Handler(http.server.BaseHTTPRequestHandler):
    script: ModuleType

    def do_GET(self) -> None:
        self._send(200, b"Healthy", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            answer = json.dumps(self.script.run(body.decode())).encode()
        except Exception as error:  # noqa: BLE001 (the script is a test's own; whatever it raises is a 500)
            self._send(500, repr(error).encode(), "text/plain")
        else:
            self._send(200, answer, "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    Handler.script = load()
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
