from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("proposals", "0004_photos")]

    operations = [
        # What happened before anybody was notified of anything is history, not news.
        migrations.RunSQL(
            f"UPDATE {table} SET notified_at = now() WHERE notified_at IS NULL", migrations.RunSQL.noop
        )
        for table in ("proposals_ideaevent", "proposals_proposalevent")
    ]
