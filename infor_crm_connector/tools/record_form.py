"""The action that opens one record, named by model and id, in its form."""


def open_record(model, res_id):
    """False where there is none: a button that then does nothing."""
    if not model or not res_id:
        return False
    return {
        "type": "ir.actions.act_window",
        "res_model": model,
        "res_id": res_id,
        "views": [(False, "form")],
    }
