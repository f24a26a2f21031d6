"""Questions that neighbours ask about this year's ideas, with answers; one waits for the office, one is not shown."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from projects.demo.people import Cast
from projects.demo.year import NAMESPACE
from proposals.models import Idea
from proposals.remark_enums import RemarkState
from proposals.services.remarks import answer, ask, release, withhold


def make_remarks(cast: Cast, ideas: Mapping[str, Idea], rows: Iterable[Mapping[str, Any]]) -> None:
    """Asked a day after the idea came, by a neighbour other than its author."""
    for row in rows:
        idea = ideas[row["idea"]]
        asker = next(user for user in reversed(cast.residents[idea.community.code]) if user != idea.author)
        assert idea.submitted_at is not None
        now = idea.submitted_at + timedelta(hours=20)
        key = uuid.uuid5(NAMESPACE, f"question/{row['idea']}")
        question = ask(idea=idea, text=row["question"], key=key, by=asker, now=now)
        if row["state"] == RemarkState.WITHHELD:
            withhold(remark=question, note=row["note"], by=cast.officer, now=now + timedelta(hours=2))
        elif row["state"] == RemarkState.RELEASED:
            release(remark=question, by=cast.officer, now=now + timedelta(hours=2))
        if "answer" not in row:
            continue
        by = cast.officer if row["answer_by"] == "office" else idea.author
        assert by is not None
        given = answer(question=question, text=row["answer"], key=key, by=by, now=now + timedelta(hours=5))
        release(remark=given, by=cast.approver, now=now + timedelta(hours=6))
