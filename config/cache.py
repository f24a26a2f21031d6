"""Django's cache in Redis, with a client that is kept: making one takes longer than asking it."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends import redis as of_django


class KeptClient(of_django.RedisCacheClient):
    """One client for reading and one for writing. Django makes an object of this for each thread."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class RedisCache(of_django.RedisCache):
    """Every request with a session asks for it here."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def client(self) -> Any:
        """The client that is kept, for what Django's cache has no word for."""
        return self._cache.get_client(write=True)
