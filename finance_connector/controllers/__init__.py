from . import webhook
from . import audit_export
from . import feed
