"""What the lead promises when a proposal is handed in; those of earlier days have no promise on record."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0036_told_in_person'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='proposal',
            name='pledge_version',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=20, verbose_name='statement of integrity agreed to'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='pledged_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='promised at'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='pledged_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='promised by'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pledge_version', ''), ('pledged_at__isnull', True), ('pledged_by__isnull', True)), models.Q(models.Q(('pledge_version', ''), _negated=True), ('pledged_at__isnull', False), ('pledged_by__isnull', False)), _connector='OR'), name='proposals_proposal_pledge_whole', violation_error_message='A promise has its wording, its time and somebody who gave it.'),
        ),
    ]
