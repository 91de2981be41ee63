"""What is installed: locked versions, assets built by the install, the same files in a wheel and in a checkout."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from deliberate import config

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
PINNED = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+")


@pytest.fixture(scope="module")
def hook():
    sys.path.insert(0, str(ROOT))
    try:
        import hatch_build
    finally:
        sys.path.remove(str(ROOT))
    return hatch_build


@pytest.fixture
def checkout(tmp_path):
    """A checkout with one entry that was built, as far as files tell."""
    for name in ("hatch_build.py", "package.json", "package-lock.json", "tsconfig.json"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for folder in ("static/src/lib", "static/dist", "templates", "scenarios", "deliberate/translations"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "static/src/desk.ts").write_text('import "./lib/board";\n')
    (tmp_path / "static/src/lib/board.ts").write_text("export const keys = new Map();\n")
    (tmp_path / "templates/desk.html").write_text("<p>")
    (tmp_path / "static/dist/desk-A.js").write_text("made")
    return tmp_path


def claim_built(hook, checkout):
    manifest = {"stamp": hook.stamp(checkout), "files": ["desk-A.js"], "entries": {}, "strings": {}}
    (checkout / "static/dist/manifest.json").write_text(json.dumps(manifest))


def test_the_lock_names_exact_versions_and_no_address():
    assert LOCK
    assert [line for line in LOCK if not PINNED.fullmatch(line)] == []


def test_the_lock_covers_all_that_is_asked_for():
    locked = {re.split("==", line)[0].lower().replace("_", "-") for line in LOCK}
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["dev"]]
    names = {re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-") for requirement in asked}
    assert names - locked == set()


def test_the_build_asks_for_exact_versions(hook):
    assert [
        line for line in [*PROJECT["build-system"]["requires"], hook.NODE] if not PINNED.fullmatch(line)
    ] == []


def test_the_build_and_the_checks_use_the_same_node(hook):
    assert hook.NODE in PROJECT["project"]["optional-dependencies"]["dev"]
    assert hook.NODE in LOCK


def test_the_npm_lock_names_no_download_address_but_every_digest():
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_nothing_that_the_install_makes_is_in_git():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout (an unpacked sdist)")
    made = ["static/dist", "node_modules", "*.mo", ".venv"]
    tracked = subprocess.run(
        ["git", "ls-files", "--", *made], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert tracked.stdout == ""


@pytest.mark.parametrize("name", ["templates", "static", "scenarios", "translations"])
def test_a_checkout_has_every_resource(name):
    assert config.resource(name).is_dir()


def test_the_installed_package_finds_its_resources_in_itself(tmp_path, monkeypatch):
    (tmp_path / "_resources/templates").mkdir(parents=True)
    (tmp_path / "translations/zh").mkdir(parents=True)
    monkeypatch.setattr(config, "PACKAGE", tmp_path)
    assert config.resource("templates") == tmp_path / "_resources/templates"
    assert config.resource("translations", "zh") == tmp_path / "translations/zh"


def test_a_missing_resource_is_named_with_what_to_do():
    with pytest.raises(FileNotFoundError, match=r"static/none\.js is not there; install the package again"):
        config.resource("static", "none.js")


def test_every_entry_was_built(hook):
    manifest = json.loads(config.resource("static", "dist", "manifest.json").read_text("utf-8"))
    assert set(manifest["entries"]) == {
        path.with_suffix(".css" if path.suffix == ".css" else ".js").name for path in hook.entries(ROOT)
    }
    for name in [*manifest["files"], *manifest["strings"].values()]:
        assert config.resource("static", "dist", name).is_file()


def test_node_is_not_needed_when_nothing_changed(hook, checkout):
    claim_built(hook, checkout)
    assert not hook.is_stale(checkout)
    hook.build(checkout)
    assert (checkout / "static/dist/desk-A.js").read_text() == "made"


@pytest.mark.parametrize(
    "changed", ["package-lock.json", "static/src/desk.ts", "static/src/lib/board.ts", "static/src/lib/new.ts"]
)
def test_node_is_needed_when_sources_or_the_lock_changed(hook, checkout, changed):
    claim_built(hook, checkout)
    with (checkout / changed).open("a") as source:
        source.write("\n")
    assert hook.is_stale(checkout)


def test_node_is_needed_when_a_built_file_is_gone(hook, checkout):
    claim_built(hook, checkout)
    (checkout / "static/dist/desk-A.js").unlink()
    assert hook.is_stale(checkout)


def test_what_is_no_longer_made_is_swept_away(hook, checkout):
    claim_built(hook, checkout)
    (checkout / "static/dist/desk-OLD.js").write_text("old")
    hook.build(checkout)
    assert not (checkout / "static/dist/desk-OLD.js").exists()


def test_an_npm_registry_out_of_reach_is_one_clear_line(hook, checkout, monkeypatch):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_cache", str(checkout / "cache"))
    monkeypatch.setattr(hook, "NPM_RETRIES", 0)
    with pytest.raises(hook.BuildFailed) as failure:
        hook.build(checkout)
    assert str(failure.value).startswith("npm's registry cannot be reached (ECONNREFUSED)")
    assert "\n" not in str(failure.value)


def test_the_wheel_holds_templates_and_assets_but_no_sources(hook, checkout):
    claim_built(hook, checkout)
    assert sorted(hook.resources(checkout).values()) == [
        "deliberate/_resources/static/dist/desk-A.js",
        "deliberate/_resources/static/dist/manifest.json",
        "deliberate/_resources/templates/desk.html",
    ]


def test_the_browser_gets_only_its_own_strings(hook):
    catalogue = Catalog(locale="zh")
    catalogue.add("Withdraw", "撤回", locations=[("static/src/desk.ts", 1), ("templates/desk.html", 3)])
    catalogue.add("Sign in", "登录", locations=[("templates/sign-in.html", 1)])
    catalogue.add("Unfinished", "", locations=[("static/src/desk.ts", 2)])
    catalogue.add("Doubtful", "存疑", locations=[("static/src/desk.ts", 3)], flags=["fuzzy"])
    catalogue.add("Open", "开放", locations=[("static/src/desk.ts", 4)], context="round")
    assert hook.browser_strings("zh", catalogue) == {"Withdraw": "撤回", "round\u0004Open": "开放"}


def test_plurals_are_keyed_as_the_browser_counts(hook):
    catalogue = Catalog(locale="ru")
    forms = ("%(n)s делегация", "%(n)s делегации", "%(n)s делегаций")
    catalogue.add(("%(n)s delegation", "%(n)s delegations"), forms, locations=[("static/src/desk.ts", 1)])
    one, few, many = forms
    assert hook.browser_strings("ru", catalogue) == {
        "%(n)s delegation": {"one": one, "few": few, "many": many, "other": many}
    }


@pytest.mark.parametrize("language", ["ar", "zh", "en", "fr", "ru", "es"])
def test_every_form_of_every_un_language_has_a_category(hook, language):
    catalogue = Catalog(locale=language)
    forms = hook.plural_forms(language, catalogue.plural_expr)
    assert set(forms.values()) == set(range(catalogue.num_plurals))


def test_a_plural_rule_that_the_browser_cannot_follow_stops_the_build(hook):
    with pytest.raises(hook.BuildFailed, match="disagrees with CLDR's rules at 2"):
        hook.plural_forms("en", "(n > 1)")


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/talks")
    monkeypatch.setenv("DELIBERATE_PUSH_INTERVAL_MS", "50")
    settings = config.load()
    assert (settings.database_url, settings.push_interval_ms) == ("postgresql://localhost/talks", 50)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DELIBERATE_PUSH_INTERVAL_MS", "-1", "DELIBERATE_PUSH_INTERVAL_MS Input should be greater than 0"),
        ("DELIBERATE_PUSH_INTERVALL_MS", "80", "DELIBERATE_PUSH_INTERVALL_MS is no setting"),
        ("DATABASE_URL", "mysql://localhost/talks", "DATABASE_URL must begin with sqlite: or postgresql:"),
        ("DELIBERATE_SECRET_KEY", "short", "DELIBERATE_SECRET_KEY must have at least 32 characters"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(config.Misconfigured, match=re.escape(said)):
        config.load()


def test_settings_never_change():
    with pytest.raises(ValueError, match="frozen"):
        config.Settings().push_interval_ms = 5
