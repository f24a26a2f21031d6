"""One can choose where to be told of questions and answers."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0005_notice_codes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notification',
            name='kind',
            field=models.CharField(choices=[('IDEA_DECIDED', 'Decisions on my ideas'), ('IDEA_JOINED', 'My idea becomes part of a proposal'), ('QUESTIONS', 'Questions and answers about ideas'), ('PROPOSAL_MOVED', 'Steps of a proposal with my idea'), ('CONTEST_OPENED', 'Contests in which I can vote'), ('AWARD_DECIDED', 'Funding of a proposal with my idea'), ('RESULT_PUBLISHED', 'Results of contests'), ('PROJECT_MOVED', 'Progress of a project from my idea'), ('RESIDENCY_DECIDED', 'Verification of where I live'), ('SCORING', 'Entries that I am to score'), ('OFFICE_WORK', 'What waits for my signature')], max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='notificationchoice',
            name='kind',
            field=models.CharField(choices=[('IDEA_DECIDED', 'Decisions on my ideas'), ('IDEA_JOINED', 'My idea becomes part of a proposal'), ('QUESTIONS', 'Questions and answers about ideas'), ('PROPOSAL_MOVED', 'Steps of a proposal with my idea'), ('CONTEST_OPENED', 'Contests in which I can vote'), ('AWARD_DECIDED', 'Funding of a proposal with my idea'), ('RESULT_PUBLISHED', 'Results of contests'), ('PROJECT_MOVED', 'Progress of a project from my idea'), ('RESIDENCY_DECIDED', 'Verification of where I live'), ('SCORING', 'Entries that I am to score'), ('OFFICE_WORK', 'What waits for my signature')], max_length=20, verbose_name='kind'),
        ),
    ]
