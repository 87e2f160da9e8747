from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction


class Product(models.Model):
    name = models.CharField(max_length=200)
    price_cents = models.PositiveIntegerField()

    def as_json(self) -> dict:
        return {"id": self.pk, "name": self.name, "priceCents": self.price_cents}


class Order(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    # Sorted byte by byte, so that the unique index also finds the keys that begin with something.
    idempotency_key = models.CharField(max_length=128, unique=True, db_collation="C")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])
    unit_price_cents = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    @transaction.atomic
    def place(self) -> "Order":
        """
        Writes the order and its job, once for its key. Returns the order that has the key, which may be an earlier one.

        A known key is rewritten instead of left alone: so the commit of a repetition waits for a standby as well, and
        never confirms an order whose first commit only this primary has.
        """
        key = ["idempotency_key"]
        Order.objects.bulk_create([self], update_conflicts=True, unique_fields=key, update_fields=key)
        order = Order.objects.select_related("product").get(idempotency_key=self.idempotency_key)
        order.job, _ = Job.objects.get_or_create(order=order)
        return order

    def as_json(self) -> dict:
        return {
            "id": str(self.pk),
            "idempotencyKey": self.idempotency_key,
            "productId": self.product_id,
            "productName": self.product.name,
            "quantity": self.quantity,
            "totalCents": self.quantity * self.unit_price_cents,
            "createdAt": self.created_at.isoformat(),
            "confirmed": self.job.done_at is not None,
        }


class Job(models.Model):
    """What is to be done for an order. It is written with the order, so whoever has an order has its job, too."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, primary_key=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("order", name="jobs_to_do", condition=models.Q(done_at=None))]
