"""One settings file for every kind of installation; what differs comes from the environment (see README)."""

import os
import sys
from pathlib import Path

from clinic.devservices import env_or_private, state_dir
from clinic.shared.environment import database_options, flag, number

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = flag("DEBUG", default=False)
DEMO = flag("DEMO", default=False)
TESTING = "pytest" in sys.modules
# Private services, a private key and loopback hosts serve development only: production names all of them.
PRIVATE = "DATABASE_URL" not in os.environ or DEMO
STATE = state_dir()

_services = env_or_private()
DATABASE_URL = _services["DATABASE_URL"]
OWNER_DATABASE_URL = _services.get("OWNER_DATABASE_URL") or DATABASE_URL
READER_DATABASE_URL = _services.get("READER_DATABASE_URL") or DATABASE_URL
REDIS_URL = _services["REDIS_URL"]

if "SECRET_KEY" in os.environ:
    SECRET_KEY = os.environ["SECRET_KEY"]
elif PRIVATE:
    from clinic.shared.environment import private_key

    SECRET_KEY = private_key(STATE)
else:
    raise SystemExit("SECRET_KEY is not set. Give a random text of at least 50 characters.")

PORT = number("PORT", 8000)
LOCAL_HOSTS = ["localhost", ".localhost", "127.0.0.1", "testserver"]
_hosts = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
ALLOWED_HOSTS = _hosts or (LOCAL_HOSTS if PRIVATE else [])
# No wildcard: a sibling clinic's page must never be trusted (Origin is compared with the request's own host).
CSRF_TRUSTED_ORIGINS: list[str] = []
PLATFORM_HOST = os.environ.get("PLATFORM_HOST", "localhost")
HTTPS = flag("HTTPS", default=not PRIVATE)
PAYMENT_URL = os.environ.get("PAYMENT_URL") or (
    f"http://localhost:{PORT}/demo-bank" if DEMO else "https://payment.zarinpal.com"
)
# The merchant of every clinic that has not named its own; the demo's bank takes any.
PAYMENT_MERCHANT_ID = os.environ.get("PAYMENT_MERCHANT_ID") or ("demo" if DEMO else "")
# How many reverse proxies stand in front: that many addresses at the end of X-Forwarded-For are believed.
TRUSTED_PROXIES = number("TRUSTED_PROXIES", 0)

BOTH = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, found beside ours
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "simple_history",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "django_cotton",
    "channels",
    "clinic.shared",
    "clinic.accounts",
]
SHARED_APPS = ["django_tenants", "django.contrib.admin", *BOTH, "tenants"]
TENANT_APPS = [
    "django.contrib.admin",
    *BOTH,
    "clinic.patients",
    "loyalty",
    "scheduling",
    "emr",
    "inventory",
    "finance",
    "messaging",
    "analytics",
]
INSTALLED_APPS = list(dict.fromkeys(["clinic.roof", *SHARED_APPS, *TENANT_APPS]))
if DEMO:
    INSTALLED_APPS.append("demo")
TENANT_MODEL = "tenants.Clinic"
TENANT_DOMAIN_MODEL = "tenants.Domain"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
PUBLIC_SCHEMA_NAME = "public"
MIGRATION_MODULES = {"admin": None}  # our admin writes the audit log instead of django_admin_log

