"""The operator's own credentials."""

from boto3 import Session

from usher.platform.settings import SettingsError
from usher.platform.sigv4 import Credentials


def operators() -> Credentials:
    """Read them, a profile's for example; raises SettingsError."""
    found = Session().get_credentials()
    if found is None:
        raise SettingsError(("AWS credentials",))
    frozen = found.get_frozen_credentials()
    return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token)
