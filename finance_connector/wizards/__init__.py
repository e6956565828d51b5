from . import exception_resolve
from . import set_secret
