"""What ideas are screened by, in the words of the office."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0001_squashed_0005_hand_over'),
    ]

    operations = [
        migrations.AddField(
            model_name='programme',
            name='screening_guide',
            field=models.TextField(blank=True, db_default='', default='', help_text='For example what counts as a common need this year, and what is favoured. Officers read it above every idea that they screen; nobody else does.', validators=[django.core.validators.MaxLengthValidator(2000)], verbose_name='what ideas are screened by'),
        ),
    ]
