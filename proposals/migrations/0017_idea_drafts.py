"""Ideas that somebody is still writing are kept at the server."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0003_caps'),
        ('proposals', '0016_consent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IdeaDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(editable=False)),
                ('typed', models.JSONField(verbose_name='what was typed')),
                ('revision', models.PositiveIntegerField(default=1, editable=False)),
                ('writer', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('saved_at', models.DateTimeField(verbose_name='saved at')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='idea_drafts', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='idea_drafts', to='programmes.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'draft of an idea',
                'verbose_name_plural': 'drafts of ideas',
                'ordering': ['-saved_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('author', 'key'), name='proposals_ideadraft_once', violation_error_message='This form has its draft already.')],
            },
        ),
    ]
