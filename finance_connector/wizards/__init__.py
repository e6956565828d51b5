from . import exception_resolve
from . import set_secret
from . import posting_preview
from . import import_file
from . import set_adapter_secret
from . import payment_proposal
from . import payment_signing
