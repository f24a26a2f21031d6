"""Where a street office is reached: its name, place, hours and telephones."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0006_remarks'),
    ]

    operations = [
        migrations.AddField(
            model_name='subdistrict',
            name='address',
            field=models.CharField(blank=True, db_default='', default='', help_text='Street, number and room, where people come and letters go to.', max_length=120, verbose_name='where the office is'),
        ),
        migrations.AddField(
            model_name='subdistrict',
            name='hours',
            field=models.CharField(blank=True, db_default='', default='', help_text='For example: working days 9:00–11:30, 14:00–17:00.', max_length=80, verbose_name='office hours'),
        ),
        migrations.AddField(
            model_name='subdistrict',
            name='office',
            field=models.CharField(blank=True, db_default='', default='', help_text='Its full name, as it stands under a public notice.', max_length=60, verbose_name='office in charge'),
        ),
        migrations.AddField(
            model_name='subdistrict',
            name='supervision_telephone',
            field=models.CharField(blank=True, db_default='', default='', max_length=30, validators=[django.core.validators.RegexValidator('^[0-9+() -]*$', 'Digits, spaces and hyphens only.')], verbose_name='telephone of supervision'),
        ),
        migrations.AddField(
            model_name='subdistrict',
            name='telephone',
            field=models.CharField(blank=True, db_default='', default='', max_length=30, validators=[django.core.validators.RegexValidator('^[0-9+() -]*$', 'Digits, spaces and hyphens only.')], verbose_name='telephone for questions'),
        ),
        migrations.AddConstraint(
            model_name='subdistrict',
            constraint=models.CheckConstraint(condition=models.Q(('supervision_telephone__regex', '^[0-9+() -]*$'), ('telephone__regex', '^[0-9+() -]*$')), name='communities_subdistrict_telephones', violation_error_message='A telephone number has digits, spaces and hyphens only.'),
        ),
    ]
