"""What is wrong with a file from elsewhere: one clear line for each problem, and never too many of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

PROBLEM_LIMIT = 200
FOUND_LENGTH = 40


class Message(Protocol):
    """A lazily translated text."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` is the line of the file, counted from 1; 0 where no line can be named. `column` may be blank."""

    file: str
    row: int
    column: str
    message: Message

    def __str__(self) -> str:
        if not self.row:
            return str(format_lazy("{file}: {message}", file=self.file, message=self.message))
        if not self.column:
            return str(
                format_lazy(_("{file}, row {row}: {message}"), file=self.file, row=self.row, message=self.message)
            )
        where = {"file": self.file, "row": self.row, "column": self.column}
        return str(format_lazy(_("{file}, row {row}, {column}: {message}"), **where, message=self.message))


class ArchiveErrors(ValueError):
    """A contest file cannot be used. `truncated`: there may be more problems than are listed."""

    def __init__(self, problems: Sequence[Problem], *, truncated: bool = False) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)
        self.truncated = truncated


class ProblemList:
    """Collects problems; gives up by raising `ArchiveErrors` at `PROBLEM_LIMIT` of them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.files: set[str] = set()

    def add(self, file: str, row: int, column: str, message: Message) -> None:
        self.problems.append(Problem(file, row, column, message))
        self.files.add(file)
        if len(self.problems) >= PROBLEM_LIMIT:
            raise ArchiveErrors(self.problems, truncated=True)

    def raise_if_any(self) -> None:
        if self.problems:
            raise ArchiveErrors(self.problems)


def expected(what: object, found: str) -> Message:
    """The message "expected …, found …"; `found` is shown shortened, with control characters escaped."""
    return format_lazy(_("expected {what}, found {found}"), what=what, found=shown(found))


def shown(text: str) -> str:
    """Text from outside, safe to print in one line."""
    short = text if len(text) <= FOUND_LENGTH else text[:FOUND_LENGTH] + "…"
    return "“" + "".join(char if char.isprintable() else repr(char)[1:-1] for char in short) + "”"
