"""The document and the budget of a qualified proposal stay as they are."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0026_ended_joinings'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='budgetline',
            trigger=pgtrigger.compiler.Trigger(name='frozen_with_proposal', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP <> 'INSERT' AND (SELECT state FROM proposals_proposal WHERE id = OLD.proposal_id FOR SHARE) IN ('POOLED', 'QUALIFIED') OR TG_OP <> 'DELETE' AND (SELECT state FROM proposals_proposal WHERE id = NEW.proposal_id FOR SHARE) IN ('POOLED', 'QUALIFIED') THEN\n            RAISE EXCEPTION 'frozen_with_proposal: the rows in % of a qualified proposal stay as they are', TG_TABLE_NAME;\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='92d1e28e92391ac534c880ccd0994a56676ff82b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_with_proposal_af508', table='proposals_budgetline', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='objective',
            trigger=pgtrigger.compiler.Trigger(name='frozen_with_proposal', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP <> 'INSERT' AND (SELECT state FROM proposals_proposal WHERE id = OLD.proposal_id FOR SHARE) IN ('POOLED', 'QUALIFIED') OR TG_OP <> 'DELETE' AND (SELECT state FROM proposals_proposal WHERE id = NEW.proposal_id FOR SHARE) IN ('POOLED', 'QUALIFIED') THEN\n            RAISE EXCEPTION 'frozen_with_proposal: the rows in % of a qualified proposal stay as they are', TG_TABLE_NAME;\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='6dcbc5843a869b5de0437c7db2ac2f6c7c336091', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_with_proposal_269ce', table='proposals_objective', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='plannedactivity',
            trigger=pgtrigger.compiler.Trigger(name='frozen_with_proposal', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP <> 'INSERT' AND (SELECT state FROM proposals_proposal WHERE id = OLD.proposal_id FOR SHARE) IN ('POOLED', 'QUALIFIED') OR TG_OP <> 'DELETE' AND (SELECT state FROM proposals_proposal WHERE id = NEW.proposal_id FOR SHARE) IN ('POOLED', 'QUALIFIED') THEN\n            RAISE EXCEPTION 'frozen_with_proposal: the rows in % of a qualified proposal stay as they are', TG_TABLE_NAME;\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='363f8d37d5de2ff9318ebf1904782ac279a33285', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_with_proposal_3a806', table='proposals_plannedactivity', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proposal',
            trigger=pgtrigger.compiler.Trigger(name='text_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IN (\'POOLED\', \'QUALIFIED\') AND (OLD."community_id" IS DISTINCT FROM (NEW."community_id") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."site" IS DISTINCT FROM (NEW."site") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."team_name" IS DISTINCT FROM (NEW."team_name") OR OLD."team_type" IS DISTINCT FROM (NEW."team_type") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."needs_analysis" IS DISTINCT FROM (NEW."needs_analysis") OR OLD."target_group" IS DISTINCT FROM (NEW."target_group") OR OLD."direct_beneficiaries" IS DISTINCT FROM (NEW."direct_beneficiaries") OR OLD."indirect_beneficiaries" IS DISTINCT FROM (NEW."indirect_beneficiaries") OR OLD."goal" IS DISTINCT FROM (NEW."goal") OR OLD."plan" IS DISTINCT FROM (NEW."plan") OR OLD."innovation" IS DISTINCT FROM (NEW."innovation") OR OLD."sustainability" IS DISTINCT FROM (NEW."sustainability") OR OLD."capacity_building" IS DISTINCT FROM (NEW."capacity_building") OR OLD."risks" IS DISTINCT FROM (NEW."risks") OR OLD."community_opinion" IS DISTINCT FROM (NEW."community_opinion") OR OLD."support_opinion" IS DISTINCT FROM (NEW."support_opinion")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3a2a524bccf3b7770c9397dadb2362988a3d1844', operation='UPDATE', pgid='pgtrigger_text_frozen_28753', table='proposals_proposal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='risk',
            trigger=pgtrigger.compiler.Trigger(name='frozen_with_proposal', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP <> 'INSERT' AND (SELECT state FROM proposals_proposal WHERE id = OLD.proposal_id FOR SHARE) IN ('POOLED', 'QUALIFIED') OR TG_OP <> 'DELETE' AND (SELECT state FROM proposals_proposal WHERE id = NEW.proposal_id FOR SHARE) IN ('POOLED', 'QUALIFIED') THEN\n            RAISE EXCEPTION 'frozen_with_proposal: the rows in % of a qualified proposal stay as they are', TG_TABLE_NAME;\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='71e6fe93c69621bbecfd9691bb2c0371b5c0e6a8', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_with_proposal_6e40d', table='proposals_risk', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='teammember',
            trigger=pgtrigger.compiler.Trigger(name='frozen_with_proposal', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP <> 'INSERT' AND (SELECT state FROM proposals_proposal WHERE id = OLD.proposal_id FOR SHARE) IN ('POOLED', 'QUALIFIED') OR TG_OP <> 'DELETE' AND (SELECT state FROM proposals_proposal WHERE id = NEW.proposal_id FOR SHARE) IN ('POOLED', 'QUALIFIED') THEN\n            RAISE EXCEPTION 'frozen_with_proposal: the rows in % of a qualified proposal stay as they are', TG_TABLE_NAME;\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='93ec9319d45040f0aae6842e1af4b233d6e9a5c4', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_with_proposal_e88b8', table='proposals_teammember', when='BEFORE')),
        ),
    ]
