from django.db import migrations, models

# Voters of contests that can be voted in by now were told at the opening; they do not hear it again.
TOLD = """
    INSERT INTO contests_contestevent (contest_id, from_state, to_state, reason, note, at, notified_at)
    SELECT id, 'OPEN', 'OPEN', 'VOTING_OPENED', '', greatest(voting_opens_at, opened_at), now()
    FROM contests_contest
    WHERE state = 'OPEN' AND source_sha256 = '' AND voting_opens_at <= now()
"""
# Earlier code has no name for this event. The table's own triggers keep everybody from removing one.
UNTOLD = """
    ALTER TABLE contests_contestevent DISABLE TRIGGER USER;
    DELETE FROM contests_contestevent WHERE reason = 'VOTING_OPENED';
    ALTER TABLE contests_contestevent ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):

    dependencies = [("contests", "0002_notifications")]

    operations = [
        migrations.AddConstraint(
            model_name="contestevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reason", "VOTING_OPENED")),
                fields=("contest",),
                name="contests_contestevent_voting_opens_once",
                violation_error_message="Voting in a contest begins once.",
            ),
        ),
        migrations.RunSQL(TOLD, UNTOLD),
    ]
