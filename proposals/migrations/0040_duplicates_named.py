"""Which idea a duplicate is the same as; what was judged before names none."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0039_joining_notes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='screening',
            name='duplicate_of',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='proposals.idea', verbose_name='same as idea'),
        ),
        migrations.AddConstraint(
            model_name='screening',
            constraint=models.CheckConstraint(condition=models.Q(('duplicate_of__isnull', True), models.Q(('reason', 'DUPLICATE'), models.Q(('duplicate_of', models.F('idea')), _negated=True)), _connector='OR'), name='proposals_screening_same_as_another', violation_error_message='Only a duplicate is the same as another idea, and never as itself.'),
        ),
    ]
