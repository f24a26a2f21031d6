"""Versions of ideas hold the estimate of who benefits too; the text of an idea that was not accepted is frozen as well."""

import django.core.validators
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# What a version held of the figure that was not kept is taken as unchanged.
FILL_VERSIONS = """
UPDATE proposals_ideaversion AS version
SET beneficiary_estimate = idea.beneficiary_estimate
FROM proposals_idea AS idea
WHERE idea.id = version.pgh_obj_id AND idea.beneficiary_estimate IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0033_wording_of_referrals'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='idea',
            name='text_frozen',
        ),
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
            name='beneficiary_estimate',
            field=models.PositiveIntegerField(blank=True, help_text='A rough figure is enough; leave it empty if you do not know.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='about how many people'),
        ),
        migrations.RunSQL(FILL_VERSIONS, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='idea',
            trigger=pgtrigger.compiler.Trigger(name='text_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IN (\'ACCEPTED\', \'CONSOLIDATED\', \'REFERRED\', \'REJECTED\') AND (OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."problem" IS DISTINCT FROM (NEW."problem") OR OLD."solution" IS DISTINCT FROM (NEW."solution") OR OLD."location_text" IS DISTINCT FROM (NEW."location_text") OR OLD."beneficiaries" IS DISTINCT FROM (NEW."beneficiaries") OR OLD."beneficiary_estimate" IS DISTINCT FROM (NEW."beneficiary_estimate") OR OLD."own_contribution" IS DISTINCT FROM (NEW."own_contribution") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."community_id" IS DISTINCT FROM (NEW."community_id")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b26e7ee9b43d6631b1bdb6ad43eb18f473888ebf', operation='UPDATE', pgid='pgtrigger_text_frozen_69840', table='proposals_idea', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='idea',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "proposals_ideaversion" ("beneficiaries", "beneficiary_estimate", "category_id", "community_id", "location_text", "own_contribution", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "solution", "submitted_at", "title") VALUES (NEW."beneficiaries", NEW."beneficiary_estimate", NEW."category_id", NEW."community_id", NEW."location_text", NEW."own_contribution", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."problem", NEW."solution", NEW."submitted_at", NEW."title"); RETURN NULL;', hash='cb296706e8fcee87e01abdf9bde1183079ae1ae1', operation='INSERT', pgid='pgtrigger_insert_insert_999ba', table='proposals_idea', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='idea',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."beneficiaries" IS DISTINCT FROM (NEW."beneficiaries") OR OLD."beneficiary_estimate" IS DISTINCT FROM (NEW."beneficiary_estimate") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."community_id" IS DISTINCT FROM (NEW."community_id") OR OLD."location_text" IS DISTINCT FROM (NEW."location_text") OR OLD."own_contribution" IS DISTINCT FROM (NEW."own_contribution") OR OLD."problem" IS DISTINCT FROM (NEW."problem") OR OLD."solution" IS DISTINCT FROM (NEW."solution") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."title" IS DISTINCT FROM (NEW."title"))', func='INSERT INTO "proposals_ideaversion" ("beneficiaries", "beneficiary_estimate", "category_id", "community_id", "location_text", "own_contribution", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "solution", "submitted_at", "title") VALUES (NEW."beneficiaries", NEW."beneficiary_estimate", NEW."category_id", NEW."community_id", NEW."location_text", NEW."own_contribution", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."problem", NEW."solution", NEW."submitted_at", NEW."title"); RETURN NULL;', hash='6c7843fe38f61d94468a20d3eefdb5bcfb2ee7c0', operation='UPDATE', pgid='pgtrigger_update_update_8b5cd', table='proposals_idea', when='AFTER')),
        ),
    ]
