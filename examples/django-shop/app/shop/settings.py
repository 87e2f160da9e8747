"""All that differs between environments comes from the environment."""

from os import environ

from psycopg.conninfo import conninfo_to_dict

SECRET_KEY = environ["SECRET_KEY"]
DEBUG = environ.get("DEBUG") == "1"
ALLOWED_HOSTS = environ.get("ALLOWED_HOSTS", "localhost").split(",")
# The balancer sets it, and drops it from everybody else.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
INSTALLED_APPS = ["store"]
# No sessions and no cookies that mean anything, so no CSRF either.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "store.databases.read_your_writes",
]
APPEND_SLASH = False
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": environ.get("LOG_LEVEL", "INFO")},
}


def database(url: str) -> dict:
    """Reads a URL by libpq's own rules: dj-database-url refuses one with several hosts."""
    words = conninfo_to_dict(url)
    named = {key: words.pop(word, "") for key, word in [("NAME", "dbname"), ("USER", "user"), ("PASSWORD", "password")]}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "HOST": words.pop("host", ""),
        "PORT": words.pop("port", ""),
        # The poolers keep no session: a cursor that lives longer than a transaction is nowhere the next time.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        # Asked whether it still lives before each request has it.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A few connections for all threads of a process, in place of CONN_MAX_AGE: one for each thread is soon more
            # than a pooler takes. Where none gets free in time, the request tries again.
            "pool": {"min_size": 1, "max_size": 10, "timeout": 5, "reconnect_timeout": 1},
            # Half of the connections to each pooler. A dead node is noticed after 5 s, not after 15 minutes.
            "load_balance_hosts": "random",
            "connect_timeout": 2,
            "keepalives_idle": 2,
            "keepalives_interval": 1,
            "keepalives_count": 3,
            "tcp_user_timeout": 5000,
            **words,
        },
    }


DATABASES = {
    "default": database(environ["DATABASE_URL"]),
    "replica": database(environ.get("DATABASE_READ_URL", environ["DATABASE_URL"])),
}
DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
DATABASE_ROUTERS = ["store.databases.Router"]

# A Redis that does not answer within this time is slower than the database that it saves.
REDIS_SECONDS = 0.2
CACHES = {
    "default": {
        "BACKEND": "store.cache.Cache",
        "LOCATION": environ.get("CACHE_URL", "redis://localhost:6379/0"),
        "OPTIONS": {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS},
    }
}

CELERY_BROKER_URL = environ.get("CELERY_BROKER_URL", "redis://localhost:6379/1")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Who only tells of a job tries once: without this a Redis that is away holds an order for 6 s. Workers go on for ever.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1,
    "interval_start": 0,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_POOL, CELERY_WORKER_CONCURRENCY = "threads", 4
# What no worker has been told of, or has not done, is found in the database: store/tasks.py. Every worker may run this
# clock (`worker -B`): a sweep that runs twice does no harm. The root file system is read-only.
CELERY_BEAT_SCHEDULE_FILENAME = "/tmp/beat"
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "store.tasks.sweep", "schedule": 10.0, "options": {"expires": 10.0}}}
