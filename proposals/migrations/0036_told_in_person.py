"""Who has told an answer to a resident without an account, and when."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0035_slides'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ToldInPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='told at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='told by')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='told_in_person', to='proposals.ideaevent', verbose_name='answer')),
            ],
            options={
                'verbose_name': 'answer told in person',
                'verbose_name_plural': 'answers told in person',
                'ordering': ['-at', '-pk'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='toldinperson',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2f747dab90d8721116c563abfb8c49ca3bae776d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1500d', table='proposals_toldinperson', when='BEFORE')),
        ),
    ]
