"""What the database itself holds: the named constraints and triggers of our models, and which of them said no."""

from __future__ import annotations

import pghistory
from django.apps import apps
from django.db import DatabaseError


def constraints_of(app: str) -> set[str]:
    """Names of all constraints that the models of an app declare."""
    return {
        constraint.name for model in apps.get_app_config(app).get_models() for constraint in model._meta.constraints
    }


def triggers_of(app: str) -> set[str]:
    """`model.trigger` of all triggers that keep something from changing, so without those that keep versions."""
    return {
        f"{model._meta.model_name}.{trigger.name}"
        for model in apps.get_app_config(app).get_models()
        for trigger in getattr(model._meta, "triggers", [])
        if not isinstance(trigger, pghistory.trigger.Event)
    }


def violated(error: DatabaseError) -> str:
    """The constraint that the database named when it refused."""
    return str(error.__cause__.diag.constraint_name)
