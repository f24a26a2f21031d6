from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0004_set_aside_events'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notification',
            name='notice',
            field=models.CharField(max_length=30, verbose_name='sentence'),
        ),
    ]
