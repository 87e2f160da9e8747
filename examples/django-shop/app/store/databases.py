"""Which database a request asks, and what happens while one moves to another server."""

import logging
import time
from contextvars import ContextVar
from functools import wraps
from itertools import cycle

from django.db import InterfaceError, InternalError, OperationalError, connections
from django.http import JsonResponse

log = logging.getLogger(__name__)

# A customer's reads ask the primary for this long after a write: longer than a replica is behind.
WROTE, WROTE_SECONDS = "wrote", 10

# What a connection says whose server is gone, or is a primary no longer (SQLSTATE 25006, an InternalError).
MOVED = (OperationalError, InterfaceError, InternalError)
# A failover takes up to 12 s; the balancer waits for an answer a little longer than this.
PATIENCE_SECONDS, PAUSE_SECONDS = 25, 0.2

reads_from = ContextVar("reads_from", default="default")


class Router:
    """Reads go where the request says; writes, workers and commands to the primary."""

    def db_for_read(self, model, **hints):
        return reads_from.get()

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, *models, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"


def read_your_writes(get_response):
    """Middleware: reads go to a replica, but for those of a customer who has just written something."""

    def middleware(request):
        safe = request.method in ("GET", "HEAD")
        token = reads_from.set("replica" if safe and WROTE not in request.COOKIES else "default")
        try:
            response = get_response(request)
        finally:
            reads_from.reset(token)
        if not safe:
            response.set_cookie(WROTE, "1", max_age=WROTE_SECONDS, httponly=True, samesite="Lax")
        return response

    return middleware


def discard_connections():
    """Ends this thread's connections. The pool would keep a demoted primary's: it answers."""
    for database in connections.all(initialized_only=True):
        if database.connection is not None:
            database.connection.close()
        database.close()


def repeated(view):
    """
    Runs a view again when its database has moved, as long as somebody waits for the answer. Only for views that can be
    run twice: reads, and writes with an idempotency key. Nobody knows whether a commit without an answer took place.
    """

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        deadline = time.monotonic() + PATIENCE_SECONDS
        # A replica that has just been promoted is not asked for ever.
        sources = cycle([reads_from.get(), reads_from.get(), "default"])
        while True:
            reads_from.set(next(sources))
            try:
                return view(request, *args, **kwargs)
            except MOVED as error:
                log.warning("once more: %s", error)
                discard_connections()
            if time.monotonic() + PAUSE_SECONDS > deadline:
                return JsonResponse({"error": "Please try again."}, status=503, headers={"Retry-After": "5"})
            time.sleep(PAUSE_SECONDS)

    return wrapper
