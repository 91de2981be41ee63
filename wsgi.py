"""What gunicorn loads: `gunicorn -c deliberate/web/serving.py wsgi:app`. It patches first, then imports the rest."""

import gevent.monkey

gevent.monkey.patch_all()

import sys  # noqa: E402  # nothing may be imported before the patch

import structlog  # noqa: E402

from deliberate.config import load  # noqa: E402
from deliberate.web import create_app, start  # noqa: E402

structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))

app = create_app(load(), async_mode="gevent")
start(app)
