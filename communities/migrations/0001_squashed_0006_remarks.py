"""All tables of places, people and messages, in one step for a new database; the steps it replaces stay for older ones."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# Splits texts for search; `communities/bigrams.py` says how and mirrors it. It must stay as it is while stored columns
# and indexes are made with it: a change is a new function and new columns.
CREATE = r"""
CREATE FUNCTION communities_bigrams(VARIADIC texts text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
WITH folded AS (
    SELECT number, translate(
        regexp_replace(
            normalize(content, NFKC), '[\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]', '', 'g'
        ),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'
    ) AS content
    FROM unnest(texts) WITH ORDINALITY AS given (content, number)
), runs AS (
    SELECT number, place, run[1] AS han, left(run[2], 40) AS word
    FROM folded, regexp_matches(
        content,
        '([\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)'
        '|([0-9a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\uac00-\ud7a3]+)', 'g'
    ) WITH ORDINALITY AS found (run, place)
), lexemes AS (
    SELECT
        coalesce(substr(han, start, 2), word) AS lexeme,
        row_number() OVER (ORDER BY number, place, start) AS position,
        substr('ABCD', least(number, 4)::int, 1) AS weight
    FROM runs, generate_series(1, coalesce(length(han), 1)) AS start
)
SELECT coalesce(string_agg('''' || lexeme || ''':' || position || weight, ' '), '')::tsvector FROM lexemes
$$
"""
DROP = "DROP FUNCTION communities_bigrams(VARIADIC text[])"


class Migration(migrations.Migration):

    replaces = [('communities', '0001_initial'), ('communities', '0002_bigrams'), ('communities', '0003_notifications'), ('communities', '0004_set_aside_events'), ('communities', '0005_notice_codes'), ('communities', '0006_remarks')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        # Columns of texts are made with it.
        migrations.RunSQL(CREATE, DROP),
        migrations.CreateModel(
            name='Community',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('housing_type', models.CharField(blank=True, choices=[('OLD_ESTATE', 'Old housing estate'), ('COMMERCIAL', 'Commercial housing'), ('RELOCATION', 'Relocation housing'), ('MIXED', 'Mixed')], max_length=20, verbose_name='housing type')),
                ('registered_population', models.PositiveIntegerField(blank=True, null=True, verbose_name='registered population')),
                ('households', models.PositiveIntegerField(blank=True, null=True, verbose_name='households')),
            ],
            options={
                'verbose_name': 'community',
                'verbose_name_plural': 'communities',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(max_length=40, unique=True, verbose_name='user name')),
                ('display_name', models.CharField(blank=True, max_length=20, verbose_name='name shown')),
                ('phone_token', models.TextField(blank=True, editable=False, verbose_name='phone, encrypted')),
                ('phone_hash', models.CharField(editable=False, max_length=64, null=True, unique=True, verbose_name='phone, keyed hash')),
                ('phone_verified_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='phone verified at')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('email_confirmed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='e-mail confirmed at')),
                ('language', models.CharField(choices=[('zh-hans', 'Chinese'), ('en', 'English')], default='zh-hans', max_length=10, verbose_name='language of messages')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='joined at')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'ordering': ['username'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('phone_hash__isnull', True), ('phone_token', '')), models.Q(('phone_hash__isnull', False), models.Q(('phone_token', ''), _negated=True)), _connector='OR'), name='communities_user_phone_whole', violation_error_message='A phone number is stored with its hash or not at all.'), models.CheckConstraint(condition=models.Q(('phone_hash__isnull', True), ('password__startswith', '!'), _connector='OR'), name='communities_user_phone_or_password', violation_error_message='An account with a phone number has no password.'), models.CheckConstraint(condition=models.Q(('email_confirmed_at__isnull', True), models.Q(('email', ''), _negated=True), _connector='OR'), name='communities_user_email_confirmed', violation_error_message='Only an address can be confirmed.')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.CharField(max_length=30, verbose_name='sentence')),
                ('kind', models.CharField(choices=[('IDEA_DECIDED', 'Decisions on my ideas'), ('IDEA_JOINED', 'My idea becomes part of a proposal'), ('QUESTIONS', 'Questions and answers about ideas'), ('PROPOSAL_MOVED', 'Steps of a proposal with my idea'), ('CONTEST_OPENED', 'Contests in which I can vote'), ('AWARD_DECIDED', 'Funding of a proposal with my idea'), ('RESULT_PUBLISHED', 'Results of contests'), ('PROJECT_MOVED', 'Progress of a project from my idea'), ('RESIDENCY_DECIDED', 'Verification of where I live'), ('SCORING', 'Entries that I am to score'), ('OFFICE_WORK', 'What waits for my signature')], max_length=20, verbose_name='kind')),
                ('facts', models.JSONField(default=dict, verbose_name='facts')),
                ('link', models.CharField(max_length=200, verbose_name='link')),
                ('source', models.CharField(max_length=40, verbose_name='source')),
                ('event', models.BigIntegerField(verbose_name='event')),
                ('on_site', models.BooleanField(default=True, verbose_name='shown on the site')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created at')),
                ('read_on', models.DateField(blank=True, null=True, verbose_name='read on')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL, verbose_name='recipient')),
            ],
            options={
                'verbose_name': 'notification',
                'verbose_name_plural': 'notifications',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['recipient', '-at', '-id'], name='communities_notification_list'), models.Index(condition=models.Q(('on_site', True), ('read_on__isnull', True)), fields=['recipient'], name='communities_notif_unread')],
                'constraints': [models.UniqueConstraint(fields=('source', 'event', 'recipient', 'link'), name='communities_notification_once', violation_error_message='This person has been told already.'), models.CheckConstraint(condition=models.Q(('link__startswith', '/'), models.Q(('link__startswith', '//'), _negated=True)), name='communities_notification_link_stays_here', violation_error_message='A notification leads to a page of this site.')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('SITE', 'On this site'), ('SMS', 'Text message'), ('EMAIL', 'E-mail')], max_length=5, verbose_name='channel')),
                ('state', models.CharField(choices=[('WAITING', 'Waiting'), ('SENT', 'Sent'), ('FAILED', 'Given up')], default='WAITING', max_length=7, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='due')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('last_error', models.CharField(blank=True, max_length=80, verbose_name='last error')),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='communities.notification', verbose_name='notification')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'WAITING')), fields=['due_at'], name='communities_delivery_due'), models.Index(condition=models.Q(('state', 'FAILED')), fields=['id'], name='communities_delivery_failed')],
                'constraints': [models.UniqueConstraint(fields=('notification', 'channel'), name='communities_delivery_once', violation_error_message='This goes out on this way already.'), models.CheckConstraint(condition=models.Q(('channel__in', ['EMAIL', 'SMS'])), name='communities_delivery_leaves_the_site', violation_error_message='Only text messages and e-mails are delivered.'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'SENT')), models.Q(models.Q(('state', 'SENT'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='communities_delivery_sent_dated', violation_error_message='What was sent has a date, and nothing else.')],
            },
        ),
        migrations.CreateModel(
            name='NotificationChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('IDEA_DECIDED', 'Decisions on my ideas'), ('IDEA_JOINED', 'My idea becomes part of a proposal'), ('QUESTIONS', 'Questions and answers about ideas'), ('PROPOSAL_MOVED', 'Steps of a proposal with my idea'), ('CONTEST_OPENED', 'Contests in which I can vote'), ('AWARD_DECIDED', 'Funding of a proposal with my idea'), ('RESULT_PUBLISHED', 'Results of contests'), ('PROJECT_MOVED', 'Progress of a project from my idea'), ('RESIDENCY_DECIDED', 'Verification of where I live'), ('SCORING', 'Entries that I am to score'), ('OFFICE_WORK', 'What waits for my signature')], max_length=20, verbose_name='kind')),
                ('site', models.BooleanField(default=True, verbose_name='On this site')),
                ('sms', models.BooleanField(default=False, verbose_name='Text message')),
                ('email', models.BooleanField(default=True, verbose_name='E-mail')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notification_choices', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'choice of notifications',
                'verbose_name_plural': 'choices of notifications',
                'ordering': ['user', 'kind'],
                'constraints': [models.UniqueConstraint(fields=('user', 'kind'), name='communities_notificationchoice_once', violation_error_message='There is one choice for each kind.'), models.CheckConstraint(condition=models.Q(('site', True), models.Q(('kind__in', ['IDEA_DECIDED', 'RESIDENCY_DECIDED', 'SCORING']), _negated=True), _connector='OR'), name='communities_notificationchoice_kept_on_site', violation_error_message='This kind always stays on the site.')],
            },
        ),
        migrations.CreateModel(
            name='Residency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('PENDING', 'Waiting for verification'), ('VERIFIED', 'Verified'), ('REFUSED', 'Refused')], default='PENDING', max_length=10, verbose_name='state')),
                ('method', models.CharField(blank=True, choices=[('ROSTER', "On the residents' roster"), ('IN_PERSON', "In person at the residents' committee"), ('HOUSEHOLD_CODE', 'By household code')], max_length=20, verbose_name='verified how')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='residencies', to='communities.community', verbose_name='community')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='residencies', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'residency',
                'verbose_name_plural': 'residencies',
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='ResidencyEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_state', models.CharField(blank=True, max_length=20, verbose_name='from')),
                ('to_state', models.CharField(max_length=20, verbose_name='to')),
                ('reason', models.CharField(blank=True, max_length=40, verbose_name='reason')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('notified_at', models.DateTimeField(blank=True, null=True, verbose_name='notified at')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('residency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='communities.residency', verbose_name='residency')),
            ],
            options={
                'verbose_name': 'event of a residency',
                'verbose_name_plural': 'events of residencies',
                'ordering': ['at', 'pk'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('notified_at__isnull', True)), fields=['at', 'id'], name='communities_residency_outbox')],
            },
        ),
        migrations.CreateModel(
            name='SetAsideEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40, verbose_name='source')),
                ('event', models.BigIntegerField(verbose_name='event')),
                ('happened_at', models.DateTimeField(verbose_name='when')),
                ('error', models.CharField(max_length=80, verbose_name='last error')),
                ('at', models.DateTimeField(verbose_name='set aside at')),
            ],
            options={
                'verbose_name': 'event that could not be told',
                'verbose_name_plural': 'events that could not be told',
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('source', 'event'), name='communities_setasideevent_once', violation_error_message='This event has been set aside already.')],
            },
        ),
        migrations.CreateModel(
            name='Subdistrict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=9, unique=True, validators=[django.core.validators.RegexValidator('^\\d{9}$')], verbose_name='code')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('district', models.CharField(blank=True, max_length=40, verbose_name='district')),
            ],
            options={
                'verbose_name': 'sub-district',
                'verbose_name_plural': 'sub-districts',
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^\\d{9}$')), name='communities_subdistrict_code_9_digits', violation_error_message='The code of a sub-district has 9 digits.')],
            },
        ),
        migrations.AddField(
            model_name='residency',
            name='subdistrict',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='communities.subdistrict', verbose_name='sub-district'),
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('RESIDENTS_COMMITTEE', "Residents' committee"), ('SUPPORT', 'Support organisation'), ('COMMUNITY_GROUP', 'Community group'), ('PROPERTY_COMPANY', 'Property company'), ('RESIDENT_UNIT', 'Unit based in the community')], max_length=20, verbose_name='kind')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='communities.community', verbose_name='community')),
                ('subdistrict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='communities.subdistrict', verbose_name='sub-district')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('subdistrict', 'name'), name='communities_organisation_name_once', violation_error_message='An organisation of this name exists already.')],
            },
        ),
        migrations.AddField(
            model_name='community',
            name='subdistrict',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='communities', to='communities.subdistrict', verbose_name='sub-district'),
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('STREET_OFFICER', 'Street officer'), ('STREET_APPROVER', 'Street approver'), ('COMMUNITY_OFFICER', 'Community officer'), ('SUPPORT_MEMBER', 'Member of a support organisation'), ('SUPERVISOR', 'Supervisor')], max_length=20, verbose_name='role')),
                ('starts_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='appointments', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='communities.community', verbose_name='community')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='communities.organisation', verbose_name='organisation')),
                ('subdistrict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='communities.subdistrict', verbose_name='sub-district')),
            ],
            options={
                'verbose_name': 'appointment',
                'verbose_name_plural': 'appointments',
                'ordering': ['user', 'role'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('community__isnull', False), ('organisation__isnull', True), ('role', 'COMMUNITY_OFFICER')), models.Q(('community__isnull', True), ('organisation__isnull', False), ('role', 'SUPPORT_MEMBER')), models.Q(('community__isnull', True), ('organisation__isnull', True), ('role__in', ['STREET_APPROVER', 'STREET_OFFICER', 'SUPERVISOR'])), _connector='OR'), name='communities_appointment_scope_of_role', violation_error_message='A community officer has a community, a support member an organisation, the others neither.'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='communities_appointment_ends_after_start', violation_error_message='The end lies before the beginning.'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('user', 'role', 'subdistrict', 'community', 'organisation'), name='communities_appointment_once', nulls_distinct=False, violation_error_message='This person holds this role already.')],
            },
        ),
        migrations.AddConstraint(
            model_name='residency',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'VERIFIED')), fields=('user', 'subdistrict'), name='communities_residency_one_verified', violation_error_message='This person is already verified in another community of the sub-district.'),
        ),
        migrations.AddConstraint(
            model_name='residency',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'REFUSED'), _negated=True), fields=('user', 'community'), name='communities_residency_once', violation_error_message='You have named this community already.'),
        ),
        migrations.AddConstraint(
            model_name='residency',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'PENDING'), ('decided_at__isnull', False), _connector='OR'), name='communities_residency_decision_dated', violation_error_message='A decision has a date.'),
        ),
        migrations.AddConstraint(
            model_name='community',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^\\d{12}$')), name='communities_community_code_12_digits', violation_error_message='The code of a community has 12 digits.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notification',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."recipient_id" IS DISTINCT FROM (NEW."recipient_id") OR OLD."notice" IS DISTINCT FROM (NEW."notice") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."facts" IS DISTINCT FROM (NEW."facts") OR OLD."link" IS DISTINCT FROM (NEW."link") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."event" IS DISTINCT FROM (NEW."event") OR OLD."on_site" IS DISTINCT FROM (NEW."on_site") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ad40e9e7febe8f581e755e237048efe03eaf132e', operation='UPDATE', pgid='pgtrigger_append_only_30a23', table='communities_notification', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='residencyevent',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6223568c391e8241ced33791f6ff75748f8aebba', operation='DELETE', pgid='pgtrigger_no_delete_4427d', table='communities_residencyevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='residencyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."actor_id" IS DISTINCT FROM (NEW."actor_id") OR OLD."from_state" IS DISTINCT FROM (NEW."from_state") OR OLD."to_state" IS DISTINCT FROM (NEW."to_state") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."residency_id" IS DISTINCT FROM (NEW."residency_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ea87736a71d5308960a6833a16b483129f859ab7', operation='UPDATE', pgid='pgtrigger_append_only_59ee9', table='communities_residencyevent', when='BEFORE')),
        ),
    ]
