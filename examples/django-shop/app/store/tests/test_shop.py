import json
from datetime import timedelta
from io import StringIO
from unittest.mock import patch

from django.core.cache import cache
from django.core.management import call_command
from django.test import RequestFactory, SimpleTestCase, TestCase, TransactionTestCase, override_settings
from django.utils import timezone
from shop.settings import database

from store import databases
from store.models import Order, Product

from . import BothDatabases

LOCAL = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


class Settings(SimpleTestCase):
    def test_a_url_may_have_several_hosts(self):
        read = database("postgresql://app:p%40ss@10.0.0.1:6432,[fd00::1]:6432/shop?connect_timeout=4")
        self.assertEqual(("10.0.0.1,fd00::1", "6432,6432"), (read["HOST"], read["PORT"]))
        self.assertEqual(("shop", "app", "p@ss"), (read["NAME"], read["USER"], read["PASSWORD"]))
        self.assertEqual("4", read["OPTIONS"]["connect_timeout"])


@override_settings(CACHES=LOCAL)
@patch("store.views.tell")
class Shop(BothDatabases, TestCase):
    def setUp(self):
        cache.clear()
        self.product = Product.objects.get(pk=7)

    def order(self, key="key-1", product=7, quantity=2, **headers):
        body = json.dumps({"productId": product, "quantity": quantity})
        headers = {"Idempotency-Key": key, **headers}
        return self.client.post("/orders", body, content_type="application/json", headers=headers)

    def test_a_migration_is_there_for_every_change_of_a_model(self, _):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)

    def test_health_asks_no_database(self, _):
        with self.assertNumQueries(0):
            self.assertEqual([200, 200], [self.client.get(path).status_code for path in ("/healthz", "/readyz")])

    def test_a_product_is_cached_for_300_seconds_and_a_hit_asks_no_database(self, _):
        with patch.object(cache, "set", wraps=cache.set) as kept:
            self.assertEqual("miss", self.client.get("/products/7").headers["X-Cache"])
        kept.assert_called_once_with("product_7", self.product.as_json(), 300)
        with self.assertNumQueries(0):
            answer = self.client.get("/products/7")
        self.assertEqual(("hit", self.product.as_json()), (answer.headers["X-Cache"], answer.json()))
        self.assertEqual(404, self.client.get("/products/1001").status_code)

    def test_an_order_is_placed_once_for_its_key(self, tell):
        first, again = self.order(), self.order()
        self.assertEqual([201, 200], [first.status_code, again.status_code])
        self.assertEqual(first.json(), again.json())
        self.assertEqual(422, self.order(quantity=3).status_code)
        self.assertEqual(1, Order.objects.count())
        for path in (f"/orders/{first.json()['id']}", "/orders/by-key/key-1"):
            self.assertEqual(first.json(), self.client.get(path).json())
        self.assertEqual(404, self.client.get("/orders/by-key/key-2").status_code)

    def test_what_is_no_order_is_refused(self, _):
        for status, changed in [
            (404, {"product": 1001}),
            (400, {"quantity": 0}),
            (400, {"quantity": "many"}),
            (400, {"quantity": None}),
            (400, {"key": ""}),
            (400, {"key": "k" * 129}),
        ]:
            with self.subTest(changed):
                self.assertEqual(status, self.order(**changed).status_code)
        self.assertEqual(400, self.client.post("/orders", "[", content_type="application/json").status_code)

    def test_orders_are_listed_by_the_bytes_of_their_keys(self, _):
        for key in ["list-a", "list-B", "list-~", "list_x"]:
            self.order(key)
        listed = [
            [order["idempotencyKey"] for order in self.client.get(f"/orders?keyPrefix=list-{more}").json()["orders"]]
            for more in ("", "&after=list-B&limit=1")
        ]
        self.assertEqual([["list-B", "list-a", "list-~"], ["list-a"]], listed)

    def test_reads_go_to_a_replica_but_for_a_moment_after_a_write(self, _):
        asked = []

        def view(request):
            asked.append(databases.reads_from.get())
            return self.client.get("/healthz")

        middleware, requests = databases.read_your_writes(view), RequestFactory()
        middleware(requests.get("/"))
        cookies = middleware(requests.post("/")).cookies
        after = requests.get("/")
        after.COOKIES.update({name: morsel.value for name, morsel in cookies.items()})
        middleware(after)
        self.assertEqual(["replica", "default", "default"], asked)
        self.assertEqual("default", databases.reads_from.get())


class Report(BothDatabases, TransactionTestCase):
    def test_the_report_counts_yesterday(self):
        lamp = Product.objects.create(name="Lamp", price_cents=500)
        yesterday = timezone.now() - timedelta(days=1)
        for key, day in [("one", yesterday), ("two", yesterday), ("three", timezone.now())]:
            order = Order.objects.create(idempotency_key=key, product=lamp, quantity=2, unit_price_cents=500)
            Order.objects.filter(pk=order.pk).update(created_at=day)
        call_command("report", stdout=(said := StringIO()))
        self.assertEqual(f"{yesterday:%Y-%m-%d}: 2 orders, 20.00 EUR\n", said.getvalue())
