"""Words of projects for search, as a stored generated column like that of ideas, and an index for their list."""

import communities.fulltext
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0002_bigrams'),
        ('contests', '0001_initial'),
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='words',
            field=models.GeneratedField(db_persist=True, expression=communities.fulltext.Bigrams('title', 'lead'), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['-approved_at', 'id'], name='projects_project_newest'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='projects_project_words'),
        ),
    ]
