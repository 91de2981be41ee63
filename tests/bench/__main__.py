"""The figures of the README, on this machine: `make bench`, or `python -m tests.bench [part …]`.

Parts: positions (and a bare echo), hall (a thousand browsers, and a restart), cold (a long log), page (sizes). Nothing
is asserted; what is missed is marked, with how to find out where the time goes. About four minutes in all.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from deliberate.rehearse.own import Server
from tests.bench.machine import describe
from tests.bench.parts import PARTS, Figure

SECONDS = 12.0


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("part", nargs="*", choices=[[], *PARTS], help="only these parts")
    arguments.add_argument("--seconds", type=float, default=SECONDS, help="how long each load lasts")
    arguments.add_argument("--profile", type=Path, help="a folder for flame graphs, if py-spy is on the PATH")
    asked = arguments.parse_args()
    print("\n".join(describe()), "", sep="\n")
    print("| what | aimed at | reached | |\n|---|---|---|---|", flush=True)
    missed = []
    for name in asked.part or PARTS:
        for figure in PARTS[name](asked.seconds, _say, _profiler(asked.profile, asked.seconds)):
            print(_line(figure), flush=True)
            if not figure.met:
                missed.append((name, figure))
    for name, figure in missed:
        print(
            f"\nMissed: {figure.what}. Where the time goes: "
            f"python -m tests.bench {name} --profile build/profiles (needs py-spy), on a machine that does nothing else."
        )


def _say(what: str, share: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{what} {share:4.0%} ", end="\r", file=sys.stderr, flush=True)


def _line(figure: Figure) -> str:
    at = "≥" if figure.better == "more" else "≤"
    reached = (
        "not measured" if figure.reached is None else f"**{_number(figure.reached)}** {figure.unit}".strip()
    )
    verdict = figure.note if figure.met else f"MISSED; {figure.note}".removesuffix("; ")
    return (
        f"| {figure.what} | {at} {_number(figure.target)} {figure.unit}".rstrip()
        + f" | {reached} | {verdict} |"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}".rstrip("0").rstrip(".")


def _profiler(folder: Path | None, seconds: float):
    program = shutil.which("py-spy")

    def record(server: Server, name: str) -> None:
        if folder is None or program is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        [worker] = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        subprocess.Popen(
            [program, "record", "--gil", "--pid", worker, "--duration", str(int(seconds)),
             "--output", str(folder / f"{name}.svg")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    return record


if __name__ == "__main__":
    main()
