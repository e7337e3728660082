"""What Discord's portal asks for: pages on privacy and terms, open to everybody."""

import pytest

from referral_api.legal import Operator
from tests.unit.referral_api.visiting import Door


@pytest.mark.parametrize("page", ["privacy", "terms"])
def test_a_page_is_open_and_names_nobody_unless_told(page: str) -> None:
    shown = Door().ask("GET", f"/api/{page}")

    assert shown.status == 200
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert "noindex" not in shown.body
    assert "The administrators of the Discord server" in shown.body


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("help@usher.example", "mailto:help@usher.example"),
        ("https://usher.example/help", "https://usher.example/help"),
    ],
)
def test_who_runs_it_is_told_and_can_be_reached(contact: str, link: str) -> None:
    shown = Door(Operator("Ida & Co <x>", contact)).ask("GET", "/api/privacy")

    assert "Ida &amp; Co &lt;x&gt;." in shown.body
    assert f'<a href="{link}">{contact}</a>' in shown.body


def test_logs_are_kept_for_as_long_as_the_page_says() -> None:
    shown = Door(Operator(log_days=7)).ask("GET", "/api/privacy")

    assert "<td>7 days</td>" in shown.body


def test_every_command_that_the_page_names_is_there() -> None:
    from usher.catalogue import ROUTER

    named = {"privacy view", "privacy export", "privacy delete"}

    assert named <= {command.name for command in ROUTER.commands()}
    assert all(f"<code>/{name}</code>" in Door().ask("GET", "/api/privacy").body for name in named)
