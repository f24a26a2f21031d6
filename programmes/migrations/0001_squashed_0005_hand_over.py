"""All tables of the app in one step for a new database; the steps it replaces stay for older ones."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('programmes', '0001_initial'), ('programmes', '0002_stage_revision'), ('programmes', '0003_caps'), ('programmes', '0004_screening_days'), ('programmes', '0005_hand_over')]

    initial = True

    dependencies = [
        ('communities', '0001_squashed_0006_remarks'),
        ('communities', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('title', models.CharField(max_length=60, verbose_name='title')),
                ('theme', models.CharField(blank=True, max_length=120, verbose_name='theme')),
                ('screening_days', models.PositiveSmallIntegerField(db_default=10, default=10, help_text='Within so many working days the office answers an idea, counted from the day after it was handed in; what waits longer is marked as late.', verbose_name='working days for an answer')),
                ('number_prefix', models.CharField(blank=True, db_default='', default='', help_text='Those of the sub-district, as WJ in WJ-034-2018-01.', max_length=6, validators=[django.core.validators.RegexValidator('^[A-Z]*$', 'Capital letters from A to Z only.')], verbose_name='letters before project numbers')),
                ('project_cap', models.DecimalField(blank=True, decimal_places=2, help_text='What one proposal may ask for at most. Empty: no cap.', max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.01'))], verbose_name='cap per project (yuan)')),
                ('community_cap', models.DecimalField(blank=True, decimal_places=2, help_text='What all proposals of one community may ask for together. Empty: no cap.', max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.01'))], verbose_name='cap per community (yuan)')),
                ('subdistrict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='communities.subdistrict', verbose_name='sub-district')),
            ],
            options={
                'verbose_name': 'programme',
                'verbose_name_plural': 'programmes',
                'ordering': ['-year'],
                'constraints': [models.UniqueConstraint(fields=('subdistrict', 'year'), name='programmes_programme_one_a_year', violation_error_message='This sub-district has a programme for that year.'), models.CheckConstraint(condition=models.Q(('year__gte', 2000), ('year__lte', 2100)), name='programmes_programme_year_plausible', violation_error_message='The year must lie between 2000 and 2100.'), models.CheckConstraint(condition=models.Q(('screening_days__gte', 1), ('screening_days__lte', 60)), name='programmes_programme_screening_days_plausible', violation_error_message='An answer takes 1 to 60 working days.'), models.CheckConstraint(condition=models.Q(('number_prefix__regex', '^[A-Z]*$')), name='programmes_programme_prefix_letters', violation_error_message='Project numbers begin with capital letters from A to Z.'), models.CheckConstraint(condition=models.Q(models.Q(('project_cap__isnull', True), ('project_cap__gt', 0), _connector='OR'), models.Q(('community_cap__isnull', True), ('community_cap__gt', 0), _connector='OR')), name='programmes_programme_caps_positive', violation_error_message='A cap is above zero, or there is none.')],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, verbose_name='code')),
                ('name', models.CharField(max_length=30, verbose_name='name')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='programmes.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'ordering': ['position', 'code'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'code'), name='programmes_category_code_once', violation_error_message='This category is already there.')],
            },
        ),
        migrations.CreateModel(
            name='Accompaniment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='handed over at')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accompaniments', to='communities.community', verbose_name='community')),
                ('ended_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handed over by')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accompaniments', to='communities.organisation', verbose_name='organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='accompaniments', to='programmes.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'accompaniment',
                'verbose_name_plural': 'accompaniments',
                'ordering': ['community'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('programme', 'community'), name='programmes_accompaniment_one_organisation', violation_error_message='This community is accompanied already.'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='programmes_accompaniment_ended_by_somebody', violation_error_message='Somebody hands a community over.')],
            },
        ),
        migrations.CreateModel(
            name='Stage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('RESEARCH', 'Research and mobilisation'), ('IDEA_COLLECTION', 'Collection of ideas'), ('SCREENING', 'Screening'), ('PROPOSAL_INCUBATION', 'Proposal incubation'), ('CONTEST', 'Proposal contest'), ('PUBLICITY', 'Public notice of results'), ('IMPLEMENTATION', 'Agreements and implementation'), ('CLOSEOUT', 'Evaluation and showcase')], max_length=20, verbose_name='stage')),
                ('opens_at', models.DateTimeField(verbose_name='opens')),
                ('closes_at', models.DateTimeField(verbose_name='closes')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='programmes.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'stage',
                'verbose_name_plural': 'stages',
                'ordering': ['opens_at'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'kind'), name='programmes_stage_once', violation_error_message='This stage is already there.'), models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='programmes_stage_closes_after_opening', violation_error_message='A stage closes after it opens.')],
            },
        ),
        migrations.CreateModel(
            name='Zone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, verbose_name='code')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('focus', models.CharField(blank=True, max_length=200, verbose_name='focus')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='zones', to='programmes.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'zone',
                'verbose_name_plural': 'zones',
                'ordering': ['code'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'code'), name='programmes_zone_code_once', violation_error_message='This zone is already there.')],
            },
        ),
        migrations.CreateModel(
            name='ZoneCommunity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='zone_memberships', to='communities.community', verbose_name='community')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.programme', verbose_name='programme')),
                ('zone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='programmes.zone', verbose_name='zone')),
            ],
            options={
                'verbose_name': 'community of a zone',
                'verbose_name_plural': 'communities of zones',
                'ordering': ['community'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'community'), name='programmes_zonecommunity_one_zone', violation_error_message='This community is already in a zone of the programme.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stage',
            trigger=pgtrigger.compiler.Trigger(name='revision_counted', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    IF (OLD.kind, OLD.opens_at, OLD.closes_at)\n                        IS DISTINCT FROM (NEW.kind, NEW.opens_at, NEW.closes_at)\n                    THEN\n                        NEW.revision = OLD.revision + 1;\n                        NEW.changed_at = clock_timestamp();\n                    ELSE\n                        NEW.revision = OLD.revision;\n                        NEW.changed_at = OLD.changed_at;\n                    END IF;\n                    RETURN NEW;\n                ', hash='22dfaa91349e090ee911f3b71584e0d89b923276', operation='UPDATE', pgid='pgtrigger_revision_counted_1e90d', table='programmes_stage', when='BEFORE')),
        ),
    ]
