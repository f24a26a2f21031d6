"""Migrations say what the models say, and go back to nothing and forth again."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from communities.models import User
from tests.constraints import constraints_of, triggers_of

APPS = ("projects", "contests", "proposals", "programmes", "communities")


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.partition("_")[0] in APPS}


def installed(query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def rules_in_database() -> set[str]:
    """Named constraints (unique ones with a condition are indexes) and triggers of our tables."""
    ours = " OR ".join(f"{{table}} LIKE '{app}\\_%'" for app in APPS)
    return (
        installed(f"SELECT conname FROM pg_constraint WHERE {ours.format(table='conname')}")
        | installed(f"SELECT indexname FROM pg_indexes WHERE {ours.format(table='tablename')}")
        | installed(
            "SELECT relname || '.' || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            f"WHERE NOT tgisinternal AND ({ours.format(table='relname')})"
        )
    )


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_every_declared_rule_is_in_the_database():
    present = rules_in_database()
    for app in APPS:
        assert constraints_of(app) <= present
        for name in triggers_of(app):
            model, trigger = name.split(".")
            assert any(rule.startswith(f"{app}_{model}.pgtrigger_{trigger}_") for rule in present), name


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_to_nothing_and_forth_again():
    before = tables(), rules_in_database()
    everything = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate([(app, None) for app in APPS])
        assert tables() == set()
    finally:
        MigrationExecutor(connection).migrate(everything)
    assert (tables(), rules_in_database()) == before
    assert User.objects.create_user("somebody").pk
