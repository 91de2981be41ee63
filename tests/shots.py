"""Pictures of every page of the running demo, into shots/, and the one of the README: `python -m tests.shots`.

Starts the demo on a database of its own, waits until positions have arrived, and looks at each page on a desktop, in
the dark, in Chinese and on a phone.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "shots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, object]] = {
    "": {"viewport": DESKTOP, "locale": "en-GB"},
    "-dark": {"viewport": DESKTOP, "locale": "en-GB", "color_scheme": "dark"},
    "-zh": {"viewport": DESKTOP, "locale": "zh-CN"},
    "-phone": {
        "viewport": PHONE,
        "locale": "en-GB",
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}


def links(output: Path, seconds: float = 60) -> dict[str, str]:
    """Return the places that the demo prints, once it has."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = dict(re.findall(r"^ {2}(\S.+?) {2,}(http\S+)$", output.read_text(), re.MULTILINE))
        if len(found) >= 4:
            return found
        time.sleep(0.2)
    raise SystemExit(f"the demo did not start:\n{output.read_text()}")


def shoot(browser: Browser, places: dict[str, str]) -> None:
    """Sign in once at every place, then take each page in each look."""
    record = next(url for url in places.values() if url.endswith("/record"))
    base, home = record.removesuffix("/record"), record.split("/d/")[0]
    first = browser.new_context(viewport=DESKTOP)
    page = first.new_page()
    for url in places.values():
        if "/in/" in url:
            page.goto(url)
            page.click("main form.enter button")
            page.wait_for_load_state()
    state = first.storage_state()
    pages = {
        "home": home + "/",
        "desk": base + "/desk?clause=op4",
        "chair": base + "/chair",
        "seats": base + "/chair/seats",
        "close": base + "/chair/close",
        "revise": base + "/chair/revise/op4",
        "question": base + "/chair/question?clause=op9",
        "convene": home + "/convene",
        "workbench": base + "/workbench",
        "record": record,
    }
    for look, options in LOOKS.items():
        context = browser.new_context(storage_state=state, **options)  # type: ignore[arg-type]
        page = context.new_page()
        for name, url in pages.items():
            page.goto(url)
            page.wait_for_timeout(800)
            page.screenshot(path=str(SHOTS / f"{name}{look}.png"))
        context.close()


def main() -> None:
    """Run the demo for as long as the pictures take."""
    SHOTS.mkdir(exist_ok=True)
    wait_s = float(sys.argv[1]) if len(sys.argv) > 1 else 150
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        output = Path(folder) / "output"
        program = Path(sys.executable).with_name("deliberate")
        with output.open("w") as writing:
            demo = subprocess.Popen(
                [program, "demo", "--port", "5199"], cwd=folder, stdout=writing, stderr=writing
            )
        try:
            places = links(output)
            time.sleep(wait_s)
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            shoot(browser, places)
        finally:
            demo.terminate()
            demo.wait(30)
    (ROOT / "static" / "desk.png").write_bytes((SHOTS / "desk.png").read_bytes())
    print(f"pictures are in {SHOTS}")


if __name__ == "__main__":
    main()
