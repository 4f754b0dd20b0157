"""Connect: a stage that fails says what is the matter and what to do."""

from odoo.tests import tagged

from .common import SimulatorCase, closed_port, web_page


class StagesMixin:
    open_hosts = ("no-such-crm.invalid", "10.1.2.3", "169.254.169.254")

    def check(self, stage, *words, **values):
        """Connect; expect it to fail at ``stage`` with these words on the screen."""
        connector = self.make_connector(**values)
        connector.action_connect()
        failed = connector._failed_stage()
        self.assertEqual(connector.state, "draft")
        self.assertTrue(failed, connector.check_html)
        self.assertEqual(failed["stage"], stage, connector.check_html)
        for word in ("What to do:", *words):
            self.assertIn(word, str(connector.check_html))
        return connector

    def test_everything_is_well(self):
        connector = self.make_connected()
        self.assertEqual(connector.state, "connected")
        self.assertEqual(connector.health, "green")
        self.assertEqual(connector.generation, self.generation[:3])
        counts = self.crm.counts()
        self.assertEqual(connector.lead_count, counts["leads"])
        self.assertEqual(connector.contact_count, counts["contacts"])
        self.assertEqual(connector.crm_user, "Administrator")
        self.assertEqual(connector.base_url, self.crm.sdata)

    def test_addresses_as_people_have_them(self):
        host = self.crm.url.removeprefix("http://")
        for url in (
            host,
            f"http://{host}/",
            f"http://{host}/slxclient/Default.aspx",
            f"{self.crm.sdata}/dynamic/-/contacts",
            self.crm.sdata,
        ):
            with self.subTest(url=url):
                connector = self.make_connected(url=url)
                self.assertEqual(connector.base_url, self.crm.sdata)

    def test_unknown_host(self):
        self.check(
            "address",
            "There is no server called “no-such-crm.invalid”",
            "Check the address for typing errors",
            url="https://no-such-crm.invalid",
        )

    def test_closed_port(self):
        port = closed_port()
        self.check(
            "address",
            f"nothing answers on port {port}",
            "Check the port in the address",
            url=f"http://127.0.0.1:{port}",
        )

    def test_plain_http_beyond_this_machine_offers_its_tick(self):
        connector = self.check(
            "address",
            "the password would travel readable",
            "tick “Allow unencrypted http”",
            url="http://10.1.2.3",
        )
        self.assertEqual(connector.failed_error, "PlainHttpRefused")

    def test_private_address_offers_its_tick(self):
        connector = self.check(
            "address",
            "10.1.2.3 lies inside a private network",
            "tick “Allow a private address”",
            url="https://10.1.2.3",
        )
        self.assertEqual(connector.failed_error, "PrivateAddressRefused")

    def test_addresses_where_clouds_keep_secrets_are_never_allowed(self):
        connector = self.check(
            "address",
            "an address that no CRM can have",
            url="https://169.254.169.254",
            allow_private_address=True,
        )
        self.assertNotIn("tick", str(connector.check_html))

    def test_plain_web_page(self):
        with web_page() as url:
            self.check(
                "service",
                "A website answers at this address",
                "Enter the address with which you open Infor CRM",
                url=url,
            )

    def test_https_to_a_plain_port(self):
        self.check(
            "tls",
            "No protected connection",
            "http://",
            url=self.crm.url.replace("http:", "https:"),
        )

    def test_wrong_password_in_both_forms(self):
        for status in ("401", "403"):
            with self.subTest(status=status):
                self.crm.switches(login_failure=status)
                self.check(
                    "credentials",
                    "does not accept this user name and password",
                    "Type both again",
                    login="lee",
                    password="wrong",
                )

    def test_wrong_password_is_tried_once(self):
        """Repeated failures lock accounts."""
        self.crm.clear_requests()
        self.check("credentials", login="lee", password="wrong")
        refused = [r for r in self.crm.requests() if r["status"] in (401, 403)]
        # the first contact carries no login at all
        self.assertEqual(len(refused), 2, refused)

    def test_expired_password(self):
        self.check(
            "credentials",
            "password of this login has expired",
            "choose a new password",
            login="expired",
            password="secret",
        )

    def test_second_factor(self):
        self.check(
            "credentials",
            "asks this login for a second factor",
            "exempt this login from multi-factor",
            login="mfa",
            password="secret",
        )

    def test_retired_user(self):
        """How a server says so differs; some say no more than that it refuses."""
        connector = self.make_connector(login="retired", password="secret")
        connector.action_connect()
        self.assertEqual(connector._failed_stage()["stage"], "credentials")
        self.assertIn("What to do:", str(connector.check_html))

    def test_no_rights_to_leads(self):
        self.check(
            "read",
            "it may not read leads",
            "the right to view leads",
            login="noleads",
            password="secret",
        )

    def test_metadata_refused_is_a_hint(self):
        connector = self.make_connected(login="nometa", password="secret")
        self.assertIn("may not read the full list of fields", connector.check_html)
        self.assertTrue(connector.field_count)

    def test_fields_found_nowhere(self):
        self.crm.switches(schema="refused")
        self.crm.fault(match="$template", fault="status", status=403, count=50)
        self.check(
            "metadata",
            "cannot find out which fields",
            login="nometa",
            password="secret",
        )

    def test_login_that_sees_only_some_owners(self):
        connector = self.make_connected(login="dora", password="secret")
        self.assertIn("does not see the records of every owner", connector.check_html)
        self.assertIn("access to all owners", connector.check_html)

    def test_login_that_may_not_write(self):
        connector = self.make_connected(login="reader", password="secret")
        told = (
            "may not add or change leads, contacts, accounts"
            if self.generation == "8"
            else "does not say beforehand"
        )
        self.assertIn(told, connector.check_html)

    def test_letters_beyond_ascii_in_the_login(self):
        connector = self.make_connected(login="jürgen", password="geheim-ß")
        with connector._client() as client:
            self.assertTrue(client.who_am_i().user_name)

    def test_nothing_is_written_in_the_crm(self):
        before = self.crm.counts()
        self.crm.clear_requests()
        self.make_connected()
        self.assertEqual(self.crm.counts(), before)
        methods = {r["method"] for r in self.crm.requests()}
        self.assertLessEqual(methods, {"GET", "POST"})
        posts = {r["path"] for r in self.crm.requests() if r["method"] == "POST"}
        self.assertTrue(all("getCurrentUser" in path for path in posts), posts)


@tagged("post_install", "-at_install")
class TestStages8(StagesMixin, SimulatorCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestStages75(StagesMixin, SimulatorCase):
    generation = "7.5.4"


class CertificateMixin:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.safe = cls.start_crm(**cls.crm_options, tls=True)

    def test_untrusted_certificate(self):
        connector = self.make_connector(self.safe)
        connector.action_connect()
        self.assertEqual(connector._failed_stage()["stage"], "tls")
        shown = str(connector.check_html)
        self.assertIn("cannot prove that it is your Infor CRM", shown)
        self.assertIn("upload its certificate", shown)

    def test_authority_of_ones_own(self):
        import base64

        upload = base64.b64encode(self.safe.ca_pem.encode())
        connector = self.make_connected(self.safe, ca_upload=upload)
        self.assertTrue(connector.ca_subject)
        self.assertIn("the certificate of", connector.check_html)

    def test_unverified_when_asked_for_is_a_warning(self):
        connector = self.make_connected(self.safe, tls_verify=False)
        self.assertIn("is not verified, as you asked", connector.check_html)


@tagged("post_install", "-at_install")
class TestCertificates8(CertificateMixin, SimulatorCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestCertificates75(CertificateMixin, SimulatorCase):
    generation = "7.5.4"
