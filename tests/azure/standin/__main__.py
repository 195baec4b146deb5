"""`python -m standin FOLDER`: serves until its standard input ends.

Prints one line of JSON when ready: `{"https": port, "http": port, "ca": path, "pair": path}`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from standin.certificates import make_certificates
from standin.control import Control
from standin.server import Server


def main(folder: Path) -> None:
    ca, pair = make_certificates(folder)
    control = Control(folder)
    secure = Server(control.current, control.answer, pair, tls=True)
    plain = Server(control.current, control.answer, pair, tls=False)
    control.host = f"localhost:{secure.port}"
    secure.start()
    plain.start()
    sys.stdout.write(json.dumps({"https": secure.port, "http": plain.port, "ca": str(ca), "pair": str(pair)}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()  # ends when the process that started this one ends, however it ends
    control.current().close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
