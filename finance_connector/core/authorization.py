"""How a call says who makes it (RFC 7617, RFC 6750)."""

import base64


def bearer(token):
    """The headers of a call that is authenticated by a bearer ``token``."""
    return {"Authorization": f"Bearer {token}"}


def basic(credentials):
    """The headers of a call that is authenticated by ``credentials``: user and password with a colon between them."""
    return {"Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}
