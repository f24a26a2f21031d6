"""Versions of ideas say when they were handed in and hold every field that is compared; judged texts are frozen."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Each handing in made one version and one event, in the same order. Where the numbers differ it is not known which
# version was a draft, and none is shown. What a version held of the fields that were not kept is taken as unchanged.
DATE_VERSIONS = """
UPDATE proposals_ideaversion AS version
SET submitted_at = step.at
FROM (
    SELECT pgh_id, pgh_obj_id,
        row_number() OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS place,
        count(*) OVER (PARTITION BY pgh_obj_id) AS places
    FROM proposals_ideaversion
) AS numbered
JOIN (
    SELECT idea_id, at,
        row_number() OVER (PARTITION BY idea_id ORDER BY at, id) AS place,
        count(*) OVER (PARTITION BY idea_id) AS places
    FROM proposals_ideaevent
    WHERE to_state = 'SUBMITTED' AND from_state IN ('DRAFT', 'RETURNED')
) AS step ON step.idea_id = numbered.pgh_obj_id AND step.place = numbered.place AND step.places = numbered.places
WHERE version.pgh_id = numbered.pgh_id
"""
FILL_VERSIONS = """
UPDATE proposals_ideaversion AS version
SET location_text = idea.location_text, beneficiaries = idea.beneficiaries, own_contribution = idea.own_contribution
FROM proposals_idea AS idea
WHERE idea.id = version.pgh_obj_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0023_joining'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='idea',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='idea',
            name='update_update',
        ),
        migrations.AddField(
            model_name='ideaversion',
            name='beneficiaries',
            field=models.CharField(blank=True, db_default='', default='', help_text='For example: older people without a lift, children on their way to school.', max_length=100, verbose_name='who benefits'),
        ),
        migrations.AddField(
            model_name='ideaversion',
            name='location_text',
            field=models.CharField(blank=True, help_text='For example: the west gate. No door numbers, please.', max_length=50, verbose_name='where'),
        ),
        migrations.AddField(
            model_name='ideaversion',
            name='own_contribution',
            field=models.CharField(blank=True, help_text='For example: an hour a week, tools, flyers.', max_length=100, verbose_name='what I can do for it'),
        ),
        migrations.AddField(
            model_name='ideaversion',
            name='submitted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='submitted at'),
        ),
        migrations.RunSQL(DATE_VERSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL_VERSIONS, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='idea',
            trigger=pgtrigger.compiler.Trigger(name='text_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IN (\'ACCEPTED\', \'CONSOLIDATED\', \'REFERRED\') AND (OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."problem" IS DISTINCT FROM (NEW."problem") OR OLD."solution" IS DISTINCT FROM (NEW."solution") OR OLD."location_text" IS DISTINCT FROM (NEW."location_text") OR OLD."beneficiaries" IS DISTINCT FROM (NEW."beneficiaries") OR OLD."beneficiary_estimate" IS DISTINCT FROM (NEW."beneficiary_estimate") OR OLD."own_contribution" IS DISTINCT FROM (NEW."own_contribution") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."community_id" IS DISTINCT FROM (NEW."community_id")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='c4e457c86975765d2c5704e40172aff43a810bf7', operation='UPDATE', pgid='pgtrigger_text_frozen_69840', table='proposals_idea', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='idea',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "proposals_ideaversion" ("beneficiaries", "category_id", "community_id", "location_text", "own_contribution", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "solution", "submitted_at", "title") VALUES (NEW."beneficiaries", NEW."category_id", NEW."community_id", NEW."location_text", NEW."own_contribution", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."problem", NEW."solution", NEW."submitted_at", NEW."title"); RETURN NULL;', hash='eec3a97f67d5a7d31b1879e8b35c6e55a7ede585', operation='INSERT', pgid='pgtrigger_insert_insert_999ba', table='proposals_idea', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='idea',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."beneficiaries" IS DISTINCT FROM (NEW."beneficiaries") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."community_id" IS DISTINCT FROM (NEW."community_id") OR OLD."location_text" IS DISTINCT FROM (NEW."location_text") OR OLD."own_contribution" IS DISTINCT FROM (NEW."own_contribution") OR OLD."problem" IS DISTINCT FROM (NEW."problem") OR OLD."solution" IS DISTINCT FROM (NEW."solution") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."title" IS DISTINCT FROM (NEW."title"))', func='INSERT INTO "proposals_ideaversion" ("beneficiaries", "category_id", "community_id", "location_text", "own_contribution", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "solution", "submitted_at", "title") VALUES (NEW."beneficiaries", NEW."category_id", NEW."community_id", NEW."location_text", NEW."own_contribution", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."problem", NEW."solution", NEW."submitted_at", NEW."title"); RETURN NULL;', hash='4eb9b5dde199a044c6f24459b8948c6d702bc5ac', operation='UPDATE', pgid='pgtrigger_update_update_8b5cd', table='proposals_idea', when='AFTER')),
        ),
    ]
