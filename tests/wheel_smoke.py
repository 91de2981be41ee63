"""Run by .ci/run with the Python of a fresh environment that holds only the wheel, in an empty folder."""

import subprocess
import sys
from pathlib import Path

from deliberate.config import PACKAGE, resource

assert Path(sys.prefix) in PACKAGE.parents, f"this is not the wheel: {PACKAGE}"
for name in ("templates", "scenarios", "translations", "static/dist/manifest.json"):
    resource(*name.split("/"))
program = Path(sys.executable).with_name("deliberate")
subprocess.run([program, "--help"], check=True, stdout=subprocess.DEVNULL)
print("The wheel works where no checkout is near.")
