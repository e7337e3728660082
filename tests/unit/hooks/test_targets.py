"""Which addresses webhooks go to."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usher.hooks.targets import Target, TargetError, is_public, read_target, shown

PRIVATE = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.8.8",  # noqa: S104 - an address to be refused
    "168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::808:808",
    "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::",
    "2002:808:808::", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "", "localhost", "8.8.8", "0x7f.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_nothing_but_the_open_internet_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "52.94.236.248", "2606:4700::1111"])
def test_the_open_internet_is(address: str) -> None:
    assert is_public(address)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_no_ipv4_address_is_let_through_by_a_disguise(address: IPv4Address) -> None:
    if not is_public(str(address)):
        number = int(address)
        disguises = [
            IPv6Address(0xFFFF << 32 | number),
            IPv6Address(number),
            IPv6Address((0x2002 << 112) | (number << 80)),
            IPv6Address((0x64FF9B << 96) | number),
            IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)),
        ]
        assert not any(is_public(str(one)) for one in disguises)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.com", Target(True, "example.com", 443, "/")),
        ("https://Example.com.:8443/a?b=c", Target(True, "example.com", 8443, "/a?b=c")),
        ("https://8.8.8.8/x", Target(True, "8.8.8.8", 443, "/x")),
        ("https://xn--bcher-kva.example/", Target(True, "xn--bcher-kva.example", 443, "/")),
    ],
)
def test_addresses_that_are_taken(url: str, target: Target) -> None:
    assert read_target(url) == target


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "http://example.com/", "ftp://example.com/", "https://", "https:///x",
        "https://localhost/", "https://intranet/", "https://user:pw@example.com/",
        "https://user@example.com/", "https://example.com/#x", "https://example.com:22/",
        "https://example.com:80/", "https://example.com:99999/", "https://127.0.0.1/",
        "https://[::1]/", "https://[fe80::1%25eth0]/", "https://169.254.169.254/latest/",
        "https://2130706433/", "https://exa mple.com/", "https://bücher.example/",
        "https://example.com/\r\nHost: x", "https://example.com\\@10.0.0.1/",
        f"https://example.com/{'x' * 500}", "javascript:alert(1)", "https://[1/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(TargetError):
        read_target(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/x", "http://localhost/", "https://a:22/"])
def test_a_local_run_reaches_this_machine(url: str) -> None:
    assert read_target(url, anywhere=True).host


def test_a_query_is_not_shown() -> None:
    assert shown("https://example.com/a?token=secret") == "https://example.com/a"
