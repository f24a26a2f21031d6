"""A place for events that could not be told, so that those behind them go on; and an index of failed deliveries."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("communities", "0003_notifications")]

    operations = [
        migrations.CreateModel(
            name="SetAsideEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                ("event", models.BigIntegerField(verbose_name="event")),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                ("error", models.CharField(max_length=80, verbose_name="last error")),
                ("at", models.DateTimeField(verbose_name="set aside at")),
            ],
            options={
                "verbose_name": "event that could not be told",
                "verbose_name_plural": "events that could not be told",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "event"),
                        name="communities_setasideevent_once",
                        violation_error_message="This event has been set aside already.",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "FAILED")), fields=["id"], name="communities_delivery_failed"
            ),
        ),
    ]
