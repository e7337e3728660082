"""A short domain of one's own: only where it is asked for, and links are then shown under it."""

from typing import Any

from infra.local.host import ROOT
from infra.local.transform import load
from tests.packaging.templates import TEMPLATE

DOMAIN: Any = load(ROOT / "infra" / "domain.yaml")


def test_the_domain_is_nested_on_its_condition_and_given_what_it_asks_for() -> None:
    nested = TEMPLATE["Resources"]["ReferralDomain"]

    assert nested["Condition"] == "OwnReferralDomain"
    assert nested["Properties"]["TemplateURL"] == "infra/domain.yaml"
    assert nested["Properties"]["Parameters"].keys() == DOMAIN["Parameters"].keys()
    outputs = [o for o in TEMPLATE["Outputs"].values() if "'ReferralDomain'" in str(o["Value"])]
    assert outputs
    assert all(one["Condition"] == "OwnReferralDomain" for one in outputs)


def test_the_mapping_leads_the_domain_to_the_whole_api() -> None:
    kinds = {one["Type"]: one["Properties"] for one in DOMAIN["Resources"].values()}

    domain = kinds["AWS::ApiGatewayV2::DomainName"]
    (settings,) = domain["DomainNameConfigurations"]
    assert settings["SecurityPolicy"] == "TLS_1_2"
    mapping = kinds["AWS::ApiGatewayV2::ApiMapping"]
    assert mapping.keys() == {"ApiId", "DomainName", "Stage"}


def test_links_are_shown_under_the_domain_by_whoever_shows_them() -> None:
    for function in ("ReferralApiFunction", "CommandWorkerFunction"):
        variables = TEMPLATE["Resources"][function]["Properties"]["Environment"]["Variables"]
        assert "https://${ReferralDomainName}" in str(variables["PUBLIC_URL"])
    assert "https://${ReferralDomainName}" in str(TEMPLATE["Outputs"]["SignInRedirect"])
