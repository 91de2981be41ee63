"""The digest of a state: two releases that fold one log must agree on it, for ever."""

import hashlib
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import orjson

from deliberate.state.current import State


def state_digest(state: State) -> str:
    """Return the SHA-256 (hex) of a state as JSON with sorted keys.

    Fields that hold their default are left out, so that a field added by a later release changes no old digest.
    """
    return hashlib.sha256(orjson.dumps(_plain(state), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _plain(held) for f in fields(value) if (held := getattr(value, f.name)) != _default(f)
        }
    if isinstance(value, dict):
        return {
            "/".join(key) if isinstance(key, tuple) else str(key): _plain(held) for key, held in value.items()
        }
    if isinstance(value, frozenset | set):
        return sorted(_plain(held) for held in value)
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return value


def _default(field: Any) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
