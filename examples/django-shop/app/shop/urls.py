from django.urls import path
from store import views
from store.databases import repeated

urlpatterns = [
    path("healthz", views.alive),
    path("readyz", views.alive),
    path("products/<int:product_id>", repeated(views.product_detail)),
    path("orders", repeated(views.Orders.as_view())),
    path("orders/by-key/<str:key>", repeated(views.order_detail)),
    path("orders/<uuid:pk>", repeated(views.order_detail)),
]
