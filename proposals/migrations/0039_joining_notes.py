"""Why ideas were joined, for colleagues."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0038_offered_ideas'),
    ]

    operations = [
        migrations.AddField(
            model_name='consolidation',
            name='note',
            field=models.CharField(blank=True, db_default='', default='', help_text='Why they belong together, for colleagues: residents do not read it.', max_length=300, verbose_name='note on the joining'),
        ),
    ]
