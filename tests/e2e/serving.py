"""The platform as a process of its own, for tests in a real browser: `python -m tests.e2e.serving PORT`.

The same application and the same gevent as in production, with nothing in front of it.
"""

import sys

from gevent import monkey

monkey.patch_all()


def main() -> None:
    from deliberate.config import load
    from deliberate.web import create_app, start

    app = create_app(load(), async_mode="gevent")
    start(app)
    print("serving", flush=True)
    app.extensions["live"].io.run(app, host="127.0.0.1", port=int(sys.argv[1]))


if __name__ == "__main__":
    main()
