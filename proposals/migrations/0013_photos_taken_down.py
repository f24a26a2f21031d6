"""Photos can be taken down by officers, and unreadable files are noted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("proposals", "0012_idea_claims"),
    ]

    operations = [
        migrations.AddField(
            model_name="ideaphoto",
            name="unreadable_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="found unreadable at"),
        ),
        migrations.AddField(
            model_name="ideaphoto",
            name="taken_down_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="taken down at"),
        ),
        migrations.AddField(
            model_name="ideaphoto",
            name="taken_down_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="taken down by",
            ),
        ),
        migrations.AddField(
            model_name="ideaphoto",
            name="taken_down_reason",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="why it was taken down"
            ),
        ),
        migrations.AddConstraint(
            model_name="ideaphoto",
            constraint=models.CheckConstraint(
                condition=Q(taken_down_at__isnull=True, taken_down_by__isnull=True, taken_down_reason="")
                | (Q(taken_down_at__isnull=False, taken_down_by__isnull=False) & ~Q(taken_down_reason="")),
                name="proposals_ideaphoto_taken_down_with_reason",
                violation_error_message="A photo is taken down by somebody, at a time and for a reason.",
            ),
        ),
        migrations.RemoveIndex(model_name="ideaphoto", name="proposals_photo_undeveloped"),
        migrations.AddIndex(
            model_name="ideaphoto",
            index=models.Index(
                fields=["id"],
                condition=Q(thumbnail="", unreadable_at__isnull=True),
                name="proposals_photo_undeveloped",
            ),
        ),
    ]
