"""Routes that take any query and form: Odoo passes both to the method by name, and one named ``self`` breaks it."""

from functools import wraps


def any_query(route):
    """The ``route`` of a controller, also for a query or form that has a field ``self``, which is left out."""

    @wraps(route)
    def called(controller, /, **params):
        params.pop("self", None)
        return route(controller, **params)

    return called
