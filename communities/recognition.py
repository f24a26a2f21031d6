"""Who is logged in: found by a query that is put together once, for every request of theirs asks it."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from communities.models import User

COLUMNS = [field.attname for field in User._meta.concrete_fields]  # noqa: SLF001
BY_KEY = f"SELECT {', '.join(COLUMNS)} FROM communities_user WHERE id = %s"  # noqa: S608


class Recognition(AuthenticationBackend):
    """Logging in is allauth's."""

    def get_user(self, user_id: Any) -> User | None:
        with connection.cursor() as cursor:
            cursor.execute(BY_KEY, [user_id])
            row = cursor.fetchone()
        user = User.from_db(connection.alias, COLUMNS, row) if row else None
        return user if self.user_can_authenticate(user) else None
