from django.contrib.auth import views as auth
from django.urls import path, reverse_lazy

from . import views

app_name = "accounts"

urlpatterns = [
    path("", views.profile, name="profile"),
    path("sign-up/", views.SignUpView.as_view(), name="sign-up"),
    path("login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path(
        "password/",
        auth.PasswordChangeView.as_view(
            template_name="accounts/form.html",
            extra_context={"title": "Change your password", "action": "Change it"},
            success_url=reverse_lazy("accounts:profile"),
        ),
        name="password",
    ),
    path(
        "reset/",
        auth.PasswordResetView.as_view(
            template_name="accounts/form.html",
            email_template_name="accounts/reset_email.txt",
            subject_template_name="accounts/reset_subject.txt",
            extra_context={"title": "Forgotten your password?", "action": "Send me a link"},
            success_url=reverse_lazy("accounts:reset-sent"),
        ),
        name="reset",
    ),
    path(
        "reset/sent/",
        auth.PasswordResetDoneView.as_view(template_name="accounts/reset_sent.html"),
        name="reset-sent",
    ),
    path(
        "reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(
            template_name="accounts/reset_confirm.html",
            success_url=reverse_lazy("accounts:login"),
        ),
        name="reset-confirm",
    ),
]
