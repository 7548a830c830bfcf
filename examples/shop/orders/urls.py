from django.urls import path

from . import views

app_name = "orders"

urlpatterns = [
    path("checkout/", views.checkout, name="checkout"),
    path("<uuid:reference>/", views.OrderDetailView.as_view(), name="detail"),
]
