from . import exception_resolve
