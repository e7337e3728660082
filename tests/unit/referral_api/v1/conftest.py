"""The REST API on a fresh table."""

from collections.abc import Iterator

import pytest

from tests.unit.referral_api.v1.asking import Api, api


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with api() as found:
        yield found
