"""How common each word of ideas is. Counted at once for the ideas that are there: a second or two for 10,000 ideas,
which are only read meanwhile. From then on `count_words` counts anew.

The index of words takes new rows at once from now on. Similar ideas look into it some hundred times, and each look would
read the list of what waits to be put in. The index itself stays; what waits is put in within a second.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models

COUNT = """
INSERT INTO proposals_wordcount (lexeme, ideas)
SELECT lexeme, count(*) FROM proposals_idea, unnest(words) AS found (lexeme, positions, weights)
 WHERE submitted_at IS NOT NULL GROUP BY lexeme HAVING count(*) > 1
UNION ALL SELECT '', count(*) FROM proposals_idea WHERE submitted_at IS NOT NULL
"""

AT_ONCE = "ALTER INDEX proposals_idea_words SET (fastupdate = off)"
LATER = "ALTER INDEX proposals_idea_words RESET (fastupdate)"
INDEX = "proposals_idea_words"


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0014_project_number'),
    ]

    operations = [
        migrations.CreateModel(
            name='WordCount',
            fields=[
                ('lexeme', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='word')),
                ('ideas', models.PositiveIntegerField(verbose_name='ideas')),
            ],
            options={
                'verbose_name': 'count of a word',
                'verbose_name_plural': 'counts of words',
                'constraints': [models.CheckConstraint(condition=models.Q(('lexeme', ''), ('ideas__gt', 1), _connector='OR'), name='proposals_wordcount_shared', violation_error_message='Only words of several ideas are counted.')],
            },
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(AT_ONCE, LATER),
                migrations.RunSQL(f"SELECT gin_clean_pending_list('{INDEX}')", migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.RemoveIndex(model_name='idea', name=INDEX),
                migrations.AddIndex(
                    model_name='idea',
                    index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['words'], name=INDEX),
                ),
            ],
        ),
    ]
