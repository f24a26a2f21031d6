"""All tables of the app in one step for a new database; the steps it replaces stay for older ones."""

import communities.fulltext
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('projects', '0001_initial'), ('projects', '0002_words'), ('projects', '0003_notifications')]

    initial = True

    dependencies = [
        ('communities', '0001_squashed_0006_remarks'),
        ('communities', '__first__'),
        ('contests', '0001_squashed_0021_blind_help'),
    ]

    operations = [
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('lead', models.CharField(max_length=60, verbose_name='led by')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('state', models.CharField(choices=[('APPROVED', 'Approved'), ('AGREED', 'Agreement signed'), ('IN_PROGRESS', 'In progress'), ('MIDTERM', 'Mid-term review'), ('RECTIFYING', 'Putting right'), ('FINAL_REVIEW', 'Final evaluation'), ('COMPLETED', 'Completed'), ('SUSPENDED', 'Suspended'), ('TERMINATED', 'Terminated')], default='APPROVED', max_length=20, verbose_name='state')),
                ('approved_at', models.DateTimeField(verbose_name='approved at')),
                ('words', models.GeneratedField(db_persist=True, expression=communities.fulltext.Bigrams('title', 'lead'), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('award', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='project', to='contests.award', verbose_name='award')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='communities.community', verbose_name='community')),
            ],
            options={
                'verbose_name': 'project',
                'verbose_name_plural': 'projects',
                'ordering': ['-approved_at', 'pk'],
                'indexes': [models.Index(fields=['-approved_at', 'id'], name='projects_project_newest'), django.contrib.postgres.indexes.GinIndex(fields=['words'], name='projects_project_words')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='projects_project_amount_not_negative', violation_error_message='The amount cannot be negative.')],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=60, verbose_name='title')),
                ('due_on', models.DateField(verbose_name='due')),
                ('state', models.CharField(choices=[('OPEN', 'To come'), ('DONE', 'Reached')], default='OPEN', max_length=5, verbose_name='state')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='reached on')),
                ('note', models.TextField(blank=True, max_length=500, verbose_name='what was reached')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='projects.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'milestone',
                'verbose_name_plural': 'milestones',
                'ordering': ['due_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_on__isnull', True), ('state', 'OPEN')), models.Q(('done_on__isnull', False), ('state', 'DONE')), _connector='OR'), name='projects_milestone_done_dated', violation_error_message='A milestone that was reached has a date.')],
            },
        ),
        migrations.CreateModel(
            name='ProjectEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_state', models.CharField(blank=True, max_length=20, verbose_name='from')),
                ('to_state', models.CharField(max_length=20, verbose_name='to')),
                ('reason', models.CharField(blank=True, max_length=40, verbose_name='reason')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('notified_at', models.DateTimeField(blank=True, null=True, verbose_name='notified at')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='projects.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'event of a project',
                'verbose_name_plural': 'events of projects',
                'ordering': ['at', 'pk'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('notified_at__isnull', True)), fields=['at', 'id'], name='projects_projectevent_outbox')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='projectevent',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='830b6245ad7868a2fa9abb4a8bd18650bd667b81', operation='DELETE', pgid='pgtrigger_no_delete_e77f1', table='projects_projectevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='projectevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."actor_id" IS DISTINCT FROM (NEW."actor_id") OR OLD."from_state" IS DISTINCT FROM (NEW."from_state") OR OLD."to_state" IS DISTINCT FROM (NEW."to_state") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."project_id" IS DISTINCT FROM (NEW."project_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='dce6e33327f76baa7bcebda785d53a4bb27f35a3', operation='UPDATE', pgid='pgtrigger_append_only_bce67', table='projects_projectevent', when='BEFORE')),
        ),
    ]
