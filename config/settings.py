"""All settings, read once from the environment (and `.env`), typed; nothing unsafe has a default.

Every secret may also come from a file named by `<NAME>_FILE`. README lists what each variable means.
"""

import os
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from environs import Env

from config import dotenv, embedded, logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
dotenv.load(os.environ, BASE_DIR)

# Where collected static files and uploads are kept.
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")


def refuse(name: str, what: str) -> NoReturn:
    """End the process with one line: a site that is not set up does not start."""
    raise SystemExit(f"{name} {what}. README lists the settings and what each means.")


def required(name: str) -> str:
    """The value of a variable that has no default."""
    return env.str(name, "") or refuse(name, "is not set: put it into the environment or into .env")


def secret(name: str, *, needed: bool = True) -> str:
    """The value of `name`, or the contents of the file that `<name>_FILE` names; empty if there is neither and need be none."""
    path = env.str(f"{name}_FILE", "")
    if not path:
        return required(name) if needed else env.str(name, "")
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        refuse(f"{name}_FILE", f"cannot be read: {error.strerror}")


# What this process is. DEMO opens /demo/ and starts embedded servers; `make` writes it into `.env`.
DEMO = env.bool("DEMO", False)
DEBUG = env.bool("DEBUG", False)
if DEMO:
    embedded.provide(os.environ, BASE_DIR)
# What the demo's officers and experts log in with; without DEMO there are no such accounts.
DEMO_PASSWORD = env.str("DEMO_PASSWORD", "jindianzi-demo") if DEMO else ""

SECRET_KEY = secret("SECRET_KEY")
# Fernet key: telephone numbers are encrypted with it and found again by a hash keyed with it.
PHONE_KEY = secret("PHONE_KEY")
# A key that is none is found now, not when the first resident logs in.
try:
    Fernet(PHONE_KEY)
except ValueError:
    refuse("PHONE_KEY", "is no Fernet key: 32 random bytes in URL-safe base64")
ALLOWED_HOSTS: list[str] = (
    env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost"]) if DEMO else required("ALLOWED_HOSTS").split(",")
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

# Dotted path of a function (phone, text) that hands a text message to the office's provider.
SMS_SENDER = env.str("SMS_SENDER", "communities.sms.show_in_demo") if DEMO else required("SMS_SENDER")

# Where people reach the site: it begins the links in text messages and e-mails.
SITE_ADDRESS = env.str("SITE_ADDRESS", "").rstrip("/") or (
    f"http://127.0.0.1:{env.str('PORT', '8000')}" if DEMO else f"https://{ALLOWED_HOSTS[0].strip().lstrip('.')}"
)
if "*" in SITE_ADDRESS or not SITE_ADDRESS.startswith(("http://", "https://")):
    refuse("SITE_ADDRESS", "must be the address of the site: https://ideas.example.org")
# smtp+tls://user:password@host:port; without it nobody is offered e-mails.
EMAIL_URL = secret("EMAIL_URL", needed=False)
EMAIL_OFFERED = DEMO or bool(EMAIL_URL)
globals().update(
    dj_email_url.parse(EMAIL_URL)
    if EMAIL_URL
    else {"EMAIL_BACKEND": "communities.mail.DemoBackend" if DEMO else "django.core.mail.backends.dummy.EmailBackend"}
)
# Seconds. A server that does not answer must hold up neither a page nor the messages that wait.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"noreply@{urlsplit(SITE_ADDRESS).hostname}")

# Path of a font with Chinese characters for the pictures that go with shared links; empty: the first one found.
SHARE_CARD_FONT = env.str("SHARE_CARD_FONT", "")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "bootstrap",
    "django_filters",
    "django_htmx",
    "lucide",
    "pgtrigger",
    "pghistory",
    "phonenumber_field",
    "django_structlog",
    "communities",
    "programmes",
    "proposals",
    "contests",
    "projects",
    # It loads the forms of all apps, which by then know what to say beside a field that was left empty.
    "config.apps.OfficeAdminConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.compression.CompressText",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "communities.pressing.back_to_the_button",
    "communities.pressing.explain_addresses_of_acts",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "config.history.with_history",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "communities.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    },
]

