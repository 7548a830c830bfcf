from django.contrib import admin
from django.db.models import Count
from django.utils import timezone
from django.utils.html import format_html

from .models import Category, Product


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "position", "product_count"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(product_count=Count("products"))

    @admin.display(description="products", ordering="product_count")
    def product_count(self, category):
        return category.product_count


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "category", "price", "stock", "is_active", "published_at"]
    list_editable = ["price", "stock"]
    list_filter = ["is_active", "category"]
    list_select_related = ["category"]
    search_fields = ["name", "description"]
    autocomplete_fields = ["category"]
    prepopulated_fields = {"slug": ["name"]}
    date_hierarchy = "published_at"
    readonly_fields = ["preview", "created_at", "updated_at"]
    actions = ["publish"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "category", "description"]}),
        ("Sale", {"fields": ["price", "stock", "is_active", "published_at"]}),
        ("Picture", {"fields": ["image", "preview"]}),
        ("Dates", {"fields": ["created_at", "updated_at"]}),
    ]

    @admin.display(description="preview")
    def preview(self, product):
        if not product.image:
            return "none yet"
        return format_html('<img src="{}" alt="" width="240">', product.image.url)

    @admin.action(description="Publish the drafts among these now", permissions=["change"])
    def publish(self, request, products):
        count = products.filter(published_at=None).update(published_at=timezone.now())
        self.message_user(request, f"Published: {count}.")
