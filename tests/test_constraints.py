"""Every constraint is named after its table, and says in words what it holds."""

import pghistory
import pytest
from django.apps import apps
from django.db.models import BaseConstraint

APPS = ("communities", "programmes", "proposals", "contests", "projects")
CONSTRAINTS = [
    pytest.param(model._meta.model_name, app, constraint, id=constraint.name)
    for app in APPS
    for model in apps.get_app_config(app).get_models()
    for constraint in model._meta.constraints
]


@pytest.mark.parametrize(("model", "app", "constraint"), CONSTRAINTS)
def test_a_constraint_has_a_name_and_a_message(model: str, app: str, constraint: BaseConstraint) -> None:
    assert constraint.name.startswith(f"{app}_{model}_")
    assert constraint.violation_error_message != BaseConstraint.default_violation_error_message


@pytest.mark.parametrize("app", APPS)
def test_every_model_says_what_people_call_it(app: str) -> None:
    models = [model for model in apps.get_app_config(app).get_models() if not issubclass(model, pghistory.models.Event)]
    assert [model for model in models if "verbose_name" not in model._meta.original_attrs] == []
