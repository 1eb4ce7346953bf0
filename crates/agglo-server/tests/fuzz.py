"""Asks a server whatever its OpenAPI document allows, and much that it does not (schemathesis).

    python3 -m venv venv && venv/bin/pip install schemathesis
    venv/bin/python crates/agglo-server/tests/fuzz.py target/debug/agglo [EXAMPLES]

Writes a built-in study to a scratch folder, serves it, and fails where an answer is no answer of the document:
a status, a content type or a shape that is not described, a fault of the server (5xx), a refused query that was
good or a bad one that was taken.
"""

import json
import pathlib
import subprocess
import sys
import tempfile


def main() -> int:
    program = str(pathlib.Path(sys.argv[1]).resolve())
    examples = sys.argv[2] if len(sys.argv) > 2 else "60"
    with tempfile.TemporaryDirectory() as folder:
        study = pathlib.Path(folder) / "study"
        subprocess.run([program, "demo", "china", str(study), "-q"], check=True, stdout=subprocess.DEVNULL)
        serve = [program, "serve", str(study), "--port", "0", "--json"]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
            try:
                address, token = json.loads(server.stdout.readline())["url"].split("/#token=")
                return fuzz(address, token, examples)
            finally:
                server.terminate()


def fuzz(address: str, token: str, examples: str) -> int:
    schemathesis = pathlib.Path(sys.executable).with_name("schemathesis")
    command = [
        str(schemathesis), "run", f"{address}/api/v1/openapi.json",
        "--url", f"{address}/api/v1",
        "--header", f"Authorization: Bearer {token}",
        # A stream of events does not end; everything is read from disk by the check.
        "--exclude-path", "/events",
        "--exclude-path", "/check",
        "--checks", "all",
        # Reading needs no token on loopback, and sending one is no fault.
        "--exclude-checks", "ignored_auth,positive_data_acceptance",
        "--max-examples", examples,
        "--request-timeout", "30",
        "--seed", "20240401",
        "--workers", "2",
    ]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
