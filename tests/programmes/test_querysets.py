"""Which year the pages show."""

import pytest

from programmes.models import Programme
from tests.factories import ProgrammeFactory, StageFactory

pytestmark = pytest.mark.django_db


def test_a_year_that_an_import_brought_along_is_not_the_one_that_pages_show() -> None:
    last = StageFactory(programme=ProgrammeFactory(year=2026)).programme
    this = StageFactory(programme=ProgrammeFactory(year=2027)).programme
    StageFactory(programme=this, kind="VOTING")
    imported = ProgrammeFactory(year=2031)
    assert list(Programme.objects.newest_first()) == [this, last, imported]
