"""What real servers do when they go away, as well as it can be had without a cluster."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from time import monotonic, sleep
from unittest import skipUnless
from unittest.mock import patch

import psycopg
from celery.contrib.testing.worker import start_worker
from django.db import OperationalError, connection, connections, transaction
from django.test import Client, TransactionTestCase, override_settings
from shop import celery_app

from store import tasks
from store.cache import Cache
from store.models import Job, Order, Product

from . import BothDatabases

REDIS = "CELERY_BROKER_URL" in os.environ
NOBODY = "redis://127.0.0.1:1/0"


class Failures(BothDatabases, TransactionTestCase):
    def setUp(self):
        Product.objects.get_or_create(pk=7, defaults={"name": "Lamp", "price_cents": 500})

    def order(self, key, client=None):
        body = json.dumps({"productId": 7, "quantity": 2})
        client = client or self.client
        return client.post("/orders", body, content_type="application/json", headers={"Idempotency-Key": key})

    def end_sessions(self):
        """Ends every session of this database, as a lost server does."""
        words = connection.get_connection_params()
        words = {name: words[name] for name in ("host", "port", "user", "password", "dbname") if words.get(name)}
        with psycopg.connect(**words, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    @patch("store.views.tell")
    def test_the_same_order_sent_twenty_times_at_once_is_one(self, _):
        def place(_):
            try:
                return self.order("at-once", Client())
            finally:
                connections.close_all()

        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(place, range(20)))
        self.assertEqual(1, len({answer.json()["id"] for answer in answers}))
        self.assertEqual([200] * 19 + [201], sorted(answer.status_code for answer in answers))
        self.assertEqual((1, 1), (Order.objects.count(), Job.objects.count()))

    @patch("store.views.tell")
    def test_a_connection_whose_server_is_gone_costs_no_request(self, _):
        for ask in (lambda: self.order("gone"), lambda: self.client.get("/orders/by-key/gone")):
            Order.objects.exists()
            self.end_sessions()
            self.assertIn(ask().status_code, (200, 201))
        self.assertEqual(1, Order.objects.count())

    @patch("store.views.tell")
    def test_a_primary_that_is_one_no_longer_is_left(self, _):
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION default_transaction_read_only = on")
        self.assertEqual(201, self.order("deposed").status_code)

    @patch("store.databases.PATIENCE_SECONDS", 0.5)
    def test_no_database_at_all_is_a_503_that_says_when_to_ask_again(self):
        with patch("store.views.Order.place", side_effect=OperationalError):
            answer = self.order("away")
        self.assertEqual((503, "5"), (answer.status_code, answer.headers["Retry-After"]))

    @override_settings(CACHES={"default": {"BACKEND": "store.cache.Cache", "LOCATION": NOBODY}})
    def test_without_a_cache_there_are_products(self):
        self.assertEqual("miss", self.client.get("/products/7").headers["X-Cache"])
        self.assertIsNone(Cache(NOBODY, {}).get("product_7"))

    def test_a_job_that_redis_never_heard_of_is_done_by_the_sweep(self):
        with celery_app.connection_for_write(NOBODY) as nobody:
            tell, began = partial(tasks.confirm.apply_async, connection=nobody), monotonic()
            with patch.object(tasks.confirm, "apply_async", tell):
                order = self.order("unheard").json()
            self.assertLess(monotonic() - began, 2, "an order does not wait for Redis")
        self.assertFalse(order["confirmed"])
        tasks.sweep()
        self.assertEqual(1, Job.objects.filter(done_at=None).count(), "it may be on its way")
        with patch.object(tasks, "YOUNG", timedelta()):
            tasks.sweep()
        self.assertTrue(self.client.get("/orders/by-key/unheard").json()["confirmed"])

    @patch("store.views.tell")
    @patch.object(tasks, "YOUNG", timedelta())
    def test_a_job_that_cannot_be_done_keeps_no_other_waiting(self, _):
        for key in ("first", "second"):
            self.order(key)
        with patch.object(tasks, "confirm", side_effect=[ValueError, None]) as confirm:
            tasks.sweep()
        self.assertEqual(2, confirm.call_count)

    @patch("store.views.tell")
    def test_a_job_is_done_by_one_worker(self, _):
        pk = self.order("job").json()["id"]
        with transaction.atomic():
            Job.objects.select_for_update().get(pk=pk)
            with ThreadPoolExecutor(1) as other:
                other.submit(lambda: (tasks.confirm(pk), connections.close_all())).result(5)
            self.assertIsNone(Job.objects.get(pk=pk).done_at)
        tasks.confirm(pk)
        done_at = Job.objects.get(pk=pk).done_at
        tasks.confirm(pk)
        self.assertEqual(done_at, Job.objects.get(pk=pk).done_at)

    @skipUnless(REDIS, "CELERY_BROKER_URL names no Redis")
    def test_a_worker_hears_of_a_job_through_redis(self):
        with start_worker(celery_app, perform_ping_check=False, pool="solo"):
            self.order("heard")
            deadline = monotonic() + 10
            while Job.objects.filter(done_at=None).exists() and monotonic() < deadline:
                sleep(0.05)
        self.assertTrue(self.client.get("/orders/by-key/heard").json()["confirmed"])

    @skipUnless(REDIS, "CELERY_BROKER_URL names no Redis")
    def test_a_product_comes_from_redis_the_second_time(self):
        seen = [self.client.get("/products/7").headers["X-Cache"] for _ in range(2)]
        self.assertEqual("hit", seen[1])
