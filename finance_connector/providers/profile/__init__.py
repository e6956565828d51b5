"""Settlement files of any provider, read by a profile that an administrator defines.

The adapter without a profile only knows what it could do; `with_profile` gives one that reads files.
"""

from ...core.errors import FinanceError
from ..base import Adapter
from . import reader
from .definition import Profile, ProfileError

__all__ = ["Profile", "ProfileAdapter", "ProfileError"]


class ProfileAdapter(Adapter):
    """See `base.Adapter`. Files only: there are no webhooks and no calls."""

    code = "generic"
    label = "Settlement files by profile"
    capabilities = frozenset({"report_file"})
    # A file is given by a person: there is nothing to sign with and nobody to call.
    secret_names = {}
    unverified = ("What a column means is what the administrator says; a file that proves its sums is checked against them.",)

    def __init__(self, profile=None):
        self.profile = profile

    def with_profile(self, profile):
        """An adapter that reads files by ``profile`` (`Profile`). Raises ProfileError when the profile contradicts itself."""
        profile.check()
        return type(self)(profile)

    def detect_report(self, content):
        return self.profile is not None and reader.fits(content, self.profile)

    def report_parts(self, content, filename=None):
        return reader.parts(content, self._profile(), filename)

    def preview(self, content, filename=None, rows=20):
        """What the first ``rows`` rows of a sample would become, and why others would not: `reader.Preview`."""
        return reader.preview(content, self._profile(), filename, rows)

    def _profile(self):
        if self.profile is None:
            raise FinanceError("No profile is chosen that says what the columns mean; define one and choose it first.")
        return self.profile
