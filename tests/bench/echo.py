"""What the libraries carry by themselves: a bare Flask-SocketIO server that answers with what it was sent."""

from gevent import monkey

monkey.patch_all()

from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402

app = Flask("echo")
io = SocketIO(app, async_mode="gevent", transports=["websocket"], async_handlers=False)


@io.on("command")
def command(data: Any) -> Any:
    return data
