from django.contrib import admin, messages

from .models import Order, OrderItem
from .services import WrongState, advance


class OrderItemInline(admin.TabularInline):
    model = OrderItem
    fields = readonly_fields = ["product_name", "unit_price", "quantity", "amount"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    """Orders come from customers, and their state changes by the actions alone."""

    list_display = ["number", "status", "full_name", "email", "created_at", "shipped_at"]
    list_filter = ["status", "created_at"]
    search_fields = ["reference", "email", "full_name"]
    date_hierarchy = "created_at"
    readonly_fields = [
        "reference", "user", "status", "total", "created_at", "updated_at", "shipped_at",
    ]  # fmt: skip
    inlines = [OrderItemInline]
    actions = ["mark_paid", "mark_shipped", "mark_delivered", "cancel"]

    def has_add_permission(self, request):
        return False

    @admin.action(description="Mark as paid", permissions=["change"])
    def mark_paid(self, request, orders):
        self._advance(request, orders, Order.Status.PAID)

    @admin.action(description="Mark as shipped", permissions=["change"])
    def mark_shipped(self, request, orders):
        self._advance(request, orders, Order.Status.SHIPPED)

    @admin.action(description="Mark as delivered", permissions=["change"])
    def mark_delivered(self, request, orders):
        self._advance(request, orders, Order.Status.DELIVERED)

    @admin.action(description="Cancel", permissions=["change"])
    def cancel(self, request, orders):
        self._advance(request, orders, Order.Status.CANCELLED)

    def _advance(self, request, orders, status):
        for order in orders:
            try:
                advance(order, status)
            except WrongState as problem:
                self.message_user(request, str(problem), messages.ERROR)
            else:
                self.message_user(request, f"{order} is {status} now.", messages.SUCCESS)
