# Tasks find this application wherever Django runs, in the web as well as in the worker.
from .celery import app as celery_app

__all__ = ["celery_app"]
