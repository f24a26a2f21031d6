"""Questions about ideas, their answers, and reports of them."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0021_rounds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_office', models.BooleanField(default=False, verbose_name='from the office')),
                ('text', models.TextField(validators=[django.core.validators.MinLengthValidator(5), django.core.validators.MaxLengthValidator(300)], verbose_name='text')),
                ('state', models.CharField(choices=[('PENDING', 'Waiting for release'), ('RELEASED', 'Shown'), ('WITHHELD', 'Not shown'), ('HIDDEN', 'Hidden')], default='PENDING', editable=False, max_length=10, verbose_name='state')),
                ('key', models.UUIDField(editable=False)),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('idea', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='proposals.idea', verbose_name='idea')),
                ('question', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='proposals.remark', verbose_name='answer to')),
            ],
            options={
                'verbose_name': 'question or answer',
                'verbose_name_plural': 'questions and answers',
                'ordering': ['written_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RemarkEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_state', models.CharField(blank=True, max_length=20, verbose_name='from')),
                ('to_state', models.CharField(max_length=20, verbose_name='to')),
                ('reason', models.CharField(blank=True, max_length=40, verbose_name='reason')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('notified_at', models.DateTimeField(blank=True, null=True, verbose_name='notified at')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('remark', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='proposals.remark', verbose_name='question or answer')),
            ],
            options={
                'verbose_name': 'event of a question or answer',
                'verbose_name_plural': 'events of questions and answers',
                'ordering': ['at', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RemarkReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='why')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled at')),
                ('remark', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='proposals.remark', verbose_name='question or answer')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remark_reports', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='remark',
            index=models.Index(condition=models.Q(('state', 'PENDING')), fields=['written_at', 'id'], name='proposals_remark_queue'),
        ),
        migrations.AddConstraint(
            model_name='remark',
            constraint=models.UniqueConstraint(fields=('author', 'key'), name='proposals_remark_once', violation_error_message='This has arrived already.'),
        ),
        migrations.AddConstraint(
            model_name='remark',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='proposals_remark_says_something', violation_error_message='Write what you want to know, or what you answer.'),
        ),
        migrations.AddConstraint(
            model_name='remark',
            constraint=models.CheckConstraint(condition=models.Q(('from_office', False), ('question__isnull', False), _connector='OR'), name='proposals_remark_office_answers', violation_error_message='The office answers questions; it asks none here.'),
        ),
        migrations.AddIndex(
            model_name='remarkevent',
            index=models.Index(fields=['notified_at', 'at'], name='proposals_remark_outbox'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='remarkevent',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='fb3e7a4c587bcb88a6a6cca9184261884071c9b5', operation='DELETE', pgid='pgtrigger_no_delete_61751', table='proposals_remarkevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='remarkevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."actor_id" IS DISTINCT FROM (NEW."actor_id") OR OLD."from_state" IS DISTINCT FROM (NEW."from_state") OR OLD."to_state" IS DISTINCT FROM (NEW."to_state") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."remark_id" IS DISTINCT FROM (NEW."remark_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='baafed7aa761fb4655aae22f1e860dec6958a5ac', operation='UPDATE', pgid='pgtrigger_append_only_1ec46', table='proposals_remarkevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='remarkreport',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('remark', 'user'), name='proposals_remarkreport_once', violation_error_message='You have reported this already.'),
        ),
        migrations.AddConstraint(
            model_name='remarkreport',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='proposals_remarkreport_says_why', violation_error_message='Say what is wrong with it.'),
        ),
        migrations.AddConstraint(
            model_name='remarkreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='proposals_remarkreport_settled_whole', violation_error_message='A report is settled by somebody, at a time.'),
        ),
    ]
