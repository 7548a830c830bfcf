"""The pages."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for

from links import database
from links.models import Link

pages = Blueprint("links", __name__)


@pages.get("/")
def index():
    newest = database.session.scalars(database.select(Link).order_by(Link.id.desc()).limit(20))
    return render_template("links/index.html", links=newest.all())


@pages.post("/")
def shorten():
    target = request.form.get("target", "")
    if urlsplit(target).scheme not in ("http", "https"):
        abort(400, "only http and https addresses are shortened")
    link = Link(target=target)
    database.session.add(link)
    database.session.commit()
    current_app.logger.info("shortened", extra={"code": link.code})
    return redirect(url_for("links.index"), 303)


@pages.get("/<code>")
def follow(code):
    link = database.session.scalar(database.select(Link).where(Link.code == code))
    if link is None:
        abort(404)
    link.followed = Link.followed + 1
    database.session.commit()
    return redirect(link.target)
