"""Pictures of lists that are kept in step, and of what is pushed."""

from __future__ import annotations

from _walk import Walk

LEADS = "All Infor CRM Leads"
SETUP = "Infor CRM Sync Setup"


def lists_in_step(walk: Walk) -> None:
    set_up(walk)
    walk.until_runs_are_over()
    change_both_sides(walk)
    sync_again(walk)


def set_up(walk: Walk) -> None:
    page = walk.page
    walk.open_window(LEADS, SETUP, "sync-menu")
    walk.tick("push", "push_add", "push_update", "pull", "pull_add", "pull_update")
    page.get_by_text("Select Push-Update Fields").first.click()
    page.wait_for_selector(".o_select_button")
    page.wait_for_timeout(500)
    dialog = page.locator(".modal").last
    for name in ("Address: City", "Work Phone"):
        row = dialog.locator("tr.o_data_row", has_text=name).first
        walk.choose(row.locator("input"))
    walk.picture("sync-fields")
    dialog.locator("button.o_select_button").click()
    walk.picture("sync-setup")
    walk.tick("scheduled")
    walk.choose(page.locator(".modal div[name=frequency] input").nth(1))
    page.locator(".modal-body").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    walk.picture("sync-schedule")
    walk.click("action_run_now", ".modal")
    page.wait_for_selector("button[name=action_save_and_run]:visible")
    walk.picture("sync-run-now")
    walk.click("action_save_and_run", ".modal")
    page.wait_for_selector(".modal", state="detached")


def change_both_sides(walk: Walk) -> None:
    """Two leads get another phone number, one in Odoo and one in Infor CRM."""
    crm, page = walk.crm, walk.page
    lead = crm.first("leads", "Email like '%@%' and LastName like 'B%'")
    crm.ask("PUT", f"leads('{lead['$key']}')", {"WorkPhone": "+32 2 555 03 04"})
    card = walk.card(LEADS)
    card.locator("button[name=action_view_contacts]").first.click()
    page.locator(".o_data_row td[name=email]").nth(3).click()
    page.wait_for_selector(".o_form_view")
    walk.fill("phone", "+32 2 555 01 02")
    page.locator(".o_form_button_save").click()
    page.wait_for_selector(".o_form_saved")


def sync_again(walk: Walk) -> None:
    walk.open_window(LEADS, SETUP)
    walk.click("action_run_now", ".modal")
    walk.page.get_by_text("1 updated here").first.wait_for()
    walk.page.wait_for_selector(".o_notification", state="detached")
    walk.picture("sync-lists")
    walk.page.locator(".o_infor_import_label", has_text="Synced").first.click()
    walk.page.wait_for_selector(".o_form_view")
    walk.picture("sync-report")


def push_others(walk: Walk) -> None:
    add_people(walk)
    walk.open_window("Newsletter", "Push to Infor CRM")
    walk.tick("push_add")
    walk.picture("push-list")
    walk.click("action_run_now", ".modal")
    walk.page.wait_for_selector(".modal", state="detached")
    walk.until_runs_are_over()
    push_segment(walk)


def add_people(walk: Walk) -> None:
    lists = walk.odoo("mailing.list", "search", [("name", "=", "Newsletter")])
    for name, email in (
        ("Nora Newman", "nora@newman.example"),
        ("Sam Subscriber", "sam@subscriber.example"),
    ):
        values = {"name": name, "email": email, "company_name": name.split()[1]}
        values["list_ids"] = [(4, lists[0])]
        walk.odoo("mailing.contact", "create", values)


def push_segment(walk: Walk) -> None:
    odoo, page = walk.odoo, walk.page
    belgium = odoo("res.country", "search", [("code", "=", "BE")])[0]
    for name in ("Els Peeters", "Jan Maes"):
        first, last = name.split()
        values = {"name": name, "email": f"{first}@{last}.example".lower()}
        odoo("res.partner", "create", {**values, "country_id": belgium})
    model = odoo("ir.model", "search", [("model", "=", "res.partner")])[0]
    values = {
        "name": "Customers in Belgium",
        "mailing_model_id": model,
        "mailing_domain": "[('country_id.code', '=', 'BE')]",
    }
    odoo("mailing.filter", "create", values)
    path = "/odoo/action-mass_mailing.mailing_filter_action"
    walk.open(path, ".o_list_view .o_data_row")
    page.locator("button[name=action_infor_push]").first.click()
    page.wait_for_selector(".modal .o_infor_list_setup")
    walk.tick("push_add", "scheduled")
    walk.click("action_save", ".modal")
    page.wait_for_selector(".modal", state="detached")
    walk.open(path, ".o_list_view .o_data_row")
    walk.picture("push-segments")
