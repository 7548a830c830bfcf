from django.urls import path

from . import views

app_name = "catalog"

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("products/", views.ProductListView.as_view(), name="products"),
    path("products/<slug:slug>/", views.ProductDetailView.as_view(), name="product"),
    path("categories/<slug:slug>/", views.ProductListView.as_view(), name="category"),
    path("api/products/", views.product_api, name="product-api"),
]
