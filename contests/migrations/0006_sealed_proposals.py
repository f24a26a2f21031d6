"""Proposals of contests that have opened are sealed: their ideas stay with them."""

from django.db import migrations

SEAL = """
UPDATE proposals_proposal SET sealed_at = opened.at
  FROM (SELECT entry.proposal_id, min(contest.opened_at) AS at
          FROM contests_entry entry JOIN contests_contest contest ON contest.id = entry.contest_id
         WHERE contest.opened_at IS NOT NULL GROUP BY entry.proposal_id) opened
 WHERE proposals_proposal.id = opened.proposal_id AND sealed_at IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contests', '0005_recusals_and_pool'),
        ('proposals', '0023_joining'),
    ]

    operations = [
        migrations.RunSQL(SEAL, migrations.RunSQL.noop),
    ]