MIDDLEWARE = [
    "clinic.shared.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "clinic.shared.middleware.ContentSecurity",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.ClinicFromHost",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "clinic.accounts.middleware.Preferences",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "clinic.accounts.middleware.Person",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.accounts.middleware.Guard",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "clinic.urls"
PUBLIC_SCHEMA_URLCONF = "clinic.urls_public"
ASGI_APPLICATION = "clinic.asgi.application"
WSGI_APPLICATION = "clinic.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "clinic.shared.templates.Templates",
        "NAME": "django",  # by which components (django-cotton) find it
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.accounts.context.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": {
        "ENGINE": "clinic.shared.db",
        **database_options(DATABASE_URL),
        # A request's connection goes back to the pool at its end, with the path that it has.
        "CONN_MAX_AGE": 0,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "pool": False if TESTING else {"min_size": 1, "max_size": number("DATABASE_POOL", 12), "timeout": 5}
        },
        "TEST": {"NAME": os.environ.get("TEST_DATABASE", "test_clinic")},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "clinic.shared.tenancy.cache_key",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "clinic"},
    }
}
CELERY = {
    "broker_url": REDIS_URL,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {"socket_connect_timeout": 1, "socket_timeout": 10, "visibility_timeout": 60},
    "task_publish_retry": False,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_default_queue": "clinic",
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "timezone": "UTC",
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["clinic.accounts.backends.CodeBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict] = []
LOGIN_URL = "/sign-in/"
OTP_TOTP_ISSUER = "Clinic"
OTP_TOTP_THROTTLE_FACTOR = 1
SESSION_ENGINE = "clinic.accounts.backends"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_USE_SESSIONS = True
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "clinic.accounts.error_views.csrf_failure"
STAFF_IDLE_MINUTES = 30
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        # A form that starts an online payment is redirected to the gateway, and browsers ask this rule about it too.
        "form-action": ["'self'", "/".join(PAYMENT_URL.split("/")[:3])],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("fa", "فارسی"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = None

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Hashed names need the manifest that `make assets` leaves; a checkout without it serves the sources.
COLLECTED = "collectstatic" in sys.argv or ((STATIC_ROOT / "staticfiles.json").exists() and not DEBUG)
STORAGES = {
    "default": {"BACKEND": "clinic.shared.files.ClinicStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", STATE / "files"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 40
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "clinic.accounts.api_auth.TokenAuthentication",
        "clinic.accounts.api_auth.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["clinic.accounts.api_auth.Declared"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["clinic.shared.api.StrictJSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "clinic.shared.api.Negotiation",
    "DEFAULT_PAGINATION_CLASS": "clinic.shared.api.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "clinic.shared.api.exception_handler",
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Clinic API",
    "VERSION": "1",
    "DESCRIPTION": "What reception, doctors, patients and owners of one clinic do, as HTTP. The host names the clinic.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AppointmentStatusEnum": "scheduling.statuses.AppointmentStatus",
        "VisitStatusEnum": "scheduling.statuses.VisitStatus",
        "EncounterStatusEnum": "emr.statuses.EncounterStatus",
        "OrderStatusEnum": "emr.statuses.OrderStatus",
        "LetterStatusEnum": "emr.statuses.LetterStatus",
        "PlanStatusEnum": "emr.statuses.PlanStatus",
        "OrderKindEnum": "emr.models.orders.OrderKind",
        "LetterKindEnum": "emr.models.letters.LetterKind",
        "BackgroundKindEnum": "emr.models.background.BackgroundKind",
        "PrivacyEnum": "emr.models.record.Privacy",
        "InvoiceStatusEnum": "finance.statuses.InvoiceStatus",
        "PaymentStatusEnum": "finance.statuses.PaymentStatus",
        "PaymentMethodEnum": "finance.models.PaymentMethod",
        "PaidByHandEnum": "finance.forms.BY_HAND",
        "BearerEnum": "finance.models.documents.Bearer",
        "AccountKindEnum": "finance.models.AccountKind",
        "CashMoveKindEnum": "finance.models.shifts.MoveKind",
        "VoucherKindEnum": "finance.models.books.VoucherKind",
        "ShiftStatusEnum": "finance.statuses.ShiftStatus",
        "PackageStatusEnum": "finance.statuses.PackageStatus",
        "GiftStatusEnum": "finance.statuses.GiftStatus",
        "MembershipStatusEnum": "finance.statuses.MembershipStatus",
        "LanguageEnum": "django.conf.settings.LANGUAGES",
    },
}

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_REVERT_DISABLED = True

KAVENEGAR_API_KEY = os.environ.get("KAVENEGAR_API_KEY", "")
SMS_URL = os.environ.get("SMS_URL", "console:" if DEMO else "https://api.kavenegar.com")
HOLDS_PER_MINUTE = number("HOLDS_PER_MINUTE", 20)
CODES_PER_HOUR = number("CODES_PER_HOUR", 60)
# Who registers a signed prescription with the national e-prescription and answers {"tracking_code": …}: the dotted name
# of a function (encounter, lines). Empty: doctors type the code that the insurer's page gave.
E_PRESCRIPTION = os.environ.get("E_PRESCRIPTION", "")
# Video of online visits goes from one browser to the other; these servers help them to find a way (coturn is both).
STUN_URLS = [url for url in os.environ.get("STUN_URLS", "").split(",") if url]
TURN_URLS = [url for url in os.environ.get("TURN_URLS", "").split(",") if url]
TURN_SECRET = os.environ.get("TURN_SECRET", "")  # makes names and passwords that end by themselves
TURN_HOURS = number("TURN_HOURS", 4)
TURN_USERNAME, TURN_PASSWORD = os.environ.get("TURN_USERNAME", ""), os.environ.get("TURN_PASSWORD", "")
SILENCED_SYSTEM_CHECKS = ["django_tenants.W003"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "clinic.shared.logs.Redact"}},
    "formatters": {"line": {"()": "clinic.shared.logs.Line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["redact"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO" if not TESTING else "WARNING")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "ERROR"},
        "uvicorn.access": {"level": "WARNING"},
    },
}
