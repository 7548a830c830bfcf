from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from django.views.generic import DetailView, ListView, TemplateView

from .models import Category, Product

PAGE_SIZE = 12


class HomeView(TemplateView):
    template_name = "catalog/home.html"

    def get_context_data(self, **kwargs):
        newest = Product.objects.listed().select_related("category")[:8]
        return super().get_context_data(**kwargs, newest=newest)


class ProductListView(ListView):
    """All products, those of one category, or those that a search finds."""

    template_name = "catalog/product_list.html"
    context_object_name = "products"
    paginate_by = PAGE_SIZE
    category = None

    def get_queryset(self):
        products = Product.objects.listed().select_related("category")
        if slug := self.kwargs.get("slug"):
            self.category = get_object_or_404(Category, slug=slug)
            products = products.filter(category=self.category)
        return products.search(self.search_text())

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs, category=self.category, search_text=self.search_text()
        )

    def search_text(self):
        # PostgreSQL has no NUL in a text, and no customer has one in mind.
        return self.request.GET.get("q", "").replace("\x00", "").strip()[:100]


class ProductDetailView(DetailView):
    template_name = "catalog/product_detail.html"
    context_object_name = "product"

    def get_queryset(self):
        return Product.objects.listed().select_related("category")


@require_safe
def product_api(request):
    """The listed products as JSON, a page at a time: `?q=` searches, `?page=` turns the pages."""
    products = Product.objects.listed().select_related("category")
    products = products.search(request.GET.get("q", "").replace("\x00", "")[:100])
    page = Paginator(products, PAGE_SIZE).get_page(request.GET.get("page"))
    return JsonResponse(
        {
            "count": page.paginator.count,
            "page": page.number,
            "pages": page.paginator.num_pages,
            "products": [
                {
                    "name": product.name,
                    "category": product.category.name,
                    "price": str(product.price),
                    "in_stock": product.stock > 0,
                    "url": request.build_absolute_uri(product.get_absolute_url()),
                    "image": request.build_absolute_uri(product.image.url)
                    if product.image
                    else None,
                }
                for product in page
            ],
        }
    )