DATABASES = {"default": dj_database_url.parse(secret("DATABASE_URL"), conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    refuse("DATABASE_URL", "must name a PostgreSQL database: postgresql://user:password@host:port/name")

REDIS_URL = secret("REDIS_URL")
CACHES = {"default": {"BACKEND": "config.cache.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# Work is a row first and a job second, so a job may be lost or come twice.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "draw-missing-thumbnails": {"task": "proposals.tasks.draw_missing_thumbnails", "schedule": 10.0},
    "take-up-waiting-tallies": {"task": "contests.tasks.take_up_waiting_tallies", "schedule": 15.0},
    **{
        f"notify-of-{app}": {"task": f"{app}.tasks.notify", "schedule": 10.0}
        for app in ("communities", "proposals", "contests", "projects")
    },
    "deliver": {"task": "communities.tasks.deliver", "schedule": 10.0},
    "deliver-invitations": {"task": "contests.tasks.deliver_invitations", "schedule": 10.0},
    "weigh-words": {"task": "proposals.tasks.weigh_words", "schedule": 3600.0},
    "look-for-conflicts": {"task": "contests.tasks.look_for_conflicts", "schedule": 60.0},
    "watch-ballots": {"task": "contests.tasks.watch_ballots", "schedule": 60.0},
    "request-live-tallies": {"task": "contests.tasks.request_live_tallies", "schedule": 60.0},
}

AUTHENTICATION_BACKENDS = ["communities.recognition.Recognition"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_request_login_code")
LOGIN_REDIRECT_URL = reverse_lazy("after_login")
LOGOUT_REDIRECT_URL = reverse_lazy("home")

ACCOUNT_ADAPTER = "communities.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
# Nobody signs up; without a password here allauth would leave it out of the log-in form too.
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# Five minutes: the norm for elders asks for at least twice the usual limit (GB/T on ageing-friendly sites).
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "request_login_code": "communities.forms.RequestLoginCodeForm",
    "confirm_login_code": "communities.forms.ConfirmLoginCodeForm",
    "login": "communities.forms.StaffLoginForm",
}
# Per number: 1 a minute, 5 an hour; per address more, since a household or an office shares one.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "60/m/ip,1/m/key,5/h/key",
    "login": "30/m/ip",
    # Numbers of receipts can be counted through; what they open tells little, and this keeps it slow.
    "receipt": "20/m/ip",
    # Wrong household codes of a network; right ones are limited by code alone, since a house may share an address.
    # Beyond the first limits a sum is asked, beyond the second there is nothing more to ask.
    "wrong_code": "30/10m/ip",
    "all_wrong_codes": "300/10m/ip",
    "household_code": "20/10m/key",
    "all_of_a_code": "100/10m/key",
    "login_failed": "20/m/ip,5/5m/key",
}
PHONENUMBER_DEFAULT_REGION = "CN"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Photos are handed out by a view, which asks who may see the idea; no address leads to the folder.
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# HTTPS is the rule; only the demo on this machine speaks plain HTTP.
HTTPS = not DEMO
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Rate limits per address are of the visitor's address, which the proxy adds, not of the proxy's own.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"


def office_link(title: Promise, view: str) -> dict[str, object]:
    """One line of the office's navigation; only who reads the office's rows sees it."""
    link = reverse_lazy(f"admin:{view}")
    return {"title": title, "link": link, "permission": "communities.office.office_member"}


def office_seal(_request: object) -> str:
    return static("icons/seal.svg")


UNFOLD = {
    "SITE_TITLE": _("Golden ideas – office"),
    "SITE_HEADER": _("Golden ideas – office"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": office_seal}],
    "SITE_URL": "/",
    "DASHBOARD_CALLBACK": "projects.dashboard.show",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": True,
    # In the order of the line: what residents bring, what is made of it, and whom it concerns.
    "SIDEBAR": {
        "navigation": [
            {"items": [office_link(_("What waits"), "index")]},
            {
                "title": _("Ideas and proposals"),
                "items": [
                    office_link(_("Ideas"), "proposals_idea_changelist"),
                    office_link(_("Referrals"), "proposals_referral_changelist"),
                    office_link(_("Questions and answers"), "proposals_remark_changelist"),
                    office_link(_("Proposals"), "proposals_proposal_changelist"),
                    office_link(_("Wordings of reasons"), "proposals_reasonwording_changelist"),
                ],
            },
            {
                "title": _("Contests and projects"),
                "items": [
                    office_link(_("Contests"), "contests_contest_changelist"),
                    office_link(_("Pool of experts"), "contests_expert_changelist"),
                    office_link(_("Awards without a project"), "projects_project_awards"),
                    office_link(_("Projects"), "projects_project_changelist"),
                ],
            },
            {
                "title": _("People and places"),
                "items": [
                    office_link(_("Residencies"), "communities_residency_changelist"),
                    office_link(_("Users"), "communities_user_changelist"),
                    office_link(_("Appointments"), "communities_appointment_changelist"),
                    office_link(pgettext_lazy("office", "Organisations"), "communities_organisation_changelist"),
                    office_link(_("Communities"), "communities_community_changelist"),
                    office_link(_("Programmes"), "programmes_programme_changelist"),
                    office_link(_("Sub-districts"), "communities_subdistrict_changelist"),
                    office_link(_("Messages not delivered"), "communities_delivery_changelist"),
                    office_link(_("Events that could not be told"), "communities_setasideevent_changelist"),
                ],
            },
        ],
    },
}

# A log line with voter, address and minute beside a ballot's minute would tell who cast it.
DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING = logs.configure(env.str("LOG_LEVEL", "INFO"))
