"""Run by .ci/run with the Python of a fresh environment that holds only the wheel, in an empty folder: serve the
platform, convene the rehearsal, sign in by the chair's link and open the desk with all that it loads."""

import http.cookiejar
import json
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

from deliberate.config import PACKAGE, resource

assert Path(sys.prefix) in PACKAGE.parents, f"this is not the wheel: {PACKAGE}"
for name in ("templates", "scenarios", "translations", "static/dist/manifest.json"):
    resource(*name.split("/"))
program = Path(sys.executable).with_name("deliberate")
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
house = f"http://127.0.0.1:{port}"

convened = subprocess.run(
    [program, "convene", "rehearsal", "--json"], check=True, capture_output=True, text=True
)
answer = json.loads(convened.stdout)
deliberation = answer["deliberation"]
link = re.search(r"/in/[\w-]+", json.dumps(answer))
assert link, answer
server = subprocess.Popen([program, "serve", "--host", "127.0.0.1", "--port", str(port)])
try:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def read(path: str, data: dict[str, str] | None = None) -> str:
        body = urllib.parse.urlencode(data).encode() if data else None
        with browser.open(house + path, body, timeout=20) as response:
            return str(response.read().decode())

    until = time.monotonic() + 30
    while True:
        try:
            read("/")
            break
        except OSError:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.2)
    token = re.search(r'name="csrf_token" value="([^"]+)"', read(link[0]))
    assert token
    assert deliberation in read(link[0], {"csrf_token": token[1]})
    desk = read(f"/d/{deliberation}/desk?clause=op4")
    assert "REHEARSAL" in desk
    assert "We should uphold the principles of mutual respect" in desk
    loaded = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', desk))
    assert {Path(path).suffix for path in loaded} >= {".js", ".css"}, loaded
    for path in loaded:
        assert read(path), path
finally:
    server.terminate()
    server.wait(20)
print("The wheel serves a desk where no checkout is near.")
