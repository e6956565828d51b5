from . import test_subledger
from . import test_inbox
from . import test_webhook
from . import test_poll
from . import test_evidence
from . import test_secrets
from . import test_exception
