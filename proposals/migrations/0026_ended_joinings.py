"""With the end of a proposal its ideas are free for another one; that they were part of it stays on record."""

from django.db import migrations, models

# Of proposals that ended before: their ideas are accepted again, and the authors are told, as they are from now on.
FREE_IDEAS = """
WITH ended AS (
    UPDATE proposals_consolidation AS joined
    SET ended_at = now()
    FROM proposals_proposal AS proposal
    WHERE proposal.id = joined.proposal_id
        AND proposal.state IN ('WITHDRAWN', 'DISQUALIFIED')
        AND proposal.sealed_at IS NULL
        AND joined.undone_at IS NULL
    RETURNING joined.idea_id, proposal.title
), freed AS (
    UPDATE proposals_idea AS idea
    SET state = 'ACCEPTED'
    FROM ended
    WHERE idea.id = ended.idea_id AND idea.state = 'CONSOLIDATED'
    RETURNING idea.id, ended.title
)
INSERT INTO proposals_ideaevent (idea_id, from_state, to_state, reason, note, at)
SELECT id, 'CONSOLIDATED', 'ACCEPTED', '', title, now() FROM freed
"""
KEEP_AS_UNDONE = """
UPDATE proposals_consolidation SET undone_at = ended_at, ended_at = NULL WHERE ended_at IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0025_pool'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='consolidation',
            name='proposals_consolidation_idea_once',
        ),
        migrations.AddField(
            model_name='consolidation',
            name='ended_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='ended with the proposal at'),
        ),
        migrations.AddConstraint(
            model_name='consolidation',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('undone_at__isnull', True)), fields=('idea',), name='proposals_consolidation_idea_once', violation_error_message='This idea is already part of a proposal.'),
        ),
        migrations.AddConstraint(
            model_name='consolidation',
            constraint=models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), ('ended_at__isnull', True), _connector='OR'), name='proposals_consolidation_over_once', violation_error_message='What was undone does not end with the proposal.'),
        ),
        migrations.RunSQL(FREE_IDEAS, KEEP_AS_UNDONE),
    ]
