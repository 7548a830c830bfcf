"""The project's backend, in which each new connection has a token as its password."""

from importlib import import_module

from taxiway_runtime import identity

_base = import_module(identity.wrapped_engine + ".base")


class DatabaseWrapper(_base.DatabaseWrapper):
    def get_connection_params(self):
        return dict(super().get_connection_params(), password=identity.token())

    def get_new_connection(self, conn_params):
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError as error:
            # Replaced since: one that is refused although it is new is refused for good.
            new = identity.is_refusal(error) and identity.renew(conn_params["password"])
            if not new:
                raise
        return super().get_new_connection(dict(conn_params, password=new))
