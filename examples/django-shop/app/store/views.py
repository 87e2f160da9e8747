import json

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views import View

from .models import Order, Product
from .tasks import tell

CACHE_SECONDS = 300
MOST_LISTED = 1000


def alive(request: HttpRequest) -> HttpResponse:
    """For the kubelet and the balancer. Asks no database: in a failover no pod would be ready."""
    return HttpResponse("ok")


def product_detail(request: HttpRequest, product_id: int) -> JsonResponse:
    """The cache is asked first, and a hit asks no database."""
    key = f"product_{product_id}"
    product = cache.get(key)
    hit = product is not None
    if not hit:
        product = get_object_or_404(Product, pk=product_id).as_json()
        cache.set(key, product, CACHE_SECONDS)
    return JsonResponse(product, headers={"X-Cache": "hit" if hit else "miss"})


def order_detail(request: HttpRequest, pk=None, key=None) -> JsonResponse:
    """One order, by its number or its key. A replica may not have it yet: then the primary is asked."""
    of = {"pk": pk} if key is None else {"idempotency_key": key}
    orders = Order.objects.select_related("product", "job")
    order = orders.filter(**of).first() or get_object_or_404(orders.using("default"), **of)
    return JsonResponse(order.as_json())


class Orders(View):
    def get(self, request: HttpRequest) -> JsonResponse:
        """Orders by how their key begins, in the keys' order; of the primary, because it is for audits."""
        prefix, after = request.GET.get("keyPrefix", ""), request.GET.get("after", "")
        limit = min(int(request.GET.get("limit", MOST_LISTED)), MOST_LISTED)
        found = Order.objects.using("default").select_related("product", "job")
        found = found.filter(idempotency_key__startswith=prefix, idempotency_key__gt=after)
        return JsonResponse({"orders": [order.as_json() for order in found.order_by("idempotency_key")[:limit]]})

    def post(self, request: HttpRequest) -> JsonResponse:
        """Places an order once for its key. 201: placed now, 200: it had been, 422: the key is another order's."""
        try:
            wanted = json.loads(request.body)
            product = get_object_or_404(Product, pk=wanted["productId"])
            wish = Order(
                idempotency_key=request.headers["Idempotency-Key"],
                product=product,
                quantity=wanted["quantity"],
                unit_price_cents=product.price_cents,
            )
            wish.clean_fields()
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            return JsonResponse({"error": f"not an order: {error}"}, status=400)
        order = wish.place()
        if (order.product_id, order.quantity) != (wish.product_id, wish.quantity):
            return JsonResponse({"error": "This key is another order's."}, status=422)
        if order.job.done_at is None:
            tell(order.pk)
        return JsonResponse(order.as_json(), status=201 if order.pk == wish.pk else 200)
