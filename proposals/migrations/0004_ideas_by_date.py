"""An index for the office's list of all ideas, oldest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proposals", "0003_seconding")]

    operations = [
        migrations.AddIndex(
            model_name="idea",
            index=models.Index(fields=["submitted_at", "id"], name="proposals_idea_by_date"),
        ),
    ]
