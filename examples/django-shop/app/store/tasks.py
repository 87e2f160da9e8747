"""
Jobs are rows of the database, which loses none. Celery only says that there is one: a message that was lost with a node
of Redis costs the time until the next sweep.
"""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from .models import Job

log = logging.getLogger(__name__)

# A job younger than this is on its way through Redis.
YOUNG = timedelta(seconds=10)
AT_ONCE = 500


def tell(order_id) -> None:
    """Tells a worker; where Redis is away, the sweep will find the job."""
    try:
        confirm.apply_async([str(order_id)], retry=False)
    except (KombuError, RedisError) as error:
        log.warning("left to the sweep: %s", error)


@shared_task
def confirm(order_id) -> None:
    """Does an order's job, once: nobody else gets a locked row, and done is done. A second message does no harm."""
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True).filter(pk=order_id, done_at=None).first()
        if job is None:
            return
        # Here goes the letter to the customer. What leaves the database may happen twice: hand the order's id on.
        job.done_at = timezone.now()
        job.save(update_fields=["done_at"])


@shared_task
def sweep() -> None:
    """Does what was not done in time. Any number of workers may do so at once."""
    waiting = Job.objects.filter(done_at=None, order__created_at__lt=timezone.now() - YOUNG)
    for order_id in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        try:
            confirm(order_id)
        except Exception:  # One that can't be done keeps no other waiting.
            log.exception("the job of order %s", order_id)
