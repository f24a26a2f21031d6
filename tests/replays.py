"""What one test made by the verbs, put into the database again for the next test that asks for the same.

A contest takes some four hundred statements, and hundreds of tests begin with the same one. Within a few seconds of the
first, its rows come back in one statement; triggers, which did their work the first time, rest meanwhile. This holds as
long as nothing was written before but the cast, whose rows have keys of their own: the connection is watched, and after
any other write the verbs act themselves, as they do in tests that commit.
"""

from __future__ import annotations

import copy
import functools
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pgtrigger
from django.db import connection
from django.db.models import Model
from django.utils import timezone

FIXED = 900_000
"""From this key on the rows of the frame and of the cast have their own, the same in every test."""
LIFETIME, MEMORY = timedelta(minutes=3), timedelta(minutes=10)
"""How long what was done at a moment is done again at the same, and how long the cast may have been there."""
READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SET CONSTRAINTS", "EXPLAIN")
PLAIN = (str, int, bool, Decimal, date, type(None))

TABLES_SQL = """
SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
       (SELECT quote_ident(k.attname) FROM pg_index i JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
         WHERE i.indrelid = c.oid AND i.indisprimary)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
   AND c.relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
   AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 GROUP BY c.oid
"""

T = TypeVar("T")
Rows = dict[tuple[str, str], str]
"""`{(table, primary key): the row as JSON}`."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One act: the statement that writes its rows again, without triggers, and when it was recorded."""

    statement: str
    parameters: list[Any]
    at: datetime


@dataclass(slots=True)
class Recorder:
    """The recordings of this process, and what the test under way has done so far."""

    moment: datetime | None = None
    members: dict[Hashable, tuple[Recording, Any]] = field(default_factory=dict)
    recordings: dict[Hashable, tuple[Recording, tuple[type[Model], Any]]] = field(default_factory=dict)
    records: bool = False
    cast: set[Hashable] = field(default_factory=set)
    acts: list[Hashable] = field(default_factory=list)
    known: bool = False
    depth: int = 0
    tables: dict[str, tuple[str, str]] = field(default_factory=dict)

    @contextmanager
    def test(self, *, commits: bool) -> Iterator[None]:
        """A test begins, in which nothing is done yet. What others commit is nowhere recorded."""
        self.cast, self.acts = set(), []
        self.records = self.known = not commits
        if commits:
            self.recordings.clear()
        with connection.execute_wrapper(self._watch):
            yield
        self.records = self.known = False

    def now(self) -> datetime:
        """The moment at which tests act: the same while what was recorded at it is fresh."""
        if self.moment is None or not self._fresh():
            self.moment = timezone.now().replace(microsecond=0)
            self.recordings.clear()
        return self.moment

    def bring(self, member: Hashable, make: Callable[[], T]) -> T:
        """Somebody of the cast, or a part of the frame, comes into the test; their rows have fixed keys."""
        if self.depth or not self.records:
            with self._known_writes():
                return make()
        # In which order the cast comes is all one, but not whether it was there when something was done.
        if self.acts:
            self.acts.append(member)
        else:
            self.cast.add(member)
        if member in self.members:
            recording, made = self.members[member]
            if timedelta(0) <= timezone.now() - recording.at < MEMORY:
                self._replay(recording)
                return copy.deepcopy(made)
        recording, made = self._record(make)
        self.members[member] = recording, copy.deepcopy(made)
        return made

    def perform(self, act: Callable[..., Model], *args: Any, **options: Any) -> Model:
        """What the act returns: done by it, or read after its rows were written again."""
        try:
            what = act.__name__, described(args[1:]), described(options)
        except TypeError:
            self.known = False
        if self.depth or not self.known or not self._fresh(timedelta(minutes=1)):
            return act(*args, **options)
        key = frozenset(self.cast), tuple(self.acts), what
        self.acts.append(what)
        if key in self.recordings:
            recording, (model, pk) = self.recordings[key]
            self._replay(recording)
            return model._base_manager.get(pk=pk)
        # Of an act that is refused nothing is known.
        self.known = False
        recording, returned = self._record(functools.partial(act, *args, **options))
        self.known = True
        self.recordings[key] = recording, (type(returned), returned.pk)
        return returned

    def _fresh(self, grace: timedelta = timedelta(0)) -> bool:
        return self.moment is not None and timedelta(0) <= timezone.now() - self.moment <= LIFETIME + grace

    def _watch(self, execute: Callable[..., T], sql: str, *rest: Any) -> T:
        if not self.depth and not sql.lstrip().startswith(READS):
            self.known = False
        return execute(sql, *rest)

    @contextmanager
    def _known_writes(self) -> Iterator[None]:
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1

    def _record(self, act: Callable[[], T]) -> tuple[Recording, T]:
        before = self._rows()
        with self._known_writes():
            returned = act()
        after = self._rows()
        statement, parameters = ["SELECT set_config('pgtrigger.ignore', %s, true)"], [all_triggers()]
        for table, keys in grouped(key for key, row in before.items() if after.get(key) != row).items():
            statement.append(f'DELETE FROM "{table}" WHERE {self.tables[table][1]}::text = ANY(%s)')
            parameters.append(keys)
        for table, keys in grouped(key for key, row in after.items() if before.get(key) != row).items():
            columns = self.tables[table][0]
            rows = f'jsonb_populate_recordset(NULL::"{table}", %s)'
            statement.append(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {rows}')
            parameters.append("[" + ", ".join(after[table, key] for key in keys) + "]")
        statement.append("SELECT set_config('pgtrigger.ignore', '{}', true)")
        return Recording("; ".join(statement), parameters, timezone.now()), returned

    def _replay(self, recording: Recording) -> None:
        with self._known_writes(), connection.cursor() as cursor:
            cursor.execute(recording.statement, recording.parameters)

    def _rows(self) -> Rows:
        with self._known_writes(), connection.cursor() as cursor:
            if not self.tables:
                cursor.execute(TABLES_SQL)
                self.tables = {table: (columns, key) for table, columns, key in cursor.fetchall()}
            cursor.execute(
                " UNION ALL ".join(
                    f"SELECT '{table}', {key}::text, to_jsonb(t)::text FROM \"{table}\" t"
                    for table, (_, key) in self.tables.items()
                )
            )
            return {(table, key): row for table, key, row in cursor.fetchall()}


def grouped(keys: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """The primary keys of each table."""
    found = defaultdict(list)
    for table, key in keys:
        found[table].append(key)
    return found


@functools.cache
def all_triggers() -> str:
    """The names of all triggers, as `pgtrigger.ignore` sets them; to ask it for each statement takes longer than the rows."""
    return "{" + ",".join(trigger.get_pgid(model) for model, trigger in pgtrigger.registered()) + "}"


def described(value: object) -> Hashable:
    """What tells this argument of an act from others; `TypeError` where that is not known."""
    if isinstance(value, Model):
        return value._meta.label, value.pk
    if isinstance(value, Mapping):
        return tuple((name, described(each)) for name, each in sorted(value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(described(each) for each in value)
    if isinstance(value, PLAIN):
        return value
    raise TypeError(f"nothing is known of {value!r}")


RECORDER = Recorder()


def replayed(act: Callable[..., T]) -> Callable[..., T]:
    """A method that takes a thing to a state and returns it: done once, then written again."""

    @functools.wraps(act)
    def perform(*args: Any, **options: Any) -> Any:
        return RECORDER.perform(act, *args, **options)

    return perform
