from . import exception_resolve
from . import set_secret
from . import posting_preview
from . import set_adapter_secret
from . import tell_balances
from . import payment_proposal
from . import payment_signing
from . import collection_proposal
