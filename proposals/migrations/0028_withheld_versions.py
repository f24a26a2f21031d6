"""An officer takes an earlier version of an idea out of the public comparison; the version itself stays."""


import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0027_frozen_proposals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WithheldVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withheld by')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withholdings', to='proposals.ideaversion', verbose_name='version')),
            ],
            options={
                'verbose_name': 'withheld version',
                'verbose_name_plural': 'withheld versions',
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('version',), name='proposals_withheldversion_once', violation_error_message='This version is withheld already.'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='proposals_withheldversion_says_why', violation_error_message='Say why; everyone reads it.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='withheldversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='aafa7c9c3e56d3311d3c3ff47faa0984f7c7379e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7ad28', table='proposals_withheldversion', when='BEFORE')),
        ),
    ]
