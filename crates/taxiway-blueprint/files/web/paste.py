"""Makes the project's application as its file of Paste says."""

from configparser import ConfigParser
from importlib.metadata import PackageNotFoundError

from pyramid.paster import get_app


def load(path, make):
    """The application of the file; `make` is the factory that it names."""
    path = path.resolve()
    try:
        return get_app(str(path))
    except PackageNotFoundError:
        # The file names the project as an installed package, and a site runs its code where it lies.
        parser = ConfigParser({"here": str(path.parent), "__file__": str(path)})
        parser.read(path, encoding="utf-8")
        if not parser.has_section("app:main"):
            raise
        settings = dict(parser["app:main"])
        if any(name.startswith(("set ", "get ", "filter-with")) for name in settings):
            raise
        defaults = {name: settings.pop(name) for name in parser.defaults()}
        settings.pop("use", None)
        return make(defaults, **settings)
