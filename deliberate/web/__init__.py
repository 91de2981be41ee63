"""The web application: pages that can be read and used without JavaScript, and the live layer over them.

`create_app` wires everything; each page is a module with a blueprint `bp`. Read `place` (what a page knows), `auth`
(links and sessions), `api` (forms and JSON), `live` (sockets), `security` (headers, limits).
"""

import gc
import json
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from flask import Flask, Response, g, jsonify, render_template, request
from flask_babel import Babel, get_locale
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

import deliberate
from deliberate.accounts import Accounts
from deliberate.config import Settings, resource
from deliberate.database import Database
from deliberate.errors import DeliberateError, Invalid
from deliberate.secretariat import Secretariat
from deliberate.web import api, auth, chair, convene, desk, figures, home, record, security, words, workbench
from deliberate.web.languages import AUTONYMS, chosen
from deliberate.web.live import Live
from deliberate.web.place import Texts
from deliberate.web.sockets import at_the_door

GIVE_WAY_S: Final = 0.0005
"""How long the thread that writes to the disk waits for the interpreter after its commit, while greenlets keep it busy:
Python's own 5 ms cost a fifth of all positions a second."""


def create_app(
    settings: Settings, *, async_mode: str = "threading", clock: Callable[[], str] | None = None
) -> Flask:
    """Return the application on the settings' database, which must be up to date (`deliberate db upgrade`).

    `async_mode` is gevent in production (monkey-patched by `wsgi.py` before this is imported), threading in tests.
    """
    app = Flask(
        "deliberate",
        template_folder=str(resource("templates")),
        static_folder=str(resource("static", "dist")),
        static_url_path="/static",
    )
    app.config.update(
        ASYNC_MODE=async_mode, RELEASE=deliberate.__version__, SEND_FILE_MAX_AGE_DEFAULT=31_536_000
    )
    database = Database(settings.database_url)
    secretariat = Secretariat(database, clock) if clock else Secretariat(database)
    texts = Texts(secretariat)
    security.configure(app, settings, database)
    app.extensions.update(
        settings=settings, secretariat=secretariat, texts=texts, accounts=Accounts(database)
    )
    CSRFProtect(app)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(resource("translations"))
    Babel(app, locale_selector=chosen)
    live = Live(app, secretariat, texts, settings)
    app.extensions["live"] = live
    app.wsgi_app = at_the_door(app.wsgi_app, lambda: live.closing)  # type: ignore[assignment, method-assign]
    app.extensions["pulse"] = figures.Pulse()
    for page in (home, auth, api, desk, chair, convene, workbench, record, figures):
        app.register_blueprint(page.bp)
    _templates(app)
    _errors(app)
    return app


def start(app: Flask) -> None:
    """Start what runs beside requests: following the log, the clock, and pushing.

    Templates are compiled now and not while somebody waits. What was loaded until here stays for good, so it is taken
    out of the garbage collector's sight: looking through it would hold everybody up for a tenth of a second, time and
    again.
    """
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    gc.collect()
    gc.freeze()
    # a thousand browsers that come in are no reason to look through everything
    gc.set_threshold(10_000, 10, 50)
    sys.setswitchinterval(GIVE_WAY_S)
    app.extensions["secretariat"].watch()
    live: Live = app.extensions["live"]
    live.start()
    live.io.start_background_task(app.extensions["pulse"].beat, live.io.sleep)


def stop(app: Flask) -> None:
    """Tell browsers to come back, finish what waits, and let go of the database."""
    app.extensions["pulse"].stop()
    app.extensions["live"].close()
    app.extensions["secretariat"].close()
    app.extensions["secretariat"].database.close()


@cache
def _manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resource("static", "dist", "manifest.json").read_bytes())
    return found


def _asset(name: str) -> str:
    return "/static/" + str(_manifest()["entries"][name]["file"])


def _preloads(name: str) -> list[str]:
    return ["/static/" + str(file) for file in _manifest()["entries"][name]["imports"]]


def _strings() -> str:
    """Return where the browser's strings are for this reader; empty in English."""
    file = _manifest()["strings"].get(str(get_locale()))
    return f"/static/{file}" if file else ""


def _templates(app: Flask) -> None:
    app.jinja_env.globals.update(
        asset=_asset,
        preloads=_preloads,
        strings_url=_strings,
        autonyms=AUTONYMS,
        release=deliberate.__version__,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    words.register(app)

    @app.context_processor
    def _context() -> dict[str, Any]:
        return {"place": g.get("place"), "lang": str(get_locale() or "en"), "error": g.get("error")}


def _errors(app: Flask) -> None:
    def answer(
        message: str, code: str, status: int, detail: dict[str, Any] | None = None
    ) -> tuple[Response | str, int]:
        asked = request.accept_mimetypes.best_match(["text/html", "application/json"])
        if request.is_json or request.endpoint in api.JSON or asked == "application/json":
            return jsonify(error=code, message=message, detail=detail or {}), status
        return render_template("error.html", status=status, message=message, code=code), status

    @app.errorhandler(DeliberateError)
    def _refused(error: DeliberateError) -> Any:
        return answer(words.refusal(error), error.code, error.status, error.detail)

    @app.errorhandler(CSRFError)
    def _forged(error: CSRFError) -> Any:
        return _refused(
            Invalid(
                "This form is older than your sign-in. Load the page again; what you typed is still there.",
                "csrf",
            )
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        return answer(words.http_error(error.code or 500), str(error.code), error.code or 500)

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> Any:
        app.logger.error("fault", exc_info=error)
        return answer(words.http_error(500), "fault", 500)


__all__ = ["create_app", "start", "stop"]
