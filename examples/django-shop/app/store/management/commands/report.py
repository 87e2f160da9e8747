from datetime import timedelta

from django.core.management.base import BaseCommand
from django.db.models import Count, F, Sum
from django.utils import timezone

from store.models import Order


class Command(BaseCommand):
    help = "Yesterday's orders, from a replica; run every night."

    def handle(self, *args, **options):
        today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        day = Order.objects.using("replica").filter(created_at__gte=today - timedelta(days=1), created_at__lt=today)
        sums = day.aggregate(orders=Count("pk"), cents=Sum(F("quantity") * F("unit_price_cents"), default=0))
        self.stdout.write(
            f"{today - timedelta(days=1):%Y-%m-%d}: {sums['orders']} orders, {sums['cents'] / 100:.2f} EUR"
        )
