"""Who benefits, who wants to help, and what residents agreed to."""

import django.core.validators
from django.conf import settings
from django.db import migrations, models


def names_written_down_are_shown(apps, schema_editor):
    """Officers wrote a name down only where the resident wanted to be named in public; other names wait for consent."""
    ideas = apps.get_model("proposals", "Idea").objects.exclude(contributor_name="")
    ideas.update(name_consent_at=models.F("submitted_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0004_set_aside_events'),
        ('programmes', '0002_stage_revision'),
        ('proposals', '0015_word_counts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='idea',
            name='beneficiaries',
            field=models.CharField(blank=True, db_default='', default='', help_text='For example: older people without a lift, children on their way to school.', max_length=100, verbose_name='who benefits'),
        ),
        migrations.AddField(
            model_name='idea',
            name='beneficiary_estimate',
            field=models.PositiveIntegerField(blank=True, help_text='A rough figure is enough; leave it empty if you do not know.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='about how many people'),
        ),
        migrations.AddField(
            model_name='idea',
            name='consent_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='agreed at'),
        ),
        migrations.AddField(
            model_name='idea',
            name='consent_version',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=20, verbose_name='privacy notice agreed to'),
        ),
        migrations.AddField(
            model_name='idea',
            name='name_consent_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='agreed to show the name at'),
        ),
        migrations.AddField(
            model_name='idea',
            name='willing_to_join',
            field=models.BooleanField(db_default=False, default=False, verbose_name='willing to work on the proposal'),
        ),
        migrations.AlterField(
            model_name='idea',
            name='contributor_name',
            field=models.CharField(blank=True, db_default='', default='', help_text='As the resident wants to be named; everyone reads it only if they agreed to that.', max_length=20, verbose_name='name shown'),
        ),
        migrations.AddConstraint(
            model_name='idea',
            constraint=models.CheckConstraint(condition=models.Q(('beneficiary_estimate__isnull', True), ('beneficiary_estimate__range', (1, 1000000)), _connector='OR'), name='proposals_idea_beneficiaries_counted', violation_error_message='An idea helps at least one person and at most a million.'),
        ),
        migrations.AddConstraint(
            model_name='idea',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consent_at__isnull', True), ('consent_version', '')), models.Q(models.Q(('consent_version', ''), _negated=True), ('consent_at__isnull', False)), _connector='OR'), name='proposals_idea_consent_whole', violation_error_message='Consent has a version and a date.'),
        ),
        migrations.RunPython(names_written_down_are_shown, migrations.RunPython.noop),
    ]
